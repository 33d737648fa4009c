"""Events for a person or another program: a table, lines of JSON, CSV, or a Parquet file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
from polars.io.plugins import register_io_source

from analyzer.reports.canvas import Canvas
from analyzer.reports.cells import harmless
from analyzer.reports.clean import clean, json_safe, no_command
from analyzer.reports.parquet import parquet_file
from analyzer.reports.times import rfc3339
from analyzer.tables import EVENTS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

_SLICE = 50_000  # events of one text in hand: some tens of megabytes
_ROWS = 200
_HEADERS = ("LINE", "TIME", "KIND", "OP", "RESOURCE", "MESSAGE")


def ndjson(batch: pl.DataFrame) -> Iterator[str]:
    """A line of JSON per event, in texts of many lines; times are RFC 3339 in UTC."""
    for part in batch.with_columns(rfc3339()).iter_slices(_SLICE):
        yield json_safe(part.write_ndjson() or "")


def csv(batches: Iterator[pl.DataFrame]) -> Iterator[str]:
    """EVENTS as CSV with a header line, harmless in a spreadsheet; times are RFC 3339 in UTC."""
    yield ",".join(EVENTS) + "\n"
    for batch in batches:
        for part in batch.with_columns(rfc3339()).with_columns(harmless()).iter_slices(_SLICE):
            yield part.write_csv(include_header=False)


def write_parquet(batches: Iterator[pl.DataFrame], file: BinaryIO) -> None:
    """Writes EVENTS to a Parquet file, batch by batch.

    Raises:
        OSError: the file cannot be written.
    """

    def source(
        columns: list[str] | None, predicate: pl.Expr | None, rows: int | None, size: int | None
    ) -> Iterator[pl.DataFrame]:
        del columns, predicate, rows, size  # the whole of each batch is written
        yield from batches

    with parquet_file(file) as target:
        register_io_source(source, schema=EVENTS).sink_parquet(target)


def events_table(batches: Iterator[pl.DataFrame], *, width: int, color: bool) -> str:
    """The first events that are not noise as a table, and how many there are of each kind."""
    counts = pl.DataFrame(schema={"kind": pl.String, "count": pl.UInt32})
    shown = pl.DataFrame(schema=EVENTS)
    for batch in batches:
        counts = pl.concat([counts, batch.group_by("kind").agg(count=pl.len())])
        shown = pl.concat([shown, batch.filter(pl.col("kind") != "noise")]).head(_ROWS)
    totals = (
        counts.group_by("kind").agg(pl.col("count").sum()).sort("count", "kind", descending=[True, False])
    )
    canvas = Canvas(width=width, color=color)
    canvas.table(_HEADERS, [_cells(row) for row in shown.iter_rows(named=True)], whole=1)
    _close(canvas, totals, shown.height)
    return canvas.text()


def unrecognised_lines(batches: Iterator[pl.DataFrame]) -> Iterator[str]:
    """`SOURCE:LINE: TEXT` for each row of `source, line, message, why`, and what was expected below it."""
    for batch in batches:
        for source, line, message, why in batch.select("source", "line", "message", "why").iter_rows():
            yield no_command(clean(f"{source}:{line}: {message or ''}")) + "\n"
            if why:
                yield no_command(clean(f"    {why}")) + "\n"


def _close(canvas: Canvas, totals: pl.DataFrame, shown: int) -> None:
    events = int(totals.filter(pl.col("kind") != "noise")["count"].sum())
    canvas.line()
    if events > shown:
        canvas.line(f"... and {events - shown} more events; --format ndjson has all")
    parts = ", ".join(f"{count} {kind}" for kind, count in totals.iter_rows()) or "nothing"
    canvas.line(f"Read {parts}.", "dim")


def _cells(row: dict[str, object]) -> tuple[str, ...]:
    at = row["at"]
    when = "" if at is None else f"{at:%Y-%m-%d %H:%M:%SZ}"
    return (
        str(row["line"] or ""),
        when,
        *(str(row[column] or "") for column in ("kind", "op", "name", "message")),
    )
