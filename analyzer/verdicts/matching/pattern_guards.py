"""What stands between a write of a text log and the verdict `dropped`: calls that fit its pattern.

In come the writes of `patterns`, the calls, and what answers for what. Out goes GUARDS, as in `guards`, as far as text
can tell: a call of the same namespace and store counts, for the log does not say which key it was.
"""

from __future__ import annotations

from typing import Literal

import polars as pl

from analyzer.resources.drafts import ANY_KEY
from analyzer.verdicts.columns import widened
from analyzer.verdicts.matching.claims import EFFECTS
from analyzer.verdicts.matching.inferred_store import ROUTES, namespace_of_key
from analyzer.verdicts.matching.tables import GUARDS


def pattern_guards(  # noqa: PLR0913 - what answers for what, and what is left
    writes: pl.DataFrame,
    calls: pl.DataFrame,
    answers: pl.DataFrame,
    *,
    reads: pl.DataFrame,
    claimed: pl.Series,
    anybodys: pl.DataFrame,
) -> pl.DataFrame:
    """GUARDS of the writes without a call: the nearest call that fits their pattern, and a read of their own.

    That call may lie anywhere in the trail, and is the one of no operation. A call of unknown outcome counts that fits
    in the time of the write.
    """
    taken = pl.concat([answers["event_id"], claimed]).drop_nulls().unique().implode()
    spare = (
        calls.filter((pl.col("api") == "UpdateKeys") & pl.col("key").is_not_null())
        .filter(~pl.col("event_id").is_in(taken))
        .with_columns(routes=pl.col("key").str.ends_with(ROUTES), namespace=namespace_of_key())
        .with_columns(pl.when(~pl.col("routes")).then("namespace").otherwise(pl.lit("*")).alias("namespace"))
        .select("store", "effect", "routes", "namespace", "event_id", call_at="at")
        .sort("call_at")
    )
    on = ["store", "effect", "routes", "namespace"]
    open_writes = writes.filter(pl.col("key") != ANY_KEY).join(
        answers.filter(pl.col("event_id").is_not_null()), left_on="id", right_on="write", how="anti"
    )
    needs = (
        open_writes.join(EFFECTS, on="action")
        .select(
            "effect",
            store="inferred_store",
            write="id",
            routes=pl.col("key").str.ends_with(ROUTES),
            namespace=namespace_of_key(),
            at=pl.coalesce("start", "end"),
        )
        .drop_nulls(["store", "at"])
        .sort("at")
    )
    sides: tuple[Literal["backward", "forward"], ...] = ("backward", "forward")
    found = pl.concat(
        needs.join_asof(
            spare, left_on="at", right_on="call_at", by=on, strategy=side, check_sortedness=False
        ).select("write", near_event="event_id", near_distance=(pl.col("call_at") - pl.col("at")).abs())
        for side in sides
    ).drop_nulls("near_event")
    first = found.sort("near_distance", "near_event").unique("write", keep="first", maintain_order=True)
    alone = answers.filter(pl.col("rivals") == 1).select("write")
    read = (
        reads.filter("read_owned")
        .join(alone, on="write", how="semi")
        .select("write", own_read=pl.coalesce("failed_read", "absent_read"))
        .drop_nulls()
    )
    unknown = anybodys.filter(pl.col("ok").is_null())["pool"].unique().implode()
    table = (
        open_writes.select(write="id", near_unknown=pl.col("pool").is_in(unknown))
        .join(first, on="write", how="left")
        .join(read, on="write", how="left")
    )
    return widened(table, GUARDS)
