"""Where each item shows in the picture: the rows of what did not come, what was refused, and what a listing holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from analyzer.reports.page.rows import Row, call_of, seconds
from analyzer.reports.page.said import say, strong

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    import polars as pl

    from analyzer.reports.page.items import Item
    from analyzer.reports.page.steps import Step

READ, CALL, LISTING, END = 0, 1, 2, 3
"""What comes first of things at one time."""

_LAST: Final = 10**9


def absent_rows(
    items: Sequence[Item], steps: Mapping[int, Step], gap: Callable[[datetime | None], int]
) -> list[Row]:
    """A row for each item of which no call is known, at the end of its step.

    A ring stands only for a verdict that says that no write came; a question mark for one that says nothing.
    """
    rows = []
    for item in items:
        step = steps[item.operation]
        if not _is_absent(item) or step.finish is None:
            continue
        item.at = step.finish
        kind, mark = {
            True: ("absent", "ring"),
            False: ("refused", "refused") if item.verdict == "errored" else ("unclear", "query"),
        }[item.absent]
        rows.append(
            Row(
                kind,
                step.finish,
                (gap(step.finish) - 0.5, seconds(step.finish), END),
                mark=mark,
                step=step,
                names_step=True,
                full=True,
                item=item,
                anchors=[item],
            )
        )
    return rows


def _is_absent(item: Item) -> bool:
    if item.verdict == "errored":
        return not item.refused
    return item.verdict in ("dropped", "unfinished", "unverifiable")


def refused_rows(
    items: Sequence[Item],
    retried: Mapping[str, int],
    steps: Mapping[int, Step],
    calls: pl.DataFrame,
    gap: Callable[[datetime | None], int],
) -> list[Row]:
    """A row for each call that was refused; the last one of an item says what came of it.

    Args:
        items: those that are drawn.
        retried: operations whose calls were refused and made good later, by the event of the call.
        steps: by operation.
        calls: `others`.
        gap: how many changes of the store lie before a time.
    """
    last = {item.refused[-1]: item for item in items if item.refused}
    owner = {event: item.operation for item in items for event in item.refused} | dict(retried)
    rows = []
    for call in calls.iter_rows(named=True):
        event = str(call["event_id"])
        if event not in owner or "read" in call["effects"]:
            continue
        item = last.get(event)
        if item is not None:
            item.at = call["at"]
        rows.append(
            Row(
                "refused",
                call["at"],
                (gap(call["at"]) - 0.5, seconds(call["at"]), CALL),
                mark="refused" if item is not None else "retried",
                event=event,
                step=steps.get(owner[event]),
                names_step=True,
                full=item is not None,
                item=item,
                anchors=[] if item is None else [item],
                call=call_of(call),
            )
        )
    return rows


def listing_rows(
    listings: pl.DataFrame, items: Sequence[Item], gap: Callable[[datetime | None], int]
) -> list[Row]:
    """A row for each listing of the store; the items that it decides are told of there."""
    rows = []
    for listing in listings.iter_rows(named=True):
        at = listing["at"]
        mine = [
            item
            for item in items
            if item.taker is None and item.verdict in ("lost", "mismatched") and item.listed_at == at
        ]
        for item in mine:
            item.taken_at = item.at = at
        rows.append(
            Row(
                "listing",
                at,
                (gap(at) - 0.5 if at is not None else _LAST, seconds(at), LISTING),
                mark="flag",
                event=None if listing["etag"] is None else str(listing["etag"]),
                full=bool(mine),
                anchors=mine,
            )
        )
    return rows


def untimed_row(
    items: Sequence[Item],
    steps: Mapping[int, Step],
    more: Sequence[Step],
    span: tuple[datetime, datetime] | None,
) -> Row | None:
    """The one band of the steps whose time the log does not say, and to which no call can be tied; None without any.

    Args:
        items: those that are drawn.
        steps: by operation.
        more: other steps without a time.
        span: between which times they ran, as far as anything says it.
    """
    without = [item for item in items if _is_absent(item) and steps[item.operation].finish is None]
    named = {steps[item.operation].number: steps[item.operation] for item in without} | {
        step.number: step for step in more
    }
    if not named:
        return None
    row = Row("untimed", None, (_LAST, float("inf"), READ), full=True, anchors=without)
    row.since, row.until = span or (None, None)
    row.lines = [say("{name}, {said}", name=strong(step.name), said=step.said) for step in named.values()]
    return row
