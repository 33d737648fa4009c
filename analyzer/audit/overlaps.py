"""Deploys that ran at the same time on one stage, or wrote to one store at the same time.

SST's lock is a GetObject, then a PutObject: two commands within one round trip both proceed
(docs/facts/sst-output.md#14-update-object-and-update-id). A store has no lock at all, and stages may share one.

- Two deploys overlap where one began before the other ended, by more than a touch: times of event logs are whole
  seconds, so a deploy that begins in the second in which another ends came after it.
- A deploy without a beginning overlaps with nothing. One without an end (killed, or still running) counts for the
  moment at which it began: it overlaps with a deploy that ran then; for how long it ran, nobody knows. So does one that
  ended in the second in which it began. Two that began at the same time overlap.
- Previews write nothing and take no lock: they are left out.
- The same stage is that of the same app: `app`, `stage` of DEPLOYS, or else its `stack`.

Deploys of a place are sorted by their beginning: those that one overlaps with are the next ones that begin before its
end, so their numbers are a range. There is no product. Of each deploy the first MOST that it overlaps with are given: a
clock that is wrong by years, or a home that somebody made up, would pair each with each.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from analyzer.audit.tables import OVERLAPS
from analyzer.tables import conform

MOST: Final = 1_000
_MOMENT: Final = 1  # microsecond
_RUN: Final = pl.Schema({"id": pl.String(), "start": pl.Int64(), "end": pl.Int64(), "place": pl.String()})


def overlaps(deploys: pl.DataFrame, writes: pl.DataFrame) -> pl.DataFrame:
    """OVERLAPS: on stages first, then on stores, each by the time at which they began.

    A pair on one stage that shares stores has a row for the stage, and one for each store.

    Args:
        deploys: DEPLOYS, or AUDIT_DEPLOYS.
        writes: `deploy, store`: which deploy writes to which store, as far as that is known; may repeat.
    """
    ran = _ran(deploys)
    stage = pl.coalesce(pl.concat_str("app", pl.lit("\x00"), "stage"), pl.format("\x01{}", "stack"))
    by_stage = ran.with_columns(place=stage).drop_nulls("place")
    stores = writes.select(id="deploy", place="store").drop_nulls().unique(maintain_order=True)
    by_store = ran.join(stores, on="id", maintain_order="left")
    stages = deploys.select("id", of=stage)
    of_stages = _pairs(by_stage.select(*_RUN)).with_columns(
        store=pl.lit(None, pl.String), same_stage=pl.lit(value=True)
    )
    of_stores = (
        _pairs(by_store.select(*_RUN))
        .join(stages.rename({"id": "deploy"}), on="deploy", how="left", maintain_order="left")
        .join(stages.rename({"id": "other", "of": "of_other"}), on="other", how="left", maintain_order="left")
        .with_columns(store="place", same_stage=(pl.col("of") == pl.col("of_other")).fill_null(value=False))
    )
    time = OVERLAPS["start"]
    both = pl.concat([each.select(pl.col(*OVERLAPS)) for each in (of_stages, of_stores)])
    return conform(both.with_columns(pl.col("start", "end").cast(time)), OVERLAPS)


def _ran(deploys: pl.DataFrame) -> pl.DataFrame:
    """`id, app, stage, stack, start, end` of the deploys that changed something at a known time, in microseconds."""
    real = deploys.filter((pl.col("command") != "preview").fill_null(value=True)).drop_nulls("started_at")
    start = pl.col("started_at").cast(pl.Int64)
    end = pl.max_horizontal(start + _MOMENT, pl.col("ended_at").cast(pl.Int64))
    return real.select("id", "app", "stage", "stack", start=start, end=end)


def _pairs(runs: pl.DataFrame) -> pl.DataFrame:
    """`place, deploy, other, start, end`: each two of a place that overlap, `deploy` being the one that began first."""
    ordered = runs.sort("place", "start", "end", "id", descending=[False, False, True, False]).with_row_index(
        "number"
    )
    last = ordered.select("number", "place", "start")
    reach = (
        ordered.select("number", "place", "end")
        .sort("end")
        .join_asof(
            last.rename({"number": "last"}).sort("start"),
            left_on="end",
            right_on="start",
            by="place",
            strategy="backward",
            allow_exact_matches=False,
            check_sortedness=False,
        )
        .select("number", "last")
    )
    last_given = pl.min_horizontal(pl.col("last"), pl.col("number") + MOST) + 1
    ranges = ordered.join(reach, on="number", maintain_order="left").with_columns(
        second=pl.int_ranges(pl.col("number") + 1, last_given, dtype=pl.UInt32)
    )
    seconds = ordered.select(second="number", other="id", from_="start", until="end")
    return (
        ranges.filter(pl.col("second").list.len() > 0)
        .explode("second")
        .join(seconds, on="second", maintain_order="left")
        .sort("start", "from_", "place", maintain_order=True)
        .select("place", deploy="id", other="other", start="from_", end=pl.min_horizontal("end", "until"))
    )
