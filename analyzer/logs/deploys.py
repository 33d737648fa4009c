"""EVENTS → DEPLOYS: which stack a log is about, when the deploy ran, and how it ended."""

from __future__ import annotations

from typing import Final

import polars as pl

from analyzer.logs.results import contradicted, result, told_results
from analyzer.tables import DEPLOYS, TIME

FORMS: Final = pl.Schema(
    {
        "id": pl.String(),
        "source": pl.String(),
        "form": pl.String(),  # exact, text, state (of a stack's state, which says nothing of what was done)
        "kind": pl.String(),
        "of_tool": pl.String(),  # whose lines showed the log, if any
        "update_id": pl.String(),  # that the path of the source holds
        "modified_at": TIME,  # when the file was last changed
    }
)
LOG_DEPLOYS: Final = pl.Schema(
    {**DEPLOYS, "kind": pl.String(), "ended": pl.Boolean(), "contradicted": pl.String()}
)
"""DEPLOYS, the kind of the log, whether it says how the deploy ended, and a sentence where it contradicts itself."""

_STEPS: Final = ("started", "done", "failed")
_STACK_TYPE = "pulumi:pulumi:Stack"
_URN = r"^urn:pulumi:(?P<stage>[^:]+)::(?P<app>[^:]+(?::[^:]+)*?)::"
_FACT_COLUMNS = ("app", "stage", "tool", "tool_version", "command", "update_id", "permalink")
_COMMANDS: Final = {"deploy": "update", "remove": "destroy", "diff": "preview", "up": "update"}
_NOTES: Final = ("sst-update", "sst-summary")
"""Kinds that say when a deploy began without being its log: their last time is its end only where they say so."""
_HEX = r"^fe[0-9a-f]{22}$"  # ids of 2004 to 2039 begin so
_LOW_48_BITS: Final = (1 << 48) - 1


def deploys_of(events: pl.DataFrame, forms: pl.DataFrame) -> pl.DataFrame:
    """LOG_DEPLOYS, one row per deploy and log, in the order of `forms`.

    Where nothing says when the deploy began, SST's update id does, which is made at that moment. The time in a state is
    when it was written, at the end of what changed it. How a deploy ended is said in `analyzer.logs.results`.

    Args:
        events: EVENTS, in the order of the logs.
        forms: FORMS: a row per log and run within it.
    """
    own = pl.col("kind") == "sst-log"  # may hold what Pulumi printed, inside a record
    table = forms.join(_facts(events), on="id", how="left", maintain_order="left").with_columns(
        app=pl.coalesce("said_app", "urn_app", _app_of_stack()),
        stage=pl.coalesce("said_stage", "urn_stage", "header_stage"),
        update_id=pl.coalesce(
            "said_update_id", "update_id", pl.col("said_permalink").str.extract(r"/u/([0-9a-f]{6,24})$")
        ),
        permalink="said_permalink",
        tool_version="said_tool_version",
        tool=pl.coalesce("said_tool", pl.when(~pl.col("pulumis") | own).then("of_tool"), "tool"),
        command=pl.coalesce(
            pl.col("said_command").replace(_COMMANDS),
            "header_command",
            pl.when("planning").then(pl.lit("preview")),
        ),
        result=result(),
        times=pl.when(pl.col("form") == "exact")
        .then(pl.lit("events"))
        .when("stamped")
        .then(pl.lit("stamps")),
        sources=pl.concat_list("source"),
    )
    notes, state = pl.col("kind").is_in(_NOTES), pl.col("form") == "state"
    table = table.with_columns(
        started_at=pl.when(~state).then("started_at"),
        ended_at=pl.when(notes).then("told_end").otherwise("ended_at"),
    )
    stack = pl.coalesce("said_stack", pl.format("{}-{}", "app", "stage"))
    began = pl.coalesce("started_at", began_at(pl.col("update_id")))
    table = table.with_columns(stack=stack, started_at=began, contradicted=contradicted())
    return table.select(LOG_DEPLOYS.names()).match_to_schema(LOG_DEPLOYS)


def began_at(update_id: pl.Expr) -> pl.Expr:
    """The moment at which SST made an update id; null where it is no update id, or is cut.

    Its first 12 digits are the complement of the Unix milliseconds (sst pkg/id/id.go, Descending).
    """
    whole = pl.when(update_id.str.contains(_HEX)).then(update_id.str.slice(0, 12))
    moment = _LOW_48_BITS - whole.str.to_integer(base=16, dtype=pl.Int64, strict=False)
    return (moment * 1000).cast(TIME)


def _facts(events: pl.DataFrame) -> pl.DataFrame:
    """The facts about each deploy in its events."""
    parts = pl.col("urn").str.extract_groups(_URN)
    header = pl.col("kind") == "header"
    summary = pl.col("kind") == "summary"
    sst = pl.col("name").str.contains(".sst.aws.", literal=True) | pl.col("type").str.starts_with("sst:")
    said_so = ~pl.col("kind").is_in(["noise", "unrecognised"])
    row = pl.col("kind").is_in(["started", "done"]) & (pl.col("type") == _STACK_TYPE)  # SST hides the stack's
    facts = [
        pl.col("value").filter(pl.col("fact") == fact).drop_nulls().first().alias(f"said_{fact}")
        for fact in _FACT_COLUMNS
    ]
    return (
        events.lazy()
        .with_columns(parts.struct.rename_fields(["urn_stage", "urn_app"]).struct.unnest())
        .group_by(id="deploy")
        .agg(
            *facts,
            *told_results(),
            urn_app=pl.col("urn_app").drop_nulls().first(),
            urn_stage=pl.col("urn_stage").drop_nulls().first(),
            header_stage=pl.col("name").filter(header).drop_nulls().first(),
            said_stack=pl.col("name").filter(pl.col("type") == _STACK_TYPE).first(),
            header_command=pl.col("op").filter(header).drop_nulls().first(),
            planning=pl.col("planning").fill_null(False).any(),
            started_at=pl.col("at").filter(said_so).min(),  # a CI job talks before and after
            ended_at=pl.col("at").filter(said_so).max(),
            told_end=pl.col("at").filter(summary).max(),
            duration=pl.col("seconds").filter(summary).drop_nulls().last().cast(pl.Int64),
            ticks=pl.col("tick").max(),
            stamped=(pl.col("at").is_not_null() & pl.col("kind").is_in(_STEPS)).any(),
            pulumis=((header & pl.col("fact").is_null()) | row.fill_null(False)).any(),
            tool=pl.when(sst.any()).then(pl.lit("sst")).otherwise(pl.lit("pulumi")),
        )
        .collect()
    )


def _app_of_stack() -> pl.Expr:
    stage = pl.coalesce("said_stage", "urn_stage", "header_stage")
    suffix = pl.format("-{}", stage)
    return pl.when(pl.col("said_stack").str.ends_with(suffix)).then(
        pl.col("said_stack").str.strip_suffix(suffix)
    )
