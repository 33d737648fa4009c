"""What a listing shows of writes that a text log names only by their resource (`7c62:*`, `*:routes`).

In come FINAL_VERDICTS and the listings. Out goes FINAL_VERDICTS. A text log has neither the store nor the keys. The
namespaces of a listing tell that it is of the deploy's store: SST hashes them from app, stage and component
(docs/facts/sst-output.md#41-components). What the log shows on the console, or the component's name, tells the entry.

- Keys of the namespace, or the entry in a list of routes, are there: `landed` where the operation made them first.
- No key of the namespace is there, or no list holds the entry: `mismatched` (`missing`).
- What was to go is still there: `mismatched` (`still_there`).

All of this is `low`, because the store is only that with which the log shares namespaces, and it is said only of writes
that the trail cannot judge. Nothing is `dropped` or `lost` by it. Where any of several runs in the trail may be the
deploy, a listing that is older than the last of them says nothing.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from analyzer.resources.namespace import namespace
from analyzer.store.routes import assemble
from analyzer.tables import ALIGNMENTS, TIME, conform, empty
from analyzer.verdicts.tables import FINAL_VERDICTS, TEXT_STATES
from analyzer.writes.console import base_name

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from datetime import datetime

_ROUTES: Final = ":routes"
_ANY: Final = "*"
_FIRST: Final = ("create", "create-replacement")
_WRONG: Final = ("missing", "still_there")


@dataclass(frozen=True, slots=True)
class _Store:
    """A listing, as the namespaces and the lists of routes that it holds.

    Attributes:
        listing: its row of LISTINGS.
        keys: the number of keys of each namespace.
        lists: the entries of each list; None where it cannot be read.
    """

    listing: dict[str, Any]
    keys: dict[str, int]
    lists: dict[str, tuple[str, ...] | None]

    @property
    def namespaces(self) -> set[str]:
        """Those of its keys, and of the entries of its lists."""
        entries = (entry for found in self.lists.values() for entry in found or ())
        return self.keys.keys() | {_namespace_of(entry) for entry in entries}


@dataclass(frozen=True, slots=True)
class _Shown:
    """What a listing shows of a write, a word of `listed.listed`, in words too; and where."""

    state: str
    detail: str
    key: str | None = None


def of_text(
    final: pl.DataFrame,
    deploys: pl.DataFrame,
    listings: pl.DataFrame,
    keys: pl.DataFrame,
    alignments: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """FINAL_VERDICTS with what the listings show of the writes whose key no log names.

    Args:
        final: FINAL_VERDICTS.
        deploys: DEPLOYS.
        listings: LISTINGS with keys, each with a time.
        keys: KEYS of them.
        alignments: ALIGNMENTS.
    """
    patterns = final.filter("pattern")
    if patterns.is_empty() or listings.is_empty():
        return final
    named = patterns.select(
        *("id", "deploy", "action", "op", "key", "entry", "high", "store", "inferred_store", "number"),
        base=base_name(pl.col("name")),
    ).join(deploys.select("stack", deploy="id"), on="deploy", how="left", maintain_order="left")
    named = named.join(last_runs(alignments), on="deploy", how="left", maintain_order="left")
    stores = [_store(row, keys) for row in _newest(listings)]
    states = conform(_states(named.to_dicts(), stores), TEXT_STATES)
    wrong = pl.col("text_state").is_in(_WRONG)
    open_still = pl.col("verdict").is_in(["unverifiable", "unfinished"])
    verdict = (
        pl.when(open_still & (pl.col("text_state") == "there"))
        .then(pl.lit("landed"))
        .when((pl.col("verdict") == "unverifiable") & wrong)
        .then(pl.lit("mismatched"))
    )
    decided = final.join(states, on="id", how="left", maintain_order="left").with_columns(decided=verdict)
    said = pl.col("text_state").is_not_null()
    changes = decided.with_columns(
        verdict=pl.coalesce("decided", "verdict"),
        cause=pl.when(pl.col("decided") == "landed")
        .then(None)
        .when(pl.col("decided").is_not_null())
        .then("text_state")
        .otherwise("cause"),
        open_cause=pl.when(pl.col("decided").is_not_null() & open_still)
        .then("cause")
        .otherwise("open_cause"),
        confidence=pl.when(pl.col("decided").is_not_null()).then(pl.lit("low")).otherwise("confidence"),
        listed=pl.coalesce("text_state", "listed"),
        listed_at=pl.when(said).then("text_at").otherwise("listed_at"),
        listed_source=pl.when(said).then("text_source").otherwise("listed_source"),
        listed_detail=pl.when(said).then("text_detail").otherwise("listed_detail"),
        told_store=pl.when(said).then("text_store").otherwise("told_store"),
        told_key=pl.when(said).then("text_key").otherwise("told_key"),
    )
    return conform(changes, FINAL_VERDICTS)


def last_runs(alignments: pl.DataFrame | None) -> pl.DataFrame:
    """`deploy, runs_end`: of each ambiguous deploy, when the last of the runs ends of which any may be the deploy.

    Args:
        alignments: ALIGNMENTS.
    """
    table = empty(ALIGNMENTS) if alignments is None else alignments
    rivals = pl.col("rivals").list.eval(pl.element().struct["until"]).list.max()
    latest = pl.max_horizontal("until", rivals) + pl.duration(seconds=1)  # eventTime is cut
    return table.filter(pl.col("state") == "ambiguous").select("deploy", runs_end=latest.cast(TIME))


def _newest(listings: pl.DataFrame) -> list[dict[str, Any]]:
    """The newest listing of each store, and each whose store is not known."""
    by_store = pl.coalesce("store", pl.col("listing").cast(pl.String))
    newest = (
        listings.sort(pl.col("live").is_not_null(), "at", "listing")
        .with_columns(of=by_store)
        .unique("of", keep="last", maintain_order=True)
    )
    return newest.sort("listing").to_dicts()


def _store(listing: dict[str, Any], keys: pl.DataFrame) -> _Store:
    held: dict[str, str | None] = dict(
        keys.filter(listing=listing["listing"]).select("key", "value").iter_rows()
    )
    counts: defaultdict[str, int] = defaultdict(int)
    for key in held:
        counts[key.split(":", 1)[0]] += 1
    lists = {key: assemble(held, key).entries for key in held if key.endswith(_ROUTES)}
    return _Store(listing, dict(counts), lists)


def _states(writes: Sequence[dict[str, Any]], stores: Sequence[_Store]) -> pl.DataFrame:
    by_deploy: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for write in writes:
        by_deploy[write["deploy"]].append(write)
    meant: defaultdict[tuple[str, str | None], set[tuple[str, str]]] = defaultdict(set)
    for write in writes:
        meant[_place(write)].add((write["deploy"], write["action"]))
    rows = []
    for mine in by_deploy.values():
        tied = [store for store in stores if _ties(store, mine)]
        for write in mine:
            others = meant[_place(write)] - {(write["deploy"], write["action"])}
            rows += [_row(write, store, shown) for store, shown in _shown(write, tied, others)]
    return pl.DataFrame(rows, schema=TEXT_STATES, orient="row")


def _place(write: dict[str, Any]) -> tuple[str, str | None]:
    return write["key"], write["entry"] or (f"{write['stack']} {write['base']}" if _is_list(write) else None)


def _is_list(write: dict[str, Any]) -> bool:
    return bool(write["key"].endswith(_ROUTES))


def _namespace_of(entry: str) -> str:
    parts = entry.split(",")
    return parts[1] if len(parts) > 1 else ""


def _own_namespace(write: dict[str, Any]) -> str | None:
    """The namespace of what a write meant: that of its pattern, of its entry, or of its component."""
    if not _is_list(write):
        return None if write["key"].startswith(_ANY) else str(write["key"].split(":", 1)[0])
    if write["entry"] is not None:
        return _namespace_of(write["entry"])
    return None if write["stack"] is None else namespace(write["stack"], write["base"])


def _ties(store: _Store, writes: Sequence[dict[str, Any]]) -> bool:
    """Whether a listing is of a store of the deploy: it has one of its namespaces, or the trail says so.

    A store that the deploy deleted has none any more: that it deleted one is what the log says of it.
    """
    of_trail = {write["store"] or write["inferred_store"] for write in writes} - {None}
    gone = store.listing["live"] == "gone"
    return (
        gone
        or store.listing["store"] in of_trail
        or any(_own_namespace(write) in store.namespaces for write in writes)
    )


def _shown(
    write: dict[str, Any], tied: Sequence[_Store], others: Collection[tuple[str, str]]
) -> Iterator[tuple[_Store, _Shown]]:
    """The one thing that the listings of the deploy's stores show of a write, if they show any."""
    of_trail = write["store"] or write["inferred_store"]
    mine = [store for store in tied if of_trail in (None, store.listing["store"])]
    # Where another write means the same place, the order of the two is not known from texts.
    if others or any(_may_be_older(store.listing, write) for store in mine):
        return
    found = [(store, shown) for store in mine for shown in _in_store(write, store)]
    present = [pair for pair in found if pair[1].state not in ("missing", "absent")]
    chosen = present[0] if present else found[0] if len(mine) == 1 and found else None
    if chosen is None:
        return
    store, shown = chosen
    yield store, _Shown("there", shown.detail, shown.key) if shown.state == "absent" else shown


def _may_be_older(listing: dict[str, Any], write: dict[str, Any]) -> bool:
    """Whether a listing may have been made before the operation ended."""
    listed_at: datetime = listing["at"]
    if listing["live"] is not None:
        return False
    ends = (write["high"], write["runs_end"])
    return any(end is not None and listed_at < end for end in ends)


def _in_store(write: dict[str, Any], store: _Store) -> Iterator[_Shown]:
    """What one listing shows of a write: `absent` is that what was to go is not there."""
    own = _own_namespace(write)
    goes = write["action"] in ("remove", "delete")
    if own is None:
        return
    if not _is_list(write):
        count = store.keys.get(own, 0)
        detail = f"{count} of its {store.listing['items']} keys are in the namespace {own}"
        yield _Shown(_word(found=count > 0, goes=goes, first=write["op"] in _FIRST), detail)
        return
    exact = write["entry"]
    holding = [
        key
        for key, entries in store.lists.items()
        if any(entry == exact if exact else _namespace_of(entry) == own for entry in entries or ())
    ]
    if not holding and any(entries is None for entries in store.lists.values()):
        return
    what = "the entry" if exact else f"an entry of the namespace {own}"
    only = next(iter(store.lists)) if len(store.lists) == 1 else None
    if holding:
        if goes and not exact:
            return
        first = exact is not None or write["op"] in _FIRST
        yield _Shown(_word(found=True, goes=goes, first=first), f"{holding[0]} contains {what}", holding[0])
    else:
        size = len(store.lists)
        where = "the only list of routes" if size == 1 else f"none of its {size} lists of routes"
        verb = "does not contain" if size == 1 else "contains"
        yield _Shown(_word(found=False, goes=goes, first=True), f"{where} {verb} {what}", only)


def _word(*, found: bool, goes: bool, first: bool) -> str:
    if goes:
        return "still_there" if found else "absent"
    return "missing" if not found else "there" if first else "present"


def _row(write: dict[str, Any], store: _Store, shown: _Shown) -> tuple[str | datetime | None, ...]:
    listing = store.listing
    notes = ["the log names no store, and the listing has namespaces of the deploy"]
    if listing["live"] == "gone":
        notes = ["there is no such store any more, as the deploy deleted it"]
    elif listing["live"] is not None:
        whose = "the server's clock" if listing["live"] == "server" else "the clock of this computer"
        notes.append(f"it was listed live, at this time by {whose}")
    elif write["high"] is None:
        notes.append("the log has no times: the listing is taken to be younger than the deploy")
    if listing["at_by"] == "mtime":
        notes.append("the time is that of the file's last change")
    source = listing["source"] if shown.key is None else f"{listing['source']}#{shown.key}"
    detail = "; ".join([shown.detail, *notes])
    return (write["id"], shown.state, listing["at"], source, detail, listing["store"], shown.key)
