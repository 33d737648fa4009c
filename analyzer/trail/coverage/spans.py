"""COVERED: the spans of time in which every write of a store is surely available, computed from digests and selectors.

In come DIGESTS, SELECTORS and CHAIN. Source: docs/facts/cloudtrail.md#p3-configured-and-complete.

A store is covered in a span of time where all of this holds:

- A run of digests of us-east-1, where calls on key-value stores are recorded, spans it: all log files that CloudTrail
  delivered then are available, unaltered and read. The run must be of the store's own account.
- The trail of these digests records every write of the store. That is known at a moment (from a record of the change,
  or from a file that the user gave). It holds from there as far as no record of another change can be missing: within
  a run of digests of the trail's home Region, if the trail records such changes itself, or for as long as the user
  states.
- No addendum reports an outage of CloudTrail near it, and no backfill digest is missing that may list more files.
- The chain of ETags has no gap in it. A gap would show that a write was not recorded after all.

Delivery is best effort, so what rests on this is never more than `high`.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import polars as pl

from analyzer.tables import COVERED, from_columns
from analyzer.trail.coverage.selectors import records_changes, share_of_writes
from analyzer.trail.extent import HOME

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

OUTAGE: Final = timedelta(hours=1)
"""How far around a record that came late because of an outage others may be missing."""

IN_FORCE_AFTER: Final = timedelta(minutes=15)
"""How long after a change of a trail it surely holds: caution, not a fact that AWS states."""

_STORE: Final = re.compile(r"arn:[a-z-]+:cloudfront::(\d{12}):key-value-store/.+")
_TRAIL: Final = re.compile(r"arn:[a-z-]+:cloudtrail:([a-z0-9-]+):(\d{12}):trail/(.+)")
_EVER: Final = datetime.max.replace(tzinfo=UTC)
_NEVER: Final = datetime.min.replace(tzinfo=UTC)


class _Run(NamedTuple):
    """Digests that follow each other, whole."""

    account: str
    organisation: bool
    region: str
    trail: str
    home: str
    start: datetime
    end: datetime
    digests: int
    signed: bool


class _Span(NamedTuple):
    start: datetime
    end: datetime

    def within(self, other: _Span) -> _Span:
        return _Span(max(self.start, other.start), min(self.end, other.end))


def covered(
    stores: Iterable[str],
    digests: pl.DataFrame,
    selectors: pl.DataFrame,
    chain: pl.DataFrame,
    outages: Sequence[datetime] = (),
) -> pl.DataFrame:
    """COVERED of `stores`, ordered by store and time.

    Args:
        stores: ARNs.
        digests: DIGESTS.
        selectors: SELECTORS.
        chain: CHAIN of the available calls.
        outages: when records were made that came late because of an outage.
    """
    runs = _runs(digests)
    states = selectors.to_dicts()
    rows: list[dict[str, object]] = []
    for store in sorted(set(stores)):
        account = _STORE.fullmatch(store)
        if account is None:
            continue
        links = chain.filter(pl.col("store") == store)
        first = links["at"].min()
        for state in states:
            rows += _by_selectors(store, account[1], state)
            rows += _before(store, account[1], state, states, first)
            rows += _proven(store, account[1], state, runs, links, outages)
    rows.sort(key=lambda row: (row["store"], str(row["start"] or ""), row["kind"], row["trail"]))
    return from_columns({name: [row[name] for row in rows] for name in COVERED}, COVERED)


def _by_selectors(store: str, account: str, state: dict[str, Any]) -> Iterator[dict[str, object]]:
    """What the selectors alone show: that the store's writes are logged, or that they are not."""
    trail = _TRAIL.fullmatch(state["trail"])
    if trail is None or trail[2] != account:
        return
    off = state["state"] in ("stopped", "deleted")
    share = "none" if off else share_of_writes(state["selectors"], store)
    if share in ("all", "none"):
        why = {
            "stopped": "the trail does not log",
            "deleted": "the trail was deleted",
        }.get(state["state"], f"its selectors ask for {share} of the writes")
        kind = "logged" if share == "all" else "off"
        yield _row(store, state["at"], state["until"], kind, trail[3], f"{why} ({state['what']})")


def _before(
    store: str, account: str, state: dict[str, Any], states: Sequence[dict[str, Any]], first: object
) -> Iterator[dict[str, object]]:
    """The time before a trail was told to log the store's writes, where nothing shows that it logged them before.

    The call does not say what it replaced. It is taken for the one that switched them on where it is the first that the
    files contain, and no write of the store was recorded before it. That explains why there are no records; it is no
    proof that there are none.
    """
    trail = _TRAIL.fullmatch(state["trail"])
    is_first = not any(
        other["trail"] == state["trail"] and other["known_at"] < state["known_at"] for other in states
    )
    at = state["at"]
    if (
        trail is None
        or trail[2] != account
        or not is_first
        or state["what"] != "PutEventSelectors"
        or at is None
    ):
        return
    if share_of_writes(state["selectors"], store) != "all" or (isinstance(first, datetime) and first < at):
        return
    when = f"{at:%Y-%m-%dT%H:%M:%SZ}"
    why = f"the trail was told to log data events at {when}, and no earlier record shows that it did before"
    yield _row(store, None, at, "off", trail[3], f"{why} (PutEventSelectors)")


def _proven(  # noqa: PLR0913, PLR0917 - what it rests on
    store: str,
    account: str,
    state: dict[str, Any],
    runs: Sequence[_Run],
    chain: pl.DataFrame,
    outages: Sequence[datetime],
) -> Iterator[dict[str, object]]:
    """The spans in which all writes are available by one state of one trail."""
    trail = _TRAIL.fullmatch(state["trail"])
    if trail is None or state["state"] != "selects" or share_of_writes(state["selectors"], store) != "all":
        return
    of_trail = [
        run
        for run in runs
        if run[3:5] == (trail[3], trail[1]) and (run.organisation or run.account == trail[2])
    ]
    in_force = _in_force(
        state, [run for run in of_trail if run.region == run.home and run.account == trail[2]]
    )
    for run in of_trail:
        if run.region != HOME or run.account != account or in_force is None:
            continue
        span = _Span(run.start, run.end).within(in_force)
        for start, end in _without(span, outages):
            if _gaps(chain, start, end):
                why = "digests and selectors show that every write is logged, but the chain has a gap there"
                yield _row(store, start, end, "logged", run.trail, why)
            else:
                signed = "signed" if run.signed else "signatures not checked"
                why = (
                    f"all files that {run.digests} linked digests list are available ({signed}), and the"
                    f" selectors ask for all writes ({state['what']})"
                )
                yield _row(store, start, end, "covered", run.trail, why)


def _in_force(state: dict[str, Any], home: Sequence[_Run]) -> _Span | None:
    """The span in which the trail was certainly in this state."""
    span = _Span(state["at"] or _NEVER, state["until"] or _EVER)
    if state["vouched"]:
        return span
    moment = state["known_at"]
    run = next((run for run in home if run.start <= moment <= run.end), None)
    if run is None or not records_changes(state["selectors"]):
        return None
    settled = span.start + IN_FORCE_AFTER if state["at"] else span.start
    return span.within(_Span(max(run.start, settled), run.end))


def _without(span: _Span, outages: Sequence[datetime]) -> list[_Span]:
    """`span` without the time around each outage."""
    left = [span]
    for at in outages:
        left = [
            part
            for before in left
            for part in (
                before.within(_Span(_NEVER, at - OUTAGE)),
                before.within(_Span(at + OUTAGE, _EVER)),
            )
        ]
    return [part for part in left if part.start < part.end]


def _gaps(chain: pl.DataFrame, start: datetime, end: datetime) -> bool:
    """Whether the records between the two times are of more than one run."""
    inside = chain.filter(pl.col("at").is_between(start, end))
    return inside["run"].n_unique() > 1


def _runs(digests: pl.DataFrame) -> list[_Run]:
    """The runs of whole digests; of a run whose backfill digests are not whole, the part behind these."""
    chain = ["account", "organisation", "region", "trail", "home"]
    late = (
        digests.filter("backfill")
        .filter(pl.col("run").is_null() | pl.col("link").is_in(["missing", "altered"]))
        .group_by(chain)
        .agg(late=pl.col("end").max())
    )
    runs = (
        digests.filter(~pl.col("backfill") & pl.col("run").is_not_null())
        .group_by(*chain, "run")
        .agg(
            start=pl.col("start").min(),
            end=pl.col("end").max(),
            digests=pl.len(),
            signed=(pl.col("signature").is_in(["valid", "unsigned"])).all()
            & (pl.col("signature") == "valid").any(),
        )
        .join(late, on=chain, how="left")
        .with_columns(start=pl.max_horizontal("start", "late"))
        .filter(pl.col("start") < pl.col("end"))
        .sort(*chain, "start")
    )
    return [_Run(**row) for row in runs.select(*_Run._fields).iter_rows(named=True)]


def _row(  # noqa: PLR0913, PLR0917 - a column each
    store: str, start: datetime | None, end: datetime | None, kind: str, trail: str, why: str
) -> dict[str, object]:
    return {
        "store": store,
        "start": None if start == _NEVER else start,
        "end": None if end == _EVER else end,
        "kind": kind,
        "trail": trail,
        "why": why,
    }
