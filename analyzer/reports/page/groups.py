"""Which changes of a store get rows of their own, and which stand together as one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.reports.page.moments import as_time, clock
from analyzer.reports.page.rows import Group, Row, caller

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

MOST: Final = 24  # rows without a group
_BESIDE: Final = 2  # changes before and after each row in play
_FEWEST: Final = 4  # that one row stands for
_LISTED: Final = 200  # lines of a group


def blocks(drawn: pl.DataFrame, play: Collection[str], cuts: Collection[int], extras: int) -> pl.DataFrame:
    """`drawn` (`line`) with `block`: rows of one block stand together; and `alone`: each of them has a row of its own.

    Args:
        drawn: the changes of a store.
        play: events that keep their rows.
        cuts: places before which another row stands, so that no block goes over them.
        extras: how many rows there are that are no change of the store.
    """
    if drawn.height + extras <= MOST:
        return drawn.with_columns(block=pl.col("place"), alone=pl.lit(value=True))
    beside = pl.col("event_id").is_in(list(play))
    kept = beside
    for far in range(1, _BESIDE + 1):
        kept |= beside.shift(far, fill_value=False) | beside.shift(-far, fill_value=False)
    cut = pl.col("place").is_in(list(cuts)) | ~pl.col("linked")
    return (
        drawn.with_columns(kept=kept)
        .with_columns(
            block=(pl.col("kept") | pl.col("kept").shift(fill_value=False) | cut).cum_sum().cast(pl.UInt32)
        )
        .with_columns(alone=pl.col("kept") | (pl.len().over("block") < _FEWEST))
        .drop("kept")
    )


def group_row(members: pl.DataFrame, owned: Mapping[str, tuple[int, int]], several: bool) -> Row:
    """The row that stands for `members`, rows of `line`.

    Args:
        members: them.
        owned: how many keys the deploy meant to write by each call, and how many of these landed, by its event.
        several: there are several deploys.
    """
    mine = members.filter(pl.col("event_id").is_in(list(owned)))
    theirs = members.filter(~pl.col("event_id").is_in(list(owned)))
    keys, landed = (sum(owned[event][part] for event in mine["event_id"]) for part in (0, 1))
    told = []
    if mine.height:
        by = "these deploys" if several else "this deploy"
        fate = "all landed" if landed == keys else f"{keys - landed} of them not in place or in doubt"
        told.append(f"{_count(mine.height, 'write')} by {by} ({_count(keys, 'key')}, {fate})")
    callers = (
        theirs["caller"]
        .fill_null("")
        .value_counts(sort=True)
        .sort("count", "caller", descending=[True, False])
    )
    for name, count in callers.head(2).iter_rows():
        told.append(f"{_count(count, 'write')} by {caller(name or None)}")
    rest = callers.slice(2)
    if rest.height:
        told.append(f"{_count(int(rest['count'].sum()), 'write')} by {_count(rest.height, 'other')}")
    first, last = members.row(0, named=True), members.row(-1, named=True)
    group = Group(
        count=members.height,
        summary=", ".join(told),
        span=f"{clock(first['at'])} to {clock(last['at'])}",
        lines=[_line(row) for row in members.head(_LISTED).iter_rows(named=True)],
        left=max(members.height - _LISTED, 0),
    )
    return Row(
        "group",
        first["at"],
        (float(first["place"]), 0, 0),
        mark="pill",
        until=last["at"],
        linked=bool(first["linked"]),
        group=group,
    )


def _line(row: Mapping[str, object]) -> str:
    keys, effects = row["keys"], row["effects"]
    named = keys[0] if isinstance(keys, list) and keys else ""
    more = int(str(row["count"] or 0)) - 1
    verb = " and ".join(effects) if isinstance(effects, list) else ""
    beyond = f" +{more}" if more > 0 else ""
    return f"{clock(as_time(row['at']))} {verb} {named}{beyond} {caller(row['caller'])}"


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"
