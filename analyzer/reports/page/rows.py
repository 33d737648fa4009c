"""The rows of the picture and what stands in them. A row is an event, a step without one, or a stretch of time."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

from analyzer.reports.page.moments import as_time

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from analyzer.reports.page.items import Item
    from analyzer.reports.page.said import Sentence
    from analyzer.reports.page.shapes import Shape
    from analyzer.reports.page.steps import Step

ON_THE_LINE: Final = ("step", "other", "pill")
"""The marks that sit on the store's line: only what changed it."""


class Name(NamedTuple):
    """A key that a call names; `lost`: it was taken away later."""

    text: str
    lost: bool


@dataclass(slots=True)
class Call:
    """What AWS recorded. ETags in `same` wear a chip, because the reader is to compare them."""

    at: datetime | None
    verb: str
    names: list[Name]
    more: int
    caller: str
    before: str | None
    after: str | None
    error: str | None = None
    same: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Box:
    """What a row says of a write that is not in place or in doubt.

    Attributes:
        edge: dashed (no write), solid (taken away, refused, another value), dotted (cannot be told), plain.
        number: of the mark; 0 for none.
        title: in a few words.
        sentences: below it.
    """

    edge: str
    number: int
    title: Sentence
    sentences: list[Sentence] = field(default_factory=list)


@dataclass(slots=True)
class Group:
    """Rows that stand together as one."""

    count: int
    summary: str
    span: str
    lines: list[str]
    left: int


@dataclass(slots=True, eq=False)
class Row:
    """One row of the picture.

    Attributes:
        kind: write, read, reads, refused, absent, unclear, link, listing, group, idle, untimed, tail.
        at: by CloudTrail's clock.
        order: where it stands: the place in the chain behind which it lies, then time, then a rank.
        mark: step, other, pill, read, ring, query, refused, retried, flag; empty for none.
        event: of a call.
        step: whose row it is.
        names_step: the left column says the step here.
        full: it is in play, and has room for all that is known.
        linked: the store's line leads to it from the mark before; False where a record is missing.
        call: what AWS recorded.
        item: what it is about, where it is numbered.
        boxes: below the call.
        notes: sentences without a box.
        lines: sentences of the left column, of a row without one step.
        group: the rows that it stands for.
        shapes: what is drawn.
        anchors: the items to whose marks links lead here.
        since: when a stretch of time without a place in the picture begins.
        until: when the last of its events was, where it stands for several.
    """

    kind: str
    at: datetime | None
    order: tuple[float, float, int]
    mark: str = ""
    event: str | None = None
    step: Step | None = None
    names_step: bool = False
    full: bool = False
    linked: bool = True
    call: Call | None = None
    item: Item | None = None
    boxes: list[Box] = field(default_factory=list)
    notes: list[Sentence] = field(default_factory=list)
    lines: list[Sentence] = field(default_factory=list)
    group: Group | None = None
    shapes: list[Shape] = field(default_factory=list)
    anchors: list[Item] = field(default_factory=list)
    fits: list[int] = field(default_factory=list)
    since: datetime | None = None
    until: datetime | None = None

    @property
    def y(self) -> int:
        """How far below its top the mark sits, in pixels."""
        if self.mark in ("ring", "query", "refused"):
            return 36
        return 24 if self.full else 16


def call_of(row: Mapping[str, object]) -> Call:
    """The call of a row of `line` or `others`."""
    keys, effects = row["keys"], row["effects"]
    shown = [str(key) for key in keys[:1]] if isinstance(keys, list) else []
    count = int(str(row["count"] or 0))
    etag, error = row.get("etag"), row.get("error_code")
    return Call(
        at=as_time(row["at"]),
        verb=_verb(effects if isinstance(effects, list) else [], shown, str(row["api"])),
        names=[Name(key, lost=False) for key in shown],
        more=count - len(shown) if shown else 0,
        caller=caller(row["caller"]),
        before=None if row["if_match"] is None else str(row["if_match"]),
        after=None if etag is None else str(etag),
        error=_error(error, effects if isinstance(effects, list) else []),
    )


def _error(code: object, effects: Sequence[str]) -> str | None:
    """AWS's own word, but for a read that found nothing: that is an answer, and no failure."""
    if code is None:
        return None
    return "no such key" if effects == ["read"] and code == "ResourceNotFoundException" else str(code)


def _verb(effects: Sequence[str], keys: Sequence[str], api: str) -> str:
    return " and ".join(effects) if keys else api


def caller(arn: object) -> str:
    """A short name of a principal: its role and session."""
    if arn is None:
        return "unknown caller"
    return str(arn).rpartition(":")[2].removeprefix("assumed-role/")


def seconds(at: datetime | None) -> float:
    """For sorting: what has no time comes last."""
    return float("inf") if at is None else at.timestamp()
