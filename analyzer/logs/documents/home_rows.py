"""What SST's home notes of an update, as rows: `update/`, `lock/` and `summary/` objects say much the same.

Source: sst pkg/project/provider/provider.go (Update, Summary, lockData); docs/facts/sst-output.md, sections 0 and 1.4.
`timeCompleted` comes when the update ended: without it its process was killed, or it runs still, and its result is
`interrupted`. `sst unlock` writes the object anew when it takes the lock from such an update: its one error says that
then, and it has no `timeStarted`. An update without errors succeeded, or a signal ended its Pulumi: both leave the same
object, so its result is unknown. The name of an object says app and stage: `KIND/APP/STAGE[/ID].json`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import msgspec

from analyzer.logs.documents.rows import Row, microseconds, name_of, plain, type_of

if TYPE_CHECKING:
    from collections.abc import Iterator

_OBJECT: Final = re.compile(
    r"(?:^|[/!])(?:update|lock|summary|snapshot|app|eventlog|history)/(?P<app>[^/!]+)/(?P<stage>[^/!]+?)"
    r"(?:/(?:[0-9]{1,20}-)?[0-9a-f]{24})?(?:\.json)?(?:\.gz|\.zst)?$"
)
_UNLOCKED: Final = "Update did not complete and was force unlocked"
_WAS_UNLOCKED: Final = "the update had no end when the stage was unlocked by force"
_NO_END: Final = "the update has no end: its process was killed, or it runs still"


class Failure(msgspec.Struct):
    """An error of an update."""

    urn: str | None = None
    message: str = ""


class Update(msgspec.Struct):
    """An update, as any of the objects describes it."""

    id: str | None = None
    updateID: str | None = None  # noqa: N815 (SST's names)
    runID: str | None = None  # noqa: N815
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
        ("run_id", update.runID),
        ("told_errors", _told_errors(update)),
        *place_of(source),
    ]
    for fact, value in facts:
        if value:
            yield Row(line, "header", at=began, fact=fact, value=value)
    if update.created:
        yield Row(line, "header", at=began, message="the stage is locked by this update")
        return
    unlocked = _was_unlocked(update)
    for error in update.errors or []:
        yield Row(
            line,
            "diagnostic",
            urn=error.urn or None,
            type=type_of(error.urn),
            name=name_of(error.urn),
            message=plain(error.message),
            severity="warning" if unlocked else "error",
        )
    yield _end(line, update, unlocked=unlocked)


def _end(line: int, update: Update, *, unlocked: bool) -> Row:
    """How the update ended. The time at which it was unlocked is not that of its end."""
    if unlocked or not update.timeCompleted:
        message = _WAS_UNLOCKED if unlocked else _NO_END
        return Row(
            line, "summary", outcome="interrupted", message=message, fact="result", value="interrupted"
        )
    ended = microseconds(update.timeCompleted)
    if update.errors:
        return Row(line, "summary", at=ended, outcome="failed", fact="result", value="failed")
    said = "the update ended, without errors of the engine"
    return Row(line, "summary", at=ended, message=said, fact="ended_clean", value="true")


def _was_unlocked(update: Update) -> bool:
    return not update.timeStarted and any(
        error.message.startswith(_UNLOCKED) for error in update.errors or []
    )


def _told_errors(update: Update) -> str | None:
    """How many errors the object has; None where it was written before there could be any, and by `sst unlock`."""
    known = (update.timeCompleted or update.errors) and not _was_unlocked(update)
    return str(len(update.errors or [])) if known else None
