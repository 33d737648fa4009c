"""The rows of a CSV file, as consoles and SIEMs save them."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Final

from analyzer.sources.identify import UTF8_BOM

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_WIDEST: Final = 64 << 20  # characters of one cell: a record is 256 KB at most


def csv_rows(data: bytes) -> Iterator[Mapping[str, str] | None]:
    """Each row by the names of its columns; None where a row has more or fewer cells than the header. Never raises."""
    text = data.removeprefix(UTF8_BOM).decode("utf-8", "replace")
    reader = csv.reader(io.StringIO(text, newline=""))
    header: list[str] | None = None
    before = csv.field_size_limit(_WIDEST)
    try:
        while True:
            try:
                row = next(reader)
            except StopIteration:
                return
            except csv.Error:
                yield None
                continue
            if header is None:
                header = [name.strip() for name in row]
            elif row:
                yield dict(zip(header, row, strict=True)) if len(row) == len(header) else None
    finally:
        csv.field_size_limit(before)
