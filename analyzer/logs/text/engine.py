"""Reads a text log of any dialect: parsed lines → EVENTS.

`parse` gives each line its form and captures, and `context` its place. The log's languages then make events of the
lines. Lines without meaning become events too (`noise`, `unrecognised`). Memory stays flat: a batch is released before
the next one is used.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

import polars as pl

from analyzer.logs.text.ahead import ahead
from analyzer.logs.text.clean import BATCH
from analyzer.logs.text.context import Context, in_context
from analyzer.logs.text.dots import ticks
from analyzer.logs.text.language import DIAGNOSTIC, MESSAGE_LINES, NOISE
from analyzer.logs.text.layers import layers_in, readable
from analyzer.logs.text.parse import UNREAD, Batch, batch_of, by_form
from analyzer.logs.text.prefilter import FOREIGN, READ, Prefiltering
from analyzer.logs.text.unwrap import joined
from analyzer.sources.input_stats import InputStats
from analyzer.sources.source import Source
from analyzer.tables import EVENTS, TIME, conform

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from analyzer.logs.text.language import Language
    from analyzer.logs.text.parse import Dialect, Parts
    from analyzer.logs.text.prefilter import Prefilter
    from analyzer.logs.text.unwrap import Unwrapped

_TOGETHER = 20_000  # lines that matter are read together, of several batches: polars costs by the call
_HELD_LINES = 1000  # of a message that may go on in the next batch

_NOTHING = {name: pl.lit(None, dtype) for name, dtype in EVENTS.items()}

_role = pl.col("role")


@dataclass(frozen=True, slots=True)
class _Placed:
    """A batch of lines with their context, their captures by form, and the section that is open behind the batch."""

    lines: pl.DataFrame
    parts: Mapping[str, pl.DataFrame]
    section: str


@dataclass(slots=True)
class _Reader:
    """The state that is carried from batch to batch of one log."""

    source: str
    stats: InputStats
    dialect: Dialect
    context: Context = field(default_factory=Context)
    lines: int = 0
    events: int = 0
    repaired: int = 0
    too_long: int = 0
    dots: int = 0
    run: int = 1
    dots_before_run: int = 0
    reported: set[str] = field(default_factory=set)
    open_messages: dict[str, pl.DataFrame] = field(default_factory=dict)


def read_text(
    source: Source, stats: InputStats, dialect: Dialect, *, prefilter: bool = False, batch_bytes: int = BATCH
) -> Iterator[pl.DataFrame]:
    """EVENTS of a text log, in batches, in the order of the log; `deploy` is null.

    A message of several lines is one event, at its first line. Lines longer than 1 MiB are counted as unrecognised.

    Args:
        source: the log.
        stats: counts of lines, and problems; complete after the last batch.
        dialect: how it is read.
        prefilter: lines that can say nothing of a key-value write are only counted; else each is an event.
        batch_bytes: how much is read at a time; the events do not depend on it.

    Raises:
        InputError: the source cannot be opened.
    """
    reader = _Reader(source.name, stats, dialect)
    stats.lines = stats.recognised = stats.noise = stats.unrecognised = 0
    prefixes = layers_in(source, wrapped=dialect.wrapped)
    if prefixes.refused is not None:
        stats.problems.append(f"the lines begin with `{prefixes.refused}`: not known as a prefix")
    with source.open() as stream:
        stats.bytes = source.size()
        cleaned = partial(batch_of, prefixes.layers)
        raw = readable(stream, batch_bytes, stats)
        rules = dialect.prefilter() if dialect.prefilter else None
        lines = _prefiltered(reader, rules, cleaned, raw) if prefilter and rules else ahead(cleaned, raw)
        parts_of = partial(by_form, dialect.languages, rules.first if rules else ())
        events = _events(lines, parts_of, reader)
        for settling in (each for language in dialect.languages for each in language.SETTLING):
            events = settling(events)
        yield from events
    _report(reader)


def _prefiltered(
    reader: _Reader, prefilter: Prefilter, cleaned: Callable[[bytes], Batch], raw: Iterable[bytes]
) -> Iterator[Batch]:
    """The lines that matter, those of several batches together: the others are counted here."""

    def classified(batch: bytes) -> tuple[Batch, pl.Series]:
        lines = cleaned(batch)
        return lines, _classes(lines, prefilter)

    prefiltering = Prefiltering(prefilter)
    waiting: list[Batch] = []
    first = 1
    for lines, classes in ahead(classified, raw, depth=4):
        rows, counts = prefiltering.kept(classes, lines.bare.text)
        reader.stats.add_lines(*counts)
        reader.repaired += lines.repaired
        reader.too_long += lines.too_long
        printed = _printed_by(rows, lines, reader)
        if len(rows):
            numbers = rows.cast(pl.Int64) + first
            waiting.append(Batch(lines.bare.gather(rows), numbers=numbers, printed=printed))
        first += len(classes) + lines.blanks
        reader.stats.add_lines(0, lines.blanks, 0)
        if sum(len(each.bare.text) for each in waiting) >= _TOGETHER:
            yield _joined(waiting)
            waiting = []
    if waiting:
        yield _joined(waiting)


def _classes(lines: Batch, prefilter: Prefilter) -> pl.Series:
    classes = prefilter.classes(lines.bare.text)
    if lines.bare.foreign is not None:
        classes = classes.scatter(lines.bare.foreign.arg_true(), FOREIGN)
    if lines.too_long:
        classes = classes.scatter((lines.bare.text == UNREAD).arg_true(), READ)
    return classes


def _joined(batches: Sequence[Batch]) -> Batch:
    numbers = pl.concat([batch.numbers for batch in batches if batch.numbers is not None])
    printed = pl.concat([batch.printed for batch in batches if batch.printed is not None])
    return Batch(joined([batch.bare for batch in batches]), numbers=numbers, printed=printed)


def _printed_by(rows: pl.Series, lines: Batch, reader: _Reader) -> pl.Series:
    """The dots of the log up to each of `rows` of a batch, which is the next one."""
    if lines.dots is None:
        return pl.Series([reader.dots], dtype=pl.Int64).new_from_index(0, len(rows))
    printed = lines.dots.upto(rows) + reader.dots
    reader.dots += lines.dots.total
    return printed


def _events(
    batches: Iterable[Batch], parts_of: Callable[[Unwrapped], Parts], reader: _Reader
) -> Iterator[pl.DataFrame]:
    parsed = ahead(lambda lines: (lines, parts_of(lines.bare)), batches)
    placed = (_place(lines, parts, reader) for lines, parts in parsed)
    for batch, tables in ahead(lambda batch: (batch, _tables(reader.dialect, batch)), placed):
        yield _finish([*tables, *_diagnostics(batch, reader)], batch.lines, reader)
    left = [_messages(language, reader.open_messages.pop(language.GRAMMAR)) for language in _holding(reader)]
    if left:
        yield _finish(left, None, reader)


def _holding(reader: _Reader) -> list[Language]:
    return [language for language in reader.dialect.languages if language.GRAMMAR in reader.open_messages]


def _place(lines: Batch, parts: Mapping[str, pl.DataFrame], reader: _Reader) -> _Placed:
    """The lines of a batch with their numbers, their context and their role, counted."""
    bare = lines.bare
    count, first = len(bare.text), reader.lines + 1
    numbers = lines.numbers
    if numbers is None:
        numbers = pl.int_range(first, first + count, dtype=pl.Int64, eager=True)
    placed = in_context(parts, count, reader.context, reader.dialect.languages)
    at = pl.lit(None, TIME) if bare.at is None else bare.at
    placed = placed.with_columns(
        numbers.alias("line"), bare.text, at.alias("at"), _ticks(lines, placed, reader)
    )
    if bare.foreign is not None:
        placed = placed.with_columns(pl.when(bare.foreign).then(pl.lit(NOISE)).otherwise(_role).alias("role"))
    reader.lines = int(numbers[-1]) + lines.blanks
    reader.stats.add_lines(0, lines.blanks, 0)
    reader.repaired += lines.repaired
    reader.too_long += lines.too_long
    ours = reader.dialect.ours
    if ours is not None:
        unknown = placed["role"].is_null()
        text = bare.text.filter(unknown)
        others = unknown.arg_true().filter(~text.str.contains(ours) & (text != UNREAD))
        placed = placed.with_columns(placed["role"].scatter(others, NOISE))
    _count(placed, reader.stats)
    return _Placed(placed, parts, reader.context.section)


def _ticks(lines: Batch, placed: pl.DataFrame, reader: _Reader) -> pl.Series:
    """`tick` of each line: the seconds since the display of its deploy began."""
    printed = lines.printed
    if printed is None:
        printed = _printed_by(placed["row"], lines, reader)
    last_run, reader.run = reader.run, int(placed["run"][-1])
    if not int(printed[-1]):
        return pl.Series("tick", [None], pl.Int64).new_from_index(0, len(printed))
    tick, reader.dots_before_run = ticks(printed, placed["run"], last_run, reader.dots_before_run)
    return tick.alias("tick")


def _tables(dialect: Dialect, batch: _Placed) -> list[pl.DataFrame]:
    """The events that depend on this batch alone."""
    number, role, text = batch.lines["line"], batch.lines["role"], batch.lines["text"]
    noise, unknown = role == NOISE, role.is_null()
    message = text.filter(unknown).alias("message")
    tables = [table for language in dialect.languages for table in language.events(batch.lines, batch.parts)]
    return [
        *(table.drop("printed") if "printed" in table.columns else table for table in tables),
        *(events for table in tables if "printed" in table.columns for events in _printed(table, dialect)),
        pl.select(number.filter(noise), kind=pl.lit("noise")),
        pl.select(number.filter(unknown), message, kind=pl.lit("unrecognised")),
    ]


def _printed(table: pl.DataFrame, dialect: Dialect) -> Iterator[pl.DataFrame]:
    """The events of what another program printed, which a line of `table` holds as a whole: all at this line."""
    if dialect.printed is None:
        return
    outputs = table.drop_nulls("printed").select("line", "at", "run", "printed")
    for line, at, run, text in outputs.iter_rows():
        source = Source("printed", None, text.encode())
        for events in read_text(source, InputStats(source.name), dialect.printed):
            real = events.filter(pl.col("seq").is_not_null())
            yield real.drop("source", "seq", "deploy").with_columns(
                line=pl.lit(line, pl.Int64), at=pl.lit(at, TIME), run=pl.lit(run, pl.Int64)
            )


def _diagnostics(batch: _Placed, reader: _Reader) -> list[pl.DataFrame]:
    """The messages that end in a batch, of all languages."""
    speaks = batch.lines["role"] == DIAGNOSTIC
    lines = batch.lines.filter(speaks) if speaks.any() else batch.lines.clear()
    return [
        _messages_of(language, lines, batch, reader)
        for language in reader.dialect.languages
        if language.GRAMMAR in reader.open_messages or not lines.is_empty()
    ]


def _messages_of(
    language: Language, diagnostics: pl.DataFrame, batch: _Placed, reader: _Reader
) -> pl.DataFrame:
    """The messages that end in this batch; the last one is held until the next batch if it may continue.

    A message of more than a thousand lines is not held, so that memory stays flat.
    """
    lines = language.message_lines(diagnostics)
    lines = lines.with_columns(
        pl.lit(None, MESSAGE_LINES[name]).alias(name) for name in MESSAGE_LINES if name not in lines.columns
    )
    lines = conform(lines, MESSAGE_LINES)
    lines = lines.with_columns(batch.lines["tick"].gather(_rows_of(lines["line"], batch.lines["line"])))
    kept_open = reader.open_messages.pop(language.GRAMMAR, None)
    if kept_open is not None:
        lines = pl.concat([kept_open, lines])
    goes_on = batch.section in language.OPEN
    if not lines.is_empty() and (goes_on or lines["line"][-1] == batch.lines["line"][-1]):
        number = language.messages(lines)
        opened = lines.filter(number == number[-1])
        if opened.height <= _HELD_LINES:
            reader.open_messages[language.GRAMMAR] = opened
            lines = lines.head(lines.height - opened.height)
    return _messages(language, lines)


def _messages(language: Language, lines: pl.DataFrame) -> pl.DataFrame:
    whole = (
        lines.with_columns(language.messages(lines).alias("number"))
        .group_by("number", maintain_order=True)
        .agg(
            pl.first("line", "at", "run", "planning", "type", "name", "severity", "tick"),
            pl.col("text").str.join("\n").alias("message"),
        )
        .select(pl.exclude("number"), kind=pl.lit("diagnostic"))
    )
    return language.finished(whole)


def _finish(parts: list[pl.DataFrame], placed: pl.DataFrame | None, reader: _Reader) -> pl.DataFrame:
    """One table of EVENTS out of its parts, in the order of the log."""
    table = pl.concat(_anew(parts, reader), how="diagonal").sort("line", maintain_order=True)
    if placed is not None:
        table = _with_context(table, placed)
    lacking = {name: _NOTHING[name] for name in EVENTS if name not in table.columns}
    real = (table["kind"] != "noise") & (table["kind"] != "unrecognised")
    number = pl.when(real).then(real.cum_sum().cast(pl.Int64) + (reader.events - 1))
    table = table.with_columns(**lacking | {"source": pl.lit(reader.source), "seq": number})
    reader.events += int(real.sum())
    return conform(table, EVENTS)


def _anew(parts: Sequence[pl.DataFrame], reader: _Reader) -> list[pl.DataFrame]:
    """`parts` without what the log has reported of the same deploy before."""
    row = pl.int_range(pl.len())
    telling = [
        part.select("line", "run", "once", row.alias("row"), pl.lit(number).alias("part")).drop_nulls("once")
        for number, part in enumerate(parts)
        if "once" in part.columns
    ]
    left = [part.drop("once") if "once" in part.columns else part for part in parts]
    if not any(map(len, telling)):
        return left
    once = pl.concat(telling).sort("line", maintain_order=True)
    facts = once.select(pl.format("{} {}", "run", "once")).to_series()
    again = facts.is_in(reader.reported) | ~facts.is_first_distinct()
    reader.reported.update(facts.filter(~again))
    repeated = once.filter(again)
    for number in repeated["part"].unique():
        kept = pl.repeat(True, left[number].height, dtype=pl.Boolean, eager=True)
        rows = repeated["row"].filter(repeated["part"] == number)
        left[number] = left[number].filter(kept.scatter(rows, False))
    return left


def _with_context(table: pl.DataFrame, placed: pl.DataFrame) -> pl.DataFrame:
    """`table` with what holds for the line of each event; a message that was held keeps what held for its own."""
    rows = _rows_of(table["line"], placed["line"])
    earlier = table["line"] < placed["line"][0]
    if earlier.any():
        rows = rows.set(earlier, None)
    context = {name: placed[name].gather(rows) for name in ("at", "run", "planning", "tick")}
    return table.with_columns(
        pl.coalesce(name, pl.lit(values)) if name in table.columns else values.alias(name)
        for name, values in context.items()
    )


def _rows_of(lines: pl.Series, numbers: pl.Series) -> pl.Series:
    """The places of `lines` among `numbers`, which go up: one by one, unless lines were left out."""
    first, last = int(numbers[0]), int(numbers[-1])
    if last - first == len(numbers) - 1:
        return lines - first
    return numbers.search_sorted(lines)


def _count(lines: pl.DataFrame, stats: InputStats) -> None:
    noise = int((lines["role"] == NOISE).sum())
    unrecognised = lines["role"].null_count()
    stats.add_lines(lines.height - noise - unrecognised, noise, unrecognised)


def _report(reader: _Reader) -> None:
    if reader.stats.lines and not reader.stats.recognised:
        reader.stats.problems.append("taken for a deploy log, but no line of it was recognised")
    if reader.repaired:
        reader.stats.problems.append(f"{_lines(reader.repaired)} not UTF-8: repaired with U+FFFD")
    if reader.too_long:
        reader.stats.problems.append(f"{_lines(reader.too_long)} longer than 1 MiB: not read")


def _lines(count: int) -> str:
    return "1 line is" if count == 1 else f"{count} lines are"
