"""What `pulumi up --output json` prints: one line with the result and the operations that were begun.

Source: pulumi/pulumi pkg/backend/display/summary_json.go (SummaryJSON, ResourceJSON). It does not say whether it was
a preview, nor which operation failed: so nothing in it counts as done, and no write is expected by it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from analyzer.logs.documents.document import read_document
from analyzer.logs.documents.engine_rows import RESULTS
from analyzer.logs.documents.rows import NANOSECONDS, Row

if TYPE_CHECKING:
    from collections.abc import Iterator

    import polars as pl

    from analyzer.logs.documents.document import Document
    from analyzer.sources.input_stats import InputStats
    from analyzer.sources.source import Source

KIND: Final = "pulumi-summary"


class _Resource(msgspec.Struct):
    urn: str | None = None
    type: str | None = None
    name: str | None = None
    op: str | None = None


class _Summary(msgspec.Struct):
    result: str = ""
    duration: float = 0
    resources: list[_Resource] | None = None


def read(source: Source, stats: InputStats) -> Iterator[pl.DataFrame]:
    """EVENTS of a summary: each operation as `started` with `planning`, and the result."""
    stats.kind = KIND
    yield from read_document(source, stats, _Summary, _rows)
    stats.problems.append(
        "this form does not show whether it was a preview or a deploy: no write is expected from it"
    )


def _rows(document: Document, summary: _Summary) -> list[Row]:
    line = document.line
    begun = [
        Row(
            line,
            "started",
            op=each.op,
            urn=each.urn,
            type=each.type,
            name=each.name,
            outcome="started",
            planning=True,
        )
        for each in summary.resources or []
    ]
    end = Row(
        line,
        "summary",
        outcome=RESULTS.get(summary.result),
        seconds=summary.duration / NANOSECONDS,
        fact="result",
        value=summary.result or None,
    )
    return [*begun, end]
