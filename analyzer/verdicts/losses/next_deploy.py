"""Deletes after the last log of a stack: a later deploy may have meant them, of which no log is available.

In come deletes that no write claims, beside the writes that they took away. Out go those that the next deploy may have
made: by the same principal, or by one who had just put keys of the same namespace, as a deploy does by another role.
No deploy begins before the one before has ended, and deletes within seconds.
"""

from __future__ import annotations

import polars as pl

from analyzer.verdicts.matching.inferred_store import namespace_of_key
from analyzer.verdicts.matching.match import usual_apis
from analyzer.verdicts.principals import principal

_NEXT = (
    "took it away after the deploy, by the same principal, perhaps on purpose: a later deploy may have done it, and no "
    "log that is available shows that"
)
_NEXT_BY_OTHERS = (
    "took it away after the deploy, by another principal that had just put keys of the same namespace, as a deploy "
    "does: a later one may have meant it, and no log that is available shows that"
)

ALIGNED, UNALIGNED = 10, 3700
"""Seconds by which a log's clock may be off, where a delete is not to be called a loss."""

_ONE_RUN = pl.duration(seconds=60)
"""Within which one operation puts the keys of a namespace and purges the others."""

_RESTART = 3
"""Seconds after the last engine event of an aligned deploy within which the next one cannot have deleted anything."""


def by_next_deploy(  # noqa: PLR0913 - the tables of the stage, each by its name
    struck: pl.DataFrame,
    history: pl.DataFrame,
    calls: pl.DataFrame,
    writes: pl.DataFrame,
    *,
    deploys: pl.DataFrame,
    clocks: pl.DataFrame,
) -> pl.DataFrame:
    """`write, perhaps`: deletes after the last deploy of the stack with an event log, or after one with a text alone.

    Args:
        struck: the deletes beside the writes that they took away, as `meant.perhaps_meant` makes them.
        history: KEY_HISTORY.
        calls: ORDERED_CALLS.
        writes: WINDOWS.
        deploys: DEPLOYS.
        clocks: CLOCK_STATES.
    """
    maker = history.select("store", made_by="event_id", maker=principal()).unique(["store", "made_by"])
    ends = (
        writes.group_by(own="deploy")
        .agg(end=pl.col("end").max(), text=pl.col("pattern").any())
        .join(deploys.select("stack", own="id"), on="own", how="left")
        .join(clocks.select("clock", own="deploy"), on="own", how="left")
        .with_columns(until=pl.col("end") + pl.duration(seconds=_until()))
    )
    exact = ends.join(writes.filter(~pl.col("pattern")).select(own="deploy"), on="own", how="semi")
    last = exact.drop_nulls("stack").group_by("stack").agg(last=pl.col("until").max())
    able = struck.join(usual_apis(), on="type", how="left").filter(can_make())
    met = (
        able.join(maker, on=["store", "made_by"], how="left")
        .join(ends.select("own", "until"), on="own", how="left")
        .join(last, on="stack", how="left")
    )
    same = (principal() == pl.col("maker")).fill_null(value=True)
    until = pl.when("pattern").then("until").otherwise(pl.max_horizontal("until", "last"))
    renewed = pl.col("event_id").is_in(_purges_after_puts(met, calls).implode())
    perhaps = pl.when(same).then(pl.lit(_NEXT)).otherwise(pl.lit(_NEXT_BY_OTHERS))
    return met.filter((same | renewed) & (pl.col("at") > until).fill_null(value=True)).select(
        "write", perhaps=perhaps
    )


def _purges_after_puts(struck: pl.DataFrame, calls: pl.DataFrame) -> pl.Series:
    """The events of `struck` whose writer had put keys of the same namespace within a minute before."""
    place = ["store", "namespace", "writer"]
    writers = calls.select("event_id", "writer").unique("event_id")
    deletes = struck.select("event_id", "store", "namespace", "at").unique().join(writers, on="event_id")
    puts = calls.filter(pl.col("ok") & (pl.col("effect") == "put")).with_columns(namespace=namespace_of_key())
    last = deletes.sort("at").join_asof(
        puts.select(*place, "at", put_at="at").drop_nulls().sort("at"),
        on="at",
        by=place,
        check_sortedness=False,
    )
    return last.filter(pl.col("at") - pl.col("put_at") <= _ONE_RUN)["event_id"]


def _until() -> pl.Expr:
    timed = (pl.col("clock") == "aligned") & ~pl.col("text")
    return pl.when(timed).then(_RESTART).otherwise(-clock_margin())


def can_make() -> pl.Expr:
    """Whether a kind of resource with these `apis` makes a call of this `api`; of an unknown kind, it may."""
    return pl.col("apis").list.contains(pl.col("api")).fill_null(value=True)


def clock_margin() -> pl.Expr:
    """The seconds by which a log's clock of this `clock` may be off."""
    return pl.when(pl.col("clock") == "aligned").then(ALIGNED).otherwise(UNALIGNED)
