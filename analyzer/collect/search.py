"""Looks beyond a deploy for the nearest write of each store on either side, file by file, away from the deploy.

The names of files say when they were delivered, and nothing says what is in them; a day's listing has no reverse order
either. So hours are listed in steps that double, and fetched from the deploy outwards, a few at a time, until the chain
is closed (`linked`) for every store. It stops where a write proves to be missing between two that are in hand, at the
first file there is, now, and at the limits; all of these are said.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

import polars as pl

from analyzer.collect.linked import LINKS, links
from analyzer.collect.spans import earlier, later, steps
from analyzer.collect.tree import delivered
from analyzer.trail.delivery import DELIVERY_LAG

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from analyzer.collect.objects import Fetcher
    from analyzer.collect.open_ends import OpenEnds
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


class Reached(NamedTuple):
    """What was read around a deploy.

    Attributes:
        start: since when all files were read that were delivered.
        end: until when.
        closed: whether the chain of each store is closed on both sides.
    """

    start: datetime
    end: datetime
    closed: bool


@dataclass(slots=True)
class Search:
    """Looks for the nearest writes in one tree.

    Attributes:
        fetcher: fetches files.
        branch: lists them.
        writes: what was in them; those found are added.
        etags: the ETag that each store has now.
        now: nothing is delivered after it.
        ends: what stays open is noted there.
    """

    fetcher: Fetcher
    branch: Branch
    writes: Writes
    etags: Mapping[str, str]
    now: datetime
    ends: OpenEnds
    _begins: list[datetime | None] = field(default_factory=list)
    _last: tuple[tuple[int, tuple[str, ...], int, int], pl.DataFrame] | None = None

    def around(self, span: Span, stores: Sequence[str]) -> Reached:
        """Closes the chains of `stores` around a deploy, as far as it can, and says what stays open.

        Raises:
            RefusedError: the files are not listed.
        """
        start = self._look("before", span, stores)
        end = self._look("after", span, stores)
        table = self._links(span, stores)
        closed = bool(table.select((pl.col("linked_before") & pl.col("linked_after")).all()).item())
        return Reached(start, end, closed)

    def _look(self, side: Side, span: Span, stores: Sequence[str]) -> datetime:
        """Closes one side; up to when, or since when, all files were read."""
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
                if used >= self.fetcher.limits.search or self.fetcher.is_refused or self.fetcher.is_full:
                    ended = f"not found in {used:,} files: no more were looked at"
                    break
                self.writes.take(self.fetcher.files(chunk, "trail", why))
                used += chunk.height
                at = _edge(chunk, at)
                waiting = self._open(side, span, stores, at)
                if not waiting:
                    return at if side == "after" else at + _MINUTE  # of that minute there may be more files
            at = begin if side == "before" else past
            waiting = self._open(side, span, stores, at)
            if ended or not waiting:
                break
        self._note(side, span, waiting, ended)
        return at

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

    def _chunks(self, listed: pl.DataFrame, side: Side, used: int) -> Iterator[pl.DataFrame]:
        """The files of a span in the order in which they are looked at; the more there were, the more at once."""
        ordered = listed.reverse() if side == "before" else listed
        place = 0
        while place < ordered.height:
            count = max(FEW, min(_MOST, (used + place) // 4))
            count = max(min(count, self.fetcher.limits.search - used - place), 1)
            yield ordered[place : place + count]
            place += count

    def _open(self, side: Side, span: Span, stores: Sequence[str], at: datetime) -> list[str]:
        """The stores whose chain is open on a side, and may be closed by files beyond `at`.

        One is not looked for any longer where a write is in hand, and all files were read that were delivered between
        it and the deploy: then the write that links them is in none of these.
        """
        table = self._links(span, stores)
        near = table.filter(~pl.col(f"linked_{side}"))
        edge = pl.col("before") if side == "before" else pl.col("after") + DELIVERY_LAG
        passed = pl.lit(at) <= edge if side == "before" else pl.lit(at) >= edge
        gap = near.filter(passed.fill_null(value=False))
        for store, when in gap.select("store", side).iter_rows():
            why = (
                f"a write is missing from its chain between deploy {span.deploy + 1} and the write {side} it, of"
                f" {when:%Y-%m-%dT%H:%M:%SZ}: its file may come late, or is lost"
            )
            self.ends.chain(span.deploy, store, side, why)
        return near.filter(~passed.fill_null(value=False))["store"].to_list()

    def _links(self, span: Span, stores: Sequence[str]) -> pl.DataFrame:
        """LINKS of a deploy; made anew only where there are new writes."""
        of = (span.deploy, tuple(stores), self.writes.calls.height, self.writes.lives.height)
        if self._last is None or self._last[0] != of:
            table = links(needs(span, stores), self.writes.calls, self.writes.lives, self.etags)
            self._last = (of, table)
        return self._last[1]

    def _is_before_all(self, time: datetime) -> bool:
        """Whether the tree has no file before a time; asked once."""
        if not self._begins:
            self._begins.append(self.branch.begins())
        begin = self._begins[0]
        return begin is None or begin >= time

    def _note(self, side: Side, span: Span, stores: Sequence[str], ended: str) -> None:
        """Notes that the nearest write was not found."""
        horizon = later(span.high, DELIVERY_LAG)
        is_due = side == "after" and horizon > self.now
        last = min(self.now, later(span.end, timedelta(days=self.fetcher.limits.days)))
        if is_due:
            why = "there is none yet"
        elif ended or side == "before":
            why = ended or f"not found in {self.fetcher.limits.days:g} days"
        else:
            why = f"there is none in the files delivered until {last:%Y-%m-%dT%H:%MZ}"
        for store in stores:
            told = f"the nearest write {side} deploy {span.deploy + 1}: {why}"
            self.ends.chain(span.deploy, store, side, told, horizon if is_due else None)


def needs(span: Span, stores: Sequence[str]) -> pl.DataFrame:
    """`store, deploy, low, high`, as `links` takes them."""
    columns = {
        "store": list(stores),
        "deploy": [span.deploy] * len(stores),
        "low": [span.low] * len(stores),
        "high": [span.high] * len(stores),
    }
    return pl.DataFrame(columns, schema=_NEEDS)


def _edge(chunk: pl.DataFrame, at: datetime) -> datetime:
    """Up to when all was read, once a chunk was: the minute of its outermost file."""
    minute = delivered(chunk["key"][-1])
    return at if minute is None else minute
