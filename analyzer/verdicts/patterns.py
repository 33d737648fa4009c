"""What is known of a write of which the log names no key: it is held to the calls that fit its pattern.

Text says which resource was written, not where. The store is then told by the trail: by the one store whose calls
name the namespace of the pattern, or of the route's entry (a site's keys lie in the store of its router). Nothing
judged this way is ever `proven`.
"""

from __future__ import annotations

import polars as pl

from analyzer.verdicts.absence import absence
from analyzer.verdicts.attempts import resolved
from analyzer.verdicts.facts import Facts, Material, failed_summary, no_facts, stores_unread
from analyzer.verdicts.match import EFFECTS, not_found
from analyzer.verdicts.within import within

_ROUTES = ":routes"


def pattern_facts(material: Material) -> Facts:
    """Facts about the writes that are patterns, with the columns of `facts.exact_facts`, and `anchor`, `fitting`.

    `anchor` is the store that the trail ties the write to, `fitting` how many successful calls fit it, `rivals` how
    many writes of its deploy those calls would have to answer for.
    """
    if not material.writes["pattern"].any():
        return no_facts(material.writes.clear())
    writes = _anchored(material.writes.filter("pattern"), material.calls)
    fits = _fitting(writes, material.calls)
    good = fits.filter("ok")
    hits = _assigned(writes, good)
    failed = resolved(fits.filter(~pl.col("ok")), good)
    spans = writes.select(
        "deploy", "low", "high", store="anchor", deploy_low="low", deploy_high="high", write="id"
    )
    sure = absence(spans, material.calls, material.chain, material.reach)
    table = (
        writes.join(hits, left_on="id", right_on="write", how="left")
        .join(
            failed_summary(failed, good.select("write", "writer").unique("write")),
            left_on="id",
            right_on="write",
            how="left",
        )
        .join(_reads(writes, material.calls), left_on="id", right_on="write", how="left")
        .join(stores_unread(material.calls), left_on="anchor", right_on="store", how="left")
        .join(sure.with_columns(absent=_never_proven()), left_on="id", right_on="write", how="left")
    )
    return Facts(table, failed)


def _never_proven() -> pl.Expr:
    return pl.when(pl.col("absent").is_not_null()).then(pl.lit("high"))


def _anchored(writes: pl.DataFrame, calls: pl.DataFrame) -> pl.DataFrame:
    """`writes` with `anchor`: the one store of whose keys a call names the write's namespace."""
    spoken = pl.when(pl.col("key").str.ends_with(_ROUTES)).then(
        pl.col("entry").str.split(",").list.get(1, null_on_oob=True)
    )
    named = pl.coalesce(spoken, pl.col("key").str.split(":").list.first())
    namespaces = (
        calls.filter(pl.col("key").is_not_null() & pl.col("store").is_not_null())
        .select("store", namespace=pl.col("key").str.split(":").list.first())
        .unique()
    )
    only = namespaces.filter(pl.len().over("namespace") == 1).rename({"store": "told_store"})
    told = writes.with_columns(namespace=named).join(only, on="namespace", how="left", maintain_order="left")
    return told.with_columns(anchor=pl.coalesce("store", "told_store")).drop("namespace", "told_store")


def _fitting(writes: pl.DataFrame, calls: pl.DataFrame) -> pl.DataFrame:
    """Pairs of a write and a write call in its window that fits its pattern and is not on another store."""
    wanted = (
        writes.filter(pl.col("low").is_not_null())
        .select(
            "deploy",
            "action",
            "anchor",
            "low",
            "high",
            write="id",
            prefix=pl.col("key").str.split("*").list.first(),
            suffix=pl.col("key").str.split("*").list.last(),
        )
        .join(EFFECTS, on="action")
    )
    made = calls.filter((pl.col("effect") != "read") & pl.col("key").is_not_null())
    here = pl.col("anchor").is_null() | (pl.col("anchor") == pl.col("store"))
    routes = pl.col("key").str.ends_with(_ROUTES) == (pl.col("suffix") == _ROUTES)
    shape = pl.col("key").str.starts_with(pl.col("prefix")) & pl.col("key").str.ends_with(pl.col("suffix"))
    return within(wanted, made, ["effect"]).filter(here & routes & shape)


def _assigned(writes: pl.DataFrame, good: pl.DataFrame) -> pl.DataFrame:
    """The call that answers for each write, where there are calls enough for all writes that they could be for.

    Too few calls say that some write is missing, but not which: then no write gets one.
    """
    numbered = writes.select("deploy", "action", "key", "anchor", write="id").with_columns(
        nth=pl.int_range(pl.len()).over("deploy", "action", "key", "anchor"),
        rivals=pl.len().over("deploy", "action", "key", "anchor"),
    )
    found = (
        good.sort("at", "run", "position")
        .unique(["write", "event_id"], keep="first", maintain_order=True)
        .with_columns(nth=pl.int_range(pl.len()).over("write"), fitting=pl.len().over("write"))
    )
    enough = found.filter(pl.col("nth") < pl.col("fitting")).join(numbered, on="write", suffix="_write")
    single = pl.col("action").is_in(["put", "delete"])
    answers = enough.filter(
        pl.when(single)
        .then(pl.col("nth") == 0)
        .otherwise((pl.col("nth") == pl.col("nth_write")) & (pl.col("fitting") >= pl.col("rivals")))
    ).select("write", "event_id", hit_at="at", hit_confidence=pl.lit("low"), fits_store="store")
    counts = numbered.select("write", "rivals").join(
        found.group_by("write").agg(fitting=pl.len()), on="write", how="left"
    )
    return counts.with_columns(pl.col("fitting").fill_null(0)).join(answers, on="write", how="left")


def _reads(writes: pl.DataFrame, calls: pl.DataFrame) -> pl.DataFrame:
    """What was read of the routes keys of the anchored store in the window, as `attempts.reads_for` has it."""
    asked = writes.filter(pl.col("low").is_not_null() & pl.col("key").str.ends_with(_ROUTES)).select(
        "low", "high", store="anchor", write="id"
    )
    reads = calls.filter((pl.col("api") == "GetKey") & pl.col("key").str.ends_with(_ROUTES)).select(
        "store", "at", "ok", "event_id", "error_code", absent=not_found()
    )
    broken = ~pl.col("ok") & ~pl.col("absent")
    return (
        within(asked, reads, ["store"])
        .sort("at")
        .group_by("write")
        .agg(
            failed_read=pl.col("event_id").filter(broken).last(),
            read_failed_with=pl.col("error_code").filter(broken).last(),
            absent_read=pl.col("event_id").filter("absent").last(),
            spare_reads=pl.col("ok").sum().cast(pl.Int64),
        )
    )
