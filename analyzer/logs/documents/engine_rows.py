"""Pulumi's engine events as rows: which fields are decoded, and what each payload says.

Source of the fields: pulumi/pulumi sdk/go/common/apitype/events.go (EngineEvent and its payloads).
`timestamp` is in Unix seconds. Events may be MiBs and may hold every environment variable of a build: only the
fields below are decoded, and the state of a resource is kept for those that write keys alone, without
the code of their providers.
"""

from __future__ import annotations

from typing import Final

import msgspec

from analyzer.logs.documents.rows import Row, leak, name_of, plain
from analyzer.logs.documents.told_state import Step, Told, told
from analyzer.resources.shown import suffixes, tokens

_KEY_RESOURCES: Final = (suffixes(), tokens())
RESULTS: Final = {"succeeded": "done", "failed": "failed", "canceled": "interrupted"}
_SEVERITIES: Final = {"error": "error", "warning": "warning"}
_NEW: Final = ("inputs", "outputs", "id")
_OLD: Final = (*_NEW, "retainOnDelete", "external")
_NULL: Final = msgspec.Raw(b"null")
_DEEPEST: Final = 100  # values within each other in a state that is kept
_NOTHING: Final = Told()


class _Metadata(msgspec.Struct, gc=False):
    op: str | None = None
    urn: str | None = None
    type: str | None = None
    new: msgspec.Raw = _NULL
    old: msgspec.Raw = _NULL
    diffs: msgspec.Raw = _NULL


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


class Event(msgspec.Struct, gc=False):
    """An engine event: `sequence`, `timestamp`, and one payload."""

    sequence: int | None = None
    timestamp: int | float | None = None
    preludeEvent: _Empty | None = None  # noqa: N815
    resourcePreEvent: _Step | None = None  # noqa: N815
    resOutputsEvent: _Step | None = None  # noqa: N815
    resOpFailedEvent: _Step | None = None  # noqa: N815
    diagnosticEvent: _Diagnostic | None = None  # noqa: N815
    stdoutEvent: _Message | None = None  # noqa: N815
    errorEvent: _Error | None = None  # noqa: N815
    summaryEvent: _Summary | None = None  # noqa: N815
    cancelEvent: _Empty | None = None  # noqa: N815


def event_row(line: int, seq: int, event: Event) -> Row | None:
    """The row of an event; None if it has no payload that is read."""
    at = _microseconds(event.timestamp)
    if step := event.resOutputsEvent or event.resourcePreEvent or event.resOpFailedEvent:
        did = "done" if event.resOutputsEvent else "started" if event.resourcePreEvent else "failed"
        return _step_row(line, seq, at, did, step)
    if event.diagnosticEvent:
        return _diagnostic_row(line, seq, at, event.diagnosticEvent)
    if event.summaryEvent:
        return _summary_row(line, seq, at, event.summaryEvent)
    return _other_row(line, seq, at, event)


def _other_row(line: int, seq: int, at: int | None, event: Event) -> Row | None:
    if event.stdoutEvent:
        return Row(line, "console", seq, at, message=plain(event.stdoutEvent.message))
    if event.errorEvent:
        message = plain("error: " + event.errorEvent.error)
        return Row(line, "diagnostic", seq, at, message=message, severity="error")
    if event.cancelEvent:  # the last event of every run, also of one that succeeded
        return Row(line, "noise")
    return Row(line, "header", seq, at) if event.preludeEvent else None


def _step_row(line: int, seq: int, at: int | None, did: str, step: _Step) -> Row:
    about = step.metadata
    names, types = _KEY_RESOURCES
    kept = about.urn is not None and (about.urn.endswith(names) or about.type in types)
    tells = None if step.planning or not about.urn else _told(did, about, about.urn)
    identity, unwritten, changed = tells or _NOTHING
    return Row(
        line,
        kind=did,
        seq=seq,
        at=at,
        op=about.op,
        urn=about.urn or None,
        type=about.type,
        name=name_of(about.urn),
        outcome=did,
        planning=step.planning,
        new=_state(about.new, _NEW) if kept else None,
        old=_state(about.old, _OLD) if kept else None,
        identity=identity,
        unwritten=unwritten,
        changed=changed,
    )


def _told(did: str, about: _Metadata, urn: str) -> Told | None:
    return told(Step(did, about.op, urn, about.type, about.diffs, about.new, about.old))


def _diagnostic_row(line: int, seq: int, at: int | None, diagnostic: _Diagnostic) -> Row:
    """Debug says nothing (and may say secrets); `info` and `info#err` are what the program printed."""
    if diagnostic.severity == "debug":
        return Row(line, "noise")
    message = plain(diagnostic.prefix + diagnostic.message)
    printed = diagnostic.severity.startswith("info")
    if not (printed or message.startswith(diagnostic.severity)):
        message = f"{diagnostic.severity}: {message}"
    fact, value = leak(message) or (None, None)
    return Row(
        line,
        kind="console" if printed else "diagnostic",
        seq=seq,
        at=at,
        urn=diagnostic.urn or None,
        name=name_of(diagnostic.urn),
        message=message,
        severity="info" if printed else _SEVERITIES.get(diagnostic.severity),
        fact=fact,
        value=value,
    )


def _summary_row(line: int, seq: int, at: int | None, summary: _Summary) -> Row:
    return Row(
        line,
        kind="summary",
        seq=seq,
        at=at,
        outcome=RESULTS.get(summary.result or "succeeded"),
        seconds=summary.durationSeconds,
        planning=summary.isPreview,
        fact="result" if summary.result else None,
        value=summary.result,
    )


def _state(raw: msgspec.Raw, keys: tuple[str, ...]) -> str | None:
    """The JSON text of `keys` of a resource's state, without the code that its provider runs."""
    state = msgspec.json.decode(raw)
    if not isinstance(state, dict):
        return None
    kept = {key: _without_code(state[key]) for key in keys if key in state}
    return msgspec.json.encode(kept).decode()


def _without_code(value: object, left: int = _DEEPEST) -> object:
    """`value` with true for every `__provider`: the serialised program, with all that it closes over.

    Raises:
        RecursionError: it is deeper than whoever reads the state later could follow.
    """
    if not left:
        raise RecursionError(f"more than {_DEEPEST} values within each other")
    if isinstance(value, dict):
        return {key: key == "__provider" or _without_code(item, left - 1) for key, item in value.items()}
    return [_without_code(item, left - 1) for item in value] if isinstance(value, list) else value


def _microseconds(seconds: float | None) -> int | None:
    """Unix seconds as microseconds; None for 0 (Pulumi's own test logs), and for what no clock says."""
    return int(seconds * 1_000_000) if seconds and 0 < seconds < 1 << 33 else None
