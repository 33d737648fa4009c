"""The facts about each write whose key the log does not name: the calls that fit its pattern.

In comes `Material`, out go `Facts`, as in `facts`. A text log names the resource that was written, not the key or the
store: `inferred_store` takes the store from the trail. No such verdict is ever `proven`.

Writes that the same calls could answer for are one pool: all that put keys of one namespace, all that add to a list
of routes or remove from it. Calls are assigned in the order in which the log shows the operations' ends. If a pool has
fewer calls than operations that succeeded, then some write is missing, but it cannot be decided which: no write of
the pool gets a call. An operation that failed gets none; one that never ended gets what is left.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from analyzer.tables import conform
from analyzer.verdicts.absence import absence
from analyzer.verdicts.columns import BATCH, COUNT, widened
from analyzer.verdicts.matching.attempts import MOST_SHOWN, failed_summary, resolved
from analyzer.verdicts.matching.claims import ANYBODY, inside
from analyzer.verdicts.matching.facts import Facts, Material, joined_up, landed_rows, no_facts, stores_unread
from analyzer.verdicts.matching.inferred_store import ROUTES, inferred_stores
from analyzer.verdicts.matching.match import not_found
from analyzer.verdicts.matching.pattern_calls import fitting_calls, readers_of_lists
from analyzer.verdicts.matching.pattern_guards import pattern_guards
from analyzer.verdicts.matching.reads import known_reader, read_summary
from analyzer.verdicts.matching.refusals import of_known_callers
from analyzer.verdicts.matching.tables import (
    ABSENCE,
    FAILED_ATTEMPTS,
    FITS,
    PATTERN_ANSWERS,
    SPANS,
    STRANGERS,
)
from analyzer.verdicts.within import within

if TYPE_CHECKING:
    from analyzer.verdicts.columns import Stage

_POOL = ["group", "target", "key", "pool_store", "pool_low", "pool_high"]
_TOGETHER = ["group", "target", "key", "pool_low", "pool_high"]


def pattern_facts(material: Material, claimed: pl.Series, stage: Stage) -> Facts:
    """Facts about the writes whose key the log does not name.

    Args:
        material: of all writes.
        claimed: the events that answer for writes whose key the log names.
        stage: gets each table on the way.
    """
    if not material.writes["pattern"].any():
        return no_facts()
    patterns = material.writes.filter("pattern")
    inferred = stage(
        "inferred_stores", inferred_stores(patterns, material.calls, material.deploys, material.lives)
    )
    writes = _pooled(inferred.join(material.groups.deploys, on="deploy", how="left", maintain_order="left"))
    anybodys = fitting_calls(writes, material.calls, material.groups)
    readers = readers_of_lists(writes, material.calls, material.groups)
    fitting = _of_its_writer(anybodys, readers, writes, material.writers)
    good = fitting.filter("ok")
    pools = writes.select("pool", write="id")
    reads = _reads(writes, material.calls, material.writers)
    answers = stage("pattern_answers", _answers(writes, _supply(good), material.deploys))
    failed = _failed(fitting.filter(~pl.col("ok")), good).join(pools, on="pool")
    attempts = conform(failed, FAILED_ATTEMPTS)
    parts = [
        answers,
        stage(
            "pattern_last_failures",
            failed_summary(of_known_callers(attempts, writes, material.calls)),
        ),
        stage("pattern_reads", reads),
        stage("pattern_absence", _absence(inferred, material)),
        stage("strangers", _strangers(writes, anybodys, fitting)),
        stage(
            "pattern_guards",
            pattern_guards(writes, material.calls, answers, reads=reads, claimed=claimed, anybodys=anybodys),
        ),
    ]
    unread = writes.join(
        stores_unread(material.calls), left_on="inferred_store", right_on="store", how="left"
    ).join(material.clocks, on="deploy", how="left")
    landings = landed_rows(writes, _hits(answers, good, pools))
    fits = _fits(answers, writes)
    return Facts(joined_up(unread, parts), attempts, landings, fits, fits)


def _absence(writes: pl.DataFrame, material: Material) -> pl.DataFrame:
    """ABSENCE of `writes` (INFERRED_STORES), which is never proven: nothing shows that the store is the right one."""
    spans = writes.select(
        "deploy",
        "key",
        "low",
        "high",
        store="inferred_store",
        deploy_low=pl.col("low").min().over("deploy"),
        deploy_high=pl.col("high").max().over("deploy"),
        write="id",
    )
    proofs = absence(
        conform(spans, SPANS),
        material.calls,
        material.chain,
        material.extent,
    )
    lowered = proofs.rename({"absent": "by_chain"}).with_columns(
        absent=pl.col("by_chain").replace("proven", "high")
    )
    return conform(lowered, ABSENCE)


def _hits(answers: pl.DataFrame, good: pl.DataFrame, pools: pl.DataFrame) -> pl.DataFrame:
    """`write, event_id, store, key`: the calls that answer for writes; where a pool has one write, all that fit."""
    alone = pools.join(answers.filter(pl.col("rivals") == 1), on="write").select("pool", "write")
    with_call = answers.filter(pl.col("event_id").is_not_null())
    by_pool = with_call.join(pools, on="write").select("pool", "event_id", "write")
    hits = pl.concat([good.join(by_pool, on=["pool", "event_id"]), good.join(alone, on="pool")])
    return (
        hits.unique(["write", "call"])
        .join(with_call, on="write", how="semi")
        .select("write", "event_id", "store", "key")
    )


def _pooled(writes: pl.DataFrame) -> pl.DataFrame:
    """`writes` with `pool`; and `pool_store`: its store, null where one of its writes could be in any of the group.

    By the dots each write may have its own time: the pool has that of all which the same calls could answer for.
    """
    of_list = pl.col("action").is_in(["append", "remove"])
    of_deploy = ["deploy", "target", "key"]
    by_target = writes.with_columns(
        target=pl.when(of_list).then(pl.lit("list")).otherwise("action")
    ).with_columns(
        pool_low=pl.col("low").min().over(of_deploy),
        pool_high=pl.col("high").max().over(of_deploy),
        pool_start=pl.col("start").min().over(of_deploy),
        pool_end=pl.col("end").max().over(of_deploy),
    )
    anywhere = pl.col("inferred_store").is_null().any().over(_TOGETHER)
    with_store = by_target.with_columns(pool_store=pl.when(~anywhere).then("inferred_store"))
    return with_store.with_columns(pool=pl.struct(_POOL).rank("dense"))


def _of_its_writer(
    fitting: pl.DataFrame, readers: pl.DataFrame, writes: pl.DataFrame, own: pl.DataFrame
) -> pl.DataFrame:
    """`fitting` without calls that may be another deploy's.

    Of a deploy that is aligned with the trail these are the calls by its writers. Of others: a namespace belongs to one
    resource, a list of routes to any. A deploy's writer is the one that made all calls on the deploy's own keys,
    whether they succeeded or not. Where several did, another deploy has a namespace of this one's, and no record shows
    whose is whose: none stays. Where none did, or several deploys share a pool, the calls on lists stay that were made
    in the time of the deploy, if one writer made all of them, and no more than there are operations that succeeded,
    and no other caller read a list then: SST reads before it writes.
    """
    deploys = writes.group_by("pool").agg(deploys=pl.col("deploy").unique())
    of_pool = deploys.filter(pl.col("deploys").list.len() == 1).select(
        "pool", deploy=pl.col("deploys").list.first()
    )
    by_deploy = fitting.join(of_pool, on="pool", how="left", maintain_order="left")
    own_keys = by_deploy.filter(~pl.col("routes") & (pl.col("namespace") != "*"))
    by = own_keys.group_by("deploy").agg(chief=pl.col("writer").first(), writers=pl.col("writer").n_unique())
    with_writer = by_deploy.join(by, on="deploy", how="left", maintain_order="left")
    who = pl.concat([by_deploy.filter("routes").select("pool", "writer"), readers]).unique()
    lonely = pl.col("pool").is_in(who.filter(pl.len().over("pool") == 1)["pool"].implode())
    needed = writes.group_by("pool").agg(needed=_called().sum())
    due = pl.col("event_id").filter(pl.col("ok") & inside()).n_unique().over("pool") <= pl.col("needed")
    by_own = own.select("deploy", "by", mine=pl.lit(value=True)).unique()
    aligned = own["deploy"].unique().implode()
    with_writer = with_writer.join(by_own, on=["deploy", "by"], how="left", maintain_order="left")
    mine = (
        pl.when(pl.col("deploy").is_in(aligned))
        .then(pl.col("mine").fill_null(value=False))
        .when(pl.col("writers") > 1)
        .then(pl.lit(value=False))
        .when(~pl.col("routes"))
        .then(pl.lit(value=True))
        .when(pl.col("writers") == 1)
        .then(pl.col("chief") == pl.col("writer"))
        .otherwise(inside() & lonely & due)
    )
    with_need = with_writer.join(needed, on="pool", how="left", maintain_order="left")
    return with_need.filter(mine).drop("deploy", "chief", "writers", "needed", "mine")


def _strangers(writes: pl.DataFrame, anybodys: pl.DataFrame, fitting: pl.DataFrame) -> pl.DataFrame:
    """STRANGERS: the writes with a fitting call that was left out, because another caller seems to have made it."""
    left_out = anybodys.filter("ok").join(fitting, on=["pool", "call"], how="anti").select("pool").unique()
    strangers = writes.join(left_out, on="pool", how="semi").select(write="id", strangers=pl.lit(value=True))
    return conform(strangers, STRANGERS)


def _supply(good: pl.DataFrame) -> pl.DataFrame:
    """The calls of each pool, in order: `pool, event_id, hit_at, nth, fitting, namespaces, least`.

    `least` is how many operations made the calls at least: one for each call on a list, and for each on a namespace
    that holds less than a whole batch, because only an operation's last call does.
    """
    part = pl.col("routes") | (pl.len().over("pool", "event_id", "effect") < BATCH)
    return (
        good.with_columns(
            namespaces=pl.col("namespace").n_unique().over("pool"),
            least=pl.col("event_id").filter(part).n_unique().over("pool"),
        )
        .sort("at", "run", "position", "event_id")
        .unique(["pool", "event_id"], keep="first", maintain_order=True)
        .select(
            "pool",
            "event_id",
            "namespaces",
            "least",
            hit_at="at",
            nth=pl.int_range(pl.len()).over("pool"),
            fitting=pl.len().over("pool"),
        )
    )


def _answers(writes: pl.DataFrame, supply: pl.DataFrame, deploys: pl.DataFrame) -> pl.DataFrame:
    """PATTERN_ANSWERS: how many calls fit a write's pool and, where they are enough, the one that answers for it."""
    # SST's terminal shows an operation when it has ended: one on a list may have been under way when it was stopped,
    # or when its log was cut.
    ended = pl.col("result").is_in(["succeeded", "failed"]).fill_null(value=False)
    stopped = deploys.filter(~ended)["id"].implode()
    open_ended = (pl.col("reported") == "unfinished").any().over("deploy")
    unseen = pl.col("deploy").is_in(stopped) & ~open_ended & pl.col("key").str.ends_with(ROUTES)
    # The outputs of one that returned before it wrote say so: it has no call, like one that failed.
    done, failed = _called(), (pl.col("reported") == "failed") | _returned_early()
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
    counts = supply.select("pool", "fitting", "namespaces", "least").unique()
    offered = numbered.join(counts, on="pool", how="left").join(
        supply.select("pool", "nth", "event_id", "hit_at"), on=["pool", "nth"], how="left"
    )
    # Resources of an unknown stack have a namespace each: calls in one namespace answer for one of them.
    enough = pl.when("unknown").then(pl.col("namespaces")).otherwise(pl.col("fitting")) >= pl.col("needed")
    # Of operations without an end some made what calls are left over, or what another one that ended well did not
    # make, and it cannot be decided which. An update always writes.
    left = pl.col("fitting").fill_null(0).cast(pl.Int64) - pl.col("needed")
    may_be = (left > 0) | (pl.col("may_have_dropped").any().over("pool") & (left == 0))
    open_calls = may_be & (left < pl.col("unended")) & (pl.col("fitting") > 0)
    contested = (open_calls & (~pl.col("ended") | pl.col("may_have_dropped"))).fill_null(False)
    answers = offered.select(
        "write",
        "rivals",
        pl.col("fitting").fill_null(0),
        spare=~pl.col("unknown") & (pl.col("least").fill_null(0) > pl.col("rivals")),
        contested=contested,
        event_id=pl.when(enough & ~contested).then("event_id"),
        hit_at=pl.when(enough & ~contested).then("hit_at"),
        hit_confidence=pl.lit("low"),
    )
    return widened(answers, PATTERN_ANSWERS)


def _returned_early() -> pl.Expr:
    """Whether the log's outputs show that the operation succeeded without a call."""
    return pl.col("unset").fill_null(value=False) & (pl.col("reported") == "succeeded")


def _called() -> pl.Expr:
    """Whether the log says that the operation made its call."""
    return (pl.col("reported") == "succeeded") & ~_returned_early()


def _failed(failed: pl.DataFrame, good: pl.DataFrame) -> pl.DataFrame:
    """The failed write calls of each pool in the columns of FAILED_ATTEMPTS, with `pool` for `write`."""
    writers = good.unique("pool", keep="first", maintain_order=True).select("pool", hit_writer="writer")
    again = pl.col("resolved") & (pl.col("hit_writer") == pl.col("writer")).fill_null(False)
    numbered = (
        resolved(failed, good, "pool")
        .join(writers, on="pool", how="left")
        .sort("at", "event_id")
        .with_row_index("row")
        .with_columns(
            total=pl.len().over("pool").cast(COUNT),
            recovered=pl.col("event_id").filter(again).n_unique().over("pool").cast(COUNT),
            shown=pl.int_range(pl.len()).over("pool") < MOST_SHOWN,
        )
    )
    words = numbered.filter(~pl.col("resolved")).unique(
        ["pool", "error_code", "error_message"], keep="last", maintain_order=True
    )
    chosen = pl.concat([numbered.filter("shown"), words]).unique("row", maintain_order=True)
    return chosen.drop("row", "shown", "hit_writer")


def _fits(answers: pl.DataFrame, writes: pl.DataFrame) -> pl.DataFrame:
    """FITS: all writes of a pool that have a call; the order of the log's lines does not prove which call is whose.

    Every write points to a node that stands for the pool, and the node to every write.
    """
    answered_writes = answers.filter(pl.col("event_id").is_not_null()).select("write")
    pooled = answered_writes.join(writes.select("pool", write="id"), on="write").filter(
        pl.len().over("pool") > 1
    )
    node = pl.format("pool {}", "pool")
    arrows = [pooled.select("write", partner=node), pooled.select(write=node, partner="write")]
    return conform(pl.concat(arrows), FITS)


def _reads(writes: pl.DataFrame, calls: pl.DataFrame, writers: pl.DataFrame) -> pl.DataFrame:
    """READS of the routes keys of the inferred store in the window, by the deploy's writers where these are known."""
    callers = writers.select("deploy", "by").unique()
    windows = (
        writes.filter(pl.col("key").str.ends_with(ROUTES))
        .join(callers, on="deploy", how="left")
        .select(
            "low",
            "high",
            store="inferred_store",
            write="id",
            by=pl.col("by").fill_null(ANYBODY),
            owned=known_reader(),
        )
    )
    of_lists = calls.filter((pl.col("api") == "GetKey") & pl.col("key").str.ends_with(ROUTES))
    reads = pl.concat([of_lists, of_lists.with_columns(by=pl.lit(ANYBODY, COUNT))]).select(
        "store",
        "by",
        "at",
        "event_id",
        "error_code",
        unknown=pl.col("ok").is_null(),
        ok=pl.col("ok").fill_null(value=True),
        absent=not_found(),
        part="key",
    )
    window_reads = within(windows, reads, ["store", "by"])
    good = (pl.col("ok") | pl.col("absent")).sum().cast(COUNT)
    counts = window_reads.group_by("write").agg(
        good=good,
        own_good=good,
        own_reads=pl.col("ok").sum().cast(COUNT),
        attempts=pl.lit(0, COUNT),
        read_owned=pl.col("owned").all(),
        reads_unknown=pl.col("unknown").any(),
    )
    return read_summary(window_reads, counts)
