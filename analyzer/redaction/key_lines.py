"""Private keys that stand on many lines of a log: the lines between the first and the last of one are redacted.

Which form of log it is does not matter: each line of a key is a message of its own.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from analyzer.redaction.blobs import BEGIN, END
from analyzer.redaction.rule import MARK

LINES: Final = 250
"""How many lines a key may have, others among them counted: one of 16,384 bits has 200. A log may not say the end."""

_DECORATION = r"[\s|│>~+*\"'-]*"
_BASE64 = r"[0-9A-Za-z+/]"
_ROW = pl.int_range(pl.len(), dtype=pl.Int64)


class KeyLines:
    """Remembers, from batch to batch, in which sources a private key has begun."""

    def __init__(self) -> None:
        self._begun: dict[str | None, int] = {}  # the row of its first line, counted from the next batch on

    def without(self, batch: pl.DataFrame) -> pl.DataFrame:
        """`batch` (with `source` and `message`, in the order of lines) with the lines of private keys redacted.

        Only lines of base64 go, and long base64 at the end of a line; others may stand among them.
        """
        begins = pl.col("message").str.contains(BEGIN).fill_null(value=False)
        if not self._begun and not batch.select(begins.any()).item():
            return batch
        placed = self._placed(batch.select("source", "message", row=_ROW, begins=begins))
        self._begun = _carried(placed)
        text = pl.col("message")
        body = text.str.replace(
            rf"^({_DECORATION}){_BASE64}+={{0,2}}([\"']?\s*)$", "${1}" + MARK + "${2}"
        ).str.replace(rf"(\s){_BASE64}{{16,}}={{0,2}}([\"']?\s*)$", "${1}" + MARK + "${2}")
        inside = (pl.col("row") > pl.col("begin")) & pl.col("open")
        hidden = placed.select(pl.when(inside).then(body).otherwise(text).alias("message"))
        return batch.with_columns(hidden.to_series())

    def _placed(self, lines: pl.DataFrame) -> pl.DataFrame:
        """`lines`, with the row at which the last key of the source began, and whether it is still open."""
        before = pl.lit(None, pl.Int64)
        if self._begun:
            before = pl.col("source").replace_strict(self._begun, default=None, return_dtype=pl.Int64)
        ended = pl.col("message").str.contains(END).fill_null(value=False)
        return (
            lines.with_columns(end=pl.when(ended).then("row"), begin=pl.when("begins").then("row"))
            .with_columns(pl.col("end", "begin").forward_fill().over("source"))
            .with_columns(begin=pl.coalesce("begin", before))
            .with_columns(
                open=((pl.col("end") < pl.col("begin")).fill_null(value=True))
                & (pl.col("row") - pl.col("begin") <= LINES).fill_null(value=False)
            )
        )


def _carried(placed: pl.DataFrame) -> dict[str | None, int]:
    last = placed.group_by("source").last().filter("open")
    return dict(last.select("source", pl.col("begin") - placed.height).rows())
