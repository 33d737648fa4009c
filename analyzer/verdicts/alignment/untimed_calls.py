"""The calls in the trail that deploys without times may have made.

In come CALLS and the namespaces of the scripts, out go `Calls`. What is looked at of a namespace, and of the lists of a
store, is limited: of what has more calls nothing is looked at, and the deploys that write it are in doubt for it.
Source: docs/facts/alignment.md#3-text-without-times
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.verdicts.matching.inferred_store import ROUTES, namespace_of_key

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

MOST_CALLS: Final = 5_000
"""Records of one namespace, or on the lists of one store: a deploy an hour for half a year."""

MOST_OF_ALL: Final = 200_000
"""Records of all of them together, in memory: those with the fewest first."""


@dataclass(frozen=True, slots=True)
class Call:
    """One write record: all its keys are of one namespace and one effect."""

    event: str
    at: float
    ok: bool | None  # None: its record does not say
    store: str
    first: bool  # no earlier success is known on its namespace, in this store
    keys: frozenset[str]


Lane = tuple[int, str | None, str]
"""A writer, a namespace (None: a list of routes, whichever) and an effect."""


@dataclass(frozen=True, slots=True)
class Successes:
    """The successful UpdateKeys of one writer on one store, by time, whatever they wrote; one for each record.

    Attributes:
        at: seconds.
        events: their ids.
        lists: whether all their keys are lists of routes, which others write too.
    """

    at: pl.Series
    events: pl.Series
    lists: pl.Series


@dataclass(frozen=True, slots=True)
class Calls:
    """What the trail holds that deploys without times may have made.

    Attributes:
        lanes: the calls of each lane, by time.
        reads: when each writer read a list of routes of a store.
        successes: of each writer on each store.
        writers: rows of caller, access key and account, in their order.
        machines: `event_id, source_ip, user_agent` of the calls.
        homes: the stores of the namespaces whose lists are sought.
        crowded: the namespaces, and the stores with lists, on which there are too many calls to look at.
    """

    lanes: Mapping[Lane, Sequence[Call]]
    reads: Mapping[tuple[int, str], Sequence[float]]
    successes: Mapping[tuple[int, str], Successes]
    writers: Sequence[Mapping[str, str | None]]
    machines: pl.DataFrame
    homes: Mapping[str, Collection[str]]
    crowded: frozenset[str] = frozenset()


_WHO: Final = ("caller", "access_key", "account")


def calls_of(calls: pl.DataFrame, namespaces: Collection[str], homes: Collection[str] = ()) -> Calls:
    """The calls on `namespaces`, in any store, those on lists of routes in these stores, and who made them.

    Args:
        calls: CALLS.
        namespaces: that the scripts write.
        homes: of the components of the scripts: in whose stores the lists are that they write.
    """
    writes = (
        calls.lazy()
        .filter((pl.col("api") == "UpdateKeys") & pl.col("key").is_not_null() & (pl.col("effect") != "read"))
        .with_columns(namespace=namespace_of_key())
        .collect()
    )
    at_home = writes.filter(pl.col("namespace").is_in(list({*namespaces, *homes})))
    home_stores = _homes(at_home, writes)
    of_stores = writes.filter(pl.col("store").is_in(home_stores["store"].unique().implode()))
    lists = of_stores.filter(pl.col("key").str.ends_with(ROUTES)).with_columns(
        namespace=pl.lit(None, pl.String)
    )
    own, crowded = _looked_at(
        pl.concat([at_home.filter(pl.col("namespace").is_in(list(namespaces))), lists]),
        pl.coalesce("namespace", "store"),
    )
    # By who they are: their order does not hang on what else is in the trail.
    writers = own.select(_WHO).unique().sort(_WHO).with_row_index("writer")
    known = writers.select(*_WHO, "writer")
    reads = calls.filter(
        (pl.col("api") == "GetKey")
        & pl.col("key").str.ends_with(ROUTES)
        & pl.col("store").is_in(home_stores["store"].unique().implode())
    ).join(known, on=_WHO, nulls_equal=True)
    return Calls(
        _lanes(own.join(known, on=_WHO, nulls_equal=True)),
        {(writer, store): sorted(times) for writer, store, times in _times(reads).iter_rows()},
        _successes(of_stores.join(known, on=_WHO, nulls_equal=True)),
        writers.drop("writer").to_dicts(),
        own.select("event_id", "source_ip", "user_agent").unique("event_id", keep="first"),
        dict(home_stores.group_by("namespace").agg("store").iter_rows()),
        crowded,
    )


def _homes(at_home: pl.DataFrame, writes: pl.DataFrame) -> pl.DataFrame:
    """`namespace, store`: where each namespace is named, and where a list is of the same router as a list there.

    The name of a list is made from app, stage and router: in another store it is that of a twin in another account, or
    of a store that was made anew.
    """
    named = at_home.select("namespace", "store").unique(maintain_order=True)
    lists = (
        writes.filter(pl.col("key").str.ends_with(ROUTES)).select("store", "key").unique(maintain_order=True)
    )
    twins = (
        named.join(lists, on="store")
        .join(lists, on="key", suffix="_twin")
        .select("namespace", store="store_twin")
    )
    return pl.concat([named, twins]).unique(maintain_order=True)


def _looked_at(rows: pl.DataFrame, place: pl.Expr) -> tuple[pl.DataFrame, frozenset[str]]:
    """The rows of the places that are looked at, and the places that have too many records for it."""
    counted = (
        rows.group_by(place=place)
        .agg(records=pl.col("event_id").n_unique())
        .sort("records", "place")
        .with_columns(few=(pl.col("records") <= MOST_CALLS) & (pl.col("records").cum_sum() <= MOST_OF_ALL))
    )
    crowded = counted.filter(~pl.col("few"))["place"]
    if crowded.is_empty():
        return rows, frozenset()
    return rows.filter(~place.is_in(crowded.implode())), frozenset(crowded.to_list())


def _times(reads: pl.DataFrame) -> pl.DataFrame:
    return reads.group_by("writer", "store").agg(pl.col("at").dt.epoch("us") / 1e6)


def _lanes(rows: pl.DataFrame) -> dict[Lane, list[Call]]:
    born = rows.filter("ok").group_by("store", "namespace").agg(born=pl.col("at").min())
    records = (
        rows.join(born, on=["store", "namespace"], how="left", nulls_equal=True)
        .group_by("writer", "namespace", "effect", "event_id", maintain_order=True)
        .agg(
            pl.col("at", "ok", "store").first(),
            first=(pl.col("at") <= pl.col("born")).fill_null(value=True).first(),
            keys=pl.col("key"),
        )
        .sort("at", maintain_order=True)
        .with_columns(pl.col("at").dt.epoch("us") / 1e6)
    )
    lanes: dict[Lane, list[Call]] = {}
    for writer, namespace, effect, event, at, ok, store, first, keys in records.iter_rows():
        lanes.setdefault((writer, namespace, effect), []).append(
            Call(event, at, ok, store, first, frozenset(keys))
        )
    return lanes


def _successes(rows: pl.DataFrame) -> dict[tuple[int, str], Successes]:
    records = (
        rows.filter("ok")
        .group_by("writer", "store", "event_id", maintain_order=True)
        .agg(pl.col("at").dt.epoch("us").first() / 1e6, lists=pl.col("key").str.ends_with(ROUTES).all())
        .sort("at", maintain_order=True)
    )
    return {
        (writer, store): Successes(part["at"], part["event_id"], part["lists"])
        for (writer, store), part in records.partition_by(
            "writer", "store", as_dict=True, maintain_order=True
        ).items()
    }


NO_CALLS: Final = Calls({}, {}, {}, (), pl.DataFrame(), {})
"""Where there is no script."""
