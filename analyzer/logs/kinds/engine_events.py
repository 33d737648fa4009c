"""Pulumi's engine events, one JSON object a line, as SST keeps them in `eventlog.json` and `pulumi up --json` prints.

Events that are printed over several lines, in a list, or several on a line are read too. Lines of other programs among
them are noise. If several logs are joined in one file, each begins where the sequence numbers begin again.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Final

import msgspec

from analyzer.errors import InputError
from analyzer.logs.documents.engine_rows import Event, event_row
from analyzer.logs.documents.rows import Row, tables
from analyzer.sources.limits import DENSE, EVENT, VALUE_LINES, is_dense
from analyzer.sources.lines import Line, lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import polars as pl

    from analyzer.sources.input_stats import InputStats
    from analyzer.sources.source import Source

KIND: Final = "engine-events"
BATCH: Final = 20_000  # events of one table
_LONG: Final = 1 << 20  # bytes of a line from which on it may be one of too many values
MOST_NAMED: Final = 5  # lines that a problem names; the others are counted

_NOISE: Final = frozenset(
    {
        "policyAnalyzeStackSummaryEvent",
        "policyAnalyzeSummaryEvent",
        "policyEvent",
        "policyLoadEvent",
        "policyRemediateSummaryEvent",
        "policyRemediationEvent",
        "progressEvent",
        "startDebuggingEvent",
    }
)
_EVENT: Final = msgspec.json.Decoder(Event)
_FIELDS: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])
_ENVELOPE: Final = frozenset({"sequence", "timestamp", "Error"})  # `Error`: SST before 3.7 wrapped each event
_PREFIXED: Final = re.compile(rb'[^{"]{1,200}(?=\{"sequence":)')  # what a CI system puts before each line
# What is left of an event that was cut: its beginning, its end, or names of fields. All else is another program's.
_JSON_MARKS: Final = re.compile(rb'\A[{}\[\],"]|[}\]]\Z|":.*":|":[{\[]|[^\x09\x1b\x20-\xff]', re.DOTALL)
_TOKEN: Final = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?P<closed>")?|[{}\[\]]|[^\s,{}\[\]"]+')


def read(source: Source, stats: InputStats) -> Iterator[pl.DataFrame]:
    """EVENTS of an engine event log, in batches; a row for every line of it that does not go on with an event.

    `seq` counts the events that are neither noise nor unrecognised, `run` the logs that were put together. What
    cannot be read is put in `stats.problems`; nothing raises for the content of the source.
    """
    return tables(source.name, rows(source, stats))


def rows(source: Source, stats: InputStats) -> Iterator[list[Row]]:
    """The rows of `read`."""
    stats.kind = KIND
    reader = _Reader()
    damage: list[str] = []
    try:
        stats.bytes = source.size()
        for line in lines(source):
            reader.take(line)
            if len(reader.rows) >= BATCH:
                yield reader.taken()
    except InputError as error:
        damage = [error.reason]
    reader.end()
    if reader.rows:
        yield reader.taken()
    reader.settle(stats)
    stats.problems += damage


class _Value:
    """A JSON value that goes on: its lines so far, and how deep its end is."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.parts: list[bytes] = []
        self.depth = 0
        self.size = 0


class _Reader:
    """Turns lines into rows, and counts each line once."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.lines = 0
        self.noise = 0
        self.unrecognised = 0
        self.unknown: Counter[str] = Counter()  # events of payload kinds that this project does not know
        self.repaired = 0
        self.faults: list[tuple[int, str]] = []  # the first lines that could not be read, and why
        self.faulty = 0  # how many there were
        self._events = 0
        self._open: _Value | None = None
        self._counted = 0  # the last line that is counted, where values share lines
        self._run = 1
        self._sequence = 0
        self._ended = False

    def taken(self) -> list[Row]:
        """The rows so far; they are given away."""
        rows, self.rows = self.rows, []
        return rows

    def take(self, line: Line) -> None:
        """Reads one line."""
        if line.blanks:
            self.lines += line.blanks
            self.noise += line.blanks
            return
        self.lines += 1
        if len(line.data) > _LONG and is_dense(line.data):
            self._give_up_all(line)
        elif self._open is None:
            try:
                event = _EVENT.decode(line.data)
                row = event_row(line.number, self._events, event) or _bare(line.number, line.data)
            except (ValueError, RecursionError) as error:
                self._take_other(line, error)
            else:
                self._add(event, row, (line.number,))
        elif not self._begins_anew(line):
            self._take_parts(line)

    def end(self) -> None:
        """No line follows."""
        if self._open:
            self._give_up(self._open)

    def settle(self, stats: InputStats) -> None:
        """Puts the counts and the problems in `stats`."""
        stats.lines = self.lines
        stats.noise = self.noise
        stats.unrecognised = self.unrecognised
        stats.recognised = self.lines - self.noise - self.unrecognised
        stats.undecodable = self.faulty
        for what, count in self.unknown.most_common(MOST_NAMED):
            stats.problems.append(f"{count} event(s) {what}")
        if self.repaired:
            stats.problems.append(f"{self.repaired} line(s) with invalid UTF-8, which was replaced")
        stats.problems += [f"line {number}: {reason}" for number, reason in self.faults]
        if self.faulty > MOST_NAMED:
            stats.problems.append(f"{self.faulty - MOST_NAMED} more lines could not be read")

    def _take_other(self, line: Line, error: Exception) -> None:
        """A line that is not one event."""
        if not line.whole:
            self._fault([line], "too long to be an event")
        elif not line.data or not _JSON_MARKS.search(line.data):
            self._add_noise(line.number)
        elif isinstance(error, UnicodeDecodeError):
            self.repaired += 1
            self.lines -= 1
            self.take(line._replace(data=line.data.decode("utf-8", "replace").encode()))
        elif prefix := _PREFIXED.match(line.data):
            self.lines -= 1
            self.take(line._replace(data=line.data[prefix.end() :]))
        elif line.data[:1] in (b"{", b"[", b"]", b",") and not isinstance(error, RecursionError):
            self._take_parts(line)
        else:
            self._fault([line], _why(line, error))

    def _give_up_all(self, line: Line) -> None:
        """A line that would cost many times its size, and what is open before it."""
        if self._open:
            self._give_up(self._open)
        self._fault([line], DENSE)

    def _begins_anew(self, line: Line) -> bool:
        """Whether `line` is an event of its own while another is open, which then never ends."""
        if not (line.data.startswith(b"{") and line.data.endswith(b"}")):
            return False
        try:
            event, row = self._read(line.number, line.data)
        except (ValueError, RecursionError):
            return False
        if event.sequence is None or self._open is None:
            return False
        self._give_up(self._open)
        self._add(event, row, self._uncounted([line]))
        return True

    def _take_parts(self, line: Line) -> None:
        """Takes a line apart: values may end on it, begin on it, and go on."""
        value, self._open = self._open or _Value(), None
        value.lines.append(line)
        start = 0
        for token in _TOKEN.finditer(line.data):
            before, after = value.depth, _depth_after(token, value.depth)
            if after is None:
                self._give_up(value)
                return
            if before == 0 and after:
                start = token.start()
            value.depth = after
            if before and not after:
                value.parts.append(line.data[start : token.end()])
                self._close(value)
                value = _Value()
                value.lines.append(line)
        if value.depth == 0:
            if line.number > self._counted:
                self._add_noise(line.number)
            return
        value.parts.append(line.data[start:])
        value.size += len(line.data)
        if value.size > EVENT or len(value.lines) > VALUE_LINES or not line.whole:
            self._give_up(value)
        else:
            self._open = value

    def _close(self, value: _Value) -> None:
        """A value is whole: it is an event, or no event at all."""
        data = b"\n".join(value.parts)
        line = value.lines[0]
        try:
            event, row = self._read(line.number, data)
        except (ValueError, RecursionError) as error:
            self._fault(value.lines, _why(line, error))
        else:
            self._add(event, row, self._uncounted(value.lines))

    def _give_up(self, value: _Value) -> None:
        """None of the lines of `value` is an event."""
        self._open = None
        for line in value.lines:
            self._fault([line], _why(line, ValueError("it does not end")))

    def _uncounted(self, lines: Sequence[Line]) -> list[int]:
        """The numbers of those of `lines` that no other value has begun or ended on; from now on they are counted."""
        fresh = [line.number for line in lines if line.number > self._counted]
        self._counted = max([self._counted, *fresh])
        return fresh

    def _read(self, number: int, data: bytes) -> tuple[Event, Row]:
        """The event that begins on line `number`, and its row.

        Raises:
            ValueError, RecursionError: it is no JSON object of that form.
        """
        event = _EVENT.decode(data)
        return event, event_row(number, self._events, event) or _bare(number, data)

    def _add(self, event: Event, row: Row, lines: Sequence[int]) -> None:
        """An event; `lines` are counted as what it is."""
        sequence = event.sequence
        if sequence is not None:
            if sequence < self._sequence or (self._ended and sequence <= self._sequence):
                self._run += 1
                self._ended = False
            self._sequence = sequence
        if self._run > 1:
            row = row._replace(run=self._run)
        if row.seq is not None:
            self._events += 1
            self.rows.append(row)
            return
        self._ended = self._ended or event.cancelEvent is not None
        if row.kind == "noise":
            self.noise += len(lines)
            self.rows += [row] if lines else []
        else:
            self.unknown[row.message or ""] += 1
            self.unrecognised += len(lines)
            self.rows += [row._replace(line=line) for line in lines]

    def _add_noise(self, number: int) -> None:
        self.noise += 1
        self.rows.append(Row(number, "noise"))

    def _fault(self, lines: Sequence[Line], reason: str) -> None:
        """Nothing can be read on `lines`."""
        self.faulty += 1
        if len(self.faults) < MOST_NAMED:
            self.faults.append((lines[0].number, reason))
        fresh = self._uncounted(lines)
        self.unrecognised += len(fresh)
        self.rows += [Row(number, "unrecognised", message=reason) for number in fresh]


def _bare(number: int, data: bytes) -> Row:
    """The row of an event without a payload that is read: its kind says nothing, or is unknown."""
    fields = _FIELDS.decode(data)
    payloads = [name for name in fields if name not in _ENVELOPE]
    if payloads and _NOISE.issuperset(payloads):
        return Row(number, "noise")
    kind = (payloads[0] if payloads else "")[:60]
    return Row(number, "unrecognised", message=f"of the unknown kind {kind!r}")


def _depth_after(token: re.Match[bytes], depth: int) -> int | None:
    """How deep a value is after `token`; None if it can be no object. Lists around objects count for nothing."""
    text = token[0]
    if text.startswith(b'"'):
        return depth if token["closed"] and depth else None
    if depth == 0:
        return 1 if text == b"{" else 0 if text in (b"[", b"]") else None
    return depth + 1 if text in (b"{", b"[") else depth - 1 if text in (b"}", b"]") else depth


def _why(line: Line, error: Exception) -> str:
    cut = "" if line.ended else "the last line is cut; "
    return f"{cut}not an engine event ({error})"
