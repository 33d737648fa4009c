"""What a row of a text log shows of an operation: whether it has a key to write."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from analyzer.grammar.nested import diff_keys

if TYPE_CHECKING:
    from collections.abc import Sequence


def writing(operations: pl.DataFrame, properties: Sequence[str]) -> pl.DataFrame:
    """Those of `operations` that may have a key to write, with `unsure`.

    An update whose `[diff: …]` names none of `properties` (keys come from these) changes no key. Neither does a delete
    that leaves the cloud alone (`[retain]`). Where the text lists no changed properties, as SST's terminal does not,
    an update may have had no key to change: it is `unsure`.
    """
    updates = pl.col("op").eq_missing("update")
    changes = pl.col("changes")
    return (
        operations.with_columns(_names_any(operations["message"], properties).alias("changes"))
        .filter(~retained() & (~updates | changes.fill_null(value=True)))
        .with_columns(unsure=updates & changes.is_null())
        .drop("changes")
    )


def retained() -> pl.Expr:
    """Whether a row of text shows `[retain]`: its reader then leaves that, and nothing else, in `old`."""
    return pl.col("old").str.contains("retainOnDelete", literal=True).fill_null(False)


def _names_any(messages: pl.Series, properties: Sequence[str]) -> pl.Series:
    """Whether the row's list of changed properties names one of `properties`; null where it has no list."""
    listed = diff_keys(messages).select(changed=pl.concat_list("added", "deleted", "updated"))["changed"]
    return listed.list.set_intersection(list(properties)).list.len() > 0
