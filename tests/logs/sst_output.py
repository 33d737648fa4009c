"""What SST's terminal shows of an event log, where nobody watches (sst cmd/sst/mosaic/ui/ui.go)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

VERBS = {
    "create": "Created",
    "create-replacement": "Created",
    "update": "Updated",
    "delete": "Deleted",
    "delete-replaced": "Deleted",
    "import": "Imported",
}
HIDDEN = ("sst:sst:Version", "sst:sst:LinkRef", "pulumi:pulumi:Stack")


def header(version: str, app: str, stage: str, command: str = "Deploy") -> Iterator[str]:
    yield from (f"SST {version}  ready!", "", f"➜  App:        {app}", f"   Stage:      {stage}", "")
    yield from (f"~  {command}", "")


def format_urn(urn: str, parents: dict[str, str]) -> str:
    """The root component, an arrow, and the resource, its name cut at the first dot."""
    name, kind = _name(urn), _type(urn)
    if "." in name:
        name, _, rest = name.partition(".")
        kind = rest.replace(".", ":")
    root = urn
    while (parent := parents.get(root, "")) and _type(parent) not in HIDDEN:
        root = parent
    before = f"{_name(root)} {_type(root)} → " if root != urn else ""
    return f"{before}{name} {kind}"


def terminal_of(events: Iterable[dict[str, Any]], version: str) -> str:
    """The output of `sst deploy` that goes with these engine events."""
    log = list(events)
    stack = next(e["resourcePreEvent"]["metadata"]["urn"] for e in log if "resourcePreEvent" in e)
    _, stage, app = re.findall(r"[^:]+", stack)[1:4]
    lines = list(header(version, app, stage))
    parents: dict[str, str] = {}
    errors = []
    for event in log:
        if pre := event.get("resourcePreEvent"):
            state = pre["metadata"]["new"] or pre["metadata"]["old"] or {}
            parents[pre["metadata"]["urn"]] = state.get("parent", "")
        if done := event.get("resOutputsEvent"):
            metadata = done["metadata"]
            if metadata["op"] in VERBS and _type(metadata["urn"]) not in HIDDEN:
                lines.append(f"|  {VERBS[metadata['op']]:<11} {format_urn(metadata['urn'], parents)}")
        if said := event.get("diagnosticEvent"):
            message = re.sub(r"<\{%.*?%\}>", "", said["message"]).rstrip()
            if said["severity"] == "error":
                what = format_urn(said["urn"], parents)
                errors.append((what, message))
                lines += [f"|  {'Error':<11} {what}", message]
            else:
                lines.append(message)
    lines.append("")
    lines.append("✕  Failed    " if errors else "✓  Complete    ")
    for what, message in errors:
        lines += ["", what, message]
    return "\n".join(lines) + "\n"


def _name(urn: str) -> str:
    return urn.split("::", 3)[3]


def _type(urn: str) -> str:
    """Type.DisplayName: `aws:s3/bucket:Bucket` is shown as `aws:s3:Bucket`."""
    kind = urn.split("::", 3)[2].rpartition("$")[2]
    return re.sub(r"/[^:/]+(?=:)", "", kind) if kind.count("/") == 1 else kind
