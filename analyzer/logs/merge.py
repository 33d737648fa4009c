"""One deploy in several files is one deploy. Otherwise each write would be expected twice, and half of them dropped.

Which logs are of one deploy is said in `same_deploy`. The exacter form stays: engine events, then Pulumi's text, then
SST's terminal output. Another adds what only it has: console lines, facts of the deploy, diagnostics.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import polars as pl

from analyzer.logs.clusters import Clusters, Log
from analyzer.logs.deploys import LOG_DEPLOYS
from analyzer.logs.did import contained, steps_of, what_each_did
from analyzer.logs.same_deploy import (
    Notes,
    join_bare,
    join_by_id,
    join_by_operations,
    join_copies,
    join_empty,
    join_parts,
)
from analyzer.tables import DEPLOYS, conform

if TYPE_CHECKING:
    from collections.abc import Collection

_RANKS: Final = {"engine-events": 0, "pulumi-text": 1, "terminal": 2}
_OTHERS: Final = 3
_STATES: Final = 4
_PERMALINK: Final = 6  # digits of an id that are enough, where they are its last
_WHOLE: Final = 24  # digits of an id
_LOOKED_AT: Final = pl.Schema({"id": pl.String(), "stack": pl.String(), "kind": pl.String()})


class Merged(NamedTuple):
    """Logs of which those of one deploy are one.

    Attributes:
        events: EVENTS.
        deploys: DEPLOYS.
        notes: `source, problem` of logs that are judged as deploys of their own, or joined, and may be wrongly.
    """

    events: pl.DataFrame
    deploys: pl.DataFrame
    notes: list[tuple[str, str]]


def merged(
    events: pl.DataFrame,
    log_deploys: pl.DataFrame,
    *,
    states: bool = False,
    context: Collection[str] = (),
) -> Merged:
    """Each deploy once.

    Args:
        events: EVENTS.
        log_deploys: LOG_DEPLOYS: a deploy per log.
        states: whether the state after an update is a deploy, where nothing else of that update is left.
        context: sources of other deploys than were asked for.
    """
    if log_deploys.height == 1:
        return Merged(events, _table(log_deploys, states=states), [])
    steps = steps_of(events)
    did = what_each_did(events, steps)
    rank = (
        pl.when(_of_pulumi(events))
        .then(_RANKS["pulumi-text"])
        .when(pl.col("form") == "state")
        .then(_STATES)
        .otherwise(pl.col("kind").replace_strict(_RANKS, default=_OTHERS, return_dtype=pl.Int64))
    )
    ranked = log_deploys.with_columns(rank=rank)
    into, notes = _same_deploys(ranked, steps, did, context)
    deploys = _table(_joined(ranked, into), states=states)
    if not into:
        return Merged(events, deploys, notes)
    return Merged(_without_repeats(events, log_deploys, into), deploys, notes)


def _same_deploys(
    ranked: pl.DataFrame, steps: pl.DataFrame, did: pl.DataFrame, context: Collection[str]
) -> tuple[dict[str, str], list[tuple[str, str]]]:
    """For each log but the one that stays its deploy's that one; and `Merged.notes`."""
    logs = _logs(ranked, did, context)
    by_id = {log.id: log for log in logs}
    clusters = Clusters(logs)
    notes = Notes()
    join_by_id(
        ((by_id[log], by_id[other]) for log, other in _same_update(ranked).iter_rows()), clusters, notes
    )
    firsts = join_copies(logs, clusters, notes)
    looked_at = pl.DataFrame(
        [(log.id, log.stack, log.kind) for log in firsts if log.text("stamped")], _LOOKED_AT, orient="row"
    )
    join_parts(((by_id[a], by_id[b]) for a, b in contained(steps, looked_at).iter_rows()), clusters)
    join_empty(logs, clusters)
    join_bare(firsts, clusters, notes)
    join_by_operations(firsts, clusters, notes)
    into = clusters.into()
    told = notes.joined | {
        log: why for log, why in notes.alone.items() if len(clusters.of(by_id[log]).logs) == 1
    }
    return into, [(by_id[log].source, why) for log, why in told.items()]


def _logs(ranked: pl.DataFrame, did: pl.DataFrame, context: Collection[str]) -> list[Log]:
    rows = ranked.join(did, left_on="id", right_on="deploy", how="left", maintain_order="left")
    return [_log(row, context) for row in rows.iter_rows(named=True)]


def _log(row: dict[str, Any], context: Collection[str]) -> Log:
    return Log(
        id=row["id"],
        source=row["sources"][0],
        stack=row["stack"] or "",
        kind=row["kind"],
        form=row["form"],
        rank=row["rank"],
        events=row["events"] or 0,
        durations=row["durations"] or 0,
        asked=row["sources"][0] not in context,
        update_id=row["update_id"],
        start=row["started_at"],
        end=row["ended_at"],
        times=row["times"] if row["started_at"] else None,
        duration=row["duration"],
        did=row,
    )


def _table(log_deploys: pl.DataFrame, *, states: bool) -> pl.DataFrame:
    after_update = pl.lit(states) & (pl.col("update_id").str.len_chars() == _WHOLE).fill_null(value=False)
    return conform(log_deploys.filter((pl.col("form") != "state") | after_update), DEPLOYS)


def _of_pulumi(events: pl.DataFrame) -> pl.Expr:
    """Whether a run of a terminal's log is Pulumi's own text: SST never shows the stack's row.

    A CI job that fails shows `pulumi.log` below SST's output: the same deploy again, and more exactly.
    """
    stacks = events.filter(pl.col("type") == "pulumi:pulumi:Stack")["deploy"].unique().to_list()
    return (pl.col("kind") == "terminal") & pl.col("id").is_in(stacks)


def _same_update(ranked: pl.DataFrame) -> pl.DataFrame:
    """`id, into`: those with one update id; an id whose end alone is known is the one whole id that ends so."""
    with_id = ranked.filter(pl.col("update_id").str.len_chars() >= _PERMALINK)
    ends = endings(with_id["update_id"]).filter(pl.len().over("ending") == 1)
    full = pl.col("update_id").replace(ends["ending"], ends["whole"])
    return with_id.select("id", into=pl.col("id").first().over(full)).filter(pl.col("id") != pl.col("into"))


def endings(ids: pl.Series) -> pl.DataFrame:
    """`ending, whole`: each id that is a permalink's, with each longer one that ends so."""
    known = ids.drop_nulls().unique(maintain_order=True).alias("whole").to_frame()
    digits = pl.col("whole").str.len_chars()
    pairs = [pl.DataFrame(schema={"ending": pl.String(), "whole": pl.String()})]
    for length in range(_PERMALINK, _WHOLE):
        short = known.filter(digits == length).select(ending="whole")
        if not short.is_empty():
            longer = known.filter(digits > length).with_columns(ending=pl.col("whole").str.tail(length))
            pairs.append(short.join(longer, on="ending", maintain_order="left").select("ending", "whole"))
    return pl.concat(pairs)


def _joined(ranked: pl.DataFrame, into: dict[str, str]) -> pl.DataFrame:
    """A row per deploy: each column from the exactest log that has it; the result from a log that reaches the end."""
    order = ranked.with_row_index("order").with_columns(
        deploy=pl.col("id").replace(into), is_other=pl.col("id").is_in(list(into))
    )
    columns = [name for name in LOG_DEPLOYS if name not in ("id", "sources", "result", "times")]
    joined = (
        order.sort("is_other", "rank", "order")
        .group_by("deploy", maintain_order=True)
        .agg(
            *(pl.col(name).drop_nulls().first() for name in columns),
            sources=pl.col("sources").explode().unique(maintain_order=True),
            result=pl.col("result")
            .sort_by(~pl.col("ended").fill_null(False), maintain_order=True)
            .drop_nulls()
            .first(),
            times=pl.col("times").filter(~pl.col("is_other")).first(),
            place=pl.col("order").filter(~pl.col("is_other")).first(),
        )
    )
    return joined.sort("place").rename({"deploy": "id"})


def _without_repeats(events: pl.DataFrame, log_deploys: pl.DataFrame, into: dict[str, str]) -> pl.DataFrame:
    """The events of the deploys that stay, and what only the others have."""
    repeated = pl.col("deploy").is_in(list(into))
    texts = log_deploys.filter(pl.col("form") == "text")["id"].to_list()
    console = (pl.col("kind") == "console") & pl.col("deploy").is_in(texts)
    fact = pl.col("fact").is_not_null()
    renamed = events.with_columns(pl.col("deploy").replace(into).alias("into"))
    lacking = _lacking(renamed.filter(pl.col("kind") == "diagnostic"), repeated)
    added = (pl.col("kind") == "diagnostic") & pl.struct("into", "message").is_in(lacking.to_list())
    kept = renamed.filter(~repeated | console | fact | added)
    return kept.with_columns(pl.col("into").alias("deploy")).drop("into")


def _lacking(diagnostics: pl.DataFrame, repeated: pl.Expr) -> pl.Series:
    """`into, message` of the diagnostics that the log which is kept lacks."""
    theirs = diagnostics.filter(repeated).select("into", "message").drop_nulls().unique(maintain_order=True)
    ours = (
        diagnostics.filter(~repeated).group_by("into").agg(said=pl.col("message").drop_nulls().str.join("\n"))
    )
    core = pl.col("message").str.replace(r"^(?:error|warning): ", "").str.strip_chars()
    has = pl.col("said").str.contains(core, literal=True).fill_null(False)
    lacking = theirs.join(ours, on="into", how="left", maintain_order="left").filter(~has)
    return lacking.select(pl.struct("into", "message").alias("lacking")).to_series()
