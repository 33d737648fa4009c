"""One deploy in several files is one deploy. Otherwise each write would be expected twice, and half of them dropped.

| the same deploy | by |
|---|---|
| any two logs | SST's update id, or the last digits of it that a permalink has |
| two event logs | the stack and the first second: a stack is locked while it is deployed (a copy may be cut) |
| two text logs | all steps, line by line: a copy |
| a text log and an exacter one | the stack and the key-value operations, the n-th alike with the n-th |

A log of the context (of another deploy than was asked for) is one deploy with another log only by its id, or as a copy
of an event log: the next deploy of a stage mostly does the same operations.

The exacter form stays: engine events, then Pulumi's text, then SST's terminal output. Another adds what only it has:
console lines, facts of the deploy, diagnostics. Logs with different update ids are never one deploy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.logs.deploys import LOG_DEPLOYS
from analyzer.resources.shown import is_of_any
from analyzer.tables import DEPLOYS, WRITING_OPS, conform

if TYPE_CHECKING:
    from collections.abc import Collection

_RANKS: Final = {"engine-events": 0, "pulumi-text": 1, "terminal": 2}
_OTHERS: Final = 3
_STATES: Final = 4
_PERMALINK: Final = 6  # digits of an id that are enough, where they are its last
_WHOLE: Final = 24  # digits of an id
_COARSE: Final = {"create-replacement": "create", "delete-replaced": "delete"}  # SST's terminal says no more
_PAIR: Final = pl.Schema({"id": pl.String(), "into": pl.String()})


def merged(
    events: pl.DataFrame,
    log_deploys: pl.DataFrame,
    *,
    states: bool = False,
    context: Collection[str] = (),
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """EVENTS and DEPLOYS, each deploy once.

    Args:
        events: EVENTS.
        log_deploys: LOG_DEPLOYS: a deploy per log.
        states: whether the state after an update is a deploy, where nothing else of that update is left.
        context: sources of other deploys than were asked for.
    """
    if log_deploys.height == 1:
        return events, _table(log_deploys, states=states)
    signed = log_deploys.join(
        _signatures(events), left_on="id", right_on="deploy", how="left", maintain_order="left"
    )
    signed = signed.with_columns(
        pl.col("events").fill_null(0),
        rank=pl.when(_of_pulumi(events))
        .then(_RANKS["pulumi-text"])
        .when(pl.col("form") == "state")
        .then(_STATES)
        .otherwise(pl.col("kind").replace_strict(_RANKS, default=_OTHERS, return_dtype=pl.Int64)),
    )
    left, pairs = signed, [pl.DataFrame(schema=_PAIR)]
    asked = ~pl.col("sources").list.first().is_in([*context])
    for same, of_context in _SAME:
        pairs.append(same(left if of_context else left.filter(asked)))
        left = left.join(pairs[-1], on="id", how="anti", maintain_order="left")
    into = _resolved(pl.concat(pairs))
    deploys = _table(_joined(signed, into), states=states)
    if not into:
        return events, deploys
    return _without_repeats(events, log_deploys, into), deploys


def _table(log_deploys: pl.DataFrame, *, states: bool) -> pl.DataFrame:
    after_update = pl.lit(states) & (pl.col("update_id").str.len_chars() == _WHOLE).fill_null(value=False)
    return conform(log_deploys.filter((pl.col("form") != "state") | after_update), DEPLOYS)


def _of_pulumi(events: pl.DataFrame) -> pl.Expr:
    """Whether a run of a terminal's log is Pulumi's own text: SST never shows the stack's row.

    A CI job that fails shows `pulumi.log` below SST's output: the same deploy again, and more exactly.
    """
    stacks = events.filter(pl.col("type") == "pulumi:pulumi:Stack")["deploy"].unique().to_list()
    return (pl.col("kind") == "terminal") & pl.col("id").is_in(stacks)


def _signatures(events: pl.DataFrame) -> pl.DataFrame:
    """`deploy, signature, doings, lines, steps, events`: what each deploy did, as texts, and how many steps it has.

    `signature` has its key-value operations, `doings` those that ended well, as far as SST's terminal shows them;
    where none did, those that failed: it does not show what these were.
    """
    real = ~pl.col("planning").fill_null(False)
    unnamed = (pl.col("kind") == "failed") & pl.col("op").is_null()
    steps = events.filter(pl.col("name").is_not_null() & (pl.col("op").is_in(WRITING_OPS) | unnamed) & real)
    operation = pl.format("{} {}", "op", "name")
    broken = (pl.col("kind") == "failed") & (pl.col("outcome") == "failed")
    coarse = pl.when(broken).then(pl.lit("failed")).otherwise(pl.col("op").replace(_COARSE))
    doing = pl.format("{} {}", coarse, "name")
    place = pl.format("{} {} {} {}", "line", "kind", operation, pl.col("seconds").fill_null(-1))
    of_keys = is_of_any()
    return steps.group_by("deploy").agg(
        signature=operation.filter(of_keys).unique().sort().str.join("\n"),
        doings=pl.coalesce(
            *(
                doing.filter(of_keys & ended).unique().sort().str.join("\n").replace("", None)
                for ended in (pl.col("kind") == "done", broken)
            )
        ),
        lines=place.sort_by("line").str.join("\n"),
        steps=pl.format("{} {} {}", "kind", "op", pl.coalesce("urn", "name")).sort_by("line").str.join("\n"),
        events=pl.col("op").count(),
    )


def _same_update(signed: pl.DataFrame) -> pl.DataFrame:
    """Those with one update id; an id whose end alone is known is the one whole id that ends so."""
    with_id = signed.filter(pl.col("update_id").str.len_chars() >= _PERMALINK)
    ends = endings(with_id["update_id"]).filter(pl.len().over("ending") == 1)
    full = pl.col("update_id").replace(ends["ending"], ends["whole"])
    return _repeats(with_id.with_columns(full), ["update_id"])


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


def _repeats(signed: pl.DataFrame, same: list[str]) -> pl.DataFrame:
    """`id, into` of the logs that repeat an exacter one, a longer one, or an earlier one of that length."""
    best = (
        pl.col("id")
        .sort_by("rank", "events", descending=[False, True], maintain_order=True)
        .first()
        .over(same)
    )
    log_deploys = signed.drop_nulls(same).select("id", into=best)
    return log_deploys.filter(pl.col("id") != pl.col("into"))


def _same_exact(signed: pl.DataFrame) -> pl.DataFrame:
    """Copies of one event log, of which some may be cut: two runs may begin in the same second, even of one name."""
    exact = signed.filter(pl.col("form") == "exact")
    steps = signed.select("id", pl.col("steps").fill_null(""))
    beginnings = (
        _repeats(exact, ["stack", "started_at"])
        .join(steps, on="id", maintain_order="left")
        .join(steps.rename({"id": "into", "steps": "whole"}), on="into", maintain_order="left")
        .filter(pl.col("whole").str.starts_with(pl.col("steps")))
    )
    return _agreeing(beginnings.select("id", "into"), signed)


def _same_lines(signed: pl.DataFrame) -> pl.DataFrame:
    texts = signed.filter(pl.col("form") == "text").with_columns(pl.col("stack").fill_null(""))
    return _agreeing(_repeats(texts, ["stack", "lines"]), signed)


def _same_operations(signed: pl.DataFrame) -> pl.DataFrame:
    """Pulumi's text and the event log of the same operations."""
    return _nth_alike(signed.filter(pl.col("rank") <= 1), "signature", 1)


def _same_doings(signed: pl.DataFrame) -> pl.DataFrame:
    """SST's terminal output, which shows only what ended well, and an exacter log of that."""
    terminal = _RANKS["terminal"]
    return _nth_alike(signed.filter(pl.col("rank") <= terminal), "doings", terminal)


def _nth_alike(signed: pl.DataFrame, signature: str, rank: int) -> pl.DataFrame:
    """`id, into` of the logs of `rank` that an exacter log repeats: the n-th alike belongs to the n-th."""
    same = ["stack", signature]
    comparable = (
        signed.drop_nulls(same).filter(pl.col(signature) != "").with_columns(low=pl.col("rank") == rank)
    )
    numbered = comparable.with_columns(nth=pl.int_range(pl.len()).over("low", *same))
    exacter = numbered.filter(~pl.col("low")).select(*same, "nth", into="id")
    pairs = numbered.filter("low").join(exacter, on=[*same, "nth"], maintain_order="left")
    return _agreeing(pairs.select("id", "into"), signed)


_SAME: Final = (
    (_same_update, True),
    (_same_exact, True),
    (_same_lines, False),
    (_same_operations, False),
    (_same_doings, False),
)
"""What finds logs of one deploy, in this order; and whether it looks at those of the context too."""


def _agreeing(pairs: pl.DataFrame, signed: pl.DataFrame) -> pl.DataFrame:
    """`pairs` without those of different update ids."""
    ids = signed.select("id", "update_id")
    both = pairs.join(ids, on="id", maintain_order="left").join(
        ids.rename({"id": "into", "update_id": "other"}), on="into", maintain_order="left"
    )
    ends_so = pl.col("update_id").str.ends_with(pl.col("other")) | pl.col("other").str.ends_with(
        pl.col("update_id")
    )
    return both.filter(ends_so.fill_null(True)).select("id", "into")


def _resolved(pairs: pl.DataFrame) -> dict[str, str]:
    """For each deploy of `pairs` the deploy into which it is finally merged."""
    into: dict[str, str] = dict(pairs.rows())
    for deploy, other in into.items():
        last = other
        while last in into:
            last = into[last]
        into[deploy] = last
    return into


def _joined(signed: pl.DataFrame, into: dict[str, str]) -> pl.DataFrame:
    """A row per deploy: each column from the exactest log that has it; the result from a log that reaches the end."""
    order = signed.with_row_index("order").with_columns(
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
