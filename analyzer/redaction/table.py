"""Tables without credentials: each text in them is redacted, but in columns that hold identities or enumerations."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.redaction.redact import redacted_series

if TYPE_CHECKING:
    from collections.abc import Mapping

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
    texts = [name for name, dtype in table.schema.items() if name not in UNTOUCHED and _holds_text(dtype)]
    return table.with_columns(_redacted(table[name]) for name in texts)


def redacted_tables(tables: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """Each table as `redacted_table` gives it. The plain columns of small tables go in one pass: they cost less so."""
    changed = {table: _large(frame) if frame.height > _SMALL else frame for table, frame in tables.items()}
    plain = [
        (table, name)
        for table, frame in tables.items()
        for name in (_plain(frame) if frame.height <= _SMALL else ())
    ]
    columns = [tables[table][name] for table, name in plain]
    texts = redacted_series(pl.concat([column.alias("") for column in columns])) if plain else pl.Series()
    ends = accumulate(map(len, columns))
    for (table, name), end, column in zip(plain, ends, columns, strict=True):
        part = texts.slice(end - len(column), len(column)).alias(name)
        changed[table] = changed[table].with_columns(part)
    return {table: _nested(frame) for table, frame in changed.items()}


def _plain(table: pl.DataFrame) -> list[str]:
    """The columns of texts that are redacted."""
    return [name for name, dtype in table.schema.items() if name not in UNTOUCHED and dtype == pl.String]


def _large(table: pl.DataFrame) -> pl.DataFrame:
    """`table` with its texts redacted, each distinct one once: those of a million calls are a few as a rule."""
    for name in _plain(table):
        texts = table.select(pl.col(name).unique()).to_series()
        clean = redacted_series(texts)
        differs = (clean != texts).fill_null(value=False)
        if differs.any():
            old, new = texts.filter(differs), clean.filter(differs)
            table = table.with_columns(pl.col(name).replace(old, new))
    return table


def _nested(table: pl.DataFrame) -> pl.DataFrame:
    """`table` with its lists and structs redacted."""
    texts = [
        name
        for name, dtype in table.schema.items()
        if name not in UNTOUCHED and dtype != pl.String and _holds_text(dtype)
    ]
    return table.with_columns(_redacted(table[name]) for name in texts)


def _holds_text(dtype: pl.DataType) -> bool:
    if isinstance(dtype, pl.List):
        return _holds_text(pl.Series(dtype=dtype).explode().dtype)
    return isinstance(dtype, pl.Struct) or dtype == pl.String


def _redacted(column: pl.Series) -> pl.Series:
    if isinstance(column.dtype, pl.List):
        return _redacted_lists(column)
    if isinstance(column.dtype, pl.Struct):
        fields = redacted_table(column.struct.unnest()).to_struct(column.name)
        return fields.zip_with(column.is_not_null(), column)
    return redacted_series(column)


def _redacted_lists(column: pl.Series) -> pl.Series:
    """As `_redacted`, of lists: all their elements at once, because a call for each list takes long."""
    lists = pl.DataFrame({"row": pl.int_range(len(column), eager=True), "list": column})
    elements = lists.filter(pl.col("list").list.len() > 0).explode("list")
    changed = (
        elements.with_columns(_redacted(elements["list"])).group_by("row", maintain_order=True).agg("list")
    )
    clean = lists.select("row").join(changed, on="row", how="left", maintain_order="left")["list"]
    return clean.zip_with(clean.is_not_null(), column).alias(column.name)
