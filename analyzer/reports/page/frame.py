"""What stands around a picture: its caption, the same in words, its legend, its strip, what it leaves out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from analyzer.reports.page.moments import clock, moment
from analyzer.reports.page.sections import short_store
from analyzer.reports.page.strip import Strip, strip

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from analyzer.reports.page.items import Item
    from analyzer.reports.page.picture import Picture
    from analyzer.reports.page.rows import Row

_MARKS: Final = (
    ("line", "the store's chain: only what sits on it changed the store"),
    ("step", "write by a step of the deploy"),
    ("other", "write by someone else"),
    ("pill", "several writes, and how many"),
    ("read", "read"),
    ("ring", "a write that the deploy meant, and that never came"),
    ("query", "it cannot be told whether a write came"),
    ("gap", "records are missing, or may be"),
    ("taken", "taken away again"),
    ("ladder", "holding an old copy"),
    ("refused", "refused by AWS"),
    ("retried", "refused, and made good later"),
    ("flag", "a listing of the store"),
)
"""The marks in the order of the legend, with what they mean."""

_LEFT: Final = 200  # lines on what is not drawn


@dataclass(frozen=True, slots=True)
class Frame:
    """A picture with what stands around it.

    Attributes:
        name: of the store.
        arn: of the store.
        rows: of the picture.
        open: it is unfolded.
        caption: what the eye should look for.
        words: the picture in a sentence.
        legend: marks that are in it, with their meaning.
        strip: the same to scale; None where the rows show all.
        left: items that are not drawn, by cause.
        why: why steps are not joined to calls.
        several: there are several deploys, so that steps name their stacks.
        alone: it is the only picture of the page.
        lanes: how many lanes of bars a phone shows.
    """

    name: str
    arn: str
    rows: list[Row]
    open: bool
    caption: str
    words: str
    legend: list[tuple[str, str]]
    strip: Strip | None
    left: list[str]
    why: list[str]
    several: bool
    alone: bool
    lanes: int


def framed(picture: Picture, *, first: bool, alone: bool) -> Frame:
    """The picture in its frame.

    Args:
        picture: drawn.
        first: it is the uppermost.
        alone: it is the only one.
    """
    grouped = any(row.kind == "group" for row in picture.rows)
    return Frame(
        name=short_store(picture.store),
        arn=picture.store,
        rows=picture.rows,
        open=first or alone or bool(picture.items),
        caption=_caption(picture),
        words=_words(picture),
        legend=[(mark, words) for mark, words in _MARKS if _has(picture, mark)],
        strip=strip(picture) if grouped or picture.left else None,
        left=_left(picture.left),
        why=picture.why,
        several=picture.several,
        alone=alone,
        lanes=picture.lanes,
    )


def _caption(picture: Picture) -> str:
    kinds = {row.kind for row in picture.rows}
    told = [*_of_absent(picture), *_of_refused(picture)]
    if _has(picture, "taken"):
        told.append("The side line with the cross: where the lost entry landed, and where it was taken away.")
    if _has(picture, "gap"):
        are = "are" if "link" in kinds else "may be"
        told.append(
            f"Where the line is dotted, records {are} missing, and nobody can tell what the store received."
        )
    elif "unclear" in kinds:
        told.append("A ring with a question mark: it cannot be told whether a write came there.")
    if "untimed" in kinds:
        told.append(
            "The log does not say when its steps ran: those that no call answers stand together at the foot."
        )
    return " ".join(told or [_of_no_mark(picture)])


def _of_no_mark(picture: Picture) -> str:
    """What is said where no mark needs a word."""
    if any(item.listed_at for item in picture.items):
        return "The flag is a listing of the store: what it holds is not what the line led to."
    if picture.items:
        return "The numbers show what is not as the deploy says."
    return "Every step has its mark." if picture.whole else "Of some steps no call is recorded."


def _of_absent(picture: Picture) -> list[str]:
    """How many steps have no mark: one of whose keys only some are missing has one."""
    absent = {row.step.number for row in picture.rows if row.kind == "absent" and row.step is not None}
    without = absent - {
        row.step.number for row in picture.rows if row.mark == "step" and row.step is not None
    }
    told = []
    if len(without) == 1:
        told.append("One step of the deploy has no mark on the line.")
    elif without:
        told.append(f"{len(without)} steps of the deploy have no mark on the line.")
    if absent - without:
        told.append("An empty ring below the mark of its step: a part of the step never came.")
    return told


def _of_refused(picture: Picture) -> list[str]:
    """How many calls were refused: not those of which only the log says so."""
    refused = sum(1 for row in picture.rows if row.mark == "refused" and row.call is not None)
    if not refused:
        return []
    if refused == 1:
        return ["One call was refused and did not reach the line."]
    return [f"{refused} calls were refused and did not reach the line."]


def _words(picture: Picture) -> str:
    """The picture in words, for those who do not see it."""
    changes = picture.drawn.height
    breaks = int((~picture.drawn["linked"]).sum())
    whole = "unbroken" if not breaks else f"with {breaks} missing link{'' if breaks == 1 else 's'}"
    told = [f"Store {short_store(picture.store)}: {changes} change{'' if changes == 1 else 's'}"]
    told[0] += f", {whole}." if changes > 1 else "."
    if _open(picture):
        told.append("Where the line is dotted at its end, nothing shows that no record is missing.")
    changes_at = picture.drawn["at"].to_list()
    for item in picture.items:
        if not item.number:
            continue
        count = f"{item.count} write{'' if item.count == 1 else 's'}"
        told.append(f"{item.number}: {count} {_what(item, changes_at)}.")
    return " ".join(told)


def _open(picture: Picture) -> bool:
    """Whether the line is dotted before its first change or behind its last one."""
    changes = [n for n, row in enumerate(picture.rows) if row.kind in ("write", "group")]
    first, last = (changes[0], changes[-1]) if changes else (len(picture.rows), len(picture.rows))
    beyond = [*picture.rows[:first], *picture.rows[last + 1 :]]
    return any(shape.look == "store gap" for row in beyond for shape in row.shapes)


def _what(item: Item, changes: Sequence[datetime]) -> str:
    if item.absent and item.at is not None:
        before = max((at for at in changes if at <= item.at), default=None)
        after = min((at for at in changes if at > item.at), default=None)
        if before is not None and after is not None:
            return f"missing between {clock(before)} and {moment(after, before)}"
        return f"missing at {clock(item.at)}"
    words = {
        "lost": "landed and taken away",
        "errored": "refused" if item.refused else "failed",
        "mismatched": "not what the store holds",
        "unfinished": "not known to have landed",
    }
    return words.get(item.verdict, "missing" if item.absent else "in doubt")


def _has(picture: Picture, mark: str) -> bool:
    looks = {
        "line": "store",
        "gap": "store gap",
        "taken": "taken",
        "ladder": "rails",
    }
    if mark not in looks:
        return any(row.mark == mark for row in picture.rows)
    return any(
        shape.look == looks[mark] or shape.look.startswith(f"{looks[mark]} l")
        for row in picture.rows
        for shape in row.shapes
    )


def _left(items: list[Item]) -> list[str]:
    """What is not drawn, by verdict, cause and step."""
    groups: dict[tuple[str, str, str], int] = {}
    for item in items:
        key = (item.verdict, item.cause, item.step)
        groups[key] = groups.get(key, 0) + item.count
    lines = [
        f"{count} of {step}: {verdict}{', ' + cause.replace('_', ' ') if cause else ''}"
        for (verdict, cause, step), count in groups.items()
    ]
    return [*lines[:_LEFT], *([f"and {len(lines) - _LEFT} more"] if len(lines) > _LEFT else [])]
