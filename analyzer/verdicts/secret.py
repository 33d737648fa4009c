"""Whether a text looks like a credential: such a text is in no command."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from analyzer.reports.redact import redacted

if TYPE_CHECKING:
    from collections.abc import Sequence


def secret(texts: Sequence[str]) -> list[bool]:
    """For each text, whether a report would show it otherwise than it is."""
    column = pl.col("text")
    table = pl.DataFrame({"text": texts}, schema={"text": pl.String})
    return table.select((redacted(column) != column).alias("secret"))["secret"].to_list()
