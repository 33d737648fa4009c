"""The known defect of SST behind a cause, and what removes the cause: sentences for the report.

Source: `analyzer.advisories`, and for the limits docs/facts/sst-output.md#4-kv-write-path.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from analyzer.advisories.advisories import advisories
from analyzer.advisories.versions import version_of
from analyzer.verdicts.deleters import WITH_TERRAFORM

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from analyzer.advisories.advisories import Advisory

_ROUTES: Final = "sst:aws:KvRoutesUpdate"
_KEYS: Final = "sst:aws:KvKeys"
_DEFECTS: Final = {
    (_ROUTES, "append", "never_attempted"): "first-route-never-written",
    (_KEYS, "put", "precondition_failed"): "batches-forgotten",
    (_ROUTES, "append", "lost_update"): "lost-update",
    (_ROUTES, "remove", "lost_update"): "lost-update",
    (_ROUTES, "append", "read_failed"): "failed-read-taken-for-success",
    (_ROUTES, "remove", "read_failed"): "failed-read-taken-for-success",
}
"""The advisory that explains a write of a resource, an action and a cause."""

_ALLOW: Final = "allow {action} on {store} to the role that deploys"
_FEWER: Final = "let fewer deploys use the store at the same time"
_ALLOW_READ: Final = "allow {read} on {store} to the role that deploys"
_READ: Final = "allow {read} on {store} to the role that deploys, and let fewer deploys run at the same time"
"""Of a read that failed, and nothing says why."""

_CURES: Final = {
    "access_denied": _ALLOW,
    "throttled": _FEWER,
    "precondition_failed": _FEWER,
    "quota": "keep values within 1 KB, keys within 512 bytes and the store within 5 MB",
    "not_found": "the store is gone: deploy what makes it first",
    "conflict": "deploy again when the store is ready",
    "service_error": "deploy again: the error was AWS's own",
    "interrupted": "deploy again; sst refresh or pulumi refresh clears pending operations",
    "lost_update": "let one deploy at a time change the list",
    "namespace_collision": "rename a component, the app or a stage: two of them hash to the namespace {namespace}",
    **dict.fromkeys(
        ("missing", "other_value", "still_there"),
        "find out who changed the key: lostwrite trail PATH --key {key}",
    ),
}
_EXCLUSIVE: Final = (
    "give each exclusive set of keys a store of its own: such a set deletes the keys that it does not know"
)
_MOVED: Final = (
    "keep the names of components: one that is renamed or moved deletes the keys of its old name afterwards"
)
_TERRAFORM: Final = (
    "give Terraform's exclusive set of keys a store of its own, or list these keys in it: its next run deletes them "
    "again"
)
_BY_CALLER: Final = (
    "ask why {taker} deleted it: a later deploy without it, and sst remove, do so on purpose "
    "(then give their logs too)"
)
_OF_A_MOVE: Final = ("under its old URN", "had left the predecessor", "whose entry is the same")
"""What the evidence says of a delete that a component brought with it which was renamed or moved."""
_ACTION: Final = re.compile(r"cloudfront-keyvaluestore:([A-Za-z]{1,40})\b")
_BARE: Final = re.compile(r"[\w:/.-]{1,200}", re.ASCII)
_PREFIX: Final = "cloudfront-keyvaluestore:"


def defect(write: Mapping[str, object], version: object) -> str | None:
    """The known defect that fits the write, with the version that fixed it; None where none does."""
    known = _known(write, version)
    if known is None:
        return None
    what = f"{known.what[0].upper()}{known.what[1:]}"
    if known.affects(_text(version)):
        fixed = "not fixed so far" if known.fixed is None else f"fixed in {known.fixed}"
        return f"SST {version} has a known defect, {fixed}. {what}"
    until = "on" if known.fixed is None else f"to before {known.fixed}"
    ran = "The log does not say which version ran."
    return f"SST from {known.introduced} {until} has a known defect. {ran} {what}"


def cure(write: Mapping[str, object], evidence: Sequence[str], version: object) -> str | None:
    """What removes the cause, so that it does not happen again; None where the cause is not known.

    Args:
        write: a row of `Report.writes`.
        evidence: what is known of it; an error of AWS names the action that it refused.
        version: of the tool.
    """
    known = _known(write, version)
    if known is not None and known.fixed is not None:
        if version_of(_text(version)) is None:
            return f"Update SST, if it is older than {known.fixed}."
        return f"Update SST to {known.fixed} or later."
    refused = next((found[1] for line in evidence if (found := _ACTION.search(line))), None)
    told = _cure(write, evidence).format(
        action=_PREFIX + str(refused or write["error_api"] or "UpdateKeys"),
        read=f"{_PREFIX}GetKey",
        store=write["store"] or "the store",
        key=write["key"] if _BARE.fullmatch(str(write["key"] or "")) else "KEY",
        taker=write.get("taken_by") or "the caller",
        namespace=str(write["key"] or "").partition(":")[0],
    )
    return f"{told[0].upper()}{told[1:]}." if told else None


def _cure(write: Mapping[str, object], evidence: Sequence[str]) -> str:
    """The text of it, with places to fill."""
    cause = str(write["cause"])
    if cause == "deleted":
        return _against_deletion(write, evidence)
    if cause == "read_failed":
        throttled = any("Throttl" in line for line in evidence)
        denied = any("AccessDenied" in line for line in evidence)
        return _FEWER if throttled and not denied else _ALLOW_READ if denied else _READ
    return _CURES.get(cause, "")


def _against_deletion(write: Mapping[str, object], evidence: Sequence[str]) -> str:
    """By who deleted: a component that moved, an exclusive set, Terraform's too, or anybody."""
    if any(words in line for line in evidence for words in _OF_A_MOVE):
        return _MOVED
    if any(line.endswith(WITH_TERRAFORM) for line in evidence):
        return _TERRAFORM
    return _EXCLUSIVE if "Exclusive" in str(write["type"]) else _BY_CALLER


def _known(write: Mapping[str, object], version: object) -> Advisory | None:
    """The advisory, unless the version is known and does not have the defect."""
    name = _DEFECTS.get((str(write["type"]), str(write["action"]), str(write["cause"])))
    if name is None or write["verdict"] not in ("dropped", "lost"):
        return None
    advisory = advisories()[name]
    return None if advisory.affects(_text(version)) is False else advisory


def _text(version: object) -> str | None:
    return None if version is None else str(version)
