"""Which machine form of deploy log begins with a JSON object or list, by its keys.

Sources: facts on Pulumi's engine events, `preview --json`, `--output json` (pulumi/pulumi sdk/go/common/apitype/
events.go, pkg/display/json.go, pkg/backend/display/summary_json.go), and on the objects of SST's home and `sst diff
--json` (sst pkg/project/provider/provider.go, cmd/sst/diff.go).
"""

from __future__ import annotations

import re
from typing import Final

import msgspec

from analyzer.sources.identify_trail import paths
from analyzer.sources.identity import Identity

EVENTS: Final = Identity("engine-events", "lines of Pulumi engine events")

_EVENT_LINE: Final = re.compile(
    rb'\{"sequence":\d+,"timestamp":\d+[,}]|\{"(?:preludeEvent|resourcePreEvent|resOutputsEvent|cancelEvent)":'
)
# Within other text: after line ends, and after what a CI system puts before each line.
EVENT_WITHIN: Final = re.compile(
    rb'(?m:^[^{"\n]{0,200})\{"sequence":\d+,"timestamp":\d+,"[a-zA-Z]{3,40}Event":'
)
_PRETTY: Final = re.compile(
    rb'\[?\s*\{\s*"(?:sequence"\s*:\s*\d+|timestamp"\s*:\s*\d+)\s*,\s*"(?:timestamp|sequence|\w{3,40}Event)"\s*:'
    rb'|\[?\s*\{\s*"(?:preludeEvent|resourcePreEvent|resOutputsEvent)"\s*:'
)
_SUMMARY: Final = re.compile(
    rb'\{\s*"result"\s*:\s*"(?:succeeded|failed|canceled)?"\s*,\s*"duration"\s*:\s*\d+\s*[,}]'
)
_DOCUMENT: Final = re.compile(rb'^(?:\{\s*"|\[\s*\{)', re.MULTILINE)
_PRINTED: Final = ("preview-digest", "pulumi-summary", "sst-diff")  # by commands; the others are files
_STEP: Final = {"op", "urn", "type"}


def detect_events(body: bytes) -> bool:
    """Whether one of the first lines is an engine event; one that the head cuts is detected by its beginning."""
    lines = body.split(b"\n", 20)[:20]
    return (
        any(_EVENT_LINE.match(line) or _is_event(line) for line in lines if line.startswith(b"{"))
        or _PRETTY.match(body) is not None
    )


def _is_event(line: bytes) -> bool:
    try:
        value = msgspec.json.decode(line)
    except (ValueError, RecursionError):
        return False
    return isinstance(value, dict) and "sequence" in value and "timestamp" in value


def detect_json(body: bytes) -> Identity | None:
    """The kind of deploy log that begins with `body`, a JSON object or list; None if it is nothing of this."""
    if _SUMMARY.match(body):
        return Identity("pulumi-summary", "the summary of `pulumi --output json`")
    names = paths(body)
    if body.startswith(b"["):
        is_diff = names >= _STEP and not names.isdisjoint({"old", "new", "detailedDiff", "logical"})
        return Identity("sst-diff", "the changes of `sst diff --json`") if is_diff else None
    if names >= {"steps", "steps.op", "steps.urn"} or (b'"changeSummary"' in body and b'"steps"' in body):
        return Identity("preview-digest", "the digest of `pulumi preview --json`")
    return _of_home(names)


def detect_within_text(text: bytes) -> Identity | None:
    """The document that a command printed between lines of other programs; None if there is none."""
    begin = _DOCUMENT.search(text)
    identity = detect_json(text[begin.start() :]) if begin else None
    return identity if identity and identity.kind in _PRINTED else None


def _of_home(names: set[str]) -> Identity | None:
    """An object of SST's home."""
    if names >= {"version", "checkpoint"} or names >= {"manifest", "resources"}:
        return Identity("sst-state", "a checkpoint of a stack's state")
    if names >= {"version", "deployment"} and not names.isdisjoint(
        {"deployment.manifest", "deployment.resources"}
    ):
        return Identity("sst-state", "an exported stack's state")
    if names >= {"created", "updateID", "command"}:
        return Identity("sst-update", "a lock object of SST's home")
    if names >= {"id", "command"} and not names.isdisjoint({"timeStarted", "timeCompleted", "runID"}):
        return Identity("sst-update", "an update object of SST's home")
    if names >= {"updateID", "command"} and not names.isdisjoint({"timeStarted", "timeCompleted"}):
        return Identity("sst-summary", "a summary object of SST's home")
    return None
