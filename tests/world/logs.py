"""The logs that a deploy leaves behind: Pulumi's engine events and its text.

Source: docs/facts/sst-output.md#15-event-log and 3-pulumilog.
"""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from tests.world.resources import KV_KEYS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from tests.world.deploy import Deploy
    from tests.world.resources import Operation, Props, Resource

CODE = "exports.handler = __f0;"
GLYPHS = {"create": "+ ", "update": "~ ", "delete": "- ", "create-replacement": "++", "delete-replaced": "--"}
DOING = {
    "create": "creating",
    "update": "updating",
    "delete": "deleting",
    "create-replacement": "creating replacement",
    "delete-replaced": "deleting original",
}
DID = {
    "create": "created",
    "update": "updated",
    "delete": "deleted",
    "create-replacement": "created replacement",
    "delete-replaced": "deleted original",
}
FAILED = {"create-replacement": "creating", "delete-replaced": "deleting"}
SHOWN = {"create": "Created", "update": "Updated", "delete": "Deleted"}
TYPE = "pulumi-nodejs:dynamic:Resource"
Event = dict[str, Any]


def event_log(deploy: Deploy, base: datetime) -> str:
    """`eventlog.json`: one engine event a line; a killed process leaves no summary."""
    stack = f"urn:pulumi:{deploy.stage}::{deploy.app}::pulumi:pulumi:Stack::{deploy.app}-{deploy.stage}"
    same = {"metadata": {"op": "same", "urn": stack, "type": "pulumi:pulumi:Stack", "old": None, "new": None}}
    timed: list[tuple[float, Event]] = [
        (deploy.began, {"preludeEvent": {"config": {"aws:region": "us-east-1"}}})
    ]
    timed.append((deploy.began, {"resourcePreEvent": same}))
    timed.extend(_moments(deploy))
    if deploy.ended is not None:
        timed.append((deploy.ended, {"resOutputsEvent": same}))
        timed.append((deploy.ended, {"summaryEvent": _summary(deploy)}))
        timed.append((deploy.ended, {"cancelEvent": {}}))
    timed.sort(key=lambda pair: pair[0])
    until = deploy.killed_at if deploy.ended is None and deploy.killed_at is not None else float("inf")
    lines = []
    for number, (at, event) in enumerate(pair for pair in timed if pair[0] <= until):
        stamp = int((base + timedelta(seconds=deploy.clock.shows(at))).timestamp())
        lines.append(json.dumps({"sequence": number, "timestamp": stamp, **event}))
    return "\n".join(lines) + "\n"


def _summary(deploy: Deploy) -> Event:
    changes: dict[str, int] = {}
    for operation in deploy.operations:
        changes[operation.word] = changes.get(operation.word, 0) + 1
    seconds = int((deploy.ended or 0) - deploy.began)
    summary: Event = {"maybeCorrupt": False, "durationSeconds": seconds, "resourceChanges": changes}
    return summary | ({"result": "failed"} if deploy.failed else {})


def _moments(deploy: Deploy) -> Iterator[tuple[float, Event]]:
    for operation in deploy.operations:
        metadata = _metadata(deploy, operation)
        if operation.began is not None:
            yield operation.began, {"resourcePreEvent": {"metadata": metadata}}
        if operation.ended is None:
            continue
        if operation.message:
            yield operation.ended, {"diagnosticEvent": _diagnostic(deploy, operation)}
            yield operation.ended, {"resOpFailedEvent": {"metadata": metadata, "status": 2, "steps": 1}}
        else:
            yield operation.ended, {"resOutputsEvent": {"metadata": _metadata(deploy, operation, done=True)}}


def _diagnostic(deploy: Deploy, operation: Operation) -> Event:
    return {
        "urn": deploy.urn(operation),
        "prefix": "<{%fg 1%}>error: <{%reset%}>",
        "message": f"<{{%reset%}}>{operation.message}<{{%reset%}}>\n",
        "color": "raw",
        "severity": "error",
    }


def _metadata(deploy: Deploy, operation: Operation, *, done: bool = False) -> Event:
    urn = deploy.urn(operation)
    new = None
    if operation.new is not None:
        outputs = operation.outputs if done else None
        new = _state(urn, operation.kind, operation.new, outputs, _identity(operation, done=done))
    return {"op": operation.word, "urn": urn, "type": TYPE, "old": _old(urn, operation), "new": new}


def _old(urn: str, operation: Operation) -> Event | None:
    had: Resource | None = operation.old or operation.replaced
    return _state(urn, operation.kind, had.inputs, had.outputs, "entries") if had else None


def _identity(operation: Operation, *, done: bool) -> str:
    if not done and operation.op == "create":
        return ""
    return "entries" if operation.kind == KV_KEYS else f"{operation.new and operation.new.store}:routes"


def _state(urn: str, kind: str, inputs: Props, outputs: Props | None, identity: str) -> Event:
    return {
        "type": TYPE,
        "urn": urn,
        "custom": True,
        "id": identity,
        "inputs": _properties(kind, inputs),
        "outputs": {} if outputs is None else _properties(kind, outputs),
    }


def _properties(kind: str, props: Props) -> Event:
    if not props.store:
        return {"__provider": CODE}
    common = {"__provider": CODE, "store": props.store, "namespace": props.namespace}
    if kind == KV_KEYS:
        return common | {"entries": props.mapping(), "purge": props.purge}
    return common | {"key": "routes", "entry": props.entry}


def pulumi_text(deploy: Deploy) -> str:
    """`pulumi.log`: no time but durations; a killed process leaves no end."""
    first, *others = pulumi_lines(deploy)
    return "\n".join([first[1], "@ updating.....", *(line for _, line in others)]) + "\n"


def pulumi_lines(deploy: Deploy) -> list[tuple[float, str]]:
    """The lines of `pulumi.log` without the dots, each with the moment when it was printed."""
    stack = f"    pulumi:pulumi:Stack {deploy.app}-{deploy.stage} running "
    lines = [(deploy.began, f"Updating ({deploy.stage}):"), (deploy.began, stack)]
    until = deploy.killed_at if deploy.ended is None and deploy.killed_at is not None else float("inf")
    moments = [(at, line) for operation in deploy.operations for at, line in _rows(operation) if at <= until]
    lines += sorted(moments, key=lambda moment: moment[0])
    if deploy.ended is not None:
        ended = deploy.ended
        lines += [(ended, line) for line in _end(deploy)]
    return lines


def terminal_text(deploy: Deploy) -> str:
    """What `sst deploy` shows where nobody watches: no times, no operation of a failed step, none that is under way.

    Source: sst cmd/sst/mosaic/ui/ui.go (docs/facts/sst-output.md#2-terminal-output). A killed process leaves no end.
    """
    version = deploy.version.value.partition(" ")[0]
    lines = [
        f"SST {version}  ready!",
        "",
        f"➜  App:        {deploy.app}",
        f"   Stage:      {deploy.stage}",
        "",
    ]
    lines += ["~  Deploy", ""]
    until = deploy.killed_at if deploy.ended is None and deploy.killed_at is not None else float("inf")
    for operation in shown(deploy, until):
        what = f"Site {operation.parent} → {_formatted(operation)}"
        if operation.message:
            lines += [f"|  Error       {what}", operation.message]
        else:
            lines.append(f"|  {SHOWN[operation.op]:<11} {what}")
    if deploy.ended is not None:
        bad = [operation for operation in deploy.operations if operation.message]
        lines += ["", "✕  Failed    " if bad else "✓  Complete    "]
        for operation in bad:
            lines += ["", _formatted(operation), operation.message]
    return "\n".join(lines) + "\n"


def shown(deploy: Deploy, until: float) -> list[Operation]:
    """The operations that ended, in that order."""
    ended = [
        (each.ended, each) for each in deploy.operations if each.ended is not None and each.ended <= until
    ]
    return [operation for _, operation in sorted(ended, key=lambda pair: pair[0])]


def _formatted(operation: Operation) -> str:
    name, _, kind = operation.full_name.partition(".")
    return f"{name} {kind.replace('.', ':')}"


def _rows(operation: Operation) -> Iterator[tuple[float, str]]:
    word = operation.word
    head = f" {GLYPHS[word]} {TYPE} {operation.full_name}"
    diff = _diff(operation)
    if operation.began is not None:
        yield operation.began, f"{head} {DOING[word]} (0s) {diff}".rstrip(" ")
        if operation.ended is None:
            return
        took = operation.ended - operation.began
        seconds = f"{took:.2f}" if took < 1 else str(int(took))
        if operation.message:
            yield (
                operation.ended,
                f"{head} **{FAILED.get(word, DOING[word])} failed** {diff}{'; ' * bool(diff)}1 error",
            )
        else:
            yield operation.ended, f"{head} {DID[word]} ({seconds}s) {diff}".rstrip(" ")


def _diff(operation: Operation) -> str:
    if operation.op != "update" or operation.new is None or operation.old is None:
        return ""
    before = _properties(operation.kind, operation.old.inputs)
    changed = [
        name
        for name, value in _properties(operation.kind, operation.new).items()
        if before.get(name) != value
    ]
    return f"[diff: {','.join('~' + name for name in sorted(changed))}]"


def _end(deploy: Deploy) -> Iterator[str]:
    bad = [operation for operation in deploy.operations if operation.message]
    yield f"    pulumi:pulumi:Stack {deploy.app}-{deploy.stage}{' **failed** 1 error' * bool(bad)} "
    if bad:
        yield "Diagnostics:"
        for operation in bad:
            yield f"  {TYPE} ({operation.full_name}):"
            yield f"    error: {operation.message}"
            yield ""
    yield "Resources:"
    for op in ("create", "update", "delete"):
        did = DID[op]
        count = sum(operation.word == op and not operation.message for operation in deploy.operations)
        if count:
            yield f"    {GLYPHS[op]}{count} {did}"
    replaced = sum(each.word == "create-replacement" and not each.message for each in deploy.operations)
    if replaced:
        yield f"    +-{replaced} replaced"
    yield ""
    yield f"Duration: {int((deploy.ended or 0) - deploy.began)}s"
