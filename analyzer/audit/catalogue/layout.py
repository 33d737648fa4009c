"""Where the rows of each table stand: `<table>/store_id=<id>/month=<YYYY-MM>/data.parquet`, Hive's layout.

The id of a store is the last part of its ARN, without what a folder may not be called, and a hash of the whole ARN: two
stores never share a folder, whatever their names are. `unknown` is of rows without a store, or without a time.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.audit.tables import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Mapping

STORE_ID: Final = r"\A(?:unknown|[A-Za-z0-9_-]{1,65})\Z"
MONTH: Final = r"\A(?:unknown|[0-9]{4}-[0-9]{2})\Z"
FILE: Final = "data.parquet"
_STRANGE: Final = re.compile(r"[^A-Za-z0-9_-]")
_LONGEST: Final = 48
_HASH: Final = 16  # hex digits

_PLACES: Final[Mapping[str, tuple[pl.Expr, str]]] = {
    "deploys": (pl.col("stores").list.first(), "started_at"),
    "writes": (pl.coalesce("store", "place"), "deployed_at"),
    "findings": (pl.col("store"), "deployed_at"),
    "calls": (pl.col("store"), "at"),
    "chains": (pl.col("store"), "at"),
    "stores": (pl.col("arn"), ""),
    "lives": (pl.col("store"), ""),
    "inputs": (pl.lit(None, pl.String()), ""),
}
"""Of which store and time a row is, where its own columns say it; other tables follow their deploy."""


@dataclass(frozen=True, slots=True, order=True)
class Partition:
    """One folder of a table."""

    table: str
    store_id: str
    month: str

    @property
    def folder(self) -> tuple[str, str, str]:
        """The names of the folders, from the catalogue's on."""
        return (self.table, f"store_id={self.store_id}", f"month={self.month}")


def store_id(arn: str | None) -> str:
    """The name of a store's folder."""
    if not arn:
        return UNKNOWN
    last = _STRANGE.sub("_", arn.rsplit("/", 1)[-1])[:_LONGEST]
    return f"{last}-{hashlib.sha256(arn.encode('utf-8', 'surrogatepass')).hexdigest()[:_HASH]}"


def placed(table: str, frame: pl.DataFrame, deploys: pl.DataFrame) -> pl.DataFrame:
    """`frame` with `store_id` and `month`.

    Args:
        table: the table's name.
        frame: its rows.
        deploys: AUDIT_DEPLOYS, with those of the rows.
    """
    if table in _PLACES:
        store, time = _PLACES[table]
        at = pl.col(time) if time else pl.lit(None, pl.Datetime("us", "UTC"))
        return _named(frame, frame.with_columns(_store=store, _at=at).select(store="_store", at="_at"))
    deploy = pl.col("deploy") if "deploy" in frame.columns else pl.col("write").str.replace(r":[^:]*$", "")
    homes = deploys.select(deploy="id", store=pl.col("stores").list.first(), at="started_at")
    of = frame.select(deploy=deploy).join(homes, on="deploy", how="left", maintain_order="left")
    return _named(frame, of.select("store", "at"))


def _named(frame: pl.DataFrame, of: pl.DataFrame) -> pl.DataFrame:
    arns = of["store"].unique().to_list()
    ids = {arn: store_id(arn) for arn in arns if arn}
    return frame.with_columns(
        of.select(
            store_id=pl.col("store").replace_strict(ids, default=UNKNOWN, return_dtype=pl.String),
            month=pl.col("at").dt.strftime("%Y-%m").fill_null(UNKNOWN),
        )
    )
