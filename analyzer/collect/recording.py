"""Which trail's files are copied for a store: CANDIDATES, the best first. Nothing is called here.

What a trail selects is known as of now, and when it logged by its last start and stop. A trail that surely did not log
while a deploy ran, or that can never record the store, is none. One that does not select the store's writes now may
have done so then: its files are copied only where no other trail is better, and are not searched beyond the deploy.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from analyzer.tables import conform, empty

CANDIDATES: Final = pl.Schema(
    {
        "store": pl.String(),
        "arn": pl.String(),
        "bucket": pl.String(),
        "prefix": pl.String(),
        "organisation": pl.Boolean(),
        "digests": pl.Boolean(),
        "kms": pl.String(),  # the key with which its files are encrypted
        "share": pl.String(),  # as in TRAILS
        "logged": pl.String(),  # during the deploys, by its status: yes, unknown, part
        "why": pl.String(),
    }
)
"""One trail that may have recorded a store."""

_SHARES: Final = ("all", "some", "unknown", "none")
_LOGGED: Final = ("yes", "unknown", "part")


def candidates(trails: pl.DataFrame, ran: pl.DataFrame) -> pl.DataFrame:
    """CANDIDATES of each store: by what they select, by whether they logged, with digests and without a key first.

    Args:
        trails: TRAILS.
        ran: SPANS of the deploys.
    """
    if trails.is_empty():
        return empty(CANDIDATES)
    rows = (
        trails.explode("records", keep_nulls=False)
        .unnest("records")
        .join(ran.select(pl.col("low").min(), pl.col("high").max()), how="cross")  # one row
        .with_columns(logged=_logged())
        .filter((pl.col("share") != "never") & (pl.col("logged") != "no"))
    )
    ranks = (
        pl.col("share").replace_strict(
            dict(zip(_SHARES, range(len(_SHARES)), strict=True)), default=len(_SHARES)
        ),
        pl.col("logged").replace_strict(dict(zip(_LOGGED, range(len(_LOGGED)), strict=True)), default=0),
        ~pl.col("digests").fill_null(value=False),
        pl.col("kms").is_not_null(),
        pl.col("arn"),
    )
    return conform(rows.sort("store", *ranks), CANDIDATES)


def _logged() -> pl.Expr:
    """Whether a trail logged from the first deploy to the last, as far as its last start and stop say."""
    begin, end = pl.col("low"), pl.col("high")
    started, stopped = pl.col("started"), pl.col("stopped")
    is_on = pl.col("logging")
    since = pl.when(stopped < started).then(stopped)  # it was off from here until it was started
    running = (
        pl.when(started <= begin)
        .then(pl.lit("yes"))
        .when(since.is_null() | (end < since))
        .then(pl.lit("unknown"))
        .when((begin >= since) & (end < started))
        .then(pl.lit("no"))
        .otherwise(pl.lit("part"))
    )
    halted = (
        pl.when(stopped.is_null() & started.is_null())
        .then(pl.lit("no"))
        .when(stopped.is_null())
        .then(pl.lit("unknown"))
        .when(begin >= stopped)
        .then(pl.lit("no"))
        .when(end >= stopped)
        .then(pl.lit("part"))
        .when(started <= begin)
        .then(pl.lit("yes"))
        .otherwise(pl.lit("unknown"))
    )
    return pl.when(is_on).then(running).when(~is_on).then(halted).otherwise(pl.lit("unknown"))
