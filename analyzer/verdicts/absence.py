"""Whether the trail proves that a call was not made (docs/facts/cloudtrail.md#4-absence-of-evidence).

In come SPANS (the window of each write), the calls, their chain and what the trail speaks for. Out goes ABSENCE: for
each write how sure it is that no call is missing, with the evidence, or the cause of the doubt. For a store S and a
window W:

- **P1**: a successful write before W and one after it are in the same unbroken run of the chain. Every successful
  write between the two is available, whatever files are missing. `high`; `proven` where the run is unbroken over the
  whole deploy and two minutes beyond, so that a clock that was set within the deploy hides nothing.
- **P3**: the store is covered (`trail.coverage.spans`) from before W until 30 minutes after it. Delivery of records is
  best effort, so this is `high`.
- A run that begins with an empty store (its first write counts no more items than it put) needs no write before W:
  nothing came before it. `high`, because the size of a store is only an indication. It says nothing of keys that the
  first write itself put, nor of a time when data events were off.

A run that no later write closes proves nothing, however far the trail reaches. The one file that is missing may hold
the store's last write, or logging may have been switched off, and neither leaves a gap. (The model in tests/world makes
such worlds; docs/architecture.md#6-verdicts would have called the write `dropped` there.) The cause is reported.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, Literal

import polars as pl

from analyzer.tables import COVERED, TIME, conform, empty
from analyzer.trail.delivery import DELIVERY_LAG
from analyzer.verdicts.closing import is_listing
from analyzer.verdicts.columns import beside
from analyzer.verdicts.matching.tables import ABSENCE
from analyzer.verdicts.ranges import nearest, ranges
from analyzer.verdicts.unrecorded import unrecorded

if TYPE_CHECKING:
    from collections.abc import Sequence

_EVER = (datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC))

_AROUND_DEPLOY: Final = pl.duration(seconds=120)
"""What `proven` needs beyond the deploy (docs/facts/alignment.md, the table of section 4)."""

_WRONG_CLOCK: Final = pl.duration(hours=1)
"""How far the clock of a log may be off that no call aligns with the trail."""


@dataclass(frozen=True, slots=True)
class Extent:
    """What the trail speaks for.

    Attributes:
        begin: the earliest time, where that is known.
        reach: the latest time.
        covered: COVERED.
    """

    begin: datetime | None
    reach: datetime | None
    covered: pl.DataFrame = field(default_factory=lambda: empty(COVERED))


def absence(
    windows: pl.DataFrame,
    calls: pl.DataFrame,
    chain: pl.DataFrame,
    extent: Extent,
) -> pl.DataFrame:
    """For each window how sure it is that no successful write is missing, and why.

    Args:
        windows: SPANS.
        calls: ORDERED_CALLS.
        chain: CHAIN.
        extent: what the trail speaks for.

    Returns:
        ABSENCE.
    """
    fresh_stores = _fresh(calls, chain)
    parts = [
        _bracketed(windows, chain),
        _logged(windows, calls, chain),
        _keyless(windows, calls),
        _fresh_before(windows, fresh_stores),
        _covered(windows, extent.covered),
        _unrecorded(windows, unrecorded(extent.covered, chain)),
        _storeless(windows, calls),
        _unbroken(windows, chain, fresh_stores),
    ]
    signs = beside(windows, parts)
    blind = pl.col("keyless").fill_null(False)
    needed = pl.col("high") + DELIVERY_LAG
    reaches = (pl.lit(extent.reach, dtype=TIME) >= needed).fill_null(False)
    outside = (
        (pl.lit(extent.reach, dtype=TIME) < pl.col("low"))
        | (pl.lit(extent.begin, dtype=TIME) > pl.col("high"))
    ).fill_null(False)
    logged_here = pl.col("logged").fill_null(False)
    unchained = pl.col("upper_open").is_null()
    off_before = pl.col("off_before").fill_null(False)
    fresh = (pl.col("lower_run") == 0).fill_null(False) & pl.col("fresh").fill_null(False) & ~off_before
    p1 = pl.col("before").is_not_null() & pl.col("after").is_not_null()
    high = fresh & pl.col("after").is_not_null()
    p3 = pl.col("complete").is_not_null() & pl.col("storeless").is_null() & ~p1 & ~high
    open_end = unchained | pl.col("upper_open")
    proven = p1 & pl.col("whole").fill_null(False)
    reasoned = signs.select(
        "write",
        "before",
        "after",
        "between",
        "before_run",
        open_end=open_end,
        complete=pl.when(p3).then("complete"),
        unlogged=pl.when(~pl.col("selected")).then("unlogged"),
        absent=pl.when(blind)
        .then(None)
        .when(proven)
        .then(pl.lit("proven"))
        .when(p1 | high | p3)
        .then(pl.lit("high")),
        wide=(pl.col("wide").fill_null(False) | (p3 & pl.col("complete_wide").fill_null(False))) & ~blind,
        absent_doubt=pl.when(pl.col("low").is_null())
        .then(pl.lit("no_window"))
        .when(blind)
        .then(pl.lit("form_lost"))
        .when(p1 | high | p3)
        .then(None)
        .when(open_end & pl.col("unrecorded"))
        .then(pl.lit("data_events_off"))
        .when(open_end & ~logged_here & pl.col("off") & ~pl.col("selected"))
        .then(pl.lit("data_events_off"))
        .when(outside & ~logged_here)
        .then(pl.lit("not_covered"))
        .when(unchained & ~logged_here & ~pl.col("selected").fill_null(False))
        .then(pl.lit("data_events_off"))
        .when(~reaches & open_end)
        .then(pl.lit("trail_too_early"))
        .when(open_end)
        .then(pl.lit("chain_not_closed"))
        .otherwise(pl.lit("trail_gap")),
        reach_needed=pl.max_horizontal(needed, "low"),
    )
    return conform(reasoned, ABSENCE)


def _covered(windows: pl.DataFrame, covered: pl.DataFrame) -> pl.DataFrame:
    """What COVERED shows for each window.

    Gives `write, complete` (why the trail holds every write from before the window until the delivery lag after it),
    `selected` (the selectors ask for the writes), `off` (they do not), `unlogged` (which, and why), `off_before` (they
    did not when the window began) and `complete_wide` (the trail holds every write within an hour of the deploy).
    """
    if covered.is_empty():
        return empty(_OF_COVERED)
    spans = covered.with_columns(pl.col("start").fill_null(_EVER[0]), pl.col("end").fill_null(_EVER[1]))
    windows_of_stores = windows.drop_nulls(["low", "high", "store"]).select(
        "write", "store", "low", "high", "deploy_low", "deploy_high"
    )
    during = windows_of_stores.join(spans, on="store").filter(
        (pl.col("start") <= pl.col("low")) & (pl.col("low") <= pl.col("end"))
    )
    is_covered = pl.col("kind") == "covered"
    throughout = pl.col("end") >= pl.col("high")
    reaches = pl.col("end") >= pl.col("high") + DELIVERY_LAG
    around = (pl.col("start") <= pl.col("deploy_low") - _WRONG_CLOCK) & (
        pl.col("end") >= pl.col("deploy_high") + _WRONG_CLOCK
    )
    return (
        during.sort("start", "trail", "why")
        .group_by("write")
        .agg(
            complete=pl.col("why").filter(is_covered & reaches).first(),
            complete_wide=(is_covered & around).any(),
            selected=((pl.col("kind") != "off") & throughout).any(),
            off=((pl.col("kind") == "off") & throughout).any(),
            unlogged=pl.format("trail {}: {}", "trail", "why")
            .filter((pl.col("kind") == "off") & throughout)
            .first(),
            off_before=(pl.col("kind") == "off").any(),
        )
    )


_OF_COVERED: Final = pl.Schema(
    {
        "write": pl.String(),
        "complete": pl.String(),
        "complete_wide": pl.Boolean(),
        "selected": pl.Boolean(),
        "off": pl.Boolean(),
        "unlogged": pl.String(),
        "off_before": pl.Boolean(),
    }
)


def _unrecorded(windows: pl.DataFrame, since: pl.DataFrame) -> pl.DataFrame:
    """`write, unrecorded`: whether the window ends when calls on its store were recorded no more."""
    late = pl.col("high").dt.epoch("us") / 1_000_000 >= pl.col("unrecorded_since")
    return windows.join(since, on="store").select("write", unrecorded=late.fill_null(value=False))


def _storeless(windows: pl.DataFrame, calls: pl.DataFrame) -> pl.DataFrame:
    """`write, storeless`: whether a write in the window, unless it failed, names no store, and so may be on any."""
    unfailed = pl.col("ok").fill_null(True)
    unnamed = calls.filter(unfailed & (pl.col("effect") != "read") & pl.col("store").is_null())
    return _holding(windows, unnamed, []).select("write", storeless=pl.lit(value=True)).unique()


def _bracketed(windows: pl.DataFrame, chain: pl.DataFrame) -> pl.DataFrame:
    """The last record before each window and the first after it, where both are of one run.

    `lower_run` is the run that the window begins in (0: the first available), `upper_open`: whether this run is the
    store's last one, so that nothing available contradicts silence after the window.
    """
    records = chain.select("store", "run", "position", "event_id", "at").sort("at", "run", "position")
    last_run = chain.group_by("store").agg(last_run=pl.col("run").max())
    of_stores = windows.filter(pl.col("low").is_not_null() & pl.col("store").is_not_null()).select(
        "write", "store", "low", "high"
    )
    both = _nearest(_nearest(of_stores, records, "before"), records, "after")
    inside = _runs_inside(of_stores, chain)
    one_run = (pl.col("before_run") == pl.col("after_run")).fill_null(False)
    lower_run = pl.coalesce("before_run", "run_inside", "after_run")
    upper_run = pl.coalesce("after_run", "run_inside", "before_run")
    whole = pl.col("whole_inside").fill_null(True)
    return (
        both.join(last_run, on="store", how="left")
        .join(inside, on="write", how="left")
        .select(
            "write",
            before=pl.when(one_run | (pl.col("after").is_null() & whole & (lower_run == upper_run))).then(
                "before"
            ),
            after=pl.when(one_run | (pl.col("before").is_null() & whole & (lower_run == upper_run))).then(
                "after"
            ),
            before_run="before_run",
            between=pl.when(one_run).then(pl.col("after_position") - pl.col("before_position") - 1),
            lower_run=pl.when((lower_run == upper_run) & whole).then(lower_run),
            upper_open=pl.when(pl.col("last_run").is_not_null()).then(
                (pl.col("after").is_null() | is_listing(pl.col("after")))
                & (upper_run == pl.col("last_run"))
                & (lower_run == upper_run)
                & whole
            ),
        )
    )


def _nearest(windows: pl.DataFrame, records: pl.DataFrame, side: Literal["before", "after"]) -> pl.DataFrame:
    """`windows` with the last record before each, or the first after it: its event id as `side`, and `side_…`."""
    of_side = {name: f"{side}_{name}" for name in ("at", "run", "position")} | {"event_id": side}
    edge = "low" if side == "before" else "high"
    return windows.sort(edge).join_asof(
        records.rename(of_side),
        left_on=edge,
        right_on=of_side["at"],
        by="store",
        strategy="backward" if side == "before" else "forward",
        allow_exact_matches=False,
        check_sortedness=False,
    )


def _runs_inside(windows: pl.DataFrame, chain: pl.DataFrame) -> pl.DataFrame:
    """`write, whole_inside, run_inside`: whether the records within each window are of one run, and of which."""
    records = chain.select("store", "at", "run").sort("store", "at", "run")
    rows = windows.select("write").hstack(ranges(windows, records, ["store"]))
    inside = rows.filter(pl.col("first") < pl.col("past"))
    # The runs of a store follow each other in time: where the first and the last are the same, so are all between.
    changed = (pl.col("run") != pl.col("run").shift()) | (pl.col("store") != pl.col("store").shift())
    since = records.select(nearest(changed.fill_null(True), forward=False).alias("row")).to_series()
    whole = since.gather(inside["past"] - 1) <= inside["first"]
    run = records["run"].gather(inside["first"])
    return inside.select("write", whole_inside=whole, run_inside=pl.when(whole).then(run))


def _logged(windows: pl.DataFrame, calls: pl.DataFrame, chain: pl.DataFrame) -> pl.DataFrame:
    """`write, logged`: whether the trail holds any write call on the store, made during the deploy."""
    deploys = windows.select("deploy", "store", low="deploy_low", high="deploy_high").drop_nulls().unique()
    by_calls = calls.lazy().filter(pl.col("effect") != "read").select("store", "at")
    links = chain.lazy().filter(~is_listing(pl.col("event_id"))).select("store", "at")
    written = pl.concat([by_calls, links]).unique().collect()
    busy = _holding(deploys, written, ["store"]).select("deploy", "store", logged=pl.lit(value=True)).unique()
    return (
        windows.select("write", "deploy", "store")
        .join(busy, on=["deploy", "store"], how="left")
        .select("write", "logged")
    )


def _keyless(windows: pl.DataFrame, calls: pl.DataFrame) -> pl.DataFrame:
    """`write, keyless`: whether a write in the window, unless it failed, names no key, and so may be on any."""
    keyless = pl.col("ok").fill_null(True) & (pl.col("effect") != "read") & pl.col("key").is_null()
    unnamed = calls.lazy().filter(keyless).select("store", "at").collect()
    return _holding(windows, unnamed, ["store"]).select("write", keyless=pl.lit(value=True)).unique()


def _holding(windows: pl.DataFrame, moments: pl.DataFrame, on: Sequence[str]) -> pl.DataFrame:
    """Those of `windows` that hold any of `moments`."""
    if moments.is_empty():
        return windows.clear()
    rows = ranges(windows, moments.sort(*on, "at"), on)
    return windows.filter(rows["first"] < rows["past"])


def _fresh(calls: pl.DataFrame, chain: pl.DataFrame) -> pl.DataFrame:
    """`store, first_keys` of the stores whose first available write left them with just the keys that it put."""
    first = chain.filter((pl.col("run") == 0) & (pl.col("position") == 0)).select("store", "event_id")
    named = calls.select("store", "event_id", "effect", "key", "item_count").join(
        first, on=["store", "event_id"]
    )
    puts_alone = (pl.col("effect") == "put").all() & (pl.col("item_count").first() == pl.len())
    return (
        named.group_by("store")
        .agg(first_keys=pl.col("key"), fresh=puts_alone.fill_null(False))
        .filter("fresh")
        .drop("fresh")
    )


def _fresh_before(windows: pl.DataFrame, fresh_stores: pl.DataFrame) -> pl.DataFrame:
    """`write, fresh`: whether the store was empty before its first available write, which did not put the write's key.

    Of a pattern `NAMESPACE:*` or `*:NAME` no key may fit.
    """
    if fresh_stores.is_empty():
        return windows.clear().select("write", fresh=pl.lit(value=True))
    first = fresh_stores.explode("first_keys")
    fitting = (
        windows.select("write", "store", prefix=pl.col("key").str.extract(r"^([^*]*)\*?"), suffix=_suffix())
        .join(first, on="store")
        .filter(
            pl.col("first_keys").is_null()
            | (
                pl.col("first_keys").str.starts_with(pl.col("prefix"))
                & pl.col("first_keys").str.ends_with(pl.col("suffix"))
            )
        )
        .select("write")
        .unique()
    )
    return (
        windows.select("write", "store")
        .join(fresh_stores, on="store", how="semi")
        .join(fitting, on="write", how="anti")
        .select("write", fresh=pl.lit(value=True))
    )


def _suffix() -> pl.Expr:
    """What a key must end with to fit `key`, which may have one `*`."""
    parts = pl.col("key").str.split("*")
    return pl.when(pl.col("key").str.contains("*", literal=True)).then(parts.list.last()).otherwise("key")


def _unbroken(windows: pl.DataFrame, chain: pl.DataFrame, fresh_stores: pl.DataFrame) -> pl.DataFrame:
    """`write, whole, wide`: whether one run of the chain covers the whole deploy and a margin beyond, or a wide one.

    A store that was empty before its first write needs no write before that.
    """
    if chain.is_empty():
        return pl.DataFrame(schema={"write": pl.String, "whole": pl.Boolean, "wide": pl.Boolean})
    deploys = windows.select("deploy", "store", "deploy_low", "deploy_high").drop_nulls().unique()
    of_deploys = pl.concat(
        deploys.select(
            "deploy",
            "store",
            write=pl.format(f"{what} {{}}", pl.int_range(pl.len())),
            low=(pl.col("deploy_low") - margin).cast(TIME),
            high=(pl.col("deploy_high") + margin).cast(TIME),
        )
        for what, margin in (("whole", _AROUND_DEPLOY), ("wide", _WRONG_CLOCK))
    )
    from_nothing = pl.col("lower_run") == 0
    seen = (
        _bracketed(of_deploys, chain)
        .join(of_deploys.select("write", "store", "deploy"), on="write")
        .join(fresh_stores.select("store", fresh=pl.lit(value=True)), on="store", how="left")
    )
    both = pl.col("before").is_not_null() & pl.col("after").is_not_null()
    since_empty = pl.col("after").is_not_null() & from_nothing & pl.col("fresh").fill_null(False)
    unbroken = (both | since_empty).fill_null(False)
    spans = seen.group_by("deploy", "store").agg(
        unbroken.filter(pl.col("write").str.starts_with(what)).any().alias(what) for what in ("whole", "wide")
    )
    return (
        windows.select("write", "deploy", "store")
        .join(spans, on=["deploy", "store"])
        .select("write", "whole", "wide")
    )
