"""Namespaces of which nothing is left: all that is known of them was deleted, as the removal of a site does.

`sst remove` deletes every key of the namespace of each KvKeys (docs/facts/sst-output.md#42-calls-per-operation). The
log of such a removal is often not at hand. Nor does anything but its log show that it was meant: another component that
shares the namespace deletes the same. So what was lost by it stays lost, and the report asks first.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import polars as pl

from analyzer.resources.shown import sst_types
from analyzer.tables import empty
from analyzer.verdicts.healing import heal
from analyzer.verdicts.principals import principal
from analyzer.verdicts.tables import HEALS

_SHOWN: Final = "%Y-%m-%d %H:%M:%SZ"
_ROLE_OR_USER: Final = r"^arn:(?:[^:]*:){4}[^/:]+/(.+)$"
_AT_ONCE: Final = timedelta(minutes=10)
"""How long the deletes of one removal may take."""


def taken_down(broken: pl.DataFrame, final: pl.DataFrame, later: pl.DataFrame) -> pl.DataFrame:
    """HEALS: lost writes of SST's kinds whose loss is the deletion of their whole namespace.

    By the deploy's own principal, at once, by calls that no available log explains, and nothing was put since.

    Args:
        broken: the writes that are not in place, with `place` and `since`.
        final: FINAL_VERDICTS.
        later: the successful write calls, of ORDERED_CALLS.
    """
    lost = broken.filter(
        (pl.col("verdict") == "lost")
        & pl.col("loss_event_id").is_not_null()
        & pl.col("type").is_in(sst_types())
        & pl.col("place").is_not_null()
    ).select("id", "event_id", "loss_event_id", store="place", namespace=_namespace())
    if lost.is_empty():
        return empty(HEALS)
    by = later.select("event_id", maker=principal()).unique("event_id")
    found = (
        lost.join(by, on="event_id")
        .join(_left_empty(lost, later), on=["store", "namespace"])
        .filter(
            (pl.col("principals") == 1)
            & (pl.col("principal") == pl.col("maker"))
            & (pl.col("last") - pl.col("first") <= _AT_ONCE)
            & pl.col("events").list.contains(pl.col("loss_event_id"))
        )
    )
    claimed = final.select(events="event_id").drop_nulls()
    explained = found.select("id", "events").explode("events").join(claimed, on="events", how="semi")
    found = found.join(explained, on="id", how="anti")
    told = pl.format(
        "all of namespace {} was deleted at {} by {}, as sst remove does; its log was not given",
        "namespace",
        pl.col("last").dt.strftime(_SHOWN),
        pl.coalesce(pl.col("caller").str.extract(_ROLE_OR_USER, 1), "caller"),
    )
    return found.select("id", **heal(told, "removal", at="last", healer="caller"))


def emptied(broken: pl.DataFrame, later: pl.DataFrame) -> pl.DataFrame:
    """HEALS: puts in whose namespace nothing is left but what a later call deleted.

    Args:
        broken: the writes that are not in place, with `place` and `since`.
        later: the successful write calls, of ORDERED_CALLS.
    """
    asked = broken.filter(
        pl.col("action") == "put", pl.col("since").is_not_null(), pl.col("place").is_not_null()
    ).select("id", "since", "loss_event_id", store="place", namespace=_namespace())
    if asked.is_empty() or not (later["effect"] == "delete").any():
        return empty(HEALS)
    found = asked.join(_left_empty(asked, later), on=["store", "namespace"]).filter(
        (pl.col("last") > pl.col("since")) & pl.col("event_id").ne_missing(pl.col("loss_event_id"))
    )
    by = pl.format(
        "all that is known of its namespace was deleted later, as the removal of the stage does: {} by {} at {}",
        "api",
        pl.col("caller").fill_null("an unknown caller"),
        pl.col("last").dt.strftime(_SHOWN),
    )
    return found.select("id", **heal(by, "removal", at="last", healer="caller"))


def _left_empty(asked: pl.DataFrame, later: pl.DataFrame) -> pl.DataFrame:
    """The namespaces of `asked` whose every known key was deleted last.

    `store, namespace, first, last` (the times of these deletes), `events`, `principal`, `principals`; and of the last
    one `api, caller, event_id`.
    """
    keys = later.select("store", "key").unique().with_columns(namespace=_namespace())
    of_namespaces = keys.join(
        asked.select("store", "namespace").unique(), on=["store", "namespace"], how="semi"
    )
    ends = (
        later.join(of_namespaces, on=["store", "key"])
        .sort("at", "run", "position")
        .group_by("store", "namespace", "key")
        .last()
    )
    return (
        ends.group_by("store", "namespace")
        .agg(
            gone=(pl.col("effect") == "delete").all(),
            first=pl.col("at").min(),
            last=pl.col("at").max(),
            events=pl.col("event_id").unique(),
            principals=principal().n_unique(),
            principal=principal().first(),
            by=pl.struct("at", "api", "caller", "event_id").sort_by("at").last(),
        )
        .filter("gone")
        .with_columns(
            api=pl.col("by").struct.field("api"),
            caller=pl.col("by").struct.field("caller"),
            event_id=pl.col("by").struct.field("event_id"),
        )
        .drop("by")
    )


def _namespace() -> pl.Expr:
    return pl.col("key").str.split(":").list.first()
