"""`pulumi.log`: the text that Pulumi prints where nobody watches (SST keeps it in `.sst/log`). Satisfies `LogForm`.

The meaning of each line is in `grammars/pulumi.lark`; this file reads in batches, gives each line its context and
turns forms into events. Source of the form: facts on Pulumi's display code, see the grammar.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

import polars as pl

from analyzer.grammar.line import LineGrammar, load
from analyzer.logs.text_ahead import ahead
from analyzer.logs.text_clean import BATCH, LONGEST, batches, clean, split
from analyzer.logs.text_context import Context, in_context
from analyzer.logs.text_rows import quiet_events, row_events, timed_events
from analyzer.logs.text_sections import (
    diagnostic_events,
    diagnostic_lines,
    frame_events,
    hold_back,
    output_events,
)
from analyzer.tables import EVENTS, conform

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from analyzer.sources.account import Account
    from analyzer.sources.source import Source

KIND = "pulumi-text"
GRAMMARS = ("pulumi",)
_ROWS = {"timed_row": timed_events, "row": row_events, "urn_row": row_events}
_UNREAD = "(a line of more than 1 MiB)"  # what stands for it; no form begins so
_SILENT = ("noise", "unrecognised")

_role = pl.col("role")


@dataclass(frozen=True, slots=True)
class _Lines:
    """A batch of lines: their text, their forms, and how many were repaired or are too long."""

    text: pl.Series
    parts: dict[str, pl.DataFrame]
    repaired: int
    too_long: int


@dataclass(slots=True)
class _Reader:
    """What is carried from batch to batch of one log."""

    source: str
    account: Account
    grammar: LineGrammar
    context: Context = field(default_factory=Context)
    lines: int = 0
    events: int = 0
    repaired: int = 0
    too_long: int = 0
    held: pl.DataFrame | None = None


def read(source: Source, account: Account, *, batch_bytes: int = BATCH) -> Iterator[pl.DataFrame]:
    """EVENTS of a Pulumi text log, in batches, in the order of the log; `deploy` is null.

    Rows give `started`, `done` or `failed` with Pulumi's own word as `op`; what the program printed is `console`;
    `Diagnostics:` gives `diagnostic` with the resource's type and name. `request_id` and `error_code` stay null
    (`analyzer.grammar.nested.sdk_errors` reads them out of messages), and so do `new` and `at`. An interrupted row
    is `failed` with outcome `interrupted`. Lines longer than 1 MiB are counted as unrecognised.

    Args:
        source: the log.
        account: filled while the batches are taken; complete after the last one.
        batch_bytes: how much is read at a time; the events do not depend on it.

    Raises:
        InputError: the source cannot be opened.
    """
    reader = _Reader(source.name, account, load("pulumi"))
    account.kind = KIND
    account.lines = account.recognised = account.noise = account.unrecognised = 0
    with source.open() as stream:
        account.bytes = source.size()
        yield from _events(stream, reader, batch_bytes)
    _report(reader)


def _events(stream: BinaryIO, reader: _Reader, size: int) -> Iterator[pl.DataFrame]:
    batch_lines = partial(_read_lines, reader.grammar)
    for lines in ahead(batch_lines, _readable(stream, size, reader.account)):
        yield _finish(_events_of(_place(lines, reader), lines.parts, reader), reader)
    if reader.held is not None and not reader.held.is_empty():
        yield _finish([diagnostic_events(reader.held)], reader)


def _readable(stream: BinaryIO, size: int, account: Account) -> Iterator[bytes]:
    """The batches up to the first error of the file system, which goes into the account."""
    try:
        yield from batches(stream, size)
    except OSError as error:
        account.problems.append(f"could not be read to its end: {(error.strerror or 'unknown').lower()}")


def _read_lines(grammar: LineGrammar, batch: bytes) -> _Lines:
    """All of a batch that needs no context."""
    lines, repaired = split(batch)
    too_long = lines.str.len_bytes() > LONGEST
    if too_long.any():
        lines = lines.set(too_long, _UNREAD)
    text = clean(lines, batch).alias("text")
    return _Lines(text, grammar.parts(text), repaired, int(too_long.sum()))


def _place(lines: _Lines, reader: _Reader) -> pl.DataFrame:
    """The lines of a batch with their numbers and context."""
    count = len(lines.text)
    numbers = pl.int_range(reader.lines + 1, reader.lines + 1 + count, dtype=pl.Int64, eager=True).alias(
        "line"
    )
    placed = in_context(lines.parts, count, reader.context).with_columns(numbers, lines.text)
    reader.lines += count
    reader.repaired += lines.repaired
    reader.too_long += lines.too_long
    _count(placed, reader.account)
    return placed


def _events_of(placed: pl.DataFrame, parts: dict[str, pl.DataFrame], reader: _Reader) -> list[pl.DataFrame]:
    rows = placed.select("line", "planning")
    frames = [events(_beside(rows, parts[form])) for form, events in _ROWS.items() if form in parts]
    said = diagnostic_lines(placed.filter(_role == "diagnostic"))
    if reader.held is not None:
        said = pl.concat([reader.held, said])
    said, reader.held = hold_back(said, reader.lines)
    others = _captured(placed, parts, reader.grammar)
    return [
        *frames,
        diagnostic_events(said),
        quiet_events(others.filter(_role == "quiet")),
        output_events(others.filter(_role == "output")),
        frame_events(others.filter(_role == "frame")),
        rows.filter(placed["role"] == "noise").with_columns(kind=pl.lit("noise")),
        placed.filter(_role.is_null()).select(
            "line", "planning", kind=pl.lit("unrecognised"), message="text"
        ),
    ]


def _beside(rows: pl.DataFrame, part: pl.DataFrame) -> pl.DataFrame:
    """What is known of the lines of one form, with their captures; a capture of the same name is left out."""
    return pl.concat([rows[part["row"]], part.drop("row", *rows.columns, strict=False)], how="horizontal")


def _captured(placed: pl.DataFrame, parts: dict[str, pl.DataFrame], grammar: LineGrammar) -> pl.DataFrame:
    """Lines with their captures, where they are few; the columns are those of all forms but rows."""
    schema = dict.fromkeys(grammar.captures, pl.String()) | placed.schema
    few = [_beside(placed, part) for form, part in parts.items() if form not in _ROWS]
    return pl.concat([pl.DataFrame(schema=schema), *few], how="diagonal")


def _finish(parts: list[pl.DataFrame], reader: _Reader) -> pl.DataFrame:
    """One table of EVENTS out of its parts, in the order of the log."""
    table = pl.concat(parts, how="diagonal_relaxed").sort("line")
    real = ~pl.col("kind").is_in(_SILENT)
    lacking = {name: pl.lit(None, dtype) for name, dtype in EVENTS.items() if name not in table.columns}
    table = table.with_columns(**lacking).with_columns(
        pl.lit(reader.source).alias("source"),
        pl.when(real).then(real.cum_sum().cast(pl.Int64) - 1 + reader.events).alias("seq"),
    )
    reader.events += table.height - table["seq"].null_count()
    return conform(table, EVENTS)


def _count(lines: pl.DataFrame, account: Account) -> None:
    noise = int((lines["role"] == "noise").sum())
    unrecognised = lines["role"].null_count()
    account.lines = (account.lines or 0) + lines.height
    account.noise = (account.noise or 0) + noise
    account.unrecognised = (account.unrecognised or 0) + unrecognised
    account.recognised = (account.recognised or 0) + lines.height - noise - unrecognised


def _report(reader: _Reader) -> None:
    if reader.repaired:
        reader.account.problems.append(f"{_lines(reader.repaired)} not UTF-8: repaired with U+FFFD")
    if reader.too_long:
        reader.account.problems.append(f"{_lines(reader.too_long)} longer than 1 MiB: not read")


def _lines(count: int) -> str:
    return "1 line is" if count == 1 else f"{count} lines are"
