"""The picture of one store: its rows in the order of the chain, from all that is known of it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.reports.page.boxes import tell
from analyzer.reports.page.changes import change_rows, with_steps
from analyzer.reports.page.groups import blocks
from analyzer.reports.page.idle import with_idle
from analyzer.reports.page.line import line, others
from analyzer.reports.page.reads import Reader, read_rows, share_out
from analyzer.reports.page.spots import absent_rows, listing_rows, refused_rows, untimed_row
from analyzer.reports.page.steps import Step, steps

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from analyzer.reports.page.items import Item
    from analyzer.reports.page.rows import Row
    from analyzer.reports.report import Report

DRAWN: Final = 8  # items of one store; the others are listed below
_RETRIED: Final = 12  # refused calls that were made good later, of one store
_STEPS: Final = 40  # steps without a time that are named


@dataclass(slots=True, eq=False)
class Picture:
    """What is drawn of one store.

    Attributes:
        store: its ARN.
        rows: from top to bottom.
        items: what is not in place or in doubt, and drawn.
        left: items that are not drawn.
        drawn: the changes that the rows stand for: `line`.
        steps: those that the rows name, by operation.
        spans: all steps of the store that are joined to the trail: `operation, begin, finish`.
        tail: what the store's line does below its last change: none, whole or dotted.
        several: there are several deploys on the page.
        whole: every write of the store is answered by a call that is drawn.
        why: sentences on why steps are not joined to calls.
        lanes: how many lanes of bars stand beside the line where there is no room for more: those up to the last in
            which a write that is not in place touches a bar, and one at least.
    """

    store: str
    rows: list[Row]
    items: list[Item]
    left: list[Item]
    drawn: pl.DataFrame
    steps: dict[int, Step]
    spans: pl.DataFrame
    tail: str
    several: bool
    whole: bool = True
    why: list[str] = field(default_factory=list)
    lanes: int = 1


@dataclass(frozen=True, slots=True)
class Scene:
    """What the pictures of all stores share.

    Attributes:
        report: it.
        writes: as `with_home` gives them.
        named: what `cited` gave.
        stacks: the stack of each deploy.
        callers: who made each deploy's calls.
    """

    report: Report
    writes: pl.DataFrame
    named: pl.DataFrame
    stacks: Mapping[str, str]
    callers: Mapping[str, frozenset[str]]


def picture(scene: Scene, store: str, items: Sequence[Item], numbered: int = 0) -> Picture:
    """The picture of `store`.

    Args:
        scene: what is known.
        store: its ARN.
        items: those of this store, the worst first.
        numbered: how many items have numbers already.
    """
    shown, left = list(items[:DRAWN]), list(items[DRAWN:])
    mine = scene.writes.filter(pl.col("home") == store)
    retried = _retried(scene, mine)
    span = _span(mine, scene.report.alignments)
    drawn = line(scene.report.background, store, _in_any_case(mine, shown, scene.named), span)
    owners, keys = _owners(mine)
    wanted = {item.operation for item in shown} | set(retried.values())
    takers = {item.taker for item in shown if item.taker}
    wanted |= {operation for event in takers for operation in owners.get(event, ())}
    known = steps(scene.writes, scene.stacks, wanted)
    readers = _readers(scene, shown, known, owners)
    calls = others(
        scene.report.background,
        store,
        [*retried, *(event for item in shown for event in item.refused), *_cited_reads(readers)],
        [(r.step.begin, r.step.finish) for r in readers if r.step.joined and r.step.begin and r.step.finish],
    )
    share_out(readers, calls)
    after, before = _gaps(drawn)
    gap_of = {str(call["event_id"]): before(call["at"]) for call in calls.iter_rows(named=True)}
    listings = scene.report.background.listings.filter(pl.col("store") == store).head(3)
    extra = [
        *absent_rows(shown, known, after),
        *refused_rows(shown, retried, known, calls, after),
        *listing_rows(listings, shown, after),
        *(row for reader in readers for row in read_rows(reader, gap_of)),
    ]
    for item in shown:
        _date(item, drawn)
    play, cuts = _in_play(shown, extra, drawn)
    several = scene.report.deploys.height > 1
    changes = change_rows(blocks(drawn, play, cuts, len(extra)), owners, keys, several=several)
    more = {operation for row in changes for operation in owners.get(row.event or "", ())} - set(known)
    known |= steps(scene.writes, scene.stacks, more)
    with_steps(changes, owners, known, shown)
    untimed = untimed_row(shown, known, _without_time(scene, mine, known), span)
    rows = sorted([*changes, *extra, *([untimed] if untimed else [])], key=lambda row: row.order)
    spans = (
        mine.filter("joined")
        .group_by("operation", maintain_order=True)
        .agg(pl.col("begin", "finish").first())
        .drop_nulls()
    )
    whole = bool(mine["event_id"].is_in(drawn["event_id"].implode()).fill_null(value=False).all())
    found = Picture(store, rows, shown, left, drawn, known, spans, _tail(rows), several, whole)
    tell(found, readers, numbered)
    found.rows = with_idle(found.rows)
    return found


def _in_any_case(mine: pl.DataFrame, shown: Sequence[Item], named: pl.DataFrame) -> set[str]:
    """The changes of the store that must be in its picture."""
    ids = [str(item.first["id"]) for item in shown]
    cited = named.filter(pl.col("write").is_in(ids) & (pl.col("kind") != "chain"))["event"].to_list()
    return {*mine["event_id"].drop_nulls().to_list(), *cited, *(item.taker for item in shown if item.taker)}


def _span(mine: pl.DataFrame, alignments: pl.DataFrame) -> tuple[datetime, datetime] | None:
    """From the first beginning of a step to the last end.

    Of steps whose times the log does not say it is their window that counts, and the runs in the trail that fit.
    """
    low, high = mine.select(
        pl.coalesce("begin", "start").min(), pl.coalesce("finish", "end", "begin", "start").max()
    ).row(0)
    apart = alignments.filter(
        pl.col("deploy").is_in(mine.filter(~pl.col("joined"))["deploy"].unique().implode())
    )
    rivals = apart["rivals"].explode().drop_nulls().to_list()
    runs = [*apart.select("at", "until").rows(), *((run["at"], run["until"]) for run in rivals)]
    times = [time for time in (low, high, *(time for run in runs for time in run)) if time is not None]
    return (min(times), max(times)) if times else None


def _owners(mine: pl.DataFrame) -> tuple[dict[str, list[int]], dict[str, tuple[int, int]]]:
    """Which operations each call answers for; how many of the writes, and how many of these landed and are in place."""
    answered = mine.drop_nulls("event_id").group_by("event_id", maintain_order=True)
    rows = answered.agg(
        pl.col("operation").unique(maintain_order=True), pl.len(), (pl.col("verdict") == "landed").sum()
    ).rows()
    return {row[0]: row[1] for row in rows}, {row[0]: (row[2], row[3]) for row in rows}


def _retried(scene: Scene, mine: pl.DataFrame) -> dict[str, int]:
    """Refused calls of writes that landed later: their operations."""
    landed = mine.filter((pl.col("verdict") == "landed") & (pl.col("recovered") > 0))
    found = (
        scene.named.filter(
            (pl.col("kind") == "call") & ~pl.col("ok").fill_null(value=True) & (pl.col("effect") != "read")
        )
        .join(landed.select("id", "operation"), left_on="write", right_on="id")
        .unique("event", keep="first", maintain_order=True)
        .head(_RETRIED)
    )
    return dict(found.select("event", "operation").iter_rows())


def _readers(
    scene: Scene, shown: Sequence[Item], known: Mapping[int, Step], owners: Mapping[str, Sequence[int]]
) -> list[Reader]:
    """The steps whose reads are shown: those that are not in place, and those that took something away."""
    found: dict[int, Reader] = {}
    reads = scene.named.filter((pl.col("kind") == "call") & (pl.col("effect") == "read"))
    for item in shown:
        for operation in [item.operation, *owners.get(item.taker or "", ())]:
            if operation in found or operation not in known:
                continue
            deploy = known[operation].deploy
            found[operation] = Reader(
                known[operation], str(item.first["key"] or "*"), scene.callers.get(deploy, frozenset())
            )
        reader = found.get(item.operation)
        if reader is not None:
            reader.cited |= set(reads.filter(pl.col("write") == item.first["id"])["event"].to_list())
    return sorted(found.values(), key=lambda reader: reader.step.number)


def _cited_reads(readers: Sequence[Reader]) -> list[str]:
    return [event for reader in readers for event in sorted(reader.cited)]


def _gaps(drawn: pl.DataFrame) -> tuple[Callable[[datetime | None], int], Callable[[datetime | None], int]]:
    """How many changes lie before a time: with those of its own second, and without."""
    latest = drawn["at"].cum_max().to_list()

    def after(at: datetime | None) -> int:
        return len(latest) if at is None else bisect_right(latest, at)

    def before(at: datetime | None) -> int:
        return len(latest) if at is None else bisect_left(latest, at)

    return after, before


def _date(item: Item, drawn: pl.DataFrame) -> None:
    """When the item shows, and when it was taken away."""
    times = dict(
        drawn.filter(pl.col("event_id").is_in([item.event or "", item.taker or ""]))
        .select("event_id", "at")
        .rows()
    )
    item.at = times.get(item.event) or item.at
    item.taken_at = times.get(item.taker) or item.taken_at


def _in_play(shown: Sequence[Item], extra: Sequence[Row], drawn: pl.DataFrame) -> tuple[set[str], set[int]]:
    """The changes that keep their rows, and the places over which no group goes."""
    play = {event for item in shown for event in (item.event, item.taker, item.healer) if event}
    cuts = set()
    events = drawn["event_id"].to_list()
    for row in extra:
        place = row.order[0] + 0.5
        if place <= len(events):
            cuts.add(int(place))
            closing = row.kind in ("absent", "refused") and row.item is not None
            if closing or row.kind == "unclear":
                play |= set(events[max(int(place) - 1, 0) : int(place) + 1])
    breaks = drawn.filter(~pl.col("linked"))["place"].to_list()
    play |= {event for place in breaks for event in events[place - 1 : place + 1]}
    return play, cuts


def _without_time(scene: Scene, mine: pl.DataFrame, known: dict[int, Step]) -> list[Step]:
    """Steps of the deploys on this store that have neither a time nor a call, but for those of items."""
    bare = mine.filter(
        pl.col("finish").is_null() & pl.col("event_id").is_null() & (pl.col("verdict") == "landed")
    )
    numbers = bare["operation"].unique(maintain_order=True).head(_STEPS).to_list()
    return list(steps(scene.writes, scene.stacks, [n for n in numbers if n not in known]).values())


def _tail(rows: Sequence[Row]) -> str:
    """How the store's line goes on below its last change."""
    last = max((n for n, row in enumerate(rows) if row.kind in ("write", "group")), default=-1)
    below = rows[last + 1 :]
    if any(row.kind == "unclear" for row in below):
        return "dotted"
    return "whole" if any(row.kind == "absent" for row in below) else "none"
