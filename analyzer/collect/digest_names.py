"""Which digests are copied, by their names: DIGEST_NAMES. Nothing is called here.

`ACCOUNT_CloudTrail-Digest_REGION_TRAIL_HOME_YYYYMMDDTHHMMSSZ[_backfill].json.gz`: the time is the end of the hour of
deliveries that it lists, which begins where the one before it ended. A backfill digest lists files that came too late
for theirs, so one may matter long after a deploy (docs/facts/cloudtrail.md#21-digests).
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.sources.s3.tables import LISTED
from analyzer.tables import TIME, conform

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

DIGEST_NAMES: Final = pl.Schema(
    {
        **LISTED,
        "trail": pl.String(),  # its name
        "home": pl.String(),  # its home Region
        "backfill": pl.Boolean(),
        "start": TIME,  # the end of the one before it; an hour before its own end, of the first
        "end": TIME,
    }
)
"""One digest in a bucket."""

HOUR: Final = timedelta(hours=1)
_NAME: Final = (
    r"_CloudTrail-Digest_[a-z]{2}[a-z0-9-]+_(?<trail>[A-Za-z0-9._-]+)_(?<home>[a-z]{2}[a-z0-9-]+)"
    r"_(?<time>\d{8}T\d{6})Z(?<late>_backfill)?\.json\.gz$"
)


def named(listed: pl.DataFrame, trails: Collection[str]) -> pl.DataFrame:
    """DIGEST_NAMES of the digests of some trails, by trail and time; what is named otherwise is none.

    Args:
        listed: LISTED.
        trails: the ARN of each.
    """
    chains = [(arn.rsplit("/", 1)[-1], arn.split(":")[3]) for arn in trails]
    wanted = pl.DataFrame(chains, schema={"trail": pl.String, "home": pl.String}, orient="row")
    chain = ["trail", "home", "backfill"]
    names = (
        listed.with_columns(parts=pl.col("key").str.extract_groups(_NAME))
        .unnest("parts")
        .with_columns(
            backfill=pl.col("late").is_not_null(),
            end=pl.col("time").str.to_datetime(
                "%Y%m%dT%H%M%S", strict=False, time_unit="us", time_zone="UTC"
            ),
        )
        .drop_nulls("end")
        .join(wanted, on=["trail", "home"], how="semi")
        .sort(*chain, "end", "key")
        .with_columns(start=pl.col("end").shift().over(chain))
        .with_columns(start=pl.coalesce("start", (pl.col("end") - HOUR).cast(TIME)))
    )
    return conform(names, DIGEST_NAMES)


def covering(names: pl.DataFrame, start: datetime, end: datetime) -> pl.DataFrame:
    """Those that together list what was delivered from `start` to `end`, and the next one of each trail.

    The next one holds the signature of the last.
    """
    regular = names.filter(~pl.col("backfill"))
    needed = (pl.col("end") > start) & (pl.col("start") < end)
    follows = needed.shift(fill_value=False).over("trail", "home")
    return regular.filter(needed | follows)


def within(names: pl.DataFrame, start: datetime, end: datetime) -> pl.DataFrame:
    """Those that list only what was delivered between `start` and `end`."""
    return names.filter(~pl.col("backfill") & (pl.col("start") >= start) & (pl.col("end") <= end))


def late(names: pl.DataFrame, start: datetime) -> pl.DataFrame:
    """The backfill digests that may list files of a time since `start`."""
    return names.filter(pl.col("backfill") & (pl.col("end") > start))
