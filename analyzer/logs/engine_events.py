"""Pulumi's engine events: one JSON object a line, as SST keeps them in `eventlog.json`.

Source of the fields: pulumi/pulumi sdk/go/common/apitype/events.go (EngineEvent and its payloads).
`timestamp` is in Unix seconds. Lines may be MiBs and may hold every environment variable of a build: only the
fields below are decoded, and the state of a resource is kept for SST's two key-value resources alone, without
the code of their providers.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from analyzer.errors import InputError
from analyzer.sources.lines import Line, lines
from analyzer.tables import EVENTS, from_columns

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import polars as pl

    from analyzer.sources.account import Account
    from analyzer.sources.source import Source

KIND: Final = "engine-events"
BATCH: Final = 20_000  # events of one table
NAMED: Final = 5  # lines that a problem names; the others are counted

_KEPT: Final = (".sst.aws.KvKeys", ".sst.aws.KvRoutesUpdate")
_NOISE: Final = frozenset(
    {
        "cancelEvent",  # the last event of every run, also of one that succeeded
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
_MARKUP: Final = re.compile(r"<\{%[^%]*%\}>|\x1b\[[0-9;?]*[A-Za-z]")
_RESULTS: Final = {"succeeded": "done", "failed": "failed", "canceled": "interrupted"}
_NEW: Final = ("inputs", "outputs", "id")
_OLD: Final = (*_NEW, "retainOnDelete", "external")
_NULL: Final = msgspec.Raw(b"null")


class _Metadata(msgspec.Struct, gc=False):
    op: str | None = None
    urn: str | None = None
    type: str | None = None
    new: msgspec.Raw = _NULL
    old: msgspec.Raw = _NULL


class _Step(msgspec.Struct, gc=False):
    metadata: _Metadata
    planning: bool = False


class _Diagnostic(msgspec.Struct, gc=False):
    urn: str | None = None
    prefix: str = ""
    message: str = ""
    severity: str = ""


class _Message(msgspec.Struct, gc=False):
    message: str = ""


class _Error(msgspec.Struct, gc=False):
    error: str = ""


class _Summary(msgspec.Struct, gc=False):
    durationSeconds: float | None = None  # noqa: N815 (Pulumi's name)
    isPreview: bool | None = None  # noqa: N815
    result: str | None = None


class _Empty(msgspec.Struct, gc=False):
    pass


class _Event(msgspec.Struct, gc=False):
    """An engine event: `timestamp`, and one payload."""

    timestamp: int | float | None = None
    preludeEvent: _Empty | None = None  # noqa: N815
    resourcePreEvent: _Step | None = None  # noqa: N815
    resOutputsEvent: _Step | None = None  # noqa: N815
    resOpFailedEvent: _Step | None = None  # noqa: N815
    diagnosticEvent: _Diagnostic | None = None  # noqa: N815
    stdoutEvent: _Message | None = None  # noqa: N815
    errorEvent: _Error | None = None  # noqa: N815
    summaryEvent: _Summary | None = None  # noqa: N815


class _Row(NamedTuple):
    """The columns of EVENTS that one line fills."""

    line: int
    kind: str
    seq: int | None = None
    at: int | None = None  # microseconds
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


_EVENT: Final = msgspec.json.Decoder(_Event)
_FIELDS: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])
_ENVELOPE: Final = frozenset({"sequence", "timestamp", "Error"})  # `Error`: SST before 3.7 wrapped each event


def read(source: Source, account: Account) -> Iterator[pl.DataFrame]:
    """EVENTS of an engine event log, in batches, a row for every line of it.

    `seq` counts the lines that are neither noise nor unrecognised. What cannot be read is put in
    `account.problems`; nothing raises for the content of the source.
    """
    account.kind = KIND
    reader = _Reader()
    batch: list[_Row] = []
    damage: list[str] = []
    try:
        account.bytes = source.size()
        for line in lines(source):
            batch.append(reader.row(line))
            if len(batch) == BATCH:
                yield _table(source, batch)
                batch = []
    except InputError as error:
        damage = [error.reason]
    if batch:
        yield _table(source, batch)
    reader.settle(account)
    account.problems += damage


def _table(source: Source, batch: list[_Row]) -> pl.DataFrame:
    columns: dict[str, Sequence[object]] = dict(zip(_Row._fields, zip(*batch, strict=True), strict=True))
    columns["source"] = [source.name] * len(batch)
    return from_columns(columns, EVENTS)


class _Reader:
    """Turns lines into rows, and counts them."""

    def __init__(self) -> None:
        self.recognised = 0
        self.noise = 0
        self.unrecognised = 0
        self.unknown: Counter[str] = Counter()  # payload kinds that this project does not know
        self.repaired = 0
        self.faults: list[tuple[int, str]] = []  # lines that could not be read, and why

    def row(self, line: Line) -> _Row:
        """The row of one line."""
        row = self._row(line)
        if row.seq is not None:
            self.recognised += 1
        elif row.kind == "noise":
            self.noise += 1
        else:
            self.unrecognised += 1
        return row

    def settle(self, account: Account) -> None:
        """Puts the counts and the problems in `account`."""
        account.lines = self.recognised + self.noise + self.unrecognised
        account.recognised = self.recognised
        account.noise = self.noise
        account.unrecognised = self.unrecognised
        account.undecodable = len(self.faults)
        for kind, count in self.unknown.most_common(NAMED):
            account.problems.append(f"{count} event(s) of the unknown kind {kind!r}")
        if self.repaired:
            account.problems.append(f"{self.repaired} line(s) with invalid UTF-8, which was replaced")
        account.problems += [f"line {number}: {reason}" for number, reason in self.faults[:NAMED]]
        if len(self.faults) > NAMED:
            account.problems.append(f"{len(self.faults) - NAMED} more lines could not be read")

    def _row(self, line: Line) -> _Row:
        if not line.whole:
            return self._fault(line, "too long to be an event")
        if not line.data:
            return _Row(line.number, "noise")
        try:
            event = self._decode(line.data)
        except (ValueError, RecursionError) as error:
            cut = "" if line.ended else "the last line is cut; "
            return self._fault(line, f"{cut}not an engine event ({error})")
        return _event_row(line.number, self.recognised, event) or self._bare(line)

    def _decode(self, data: bytes) -> _Event:
        try:
            return _EVENT.decode(data)
        except UnicodeDecodeError:
            event = _EVENT.decode(data.decode("utf-8", "replace"))
            self.repaired += 1
            return event

    def _fault(self, line: Line, reason: str) -> _Row:
        self.faults.append((line.number, reason))
        return _Row(line.number, "unrecognised", message=reason)

    def _bare(self, line: Line) -> _Row:
        """The row of a line without a payload that is read: its kind says nothing, or is unknown."""
        fields = _FIELDS.decode(line.data.decode("utf-8", "replace"))
        payloads = [name for name in fields if name not in _ENVELOPE]
        if payloads and _NOISE.issuperset(payloads):
            return _Row(line.number, "noise")
        kind = (payloads[0] if payloads else "")[:60]
        self.unknown[kind] += 1
        return _Row(line.number, "unrecognised", message=f"an event of the unknown kind {kind!r}")


def _event_row(line: int, seq: int, event: _Event) -> _Row | None:
    """The row of an event; None if it has no payload that is read."""
    at = _microseconds(event.timestamp)
    if step := event.resOutputsEvent or event.resourcePreEvent or event.resOpFailedEvent:
        did = "done" if event.resOutputsEvent else "started" if event.resourcePreEvent else "failed"
        return _step_row(line, seq, at, did, step)
    if event.diagnosticEvent:
        return _diagnostic_row(line, seq, at, event.diagnosticEvent)
    if event.summaryEvent:
        return _summary_row(line, seq, at, event.summaryEvent)
    if event.stdoutEvent:
        return _Row(line, "console", seq, at, message=_plain(event.stdoutEvent.message))
    if event.errorEvent:
        return _Row(line, "diagnostic", seq, at, message=_plain("error: " + event.errorEvent.error))
    return _Row(line, "header", seq, at) if event.preludeEvent else None


def _step_row(line: int, seq: int, at: int | None, did: str, step: _Step) -> _Row:
    about = step.metadata
    kept = about.urn is not None and about.urn.endswith(_KEPT)
    return _Row(
        line,
        kind=did,
        seq=seq,
        at=at,
        op=about.op,
        urn=about.urn or None,
        type=about.type,
        name=_name(about.urn),
        outcome=did,
        planning=step.planning,
        new=_state(about.new, _NEW) if kept else None,
        old=_state(about.old, _OLD) if kept else None,
    )


def _diagnostic_row(line: int, seq: int, at: int | None, diagnostic: _Diagnostic) -> _Row:
    """Debug says nothing (and may say secrets); `info` and `info#err` are what the program printed."""
    if diagnostic.severity == "debug":
        return _Row(line, "noise")
    message = _plain(diagnostic.prefix + diagnostic.message)
    printed = diagnostic.severity.startswith("info")
    if not (printed or message.startswith(diagnostic.severity)):
        message = f"{diagnostic.severity}: {message}"
    return _Row(
        line,
        kind="console" if printed else "diagnostic",
        seq=seq,
        at=at,
        urn=diagnostic.urn or None,
        name=_name(diagnostic.urn),
        message=message,
    )


def _summary_row(line: int, seq: int, at: int | None, summary: _Summary) -> _Row:
    return _Row(
        line,
        kind="summary",
        seq=seq,
        at=at,
        outcome=_RESULTS.get(summary.result or "succeeded"),
        seconds=summary.durationSeconds,
        planning=summary.isPreview,
    )


def _name(urn: str | None) -> str | None:
    return urn.rpartition("::")[2] if urn else None


def _state(raw: msgspec.Raw, keys: tuple[str, ...]) -> str | None:
    """The JSON text of `keys` of a resource's state, without the code that its provider runs."""
    state = msgspec.json.decode(raw)
    if not isinstance(state, dict):
        return None
    kept = {key: _without_code(state[key]) for key in keys if key in state}
    return msgspec.json.encode(kept).decode()


def _without_code(value: object) -> object:
    """`value` with true for every `__provider`: the serialised program, with all that it closes over."""
    if isinstance(value, dict):
        return {key: key == "__provider" or _without_code(item) for key, item in value.items()}
    return [_without_code(item) for item in value] if isinstance(value, list) else value


def _plain(text: str) -> str:
    """`text` without colour tags and ANSI sequences, and without white space at its ends."""
    return _MARKUP.sub("", text).strip()


def _microseconds(seconds: float | None) -> int | None:
    """Unix seconds as microseconds; None for 0 (Pulumi's own test logs), and for what no clock says."""
    return int(seconds * 1_000_000) if seconds and 0 < seconds < 1 << 33 else None
