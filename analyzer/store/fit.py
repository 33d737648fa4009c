"""Whether the evidence is about the stores that the deploys wrote to.

A listing of another store, or a trail of another account, proves nothing, and a report must not use it as evidence.

A listing that names its store must name one of the writes'. One that does not is of the store with which it shares a
namespace (SST hashes it from app, stage and component: docs/facts/sst-output.md#41-components), if there is just one
such store, and the trail has no write of that namespace in another: the same app and stage in another account have the
same namespaces, and so has a store that was made anew. A text log names no store: a listing fits it that has keys of
its namespaces, or is of a store in the trail. A trail is another's if it has no call on any of the stores, and all
accounts or Regions that it names are others; calls on key-value stores are recorded in us-east-1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.tables import CALLS, MISFITS, conform, empty, from_columns

if TYPE_CHECKING:
    from collections.abc import Collection

_UNNAMED: Final = "it does not name its store: give it as --keys ARN=FILE"

_SHARED: Final = "it may be of any of several stores with its namespaces ({}): give it as --keys ARN=FILE"


def fitted(
    table: pl.DataFrame, keys: pl.DataFrame, writes: pl.DataFrame, calls: pl.DataFrame | None = None
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """LISTINGS of those that fit, each with its store and its time; and MISFITS, of those that do not.

    Args:
        table: LISTINGS.
        keys: KEYS of them.
        writes: WRITES.
        calls: CALLS of the trail.
    """
    if table.is_empty():
        return table, empty(MISFITS)
    placed = writes.filter(pl.col("store").is_not_null() & ~pl.col("pattern")).select(
        "store", namespace=_namespace()
    )
    stores = placed["store"].unique()
    shared = (
        keys.select("listing", namespace=_namespace())
        .join(placed.unique(), on="namespace")
        .unique(["listing", "store"])
    )
    calls = empty(CALLS) if calls is None else calls
    named = (
        table.join(_by_namespace(shared), on="listing", how="left", maintain_order="left")
        .join(_elsewhere(table, keys, placed, calls), on="listing", how="left", maintain_order="left")
        .with_columns(told=pl.when(pl.col("twins").is_null()).then("told"))
        .with_columns(
            store=pl.coalesce("store", "told"),
            store_by=pl.coalesce("store_by", pl.when(pl.col("told").is_not_null()).then(pl.lit("keys"))),
        )
        .join(
            shared.select("listing", "store", shares=pl.lit(value=True)), on=["listing", "store"], how="left"
        )
    )
    has_text, of_text = _of_text(keys, writes)
    recorded = calls["store"].drop_nulls().unique()
    in_trail = pl.col("store").is_in(recorded.to_list()) & pl.lit(has_text)
    by_text = pl.col("listing").is_in(of_text.to_list()) | in_trail.fill_null(False)
    with_reasons = named.with_columns(reason=_reason(stores, by_text, has_text=has_text))
    misfits = with_reasons.filter(pl.col("reason").is_not_null()).with_columns(kind=pl.lit("keys"))
    return with_reasons.filter(pl.col("reason").is_null()).select(table.columns), conform(misfits, MISFITS)


def trail_misfit(
    writes: pl.DataFrame,
    calls: pl.DataFrame,
    accounts: Collection[str],
    regions: Collection[str],
    source: str,
) -> pl.DataFrame:
    """MISFITS: a row where the trail is of another account or Region than the stores that were written to.

    Args:
        writes: WRITES.
        calls: CALLS.
        accounts: those that the trail's files and records name.
        regions: those that they are of.
        source: the first of the trail's files.
    """
    stores = writes["store"].drop_nulls().unique()
    if stores.is_empty() or calls["store"].is_in(stores.to_list()).any():
        return pl.DataFrame(schema=MISFITS)
    expected = set(stores.str.split(":").list.get(4, null_on_oob=True).drop_nulls())
    reason = None
    if accounts and expected and not expected & set(accounts):
        reason = (
            f"it is of account {_listed(accounts)}, and the deploys wrote to stores of {_listed(expected)}"
        )
    elif regions and "us-east-1" not in regions:
        reason = f"it is of {_listed(regions)}, and calls on key-value stores are recorded in us-east-1"
    row: dict[str, list[str | None]] = {"kind": ["trail"], "source": [source], "reason": [reason]}
    return from_columns(row, MISFITS).filter(pl.col("reason").is_not_null())


def _by_namespace(shared: pl.DataFrame) -> pl.DataFrame:
    """`listing, told`: the only store with which a listing shares a namespace."""
    return shared.filter(pl.len().over("listing") == 1).select("listing", told="store")


def _elsewhere(
    table: pl.DataFrame, keys: pl.DataFrame, placed: pl.DataFrame, calls: pl.DataFrame
) -> pl.DataFrame:
    """`listing, twins`: of a listing without a name, the stores in words, where several have its namespaces.

    Args:
        table: LISTINGS.
        keys: KEYS of them.
        placed: `store, namespace` of the writes.
        calls: CALLS.
    """
    unnamed = table.filter(pl.col("store").is_null()).select("listing")
    namespaces = keys.join(unnamed, on="listing", how="semi").select("listing", namespace=_namespace())
    mine = namespaces.unique().join(placed.unique(), on="namespace")
    written = pl.col("ok") & (pl.col("effect") == "put") & pl.col("store").is_not_null()
    of_trail = (
        calls.filter(written & _namespace().is_in(mine["namespace"].unique().implode()))
        .select("store", namespace=_namespace())
        .unique()
        .join(mine.drop("store"), on="namespace")
    )
    known = [each.select("listing", "store") for each in (mine, of_trail)]
    several = pl.concat(known).unique().group_by("listing").agg(pl.col("store").sort())
    by_trail = several.filter(pl.col("store").list.len() > 1).join(of_trail, on="listing", how="semi")
    return by_trail.select("listing", twins=pl.col("store").list.join(", "))


def _of_text(keys: pl.DataFrame, writes: pl.DataFrame) -> tuple[bool, pl.Series]:
    """Whether there are writes whose store no log names; and the listings that have keys of their namespaces."""
    texts = writes.filter(pl.col("store").is_null())
    of_entry = pl.col("entry").str.split(",").list.get(1, null_on_oob=True)
    named = pl.concat([texts.select(namespace=_namespace()), texts.select(namespace=of_entry)])
    namespaces = named.filter(pl.col("namespace").str.contains("^[0-9a-f]{4}$")).unique()
    shared = keys.select("listing", namespace=_namespace()).join(namespaces, on="namespace", how="semi")
    return not texts.is_empty(), shared["listing"].unique()


def _reason(stores: pl.Series, by_text: pl.Expr, *, has_text: bool) -> pl.Expr:
    """Why a listing is not used; null where it is.

    Args:
        stores: those that the deploy logs name.
        by_text: whether it fits a text log, which names no store.
        has_text: whether there is one.
    """
    expected = ", ".join(stores.sort())
    of_ours = pl.col("store").is_in(stores.to_list())
    stranger = pl.format("it is of {}, and the deploys wrote to {}", "store", pl.lit(expected))
    return (
        pl.when(pl.col("problem").is_not_null())
        .then("problem")
        .when(pl.col("at").is_not_null() & (by_text | (pl.col("live") == "gone").fill_null(False)))
        .then(None)
        .when(pl.lit(stores.is_empty() and has_text))
        .then(
            pl.concat_str(
                pl.lit(
                    "the deploy logs name no store, and none of its keys is in a namespace that they name"
                ),
                pl.when(pl.col("live").is_not_null())
                .then(pl.lit(": it is another store, or nothing of the deploy is in it"))
                .otherwise(pl.lit("")),
            )
        )
        .when(pl.lit(stores.is_empty()))
        .then(pl.lit("the deploy logs name no store with which it could be compared"))
        .when(pl.col("store").is_null() & pl.col("twins").is_not_null())
        .then(pl.format(_SHARED, "twins"))
        .when(pl.col("store").is_null() & (pl.col("items") > 0))
        .then(
            pl.format(
                "no one store that the deploys wrote to ({}) shares a namespace with its keys; " + _UNNAMED,
                pl.lit(expected),
            )
        )
        .when(pl.col("store").is_null())
        .then(pl.lit(f"it is empty, and {_UNNAMED}"))
        .when(~of_ours)
        .then(stranger)
        .when(
            (pl.col("store_by") == "user")
            & pl.col("shares").is_null()
            & (pl.col("items") > 0)
            & ~pl.col("bare").fill_null(False)
        )
        .then(pl.lit("none of its keys is in a namespace that the deploys wrote to"))
        .when(pl.col("at").is_null())
        .then(pl.lit("its time is not known: give --keys-at"))
    )


def _namespace() -> pl.Expr:
    return pl.col("key").str.split(":").list.first()


def _listed(words: Collection[str]) -> str:
    return ", ".join(sorted(words))
