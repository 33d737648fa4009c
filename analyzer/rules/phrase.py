"""The words that the rules' messages share: a write, a store, a cause and an error, as polars expressions."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Mapping


def store(unknown: str = "store unknown") -> pl.Expr:
    """`store 5f1c0d2e`: the first part of the store's id, the last part of its ARN."""
    arn = pl.col("store")
    short = arn.str.split("/").list.last().str.split("-").list.first()
    return pl.when(arn.is_null()).then(pl.lit(unknown)).otherwise(pl.format("store {}", short))


def resource(column: str = "name") -> pl.Expr:
    """The resource's name without the class that SST appends: `SiteKvKeys`."""
    return pl.col(column).str.replace(r"\.sst\.aws\.\w+$", "").fill_null("unknown resource")


@cache
def write() -> pl.Expr:
    """What was meant and where: `Entry site,50f6,,/ of key 7c62:routes (SiteRoutesUpdate, store 5f1c)`."""
    key = (
        pl.when(pl.col("key").is_null())
        .then(pl.lit("an unknown key"))
        .when(pl.col("pattern"))
        .then(pl.format("a key like {}", pl.col("key")))
        .otherwise(pl.format("key {}", pl.col("key")))
    )
    entry = (
        pl.when(pl.col("entry").is_null()).then(pl.lit("an entry")).otherwise(pl.format("entry {}", "entry"))
    )
    action = pl.col("action")
    what = (
        pl.when(action == "append")
        .then(pl.format("{} of {}", entry, key))
        .when(action == "remove")
        .then(pl.format("the removal of {} from {}", entry, key))
        .when(action == "delete")
        .then(pl.format("the deletion of {}", key))
        .otherwise(key)
    )
    return pl.format("{} ({}, {})", _capital(what), resource(), store())


def one_of(*causes: str) -> pl.Expr:
    """Whether something of these causes is certain of one of several writes, and nothing tells of which."""
    return (pl.col("verdict") == "unverifiable") & pl.col("cause").is_in(causes).fill_null(False)


def write_or_another(shared: pl.Expr) -> pl.Expr:
    """`write`; and where it is one of several, that it may be another."""
    another = pl.when(shared).then(pl.lit(", or another whose calls fit as well,")).otherwise(pl.lit(""))
    return pl.concat_str(write(), another)


def cause(meanings: Mapping[str, str], otherwise: str) -> pl.Expr:
    """The clause for the verdict's cause."""
    return pl.col("cause").replace_strict(dict(meanings), default=pl.lit(otherwise), return_dtype=pl.String())


def error() -> pl.Expr:
    """` (UpdateKeys: AccessDeniedException)`, where the log names the error; else empty."""
    said = pl.concat_str("error_api", "error_code", separator=": ", ignore_nulls=True)
    return pl.when(said == "").then(pl.lit("")).otherwise(pl.format(" ({})", said))


def about_writes(writes: pl.DataFrame, message: pl.Expr) -> pl.DataFrame:
    """What `Rule.find` gives, a finding for each of `writes` (rows of `Case.writes`)."""
    if writes.is_empty():
        return pl.DataFrame()
    return writes.select("confidence", "deploy", "source", "line", write="id", message=message)


def _capital(text: pl.Expr) -> pl.Expr:
    return text.str.head(1).str.to_uppercase() + text.str.slice(1)
