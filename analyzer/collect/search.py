"""Looks beyond a deploy for the nearest write of each store on either side, file by file, away from the deploy.

The names of files say when they were delivered, and nothing says what is in them; a day's listing has no reverse order
either. So hours are listed in steps that double, and fetched from the deploy outwards, a few at a time, until the chain
is closed (`linked`) for every store. It stops where a write proves to be missing between two that are in hand, at the
first file there is, now, and at the limits; all of these are said.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Final, Literal

import polars as pl

from analyzer.collect.linked import LINKS, links
from analyzer.collect.spans import earlier, later, steps
from analyzer.collect.tree import delivered
from analyzer.trail.delivery import DELIVERY_LAG

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from analyzer.collect.objects import Fetcher
    from analyzer.collect.tree import Branch
    from analyzer.collect.writes import Writes

FEW: Final = 4
"""Files that are fetched at first before they are looked at: most chains are closed by the next deploy's."""
_MOST: Final = 64
_MINUTE: Final = timedelta(minutes=1)

Side = Literal["before", "after"]
_NEEDS: Final = pl.Schema(
    {"store": LINKS["store"], "deploy": LINKS["deploy"], "low": LINKS["before"], "high": LINKS["after"]}
)


@dataclass(frozen=True, slots=True)
class Span:
    """A row of SPANS."""

    deploy: int
    low: datetime
    high: datetime
    start: datetime
    end: datetime


@dataclass(slots=True)
class Search:
    """Looks for the nearest writes in one tree.

    Attributes:
        fetcher: fetches files.
        branch: lists them.
        writes: what was in them; those found are added.
        etags: the ETag that each store has now.
        now: nothing is delivered after it.
    """

    fetcher: Fetcher
    branch: Branch
    writes: Writes
    etags: Mapping[str, str]
    now: datetime
    _begins: list[datetime | None] = field(default_factory=list)

    def around(self, span: Span, stores: Sequence[str]) -> None:
        """Closes the chains of `stores` around a deploy, as far as it can, and says what stays open.

        Raises:
            RefusedError: the files are not listed.
        """
        self._look("before", span, stores)
        self._look("after", span, stores)

    def _look(self, side: Side, span: Span, stores: Sequence[str]) -> None:
        used = 0
        at = span.start if side == "before" else span.end
        why = f"the nearest write {side} deploy {span.deploy + 1}"
        waiting = self._open(side, span, stores, at)
        ended = ""
        for begin, past in self._windows(side, span) if waiting else ():
            listed = self.branch.between(begin, past)
            if listed.is_empty() and side == "before" and self._is_before_all(begin):
                ended = "the trail has no earlier file"
                break
            for chunk in self._chunks(listed, side, used):
                if used >= self.fetcher.limits.search:
                    ended = f"not found in {used:,} files: no more were looked at"
                    break
                self.writes.take(list(self.fetcher.files(chunk, "trail", why)))
                used += chunk.height
                at = _edge(chunk, at)
                waiting = self._open(side, span, stores, at)
                if not waiting:
                    return
            at = begin if side == "before" else past
            waiting = self._open(side, span, stores, at)
            if ended or not waiting:
                break
        self._tell(side, span, waiting, ended)

    def _windows(self, side: Side, span: Span) -> Iterator[tuple[datetime, datetime]]:
        """The spans of delivery in which is looked, one after the other, away from the deploy."""
        at = span.start if side == "before" else span.end
        for reach in steps(self.fetcher.limits.days):
            if side == "before":
                begin = earlier(span.start, reach)
                yield begin, at
                at = begin
            else:
                past = min(later(span.end, reach), self.now + _MINUTE)
                if past <= at:
                    return
                yield at, past
                at = past

    @staticmethod
    def _chunks(listed: pl.DataFrame, side: Side, used: int) -> Iterator[pl.DataFrame]:
        """The files of a span in the order in which they are looked at; the more there were, the more at once."""
        ordered = listed.reverse() if side == "before" else listed
        place = 0
        while place < ordered.height:
            count = max(FEW, min(_MOST, (used + place) // 4))
            yield ordered[place : place + count]
            place += count

    def _open(self, side: Side, span: Span, stores: Sequence[str], at: datetime) -> list[str]:
        """The stores whose chain is open on a side, and may be closed by files beyond `at`.

        One is not looked for any longer where a write is in hand, and all files were read that were delivered between
        it and the deploy: then the write that links them is in none of these.
        """
        table = links(self._needs(span, stores), self.writes.calls, self.writes.lives, self.etags)
        near = table.filter(~pl.col(f"linked_{side}"))
        edge = pl.col("before") if side == "before" else pl.col("after") + DELIVERY_LAG
        passed = pl.lit(at) <= edge if side == "before" else pl.lit(at) >= edge
        gap = near.filter(passed.fill_null(value=False))
        for store, when in gap.select("store", side).iter_rows():
            self._say(
                store,
                f"a write is missing from its chain between deploy {span.deploy + 1} and the write {side} it, of"
                f" {when:%Y-%m-%dT%H:%M:%SZ}: its file may come late, or is lost",
            )
        return near.filter(~passed.fill_null(value=False))["store"].to_list()

    @staticmethod
    def _needs(span: Span, stores: Sequence[str]) -> pl.DataFrame:
        columns = {
            "store": list(stores),
            "deploy": [span.deploy] * len(stores),
            "low": [span.low] * len(stores),
            "high": [span.high] * len(stores),
        }
        return pl.DataFrame(columns, schema=_NEEDS)

    def _is_before_all(self, time: datetime) -> bool:
        """Whether the tree has no file before a time; asked once."""
        if not self._begins:
            self._begins.append(self.branch.begins())
        begin = self._begins[0]
        return begin is None or begin >= time

    def _tell(self, side: Side, span: Span, stores: Sequence[str], ended: str) -> None:
        horizon = span.high + DELIVERY_LAG
        for store in stores:
            if ended:
                why = ended
            elif side == "before":
                why = f"not found in {self.fetcher.limits.days:g} days"
            elif horizon > self.now:
                why = "there is none yet"
            else:
                why = f"there is none in the files delivered until {min(self.now, self._last(span)):%Y-%m-%dT%H:%MZ}"
            when = horizon if side == "after" and horizon > self.now else None
            self._say(store, f"the nearest write {side} deploy {span.deploy + 1}: {why}", when)

    def _last(self, span: Span) -> datetime:
        return later(span.end, timedelta(days=self.fetcher.limits.days))

    def _say(self, store: str, why: str, when: datetime | None = None) -> None:
        self.fetcher.keep.leave_open(store, why, when)


def _edge(chunk: pl.DataFrame, at: datetime) -> datetime:
    """Up to when all was read, once a chunk was: the minute of its outermost file."""
    minute = delivered(chunk["key"][-1])
    return at if minute is None else minute
