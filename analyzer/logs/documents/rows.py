"""Rows of EVENTS, one by one, as the readers of machine forms make them."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

import polars as pl

from analyzer.moments import EARLIEST, LATEST
from analyzer.tables import EVENTS, from_columns

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

NANOSECONDS: Final = 1_000_000_000  # of a second
_MICROSECOND: Final = timedelta(microseconds=1)
_EPOCH: Final = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
_MARKUP: Final = re.compile(r"<\{%[^%]*%\}>|\x1b\[[0-9;?]*[A-Za-z]")
_FRACTION: Final = re.compile(r"(\.\d{6})\d+")
_LEAK: Final = re.compile(r"detected that (\d{1,9}) promises were still active|Promise leak detected")


class Row(NamedTuple):
    """The columns of EVENTS that a machine form fills; `at` is in microseconds."""

    line: int
    kind: str
    seq: int | None = None
    at: int | None = None
    op: str | None = None
    urn: str | None = None
    type: str | None = None
    name: str | None = None
    outcome: str | None = None
    seconds: float | None = None
    message: str | None = None
    planning: bool | None = None
    new: str | None = None
    old: str | None = None
    run: int | None = None
    severity: str | None = None
    fact: str | None = None
    value: str | None = None
    identity: str | None = None
    unwritten: str | None = None
    changed: str | None = None


def table(source: str, rows: Sequence[Row]) -> pl.DataFrame:
    """EVENTS of `rows`, of which there is at least one."""
    columns: dict[str, Sequence[object]] = dict(zip(Row._fields, zip(*rows, strict=True), strict=True))
    filled = {name: column for name, column in columns.items() if column.count(None) < len(rows)}
    return from_columns({"source": [source] * len(rows), **filled}, EVENTS)


def tables(source: str, batches: Iterable[Sequence[Row]]) -> Iterator[pl.DataFrame]:
    """EVENTS of each batch of rows of one source."""
    return (table(source, rows) for rows in batches)


def joined_table(logs: Sequence[tuple[str, str, Sequence[Row]]]) -> pl.DataFrame:
    """EVENTS of the rows of several logs, each with its source and its deploy: one table costs less than many."""
    lengths = [len(rows) for _, _, rows in logs]
    numbers = pl.Series(range(len(logs)), dtype=pl.UInt32)
    of_log = pl.select(pl.lit(numbers).repeat_by(pl.Series(lengths, dtype=pl.UInt32)).explode()).to_series()
    batch = table("", [row for _, _, rows in logs for row in rows])
    named = {
        name: pl.Series([log[place] for log in logs], dtype=pl.String).gather(of_log)
        for place, name in enumerate(("source", "deploy"))
    }
    runs = batch["run"].fill_null(1)
    return batch.with_columns(source=named["source"], deploy=deploy_ids(named["deploy"], runs))


def deploy_ids(deploys: pl.Series, runs: pl.Series) -> pl.Series:
    """The deploy of each event: the first run of a log has the log's id, the others a number behind it."""
    if runs.max() == 1:
        return deploys
    first = pl.when(pl.col("run") == 1).then("deploy")
    named = first.otherwise(pl.format("{}.{}", "deploy", "run"))
    return pl.DataFrame({"deploy": deploys, "run": runs}).select(named.alias("deploy")).to_series()


def name_of(urn: str | None) -> str | None:
    """The name in a URN: its last part."""
    return urn.rpartition("::")[2] if urn else None


def type_of(urn: str | None) -> str | None:
    """The type in a URN, without the parents' types."""
    parts = (urn or "").split("::", 3)
    return parts[2].rpartition("$")[2] if len(parts) > 3 else None  # noqa: PLR2004 (a URN has four parts)


def plain(text: str) -> str:
    """`text` without colour tags and ANSI sequences, and without white space at its ends."""
    return _MARKUP.sub("", text).strip()


def microseconds(text: str | None) -> int | None:
    """Unix microseconds of an RFC 3339 time; null for another text, or a time without a zone."""
    try:
        moment = datetime.fromisoformat(_FRACTION.sub(r"\1", text or ""))
        return (moment - _EPOCH) // _MICROSECOND if EARLIEST <= moment <= LATEST else None
    except (ValueError, TypeError, OverflowError):
        return None


def leak(message: str) -> tuple[str, str] | None:
    """The fact that a message reports leaked promises, and how many: the program ended before it had reported all."""
    match = _LEAK.search(message) if "romise" in message else None
    return ("promise_leak", match[1] or "") if match else None
