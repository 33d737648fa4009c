"""Records of SST's own log as events.

The messages are those of sst pkg/project/{run,stack,workdir}.go and cmd/sst/main.go (facts: sst-output 1.1). A known
one says a fact of the deploy, or how it ended; every other is a `diagnostic` of its level.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.grammar.logfmt import attributes
from analyzer.logs import text_pulumi
from analyzer.logs.text_engine import Dialect, read_text
from analyzer.sources.account import Account
from analyzer.sources.source import Source
from analyzer.tables import TIME

if TYPE_CHECKING:
    from collections.abc import Iterator

_LEVELS: Final = {"DEBUG": "debug", "INFO": "info", "WARN": "warning", "ERROR": "error"}
_FACTS: Final = pl.DataFrame(
    [
        ("initializing project", "version", "tool"),
        ("initializing project", "version", "tool_version"),
        ("loaded config", "app", "app"),
        ("loaded config", "stage", "stage"),
        ("putting update", "app", "app"),
        ("putting update", "stage", "stage"),
        ("running stack command", "cmd", "command"),
        ("starting pulumi", "updateID", "update_id"),
        ("pushing partial state", "updateID", "update_id"),
        ("pushing eventlog", "updateID", "update_id"),
        ("pushing snapshot", "updateID", "update_id"),
    ],
    schema=["said", "key", "fact"],
    orient="row",
)
_ACTIONS: Final = {"deploy": "update", "remove": "destroy", "refresh": "refresh", "diff": "preview"}
_RUN_FAILED: Final = "stack run failed"
_OUTCOMES: Final = {
    "done running stack command": "done",
    "exited with error": "failed",
    _RUN_FAILED: "failed",
    "interrupted": "interrupted",
    "sending interrupt": "interrupted",
    "sending force interrupt": "interrupted",
}
_EXITED: Final = "pulumi exited"
_UNHARMED: Final = "<nil>"
_READ: Final = (*_FACTS["said"].unique(), *_OUTCOMES, _EXITED)
TELLING_RECORDS: Final = "level=(?:WARN|ERROR)|operation error |status code: |" + "|".join(sorted(_READ))
"""Records of which more than their level is read, and those that may name a request."""
FACTS_TOLD: Final = "|".join(sorted(_FACTS["said"].unique()))
"""Messages of records that tell facts of a deploy, as a Rust pattern."""
_BARE: Final = r"^(?:(?:DEBUG|INFO|WARN|ERROR) )?(.*?)(?: [A-Za-z_][A-Za-z0-9_.]*=.*)?$"
_WRAPPED: Final = r"^(?:DEBUG|INFO|WARN|ERROR) "
_STDOUT: Final = "stdout: "


def record_events(records: pl.DataFrame) -> list[pl.DataFrame]:
    """Events of slog records: facts, the end, and a `diagnostic` for each that is none of these.

    What Pulumi printed, where a record holds it (`stack run failed`, before v3.7), is told as by its own text.

    Args:
        records: `line`, `at`, `run` and the captures of form `slog`.
    """
    told = _told(records)
    read = told.filter("is_read")
    plain = told.filter(~pl.col("is_read")).select(
        "line", "at", "severity", kind=pl.lit("diagnostic"), message="said"
    )
    return [plain] if read.is_empty() else [plain, *_read_events(read)]


def _read_events(told: pl.DataFrame) -> list[pl.DataFrame]:
    """Events of records of which more than their message is read: once for all that say the same in a deploy."""
    told = told.with_columns(_record().alias("record"))
    records = told.unique("record", keep="first", maintain_order=True)
    read = _attributes_of(records["attributes"].drop_nulls().unique())
    pairs = records.join(read, on="attributes", maintain_order="left_right")
    facts = _facts(pairs)
    errors = pairs.filter(pl.col("key").is_in(("err", "error"))).unique("line", keep="first")
    records = records.join(errors.select("line", error="value"), on="line", how="left").select(
        "record", "error", outcome=_outcome(), tells=pl.col("line").is_in(facts["line"].implode())
    )
    told = told.join(records, on="record", maintain_order="left")
    ends = told.filter(pl.col("outcome").is_not_null())
    others = told.filter(pl.col("outcome").is_null() & ~pl.col("tells"))
    failed = ends.filter(pl.col("severity") == "error")
    return [facts, _ends(ends), _diagnostics(others), _diagnostics(failed), *_printed(ends)]


@cache
def _record() -> pl.Expr:
    return pl.concat_str("run", "severity", "said", "attributes", separator="\n", ignore_nulls=True)


def _told(records: pl.DataFrame) -> pl.DataFrame:
    """`line, run, at, severity, said` (the message without attributes), `attributes`, and whether these are read."""
    messages = records.select(pl.col("slog_message").unique()).select("slog_message", *_of_message())
    levels = {level: _LEVELS[level.rstrip("+-0123456789")] for level in records["level"].unique()}
    severity, said = pl.col("level").replace_strict(levels, return_dtype=pl.String), pl.col("said")
    with_kind = pl.concat_str(said, "pairs")  # of an event, in an old SST
    published = pl.when(said == "publishing").then(with_kind)
    return records.join(messages, on="slog_message", how="left", maintain_order="left").select(
        "line",
        "run",
        pl.coalesce(_time(), "at").alias("at"),
        severity.alias("severity"),
        pl.coalesce(published, said).alias("said"),
        pl.coalesce("wrapped", "pairs").alias("attributes"),
        (pl.col("is_read") | severity.is_in(("error", "warning"))).alias("is_read"),
    )


@cache
def _of_message() -> list[pl.Expr]:
    """`said`, the message without attributes; `wrapped`, the message where it is a whole record; and `is_read`."""
    message = pl.col("slog_message").str.strip_prefix('"').str.strip_suffix('"')
    said = message.str.extract(_BARE)
    return [
        said.alias("said"),
        pl.when(message.str.contains(_WRAPPED)).then(message).alias("wrapped"),
        said.is_in(_READ).alias("is_read"),
    ]


@cache
def _time() -> pl.Expr:
    return pl.col("when").str.to_datetime("%+", time_unit="us", time_zone="UTC", strict=False).cast(TIME)


def _attributes_of(texts: pl.Series) -> pl.DataFrame:
    """`attributes, key, value`, a row per pair."""
    rows = [(text, key, value) for text in texts for key, value in attributes(text)]
    return pl.DataFrame(
        rows, schema={"attributes": pl.String, "key": pl.String, "value": pl.String}, orient="row"
    )


def _facts(pairs: pl.DataFrame) -> pl.DataFrame:
    """`header` events; a fact that is said again is told once."""
    tool = pl.when(pl.col("fact") == "tool").then(pl.lit("sst")).otherwise("value")
    found = pairs.join(_FACTS, on=["said", "key"], maintain_order="left_right").with_columns(
        tool.alias("value")
    )
    fact, value = pl.col("fact"), pl.col("value")
    return found.select(
        "line",
        "at",
        "run",
        "fact",
        "value",
        kind=pl.lit("header"),
        op=pl.when(fact == "command").then(
            value.replace_strict(_ACTIONS, default=None, return_dtype=pl.String)
        ),
        name=pl.when(fact == "stage").then(value),
        message="said",
        once=pl.concat_str(pl.lit("slog"), fact, value, separator=" "),
    )


@cache
def _outcome() -> pl.Expr:
    """How the command ended, or Pulumi did."""
    exited = pl.when(pl.col("error") == _UNHARMED).then(pl.lit("done")).otherwise(pl.lit("failed"))
    by_message = pl.col("said").replace_strict(_OUTCOMES, default=None, return_dtype=pl.String)
    return pl.when(pl.col("said") == _EXITED).then(exited).otherwise(by_message)


def _ends(told: pl.DataFrame) -> pl.DataFrame:
    """`summary` events."""
    return told.select("line", "at", "outcome", kind=pl.lit("summary"), message="said")


def _diagnostics(told: pl.DataFrame) -> pl.DataFrame:
    """A `diagnostic` per record; its attributes are not kept, but for the error: they may hold anything."""
    error = pl.concat_str("said", pl.lit(": "), pl.col("error").str.split("\n" + _STDOUT).list.first())
    return told.select(
        "line", "at", "severity", kind=pl.lit("diagnostic"), message=pl.coalesce(error, "said")
    )


def _printed(ends: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """The events of the text that Pulumi printed, at the record's line."""
    runs = ends.filter((pl.col("said") == _RUN_FAILED) & pl.col("error").str.contains(_STDOUT, literal=True))
    for row in runs.iter_rows(named=True):
        text = row["error"].partition(_STDOUT)[2]
        source = Source(_RUN_FAILED, None, text.encode())
        for table in read_text(source, Account(source.name), Dialect((text_pulumi,))):
            real = table.filter(pl.col("seq").is_not_null())
            yield real.drop("source", "seq", "deploy").with_columns(
                line=pl.lit(row["line"], pl.Int64),
                at=pl.lit(row["at"], TIME),
                run=pl.lit(row["run"], pl.Int64),
            )
