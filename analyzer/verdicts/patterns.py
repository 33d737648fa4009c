"""What is known of a write of which the log names no key: it is held to the calls that fit its pattern.

Text says which resource was written, not where: `anchor` asks the trail. Nothing judged this way is ever `proven`.

Writes that the same calls could answer for are one pool: all that put keys of one namespace, all that add to a list
of routes or take from it. Their calls are given out in the order in which the log says that the operations ended.
Where there are fewer calls than operations that succeeded, some write is missing, but nothing says which: then no
write of the pool gets one. An operation that failed gets none, one that never ended what is left over.
"""

from __future__ import annotations

import polars as pl

from analyzer.resources.drafts import ANY_KEY
from analyzer.verdicts.absence import absence
from analyzer.verdicts.anchor import ROUTES, anchored, namespace_of_key
from analyzer.verdicts.attempts import SHOWN, failed_summary, resolved
from analyzer.verdicts.claims import EFFECTS, inside
from analyzer.verdicts.facts import Facts, Material, landed_rows, no_facts, stores_unread
from analyzer.verdicts.match import not_found
from analyzer.verdicts.ranges import COUNT
from analyzer.verdicts.reads import read_summary
from analyzer.verdicts.within import within

_POOL = ["kind", "key", "place", "low", "high"]


def pattern_facts(material: Material) -> Facts:
    """Facts about the writes that are patterns, with the columns of `facts.exact_facts`, and `anchor, fitting, rivals`.

    `anchor` is the store that the trail ties the write to, `fitting` how many successful calls fit its pool, `rivals`
    how many writes are in the pool.
    """
    if not material.writes["pattern"].any():
        return no_facts(material.writes.clear())
    patterns = material.writes.filter("pattern")
    writes = _pooled(anchored(patterns, material.calls, material.deploys))
    anybodys = _fitting(writes, material.calls)
    fits = _of_its_writer(anybodys, _readers(writes, material.calls), writes)
    supply = _supply(fits.filter("ok"))
    answers = _answers(writes, supply, material.deploys)
    good = fits.filter("ok")
    pools = writes.select("pool", write="id")
    failed = _failed(fits.filter(~pl.col("ok")), good).join(pools, on="pool").drop("pool")
    spans = writes.select(
        "deploy", "low", "high", store="anchor", deploy_low="low", deploy_high="high", write="id"
    )
    sure = absence(spans, material.calls, material.chain, material.reach, material.covered)
    parts = [
        answers,
        failed_summary(failed),
        _reads(writes, material.calls),
        _strangers(writes, anybodys, fits),
        sure.with_columns(absent=pl.when(pl.col("absent").is_not_null()).then(pl.lit("high"))),
    ]
    table = writes.join(stores_unread(material.calls), left_on="anchor", right_on="store", how="left")
    for part in parts:
        table = table.join(part, left_on="id", right_on="write", how="left")
    lonely = pools.join(answers.filter(pl.col("rivals") == 1), on="write").select("pool", "write")
    named = answers.join(pools, on="write").select("pool", "event_id", "write")
    told = pl.concat(
        [
            good.join(named.filter(pl.col("event_id").is_not_null()), on=["pool", "event_id"]),
            good.join(lonely, on="pool"),
        ],
        how="diagonal",
    ).unique(["write", "call"])
    answered = answers.filter(pl.col("event_id").is_not_null())
    hits = told.join(answered, on="write", how="semi").select("write", "event_id", "store", "key")
    return Facts(
        table.drop("pool", "place", "kind"), failed, landed_rows(writes, hits), _fits(answers, writes)
    )


def _pooled(writes: pl.DataFrame) -> pl.DataFrame:
    """`writes` with `pool`, and `place`: the store of the pool, null where one of its writes could be in any."""
    of_list = pl.col("action").is_in(["append", "remove"])
    kinds = writes.with_columns(kind=pl.when(of_list).then(pl.lit("list")).otherwise("action"))
    anywhere = pl.col("anchor").is_null().any().over("kind", "key", "low", "high")
    placed = kinds.with_columns(place=pl.when(~anywhere).then("anchor"))
    return placed.with_columns(pool=pl.struct(_POOL).rank("dense"))


def _fitting(writes: pl.DataFrame, calls: pl.DataFrame) -> pl.DataFrame:
    """Pairs of a pool and a write call in its window that fits its pattern and is not on another store.

    A pattern is `NAMESPACE:*`, `*:routes` or, where not even the stack is known, `*:*`. A key of which nothing at all
    is known, `*`, has no call that could be tied to it.
    """
    pools = (
        writes.filter(pl.col("key") != ANY_KEY)
        .join(EFFECTS, on="action")
        .unique(["pool", "effect"], maintain_order=True)
    )
    # SST makes no other call than UpdateKeys: PutKey and DeleteKey are somebody's at the console.
    made = calls.filter((pl.col("api") == "UpdateKeys") & pl.col("key").is_not_null()).with_columns(
        namespace=namespace_of_key(), routes=pl.col("key").str.ends_with(ROUTES)
    )
    wanted = pools.select(
        "pool",
        "place",
        "low",
        "high",
        "start",
        "end",
        "effect",
        namespace=namespace_of_key(),
        routes=pl.col("key").str.ends_with(ROUTES),
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


def _readers(writes: pl.DataFrame, calls: pl.DataFrame) -> pl.DataFrame:
    """`pool, writer` of those who read a list of routes in the time of a pool, in any store."""
    pools = writes.filter(pl.col("key").str.ends_with(ROUTES)).unique("pool").select("pool", "low", "high")
    reads = calls.filter((pl.col("api") == "GetKey") & pl.col("key").str.contains(ROUTES, literal=True))
    return within(pools, reads.select("at", "writer"), []).select("pool", "writer").unique()


def _of_its_writer(fits: pl.DataFrame, readers: pl.DataFrame, writes: pl.DataFrame) -> pl.DataFrame:
    """`fits` without calls that may be another's.

    A namespace is a resource's own, a list of routes is anybody's. A deploy's writer is the one that made all calls on
    the deploy's own keys, whether they succeeded or not. Where several did, another deploy has a namespace of this
    one's, and nothing tells whose is whose: none stays. Where none did, or several deploys share a pool, the calls on
    lists stay that were made in the time of the deploy, if one writer made all of them, and no more than there
    are operations that succeeded, and nobody else read a list then: SST reads before it writes.
    """
    deploys = writes.group_by("pool").agg(pl.col("deploy").unique()).filter(pl.col("deploy").list.len() == 1)
    of_pool = deploys.with_columns(pl.col("deploy").list.first())
    known = fits.join(of_pool, on="pool", how="left", maintain_order="left")
    own_keys = known.filter(~pl.col("routes") & (pl.col("namespace") != "*"))
    by = own_keys.group_by("deploy").agg(chief=pl.col("writer").first(), writers=pl.col("writer").n_unique())
    judged = known.join(by, on="deploy", how="left", maintain_order="left")
    who = pl.concat([known.filter("routes").select("pool", "writer"), readers]).unique()
    lonely = pl.col("pool").is_in(who.filter(pl.len().over("pool") == 1)["pool"].implode())
    needed = writes.group_by("pool").agg(needed=(pl.col("reported") == "succeeded").sum())
    due = pl.col("event_id").filter(pl.col("ok") & inside()).n_unique().over("pool") <= pl.col("needed")
    mine = (
        pl.when(pl.col("writers") > 1)
        .then(pl.lit(value=False))
        .when(~pl.col("routes"))
        .then(pl.lit(value=True))
        .when(pl.col("writers") == 1)
        .then(pl.col("chief") == pl.col("writer"))
        .otherwise(inside() & lonely & due)
    )
    told = judged.join(needed, on="pool", how="left", maintain_order="left")
    return told.filter(mine).drop("deploy", "chief", "writers", "needed")


def _strangers(writes: pl.DataFrame, anybodys: pl.DataFrame, fits: pl.DataFrame) -> pl.DataFrame:
    """`write, strangers`: whether a call that fits was left out, for somebody else seems to have made it."""
    left_out = anybodys.filter("ok").join(fits, on=["pool", "call"], how="anti").select("pool").unique()
    return writes.join(left_out, on="pool", how="semi").select(write="id", strangers=pl.lit(value=True))


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


def _answers(writes: pl.DataFrame, supply: pl.DataFrame, deploys: pl.DataFrame) -> pl.DataFrame:
    """Per write how many calls fit its pool and, where they are enough, the one that answers for it."""
    # SST's terminal shows an operation when it has ended: one on a list may have been under way when it was stopped.
    stopped = deploys.filter(pl.col("result") == "interrupted")["id"].implode()
    open_ended = (pl.col("reported") == "unfinished").any().over("deploy")
    unseen = pl.col("deploy").is_in(stopped) & ~open_ended & pl.col("key").str.ends_with(ROUTES)
    done, failed = pl.col("reported") == "succeeded", pl.col("reported") == "failed"
    numbered = writes.sort(~done, "line", "number").select(
        "pool",
        write="id",
        unknown=pl.col("key") == "*:*",
        nth=pl.when(~failed).then(pl.int_range(pl.len()).over("pool", failed)),
        rivals=pl.len().over("pool"),
        needed=done.sum().over("pool"),
        unended=(~done & ~failed).sum().over("pool") + unseen.any().over("pool").cast(pl.Int64),
        ended=done | failed,
        may_have_dropped=done & (pl.col("op") != "update"),
    )
    counts = supply.select("pool", "fitting", "namespaces").unique()
    offered = numbered.join(counts, on="pool", how="left").join(
        supply.select("pool", "nth", "event_id", "hit_at"), on=["pool", "nth"], how="left"
    )
    # Resources of an unknown stack have a namespace each: calls in one namespace answer for one of them.
    enough = pl.when("unknown").then(pl.col("namespaces")).otherwise(pl.col("fitting")) >= pl.col("needed")
    # Of operations without an end some made what calls are left over, or what another one that ended well did not
    # make, and nothing tells which. An update always writes.
    left = pl.col("fitting").fill_null(0).cast(pl.Int64) - pl.col("needed")
    may_be = (left > 0) | (pl.col("may_have_dropped").any().over("pool") & (left == 0))
    open_calls = may_be & (left < pl.col("unended")) & (pl.col("fitting") > 0)
    contested = (open_calls & (~pl.col("ended") | pl.col("may_have_dropped"))).fill_null(False)
    return offered.select(
        "write",
        "rivals",
        pl.col("fitting").fill_null(0),
        contested=contested,
        event_id=pl.when(enough & ~contested).then("event_id"),
        hit_at=pl.when(enough & ~contested).then("hit_at"),
        hit_confidence=pl.lit("low"),
    )


def _failed(failed: pl.DataFrame, good: pl.DataFrame) -> pl.DataFrame:
    """The failed write calls of each pool in the columns of `attempts.failed_attempts`, with `pool` for `write`."""
    writers = good.unique("pool", keep="first", maintain_order=True).select(write="pool", hit_writer="writer")
    known = resolved(failed.rename({"pool": "write"}), good.rename({"pool": "write"}))
    again = pl.col("resolved") & (pl.col("hit_writer") == pl.col("writer")).fill_null(False)
    counted = (
        known.join(writers, on="write", how="left")
        .sort("at", "event_id")
        .with_row_index("place")
        .with_columns(
            total=pl.len().over("write").cast(COUNT),
            recovered=pl.col("event_id").filter(again).n_unique().over("write").cast(COUNT),
            shown=pl.int_range(pl.len()).over("write") < SHOWN,
        )
    )
    words = counted.filter(~pl.col("resolved")).unique(
        ["write", "error_code", "error_message"], keep="last", maintain_order=True
    )
    chosen = pl.concat([counted.filter("shown"), words]).unique("place", maintain_order=True)
    return chosen.drop("place", "shown", "hit_writer").rename({"write": "pool"})


def _fits(answers: pl.DataFrame, writes: pl.DataFrame) -> pl.DataFrame:
    """`write, partner`: all writes of a pool that have a call; the order of the log's lines is no proof of whose.

    All lead to a place that stands for the pool, and from there to all.
    """
    answered = answers.filter(pl.col("event_id").is_not_null()).select("write")
    pooled = answered.join(writes.select("pool", write="id"), on="write").filter(pl.len().over("pool") > 1)
    place = pl.format("pool {}", "pool")
    return pl.concat([pooled.select("write", partner=place), pooled.select(write=place, partner="write")])


def _reads(writes: pl.DataFrame, calls: pl.DataFrame) -> pl.DataFrame:
    """What was read of the routes keys of the anchored store in the window, as `attempts.reads_for` has it."""
    asked = writes.filter(pl.col("key").str.ends_with(ROUTES)).select(
        "low", "high", store="anchor", write="id"
    )
    reads = calls.filter((pl.col("api") == "GetKey") & pl.col("key").str.ends_with(ROUTES)).select(
        "store", "at", "ok", "event_id", "error_code", absent=not_found()
    )
    seen = within(asked, reads, ["store"])
    good = (pl.col("ok") | pl.col("absent")).sum().cast(COUNT)
    counts = seen.group_by("write").agg(
        good=good, own_reads=pl.col("ok").sum().cast(COUNT), attempts=pl.lit(0, COUNT)
    )
    return read_summary(seen, counts)
