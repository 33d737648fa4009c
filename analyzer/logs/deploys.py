"""Events → deploys: which stack a log is about, when it ran and how it ended."""

from __future__ import annotations

import polars as pl

from analyzer.tables import DEPLOYS, WRITING_OPS, conform

_STACK_TYPE = "pulumi:pulumi:Stack"
_URN = r"^urn:pulumi:(?P<stage>[^:]+)::(?P<app>[^:]+(?::[^:]+)*?)::"
_KV_RESOURCE = r"\.sst\.aws\.Kv(?:Keys|RoutesUpdate)$"


def deploys_of(events: pl.DataFrame, forms: pl.DataFrame) -> pl.DataFrame:
    """DEPLOYS, one row per deploy, in the order of `forms`.

    A log without a summary was cut, or its writer killed: `interrupted`.

    Args:
        events: EVENTS, in the order of the logs.
        forms: `id, source, form`: a row per log.
    """
    parts = pl.col("urn").str.extract_groups(_URN)
    header = pl.col("kind") == "header"
    summary = pl.col("kind") == "summary"
    sst = pl.col("name").str.contains(".sst.aws.", literal=True) | pl.col("type").str.starts_with("sst:")
    facts = (
        events.with_columns(parts.struct.unnest())
        .group_by(id="deploy")
        .agg(
            said_app=pl.col("app").drop_nulls().first(),
            said_stage=pl.coalesce(
                pl.col("stage").drop_nulls().first(), pl.col("name").filter(header).drop_nulls().first()
            ),
            said_stack=pl.col("name").filter(pl.col("type") == _STACK_TYPE).first(),
            command=pl.col("op").filter(header).drop_nulls().first(),
            planning=pl.col("planning").fill_null(False).any(),
            started_at=pl.col("at").min(),
            ended_at=pl.col("at").max(),
            failed=(pl.col("kind").is_in(["failed", "summary"]) & (pl.col("outcome") == "failed")).any(),
            interrupted=(summary & (pl.col("outcome") == "interrupted")).any() | ~summary.any(),
            tool=pl.when(sst.any()).then(pl.lit("sst")).otherwise(pl.lit("pulumi")),
        )
    )
    stage_suffix = pl.format("-{}", "said_stage")
    app_of_stack = pl.when(pl.col("said_stack").str.ends_with(stage_suffix)).then(
        pl.col("said_stack").str.strip_suffix(stage_suffix)
    )
    table = forms.join(facts, on="id", how="left", maintain_order="left").with_columns(
        app=pl.coalesce("said_app", app_of_stack),
        stage="said_stage",
        stack=pl.coalesce("said_stack", pl.format("{}-{}", "said_app", "said_stage")),
        tool_version=pl.lit(None, dtype=pl.String),
        command=pl.coalesce("command", pl.when("planning").then(pl.lit("preview"))),
        result=pl.when("failed")
        .then(pl.lit("failed"))
        .when("interrupted")
        .then(pl.lit("interrupted"))
        .otherwise(pl.lit("succeeded")),
        sources=pl.concat_list("source"),
    )
    return conform(table, DEPLOYS)


def merged(events: pl.DataFrame, deploys: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """One deploy in several files is one deploy: the exact form stays, text adds only its console lines.

    Two event logs are of one deploy where the stack and the first second are the same (a stack is locked while it is
    deployed; a copy may be cut, so the longer one stays). Two text logs are, where their steps are the same, line by
    line. A text log and an event log are, where the stack and the key-value operations are. Otherwise each write
    would be expected twice, and half of them reported as dropped.
    """
    signed = deploys.join(
        _signatures(events), left_on="id", right_on="deploy", how="left", maintain_order="left"
    )
    repeats = pl.concat([_same_exact(signed), _same_lines(signed)])
    left = signed.join(repeats, on="id", how="anti", maintain_order="left")
    same = pl.concat([repeats, _same_operations(left)])
    if same.is_empty():
        return events, deploys
    renamed = dict(zip(same["id"], same["into"], strict=True))
    gone = pl.col("deploy").is_in(list(renamed))
    texts = left.filter(pl.col("form") == "text")["id"].to_list()
    said = (pl.col("kind") == "console") & pl.col("deploy").is_in(texts)
    more = same.group_by(id="into").agg(more=pl.col("sources").explode())
    whole = (
        deploys.filter(~pl.col("id").is_in(list(renamed)))
        .join(more, on="id", how="left", maintain_order="left")
        .with_columns(sources=pl.col("sources").list.concat(pl.col("more").fill_null([])))
    )
    return events.filter(~gone | said).with_columns(pl.col("deploy").replace(renamed)), conform(
        whole, DEPLOYS
    )


def _signatures(events: pl.DataFrame) -> pl.DataFrame:
    """`deploy, signature, lines, events`: the key-value operations of each deploy as one text, and its steps."""
    steps = events.filter(pl.col("name").is_not_null() & pl.col("op").is_in(WRITING_OPS))
    operation = pl.format("{} {}", "op", "name")
    place = pl.format("{} {} {} {}", "line", "kind", operation, pl.col("seconds").fill_null(-1))
    of_keys = pl.col("name").str.contains(_KV_RESOURCE)
    return steps.group_by("deploy").agg(
        signature=operation.filter(of_keys).unique().sort().str.join("\n"),
        lines=place.sort_by("line").str.join("\n"),
        events=pl.len(),
    )


def _repeats(signed: pl.DataFrame, same: list[str]) -> pl.DataFrame:
    """`id, into, sources` of the deploys that are the same as a longer one, or as an earlier one of that length."""
    longest = pl.col("id").sort_by("events", descending=True, maintain_order=True).first().over(same)
    found = signed.drop_nulls(same).select("id", "sources", into=longest)
    return found.filter(pl.col("id") != pl.col("into")).select("id", "into", "sources")


def _same_exact(signed: pl.DataFrame) -> pl.DataFrame:
    return _repeats(signed.filter(pl.col("form") == "exact"), ["stack", "started_at"])


def _same_lines(signed: pl.DataFrame) -> pl.DataFrame:
    texts = signed.filter(pl.col("form") == "text").with_columns(pl.col("stack").fill_null(""))
    return _repeats(texts, ["stack", "lines"])


def _same_operations(signed: pl.DataFrame) -> pl.DataFrame:
    """`id, into, sources` of text logs of which an event log is in hand: the n-th alike belongs to the n-th."""
    known = signed.drop_nulls(["stack", "signature"]).filter(pl.col("signature") != "")
    numbered = known.with_columns(nth=pl.int_range(pl.len()).over("form", "stack", "signature"))
    exact = numbered.filter(pl.col("form") == "exact").select("stack", "signature", "nth", into="id")
    texts = numbered.filter(pl.col("form") == "text")
    return texts.join(exact, on=["stack", "signature", "nth"]).select("id", "into", "sources")
