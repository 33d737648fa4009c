"""The rows of a CSV file, as consoles and SIEMs save them, or spreadsheets after them: with semicolons, or tabs."""

from __future__ import annotations

import csv
import io
from functools import partial
from typing import TYPE_CHECKING

from analyzer.sources.identify import UTF8_BOM
from analyzer.sources.identify_trail import delimiter_of
from analyzer.sources.limits import CELL, COLUMNS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


def csv_rows(data: bytes) -> Iterator[Mapping[str, str] | None]:
    """Each row by the names of its columns; None if a row has more or fewer cells than the header. Never raises."""
    content = io.BytesIO(data)
    content.seek(len(UTF8_BOM) if data.startswith(UTF8_BOM) else 0)
    lines = io.TextIOWrapper(content, "utf-8", "replace", newline="")
    comma = delimiter_of(data)
    reader = csv.reader(map(partial(_bounded, comma), lines), delimiter=comma)
    header: list[str] | None = None
    before = csv.field_size_limit(CELL)
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
                if len(header) > COLUMNS:
                    yield None
                    return
            elif row:
                yield dict(zip(header, row, strict=True)) if len(row) == len(header) else None
    finally:
        csv.field_size_limit(before)


def _bounded(comma: str, line: str) -> str:
    """`line`, or a damaged one in its place where it has more empty cells than a table may have columns.

    Each cell costs eight bytes of memory, also an empty one, which is but one byte of the file.
    """
    return comma * (COLUMNS + 1) + "\n" if len(line) > COLUMNS and line.count(comma * 2) > COLUMNS else line
