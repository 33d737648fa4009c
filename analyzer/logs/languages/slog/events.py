"""Records of SST's own log as events.

The messages are those of sst pkg/project/{run,stack,workdir}.go and cmd/sst/main.go
(docs/facts/sst-output.md#11-local-logs). A known
one says a fact of the deploy, or how it ended; every other is a `diagnostic` of its level.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple

import polars as pl

from analyzer.grammar.logfmt import attributes
from analyzer.logs.text.language import LOST_EVENT
from analyzer.tables import TIME

if TYPE_CHECKING:
    from collections.abc import Sequence

_LEVELS: Final = {"D": "debug", "I": "info", "W": "warning", "E": "error"}
_FACTS: Final = {
    "initializing project": (("version", "tool"), ("version", "tool_version")),
    "loaded config": (("app", "app"), ("stage", "stage")),
    "locking": (("app", "app"), ("stage", "stage")),
    "putting update": (("app", "app"), ("stage", "stage")),
    "pulling state": (("app", "app"), ("stage", "stage")),
    "running stack command": (("cmd", "command"),),
    "starting pulumi": (("updateID", "update_id"),),
    "pushing partial state": (("updateID", "update_id"),),
    "pushing eventlog": (("updateID", "update_id"),),
    "pushing snapshot": (("updateID", "update_id"),),
    "unlocking": (("app", "app"), ("stage", "stage")),
}
"""The facts that a message reports, each with the attribute that holds it."""
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
_SIGNAL: Final = "signal: "  # of Go's exec.ExitError: a signal ended Pulumi
KILLED: Final = f"{_EXITED}: {_SIGNAL}"
"""How the message of a record begins that says so."""
_MESSAGES: Final = (*_FACTS, *_OUTCOMES, _EXITED)
TELLING_RECORDS: Final = "|".join(
    ("level=(?:WARN|ERROR)|operation error |status code: ", LOST_EVENT, *sorted(_MESSAGES))
)
"""Records that are read beyond their level, and those that may name a request."""
FACTS_TOLD: Final = "|".join(sorted(_FACTS))
"""Messages of records that report facts of a deploy, as a Rust pattern."""
_BARE: Final = r"^(?:(?:DEBUG|INFO|WARN|ERROR) )?(.*?)(?: [A-Za-z_][A-Za-z0-9_.]*=.*)?$"
_WRAPPED: Final = r"^(?:DEBUG|INFO|WARN|ERROR) "
_STDOUT: Final = "stdout: "
_BELOW: Final = "\n" + _STDOUT
_READING: Final = pl.Schema(dict.fromkeys(("record", "outcome", "spoken", "printed"), pl.String()))
_FACT: Final = pl.Schema(
    {"row": pl.UInt32(), **dict.fromkeys(("fact", "value", "op", "name", "once"), pl.String())}
)


class _Telling(NamedTuple):
    """What a record reports besides its level. Equal records of a deploy share it."""

    record: str
    fact_pairs: Sequence[tuple[str, str]]
    outcome: str | None
    spoken: str | None
    printed: str | None


def record_events(records: pl.DataFrame) -> list[pl.DataFrame]:
    """Events of slog records: facts, the end, and a `diagnostic` for each other record.

    What Pulumi printed, where a record holds it (`stack run failed`, before v3.7), is the column `printed`.

    Args:
        records: `line`, `at`, `run` and the captures of form `slog`.
    """
    messages = records.select(pl.col("slog_message").unique()).select("slog_message", *_of_message())
    rows = records.join(messages, on="slog_message", how="left", maintain_order="left").select(*_columns())
    distinct = rows.drop_nulls("record").unique("record", keep="first", maintain_order=True)
    readings = [
        _read_record(*row) for row in distinct.select("record", "severity", "said", "attributes").iter_rows()
    ]
    tells = {name: [getattr(each, name) for each in readings] for name in _READING.names()}
    rows = rows.join(pl.DataFrame(tells, _READING), on="record", how="left", maintain_order="left")
    ends = rows.filter(pl.col("outcome").is_not_null())
    diagnostics = rows.filter(pl.col("record").is_null() | pl.col("spoken").is_not_null())
    return [
        _facts(distinct, readings),
        ends.select("line", "at", "run", "outcome", "printed", kind=pl.lit("summary"), message="said"),
        diagnostics.select(
            "line", "at", "severity", kind=pl.lit("diagnostic"), message=pl.coalesce("spoken", "said")
        ),
    ]


@cache
def _of_message() -> list[pl.Expr]:
    """`text`, the message without attributes; `wrapped`, the message where it is a whole record; and `is_read`."""
    message = pl.col("slog_message").str.strip_prefix('"').str.strip_suffix('"')
    text = message.str.extract(_BARE)
    return [
        text.alias("text"),
        pl.when(message.str.contains(_WRAPPED)).then(message).alias("wrapped"),
        text.is_in(_MESSAGES).alias("is_read"),
    ]


@cache
def _columns() -> list[pl.Expr]:
    """`line, run, at, severity, said`, `attributes`, and `record`: all of it, where more than the message is read."""
    time = pl.col("when").str.to_datetime("%+", time_unit="us", time_zone="UTC", strict=False).cast(TIME)
    severity = pl.col("level").str.head(1).replace_strict(_LEVELS, return_dtype=pl.String)
    with_kind = pl.concat_str("text", "pairs")  # of an event, in an old SST
    published = pl.when(pl.col("text") == "publishing").then(with_kind)
    message = pl.coalesce(published, "text")
    pairs = pl.coalesce("wrapped", "pairs")
    is_read = pl.col("is_read") | severity.is_in(("error", "warning"))
    record = pl.concat_str("run", severity, message, pairs, separator="\n", ignore_nulls=True)
    return [
        pl.col("line"),
        pl.col("run"),
        pl.coalesce(time, "at").alias("at"),
        severity.alias("severity"),
        message.alias("said"),
        pairs.alias("attributes"),
        pl.when(is_read).then(record).alias("record"),
    ]


def _read_record(record: str, severity: str, message: str, text: str | None) -> _Telling:
    """What a record reports. Of its attributes only the error is kept: the others may hold anything."""
    pairs = attributes(text) if text else []
    facts = [(fact, value) for key, value in pairs for of, fact in _FACTS.get(message, ()) if of == key]
    error = next((value for key, value in pairs if key in ("err", "error")), None)
    outcome = _OUTCOMES.get(message)
    killed = message == _EXITED and (error or "").startswith(_SIGNAL)
    if message == _EXITED:
        outcome = "done" if error == _UNHARMED else "interrupted" if killed else "failed"
    text_of_error = message if error is None else f"{message}: {error.partition(_BELOW)[0]}"
    is_spoken = killed or (severity == "error" if outcome else not facts)
    printed = error.partition(_STDOUT)[2] if error and message == _RUN_FAILED else None
    return _Telling(record, facts, outcome, text_of_error if is_spoken else None, printed or None)


def _facts(records: pl.DataFrame, readings: Sequence[_Telling]) -> pl.DataFrame:
    """`header` events; a fact that is repeated gives one event."""
    rows = [
        (row, *_fact(fact, value)) for row, each in enumerate(readings) for fact, value in each.fact_pairs
    ]
    facts = pl.DataFrame(rows, _FACT, orient="row")
    header = records.select("line", "at", "run", kind=pl.lit("header"), message="said")
    return pl.concat([header[facts["row"]], facts.drop("row")], how="horizontal")


def _fact(fact: str, value: str) -> tuple[str | None, ...]:
    value = "sst" if fact == "tool" else value
    op = _ACTIONS.get(value) if fact == "command" else None
    return fact, value, op, value if fact == "stage" else None, f"slog {fact} {value}"
