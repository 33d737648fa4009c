"""What is known of a write of which the log names no key: it is held to the calls that fit its pattern.

Text says which resource was written, not where. The store is then told by the trail: by the one store whose calls
name the namespace of the pattern, or of the route's entry (a site's keys lie in the store of its router). Nothing
judged this way is ever `proven`.

Writes that the same calls could answer for are one pool. Where there are fewer calls than writes, some write is
missing, but nothing says which: then no write of the pool gets one.
"""

from __future__ import annotations

import polars as pl

from analyzer.verdicts.absence import absence
from analyzer.verdicts.attempts import read_summary, resolved
from analyzer.verdicts.facts import (
    Facts,
    Material,
    failed_summary,
    landed_rows,
    no_facts,
    no_partners,
    stores_unread,
)
from analyzer.verdicts.match import EFFECTS, not_found
from analyzer.verdicts.within import within

_ROUTES = ":routes"
_POOL = ["action", "key", "place", "low", "high"]


def pattern_facts(material: Material) -> Facts:
    """Facts about the writes that are patterns, with the columns of `facts.exact_facts`, and `anchor, fitting, rivals`.

    `anchor` is the store that the trail ties the write to, `fitting` how many successful calls fit its pool, `rivals`
    how many writes are in the pool.
    """
    if not material.writes["pattern"].any():
        return no_facts(material.writes.clear())
    writes = _pooled(_anchored(material.writes.filter("pattern"), material.calls))
    fits = _fitting(writes, material.calls)
    supply = _supply(fits.filter("ok"))
    answers = _answers(writes, supply)
    mine = fits.join(writes.select("pool", write="id"), on="pool")
    good = mine.filter("ok")
    failed = resolved(mine.filter(~pl.col("ok")), good)
    spans = writes.select(
        "deploy", "low", "high", store="anchor", deploy_low="low", deploy_high="high", write="id"
    )
    sure = absence(spans, material.calls, material.chain, material.reach, material.covered)
    parts = [
        answers,
        failed_summary(
            failed, good.select("write", "writer").unique("write", keep="first", maintain_order=True)
        ),
        _reads(writes, material.calls),
        sure.with_columns(absent=pl.when(pl.col("absent").is_not_null()).then(pl.lit("high"))),
    ]
    table = writes.join(stores_unread(material.calls), left_on="anchor", right_on="store", how="left")
    for part in parts:
        table = table.join(part, left_on="id", right_on="write", how="left")
    told = good.join(answers.select("write", "event_id", "rivals"), on="write", suffix="_answer").filter(
        (pl.col("event_id") == pl.col("event_id_answer")) | (pl.col("rivals") == 1)
    )
    hits = told.filter(pl.col("event_id_answer").is_not_null()).select("write", "event_id", "store", "key")
    return Facts(table.drop("pool", "place"), failed, landed_rows(writes, hits), no_partners())


def _anchored(writes: pl.DataFrame, calls: pl.DataFrame) -> pl.DataFrame:
    """`writes` with `anchor`: the one store of whose keys a call names the write's namespace."""
    of_entry = pl.col("entry").str.split(",").list.get(1, null_on_oob=True)
    spoken = pl.when(pl.col("key").str.ends_with(_ROUTES)).then(of_entry)
    named = pl.coalesce(spoken, _namespace())
    namespaces = (
        calls.filter(pl.col("key").is_not_null() & pl.col("store").is_not_null())
        .select("store", namespace=_namespace())
        .unique()
    )
    only = namespaces.filter(pl.len().over("namespace") == 1).rename({"store": "told_store"})
    told = writes.with_columns(namespace=named).join(only, on="namespace", how="left", maintain_order="left")
    return told.with_columns(anchor=pl.coalesce("store", "told_store")).drop("namespace", "told_store")


def _namespace() -> pl.Expr:
    return pl.col("key").str.split(":").list.first()


def _pooled(writes: pl.DataFrame) -> pl.DataFrame:
    """`writes` with `pool`, and `place`: the store of the pool, null where one of its writes could be in any."""
    anywhere = pl.col("anchor").is_null().any().over("action", "key", "low", "high")
    placed = writes.with_columns(place=pl.when(~anywhere).then("anchor"))
    return placed.with_columns(pool=pl.struct(_POOL).rank("dense"))


def _fitting(writes: pl.DataFrame, calls: pl.DataFrame) -> pl.DataFrame:
    """Pairs of a pool and a write call in its window that fits its pattern and is not on another store.

    A pattern is `NAMESPACE:*`, `*:routes` or, where not even the stack is known, `*:*`.
    """
    pools = writes.unique("pool", maintain_order=True).select("pool", *_POOL).join(EFFECTS, on="action")
    made = calls.filter((pl.col("effect") != "read") & pl.col("key").is_not_null()).with_columns(
        namespace=_namespace(), routes=pl.col("key").str.ends_with(_ROUTES)
    )
    wanted = pools.select(
        "pool",
        "place",
        "low",
        "high",
        "effect",
        namespace=_namespace(),
        routes=pl.col("key").str.ends_with(_ROUTES),
    )
    anywhere = pl.col("namespace") == "*"
    pairs = pl.concat(
        [
            within(wanted.filter(~anywhere), made, ["effect", "routes", "namespace"]),
            within(wanted.filter(anywhere).drop("namespace"), made, ["effect", "routes"]),
        ],
        how="diagonal",
    )
    return pairs.filter(pl.col("place").is_null() | (pl.col("place") == pl.col("store")))


def _supply(good: pl.DataFrame) -> pl.DataFrame:
    """The calls of each pool, in order: `pool, event_id, hit_at, nth, fitting, namespaces`."""
    return (
        good.with_columns(namespaces=pl.col("namespace").n_unique().over("pool"))
        .sort("at", "run", "position", "event_id")
        .unique(["pool", "event_id"], keep="first", maintain_order=True)
        .select(
            "pool",
            "event_id",
            "namespaces",
            hit_at="at",
            nth=pl.int_range(pl.len()).over("pool"),
            fitting=pl.len().over("pool"),
        )
    )


def _answers(writes: pl.DataFrame, supply: pl.DataFrame) -> pl.DataFrame:
    """Per write how many calls fit its pool and, where they are enough, the one that answers for it."""
    numbered = writes.select(
        "pool",
        write="id",
        unknown=pl.col("key") == "*:*",
        nth=pl.int_range(pl.len()).over("pool"),
        rivals=pl.len().over("pool"),
    )
    counts = supply.select("pool", "fitting", "namespaces").unique()
    offered = numbered.join(counts, on="pool", how="left").join(
        supply.select("pool", "nth", "event_id", "hit_at"), on=["pool", "nth"], how="left"
    )
    # Resources of an unknown stack have a namespace each: calls in one namespace answer for one of them.
    enough = pl.when("unknown").then(pl.col("namespaces")).otherwise(pl.col("fitting")) >= pl.col("rivals")
    return offered.select(
        "write",
        "rivals",
        pl.col("fitting").fill_null(0),
        event_id=pl.when(enough).then("event_id"),
        hit_at=pl.when(enough).then("hit_at"),
        hit_confidence=pl.lit("low"),
    )


def _reads(writes: pl.DataFrame, calls: pl.DataFrame) -> pl.DataFrame:
    """What was read of the routes keys of the anchored store in the window, as `attempts.reads_for` has it."""
    asked = writes.filter(pl.col("key").str.ends_with(_ROUTES)).select(
        "low", "high", store="anchor", write="id"
    )
    reads = calls.filter((pl.col("api") == "GetKey") & pl.col("key").str.ends_with(_ROUTES)).select(
        "store", "at", "ok", "event_id", "error_code", absent=not_found()
    )
    seen = within(asked, reads, ["store"])
    return read_summary(seen.with_columns(attempts=pl.lit(0, dtype=pl.Int64)))
