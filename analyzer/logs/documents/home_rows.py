"""What SST's home notes of an update, as rows: `update/`, `lock/` and `summary/` objects say much the same.

Source: sst pkg/project/provider/provider.go (Update, Summary, lockData). `timeCompleted` comes when the update ended:
without it, it runs still, or its process was killed. An update without errors succeeded, or a signal ended its Pulumi:
both leave the same object (docs/facts/sst-output.md#0-main-points), so its result is unknown. The name of an object
says app and stage: `KIND/APP/STAGE[/ID].json`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import msgspec

from analyzer.logs.documents.rows import Row, microseconds, name_of, plain, type_of

if TYPE_CHECKING:
    from collections.abc import Iterator

_OBJECT: Final = re.compile(
    r"(?:^|[/!])(?:update|lock|summary|snapshot|app|eventlog)/(?P<app>[^/!]+)/(?P<stage>[^/!]+?)(?:/[0-9a-f]{24})?(?:\.json)?(?:\.gz|\.zst)?$"
)


class Failure(msgspec.Struct):
    """An error of an update."""

    urn: str | None = None
    message: str = ""


class Update(msgspec.Struct):
    """An update, as any of the objects describes it."""

    id: str | None = None
    updateID: str | None = None  # noqa: N815 (SST's names)
    version: str | None = None
    command: str | None = None
    errors: list[Failure] | None = None
    created: str | None = None
    timeStarted: str | None = None  # noqa: N815
    timeCompleted: str | None = None  # noqa: N815


def place_of(source: str) -> list[tuple[str, str]]:
    """App and stage, as facts, where the name of a source is that of an object of SST's home."""
    match = _OBJECT.search(source)
    return [("app", match["app"]), ("stage", match["stage"])] if match else []


def update_rows(source: str, line: int, update: Update) -> Iterator[Row]:
    """The rows of an update object: what it says of the deploy, its errors, and how it ended, if it did."""
    began = microseconds(update.timeStarted or update.created)
    facts = [
        ("tool", "sst"),
        ("update_id", update.id or update.updateID),
        ("tool_version", update.version),
        ("command", update.command),
        *place_of(source),
    ]
    for fact, value in facts:
        if value:
            yield Row(line, "header", at=began, fact=fact, value=value)
    if update.created:
        yield Row(line, "header", at=began, message="the stage is locked by this update")
        return
    for error in update.errors or []:
        yield Row(
            line,
            "diagnostic",
            urn=error.urn or None,
            type=type_of(error.urn),
            name=name_of(error.urn),
            message=plain(error.message),
            severity="error",
        )
    if update.timeCompleted:
        ended = microseconds(update.timeCompleted)
        if update.errors:
            yield Row(line, "summary", at=ended, outcome="failed", fact="result", value="failed")
        else:
            said = "the update ended, without errors of the engine"
            yield Row(line, "summary", at=ended, message=said, fact="ended_clean", value="true")
