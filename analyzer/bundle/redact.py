"""What verdicts do not need is left out of a file: `lostwrite collect --redact`.

| file | what stays |
|---|---|
| an event log | each event: its resource, what it did, what was printed without what looks like a credential |
| its states | names of properties; values that tell things apart (`STATE_NAMES`); of resources that write keys, all |
| an update, a lock | who, when, how it ended, its errors |
| a snapshot | its time, its version, operations that never ended; no resource |
| a listing | its keys; the values of those whose namespace a log names |
| CloudTrail's files | all: digests hold their hashes, and CloudTrail hides the values itself |

What is left must give the same rows of events as the whole (`analyzer.logs`), so it gives the same verdicts: that is
looked at for each file, and one that does not is kept whole, as is a log in another form.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec
import polars as pl

from analyzer.errors import InputError
from analyzer.logs.documents.home_rows import Update
from analyzer.logs.documents.told_state import STATE_LISTS, STATE_NAMES
from analyzer.logs.scan import LogScan
from analyzer.redaction.redact import redacted_series
from analyzer.resources.shown import suffixes, tokens
from analyzer.sources.source import Source
from analyzer.sources.unpack import read_whole

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_STEPS: Final = ("resourcePreEvent", "resOutputsEvent", "resOpFailedEvent")
_PRINTS: Final = {"diagnosticEvent": "message", "stdoutEvent": "message", "errorEvent": "error"}
_KEPT: Final = {
    "summaryEvent": ("durationSeconds", "isPreview", "result"),
    "diagnosticEvent": ("urn", "prefix", "message", "severity"),
    "stdoutEvent": ("message",),
    "errorEvent": ("error",),
}
_STATE: Final = ("id", "retainOnDelete", "external", "urn", "type")
_PLACES: Final = ("kv namespace", "entry: ")
"""In lines that say which key is written: they stay as they are (`analyzer.logs.part_redaction`)."""
_TEXTS: Final = ("message", "value")
_MOST: Final = 1 << 29


def redacted(kind: str, data: bytes, logs: Sequence[bytes] = ()) -> bytes | None:
    """The file without what verdicts do not need; None where it is kept whole.

    Args:
        kind: what it is (`analyzer.bundle.manifest.KINDS`).
        data: its bytes, perhaps packed.
        logs: of a listing, the logs of the deploys that it is about.
    """
    if kind == "listing":
        return _listing(data, logs)
    change = _CHANGES.get(kind)
    if change is None:
        return None
    try:
        whole, problems = read_whole(Source("", None, data), _MOST)
        if problems:
            return None
        left = change(whole)
        return left if kind == "lock" or _same(whole, left) else None
    except (ValueError, TypeError, AttributeError, RecursionError, InputError):
        return None


def _same(whole: bytes, left: bytes) -> bool:
    """Whether both give the same rows of events, but for what looks like a credential in what was printed."""
    one, other = (_rows(data) for data in (whole, left))
    if not one.drop(_TEXTS).equals(other.drop(_TEXTS)):
        return False
    return all(redacted_series(one[name]).equals(redacted_series(other[name])) for name in _TEXTS)


def _rows(data: bytes) -> pl.DataFrame:
    scan = LogScan([Source("eventlog/a/b/000000000000000000000000.json", None, data)], [], None)
    batches = list(scan)
    if not batches or scan.inputs["kind"][0] == "unusable":
        raise ValueError("no rows")
    return pl.concat(batches)


def _log(data: bytes) -> bytes:
    """A log of one event a line.

    Raises:
        ValueError: it is none.
    """
    lines = data.split(b"\n")
    events = [None if not line.strip() else msgspec.json.decode(line, type=dict[str, Any]) for line in lines]
    texts = [(event, *place) for event in events if event for place in [_printed(event)] if place]
    for event in events:
        if event:
            _without_inputs(event)
    said = pl.Series([event[payload][name] for event, payload, name in texts], dtype=pl.String)
    clean = redacted_series(said)
    for (event, payload, name), text in zip(texts, clean, strict=True):
        if not any(place in event[payload][name] for place in _PLACES):
            event[payload][name] = text
    return b"\n".join(
        line if event is None else msgspec.json.encode(event)
        for line, event in zip(lines, events, strict=True)
    )


def _printed(event: dict[str, Any]) -> tuple[str, str] | None:
    """Where in an event a text stands that was printed."""
    for payload, name in _PRINTS.items():
        if isinstance(event.get(payload), dict) and isinstance(event[payload].get(name), str):
            if event[payload].get("severity") == "debug":
                event[payload][name] = ""
            return payload, name
    return None


def _without_inputs(event: dict[str, Any]) -> None:
    for name, payload in event.items():
        if name in _STEPS and isinstance(payload, dict):
            event[name] = _step(payload)
        elif isinstance(payload, dict):
            kept = _KEPT.get(name, ())
            event[name] = {key: value for key, value in payload.items() if key in kept}


def _step(step: dict[str, Any]) -> dict[str, Any]:
    about = step.get("metadata")
    if not isinstance(about, dict):
        return step
    urn, of_type = about.get("urn"), about.get("type")
    writes_keys = (isinstance(urn, str) and urn.endswith(suffixes())) or of_type in tokens()
    kept = {name: about[name] for name in ("op", "urn", "type", "diffs") if name in about}
    for name in ("new", "old"):
        if isinstance(about.get(name), dict):
            kept[name] = _state(about[name], _without_code if writes_keys else _names)
    return {"metadata": kept} | ({"planning": step["planning"]} if "planning" in step else {})


def _state(state: dict[str, Any], of_part: Callable[[Any], Any]) -> dict[str, Any]:
    kept = {name: state[name] for name in _STATE if name in state}
    return kept | {name: of_part(state[name]) for name in ("inputs", "outputs") if name in state}


def _names(part: Any) -> Any:
    """The names of properties, and the values of those by which things are told apart."""
    if not isinstance(part, dict):
        return part
    return {
        name: _items(value, STATE_LISTS[name])
        if name in STATE_LISTS
        else value
        if name in STATE_NAMES and isinstance(value, str)
        else True
        for name, value in part.items()
    }


def _items(value: Any, names: tuple[str, ...]) -> Any:
    if not isinstance(value, list):
        return True
    return [
        {name: item[name] for name in names if name in item} if isinstance(item, dict) else True
        for item in value
    ]


def _without_code(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: True if key == "__provider" else _without_code(item) for key, item in value.items()}
    return [_without_code(item) for item in value] if isinstance(value, list) else value


def _update(data: bytes) -> bytes:
    update = msgspec.json.decode(data, type=Update)
    errors = update.errors or []
    messages = redacted_series(pl.Series([error.message for error in errors], dtype=pl.String))
    for error, message in zip(errors, messages, strict=True):
        error.message = message
    told = msgspec.to_builtins(update)
    return msgspec.json.encode({name: value for name, value in told.items() if value is not None})


def _snapshot(data: bytes) -> bytes:
    return msgspec.json.encode(_checkpoint(msgspec.json.decode(data, type=dict[str, Any])))


def _checkpoint(state: dict[str, Any]) -> dict[str, Any]:
    """A state without its resources."""
    kept: dict[str, Any] = {name: state[name] for name in ("version", "stack") if name in state}
    if "manifest" in state:
        kept["manifest"] = {name: state["manifest"].get(name) for name in ("time", "version")}
    if state.get("resources") is not None:
        kept["resources"] = []
    pending = state.get("pending_operations")
    if pending is not None:
        kept["pending_operations"] = [
            {"resource": {"urn": (each.get("resource") or {}).get("urn")}, "type": each.get("type")}
            for each in pending
        ]
    inner = {
        name: _checkpoint(state[name]) for name in ("checkpoint", "latest", "deployment") if state.get(name)
    }
    return kept | inner


def _listing(data: bytes, logs: Sequence[bytes]) -> bytes | None:
    """A listing without the values of keys whose namespace no log names; None where a log may name it otherwise."""
    try:
        listing = msgspec.json.decode(data, type=dict[str, Any])
        events = [read_whole(Source("", None, log), _MOST)[0] for log in logs]
        if not events or not all(log.lstrip().startswith(b'{"') for log in events):
            return None
        for item in listing["items"]:
            name = msgspec.json.encode(item["key"].split(":")[0])[1:-1]
            if not any(name in log for log in events):
                item["value"] = ""
    except (ValueError, TypeError, AttributeError, KeyError, InputError):
        return None
    return msgspec.json.format(msgspec.json.encode(listing), indent=2) + b"\n"


_CHANGES: Final[dict[str, Callable[[bytes], bytes]]] = {
    "log": _log,
    "update": _update,
    "lock": _update,
    "snapshot": _snapshot,
}
REDACTED: Final = frozenset({*_CHANGES, "listing"})
"""The kinds of files of which something is left out."""
