"""The steps of a deploy that the picture names: an operation, what it was to write, and what the log says of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.reports.names import short_name
from analyzer.reports.page.moments import as_time, clock
from analyzer.reports.page.said import Sentence, code, say

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

_DONE: Final = {"create": "created", "update": "updated", "delete": "deleted"}
_CUT: Final = "did not say how it ended"
_PURPOSE: Final = {
    "put": "to write {what}",
    "append": "to add {what} to {key}",
    "remove": "to take {what} out of {key}",
    "delete": "to delete {what}",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One operation of one deploy.

    Attributes:
        number: the operation.
        deploy: the id of its deploy.
        name: of its resource.
        stack: of its deploy.
        begin: when it began, by CloudTrail's clock; None where the log does not say it.
        finish: when it ended.
        joined: these times may be compared with those of calls.
        said: `said “created”`, or what the log says instead.
        ok: the log says that it went well.
        purpose: `to write 3 keys`.
    """

    number: int
    deploy: str
    name: str
    stack: str
    begin: datetime | None
    finish: datetime | None
    joined: bool
    said: str
    ok: bool
    purpose: Sentence

    @property
    def times(self) -> str:
        """When it ran; of one that was cut off the log says only when it began."""
        if self.begin is None:
            return ""
        if self.said == _CUT:
            return f"from {clock(self.begin)} on, "
        return f"{clock(self.begin)} to {clock(self.finish)}, "


def steps(writes: pl.DataFrame, stacks: Mapping[str, str], wanted: Iterable[int]) -> dict[int, Step]:
    """The steps of these operations, by their numbers.

    Args:
        writes: as `timed` gives them.
        stacks: the name of each deploy's stack, by the deploy's id.
        wanted: numbers of operations.
    """
    firsts = (
        writes.filter(pl.col("operation").is_in(pl.Series(sorted(set(wanted)), dtype=pl.Int64).implode()))
        .group_by("operation", maintain_order=True)
        .agg(pl.exclude("operation").first(), kinds=pl.col("action").n_unique())
    )
    return {row["operation"]: _step(row, stacks) for row in firsts.iter_rows(named=True)}


def _step(row: Mapping[str, object], stacks: Mapping[str, str]) -> Step:
    return Step(
        number=int(str(row["operation"])),
        deploy=str(row["deploy"]),
        name=short_name(row["name"]),
        stack=stacks.get(str(row["deploy"]), ""),
        begin=as_time(row["begin"]),
        finish=as_time(row["finish"]),
        joined=bool(row["joined"]),
        said=said(row),
        ok=row["reported"] == "succeeded",
        purpose=_purpose(row),
    )


def said(write: Mapping[str, object]) -> str:
    """What the log says of the operation of a write."""
    if write["reported"] == "succeeded":
        return f"said “{done(write)}”"
    return "said that it failed" if write["reported"] == "failed" else _CUT


def done(write: Mapping[str, object]) -> str:
    """The log's word for the operation of a write that went well."""
    op = str(write["op"] or "").partition("-")[0]
    return _DONE.get(op, "done")


def _purpose(row: Mapping[str, object]) -> Sentence:
    number = int(str(row["of"]))
    key = str(row["key"] or "a key that the log does not name")
    of_list = row["action"] in ("append", "remove")
    thing = row["entry"] or "a route" if of_list else key
    what = code(thing) if number == 1 else f"{number} {'routes' if of_list else 'keys'}"
    action = str(row["action"]) if row["kinds"] == 1 else "several"
    return say(_PURPOSE.get(action, "to change {what}"), what=what, key=code(key))
