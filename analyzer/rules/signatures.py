"""Where a deploy shows a known defect of SST: the signatures of the advisories that logs, writes and calls can show.

The advisories themselves are `analyzer/advisories/advisories.toml`; this says what of their `in_log` and `in_trail` the
tables hold.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.logs.languages.slog.events import KILLED
from analyzer.logs.text.language import LOST_EVENT
from analyzer.rules.lw202 import moved
from analyzer.rules.lw204 import purged
from analyzer.rules.phrase import one_of, resource
from analyzer.rules.refused import cited
from analyzer.tables import empty

if TYPE_CHECKING:
    from analyzer.rules.interface import Case

SEEN: Final = pl.Schema(
    {
        "deploy": pl.String(),
        "write": pl.String(),  # the write that shows it, where it is one
        "advisory": pl.String(),
        "shown_by": pl.String(),  # log, trail, listing
        "place": pl.String(),  # a resource, or a line
        "confidence": pl.String(),
        "source": pl.String(),
        "line": pl.Int64(),
    }
)

_verdict, _cause = pl.col("verdict"), pl.col("cause")
_of_keys, _of_routes = pl.col("type") == "sst:aws:KvKeys", pl.col("type") == "sst:aws:KvRoutesUpdate"


def seen(case: Case) -> pl.DataFrame:
    """SEEN: the first place of each deploy and advisory, in the order of the logs."""
    parts = [_of_events(case)]
    if not (case.writes["verdict"] == "landed").all():
        parts = [*_of_writes(case), *parts, _of_moves(case), _of_purges(case)]
    found = [part.select(SEEN.names()).match_to_schema(SEEN) for part in parts if not part.is_empty()]
    table = pl.concat([empty(SEEN), *found])
    return table.unique(["deploy", "advisory"], keep="first", maintain_order=True)


def _of_writes(case: Case) -> list[pl.DataFrame]:
    """By what became of writes, where there is any."""
    absent = cited(case).filter(
        (pl.col("api") == "GetKey") & pl.col("error_code").str.starts_with("ResourceNotFound")
    )["write"]
    found_no_list = pl.col("id").is_in(absent.unique().implode())
    dropped = (_verdict == "dropped") | one_of("never_attempted", "read_failed", "precondition_failed")
    changed = pl.col("was").ne_missing(pl.col("entry"))
    lost = (_verdict == "lost") | one_of("lost_update")
    signs = {
        "keys-not-retried": _of_keys & (_verdict == "errored") & (_cause == "precondition_failed"),
        "first-route-never-written": _of_routes & dropped & (_cause == "never_attempted") & found_no_list,
        "batches-forgotten": _of_keys & dropped & (_cause == "precondition_failed"),
        "lost-update": _of_routes & lost & (_cause == "lost_update"),
        "list-too-long": _of_routes & (_verdict == "errored") & (_cause == "quota"),
        "failed-read-taken-for-success": _of_routes
        & ((pl.col("unset").fill_null(value=False) & changed) | (dropped & (_cause == "read_failed"))),
    }
    shown = case.writes.select(sign.any().alias(name) for name, sign in signs.items()).row(0, named=True)
    return [
        case.writes.filter(sign).select(
            "deploy",
            "confidence",
            "source",
            "line",
            write="id",
            advisory=pl.lit(name),
            place=resource(),
            shown_by=_shown_by(case),
        )
        for name, sign in signs.items()
        if shown[name]
    ]


def _shown_by(case: Case) -> pl.Expr:
    """What shows a write's end: outputs that were never set and an error need the log alone, if no call says it."""
    kinds = case.evidence.group_by("kind").agg(pl.col("write").unique())
    of_kind: dict[str, list[str]] = dict(kinds.iter_rows())
    by_call = pl.col("id").is_in(of_kind.get("call", []) + of_kind.get("chain", []))
    return (
        pl.when(pl.col("unset").fill_null(value=False) | ((_verdict == "errored") & ~by_call))
        .then(pl.lit("log"))
        .when(pl.col("id").is_in(of_kind.get("keys", [])) & ~by_call)
        .then(pl.lit("listing"))
        .otherwise(pl.lit("trail"))
    )


def _of_events(case: Case) -> pl.DataFrame:
    """By lines of the log."""
    said = pl.when(pl.col("kind") == "diagnostic").then("message")
    advisory = (
        pl.when(pl.col("fact") == "promise_leak")
        .then(pl.lit("promise-leak"))
        .when(said.str.starts_with(LOST_EVENT))
        .then(pl.lit("event-lines-lost"))
        .when(said.str.starts_with(KILLED))
        .then(pl.lit("killed-taken-for-success"))
    )
    return (
        case.events.with_columns(advisory=advisory)
        .drop_nulls("advisory")
        .with_columns(
            write=pl.lit(None, dtype=pl.String),
            shown_by=pl.lit("log"),
            place=pl.format("line {}", "line"),
            confidence=pl.lit("high"),
        )
    )


def _of_moves(case: Case) -> pl.DataFrame:
    """A namespace that changed, and whose keys the trail shows as not written."""
    rows = moved(case)
    if rows.is_empty():
        return rows
    dropped = case.writes.filter(_verdict == "dropped").select("deploy", "name", "confidence")
    rows = rows.join(dropped, on=["deploy", "name"], maintain_order="left")
    return rows.with_columns(
        write=pl.lit(None, dtype=pl.String),
        advisory=pl.lit("namespace-change-ignored"),
        shown_by=pl.lit("trail"),
        place=resource(),
    )


def _of_purges(case: Case) -> pl.DataFrame:
    """What a deploy created and then took away."""
    taken = purged(case)
    if taken.is_empty():
        return taken
    return taken.with_columns(
        write=pl.lit(None, dtype=pl.String),
        advisory=pl.lit("deleted-after-created"),
        shown_by=pl.lit("trail"),
        place=resource(),
    )
