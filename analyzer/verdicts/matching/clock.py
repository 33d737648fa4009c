"""How far the clock of a deploy's log is from CloudTrail's, computed from the calls that the deploy surely made.

In come WINDOWS and the claims. Out goes CLOCK_WINDOWS: the same windows, as narrow as the clock allows. A call that is
surely the deploy's own happened within one of the operations on its key, whatever the clocks show. Both times are whole
seconds, cut off. So take a call recorded at `at`, and operations of which the first began at `start` and the last ended
at `end`: the log's clock is behind by more than `at - end - 1 s` and by less than `at + 1 s - start`. All calls of a
deploy together leave a narrow span. An operation that ended in the second `end` ended before the next one: its calls
are recorded at `end`, plus the largest difference that is left, at the latest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from analyzer.tables import TIME, conform
from analyzer.verdicts.columns import COUNT
from analyzer.verdicts.matching.claims import INNER, OUTER, alone, with_call
from analyzer.verdicts.matching.tables import CLOCK_WINDOWS
from analyzer.verdicts.ranges import covering

if TYPE_CHECKING:
    from analyzer.verdicts.matching.claims import Claims

_SECOND = pl.duration(seconds=1)


def by_the_clock(writes: pl.DataFrame, claims: Claims, calls: pl.DataFrame) -> pl.DataFrame:
    """CLOCK_WINDOWS: `writes` with windows narrowed to the clock difference that the deploy's own calls allow.

    Where no call shows it, or where two contradict each other, they stay as they are; `clock_known` says which.

    Args:
        writes: WINDOWS.
        claims: what `match.without_strangers` gives.
        calls: ORDERED_CALLS.
    """
    differences = (
        _own(writes, claims, calls)
        .group_by("deploy")
        .agg(
            least=(pl.col("at") - pl.col("end")).max() - _SECOND,
            most=(pl.col("at") - pl.col("start")).min() + _SECOND,
        )
        .filter(pl.col("least") <= pl.col("most"))
    )
    low = pl.max_horizontal("widest_low", (pl.col("start") + pl.col("least")).cast(TIME))
    high = pl.min_horizontal("widest_high", (pl.col("end") + pl.col("most")).cast(TIME))
    has_span = pl.col("least").is_not_null()
    narrowed = (
        writes.rename({"low": "widest_low", "high": "widest_high"})
        .join(differences, on="deploy", how="left", maintain_order="left")
        .with_columns(
            clock_known=has_span,
            low=pl.when(has_span).then(low).otherwise("widest_low"),
            high=pl.when(has_span).then(high).otherwise("widest_high"),
        )
    )
    return conform(narrowed, CLOCK_WINDOWS)


def _own(writes: pl.DataFrame, claims: Claims, calls: pl.DataFrame) -> pl.DataFrame:
    """The attempts and reads that a deploy made for its writes, and no other: `deploy, call, at, start, end`.

    `start` and `end` are those of the first and of the last operation that a call fits. A deploy's writers are those of
    the calls that answer for one write and could answer for no other.
    """
    moments, windows = _read(writes, calls)
    parts = [
        _of_one_deploy(
            claims.lane_calls.select("lane", "writer", "call", "at"), _windows(claims), claims.extras
        ),
        _of_one_deploy(moments, windows, claims.extras.clear()),
    ]
    deploys = claims.demand.select("write", "deploy").unique()
    sure = with_call(alone(claims), claims.calls).join(deploys, on="write")
    writers = sure.select("deploy", "writer").unique()
    return pl.concat(parts).join(writers, on=["deploy", "writer"], how="semi")


def _windows(claims: Claims) -> pl.DataFrame:
    """The zones of a write on a lane as one window."""
    wide = (pl.col("phase") % 2 == 0) | ~pl.col("ok")
    margin = pl.when(wide).then(OUTER).otherwise(INNER)
    return claims.zones.unique(["write", "lane"]).select(
        "lane",
        "deploy",
        "start",
        "end",
        low=(pl.col("start") - margin).cast(TIME),
        high=(pl.col("end") + margin).cast(TIME),
        wide=wide,
    )


def _read(writes: pl.DataFrame, calls: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The reads of the keys of `writes`, and the windows of these, on lanes of a key each."""
    on = ["store", "key"]
    lanes = writes.select(on).drop_nulls().unique().with_row_index("lane")
    reads = calls.filter(pl.col("api") == "GetKey").join(lanes, on=on)
    windows = writes.drop_nulls(["low", "high"]).join(lanes, on=on)
    return (
        reads.select("lane", "writer", "call", "at"),
        windows.select("lane", "deploy", "start", "end", "low", "high", wide=pl.lit(value=True)),
    )


def _of_one_deploy(moments: pl.DataFrame, windows: pl.DataFrame, extras: pl.DataFrame) -> pl.DataFrame:
    """The calls that writes of one deploy alone claim: `deploy, call, writer, at, start, end`."""
    whole = windows.filter(pl.col("low") <= pl.col("high"))
    once = pl.lit(1, COUNT)
    parts = [_first_and_last(moments, whole.filter(pl.col("wide") == wide)) for wide in (True, False)]
    parts.append(extras.select("deploy", "call", "writer", "at", "start", "end", many=once, own=once))
    return (
        pl.concat(parts)
        .group_by("call")
        .agg(
            pl.col("deploy", "writer", "at").first(),
            pl.col("start").min(),
            pl.col("end").max(),
            one=(pl.col("deploy").n_unique() == 1) & (pl.col("many") == pl.col("own")).all(),
        )
        .filter("one")
        .drop("one")
    )


def _first_and_last(moments: pl.DataFrame, windows: pl.DataFrame) -> pl.DataFrame:
    """Of each call that `windows` hold: `deploy, call, writer, at`, and the least `start` and last `end` of these.

    `many` is how many of them there are, `own` how many of the deploy of the first. All windows reach as far beyond
    their operations: one that begins later is of an operation that began later, and so for the ends.
    """
    lane = ["lane"]
    reach, floor = pl.col("high").cum_max().over(lane), pl.col("low").cum_min(reverse=True).over(lane)
    # The first in the order of starts that has not ended by then, and the last in that of ends that has begun.
    starts = windows.sort("start").select("lane", "deploy", "start", reach=reach)
    ends = windows.sort("end").select("lane", "end", floor=floor)
    many = covering(moments, windows, lane)
    bounded = (
        moments.with_columns(many=many)
        .filter(pl.col("many") > 0)
        .sort("at")
        .join_asof(
            starts.unique(["lane", "reach"], keep="first", maintain_order=True).sort("reach"),
            left_on="at",
            right_on="reach",
            by=lane,
            strategy="forward",
            check_sortedness=False,
        )
        .join_asof(
            ends.unique(["lane", "floor"], keep="last", maintain_order=True).sort("floor"),
            left_on="at",
            right_on="floor",
            by=lane,
            check_sortedness=False,
        )
    )
    own = covering(bounded, windows, ["lane", "deploy"])
    return bounded.with_columns(own=own).select(
        "deploy", "call", "writer", "at", "start", "end", "many", "own"
    )
