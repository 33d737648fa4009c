"""Tables without credentials: each text in them is redacted, but in columns that hold identities or enumerations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.redaction.redact import redacted_series

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Clean = Callable[[pl.Series], pl.Series]

_SMALL: Final = 10_000  # rows
UNTOUCHED: Final = frozenset(
    {
        # identities that a service or this project made
        "event_id",
        "etag",
        "fingerprint",
        "if_match",
        "request_id",
        "update_id",
        # enumerations
        "action",
        "confidence",
        "effect",
        "fact",
        "form",
        "kind",
        "link",
        "outcome",
        "result",
        "severity",
        "signature",
        "verdict",
        # commands to copy: redacted, they would be other commands; where a value is a credential, there is no command
        "remedy",
    }
)


def redacted_table(table: pl.DataFrame) -> pl.DataFrame:
    """`table` with what looks like a credential replaced in each column of texts, also in lists and structs.

    The columns that UNTOUCHED names stay as they are.
    """
    return _with(table, redacted_series)


def redacted_tables(tables: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """Each table as `redacted_table` gives it: all texts are looked at together, which takes a fraction of the time."""
    columns = [(name, column) for name, table in tables.items() for column in _texts(table)]
    leaves = [[_distinct(leaf) for leaf in _leaves(tables[name][column])] for name, column in columns]
    if not any(leaves):
        return dict(tables)
    texts = pl.concat([leaf.alias("") for found in leaves for leaf in found])
    clean = redacted_series(texts)
    if clean is texts:
        return dict(tables)
    differs = (clean != texts).fill_null(value=False)
    known = pl.DataFrame({"old": texts.filter(differs), "new": clean.filter(differs)}).unique("old")
    changed = dict(tables)
    past = 0
    for (name, column), found in zip(columns, leaves, strict=True):
        first, past = past, past + sum(map(len, found))
        if differs.slice(first, past - first).any():
            cleaned = _cleaned(tables[name][column], lambda old: old.replace(known["old"], known["new"]))
            changed[name] = changed[name].with_columns(cleaned)
    return changed


def _with(table: pl.DataFrame, clean: Clean) -> pl.DataFrame:
    """`table` with each of its texts as `clean` gives it."""
    return table.with_columns(_cleaned(table[name], clean) for name in _texts(table))


def _texts(table: pl.DataFrame) -> list[str]:
    """The columns that hold texts that are redacted; none of a table without rows."""
    if table.is_empty():
        return []
    return [name for name, dtype in table.schema.items() if name not in UNTOUCHED and _holds_text(dtype)]


def _leaves(column: pl.Series) -> list[pl.Series]:
    """The texts of a column, also of lists and structs, as columns of texts."""
    if isinstance(column.dtype, pl.List):
        return _leaves(column.explode())
    if isinstance(column.dtype, pl.Struct):
        fields = column.struct.unnest()
        return [leaf for name in _texts(fields) for leaf in _leaves(fields[name])]
    return [column]


def _distinct(texts: pl.Series) -> pl.Series:
    """Each text once, where there are so many that this is worth it: those of a million calls are a few as a rule."""
    return texts.unique() if len(texts) > _SMALL else texts


def _holds_text(dtype: pl.DataType) -> bool:
    if isinstance(dtype, pl.List):
        return _holds_text(pl.Series(dtype=dtype).explode().dtype)
    return isinstance(dtype, pl.Struct) or dtype == pl.String


def _cleaned(column: pl.Series, clean: Clean) -> pl.Series:
    if isinstance(column.dtype, pl.List):
        return _cleaned_lists(column, clean)
    if isinstance(column.dtype, pl.Struct):
        fields = _with(column.struct.unnest(), clean).to_struct(column.name)
        return fields.zip_with(column.is_not_null(), column)
    return clean(column)


def _cleaned_lists(column: pl.Series, clean: Clean) -> pl.Series:
    """As `_cleaned`, of lists: all their elements at once, because a call for each list takes long."""
    lists = pl.DataFrame({"row": pl.int_range(len(column), eager=True), "list": column})
    elements = lists.filter(pl.col("list").list.len() > 0).explode("list")
    changed = (
        elements.with_columns(_cleaned(elements["list"], clean))
        .group_by("row", maintain_order=True)
        .agg("list")
    )
    cleaned = lists.select("row").join(changed, on="row", how="left", maintain_order="left")["list"]
    return cleaned.zip_with(cleaned.is_not_null(), column).alias(column.name)
