"""What `sst diff --json` prints: a list of the steps that a deploy would take.

Source: sst cmd/sst/diff.go (an array of apitype.StepEventMetadata). The states hold every input and are not decoded:
a diff writes nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from analyzer.logs.documents.document import read_document
from analyzer.logs.documents.rows import Row, name_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    import polars as pl

    from analyzer.logs.documents.document import Document
    from analyzer.sources.input_stats import InputStats
    from analyzer.sources.source import Source

KIND: Final = "sst-diff"


class _Step(msgspec.Struct):
    op: str | None = None
    urn: str | None = None
    type: str | None = None


def read(source: Source, stats: InputStats) -> Iterator[pl.DataFrame]:
    """EVENTS of a diff: a header, each step as `done` with `planning`, a summary."""
    stats.kind = KIND
    return read_document(source, stats, list[msgspec.Raw], _rows)


def _rows(document: Document, steps: list[msgspec.Raw]) -> list[Row]:
    line = document.line
    facts = [("tool", "sst"), ("command", "diff")]
    rows = [Row(line, "header", op="preview", planning=True, fact=fact, value=value) for fact, value in facts]
    for at, raw in zip(document.lines_of(steps), steps, strict=True):
        step = msgspec.json.decode(raw, type=_Step)
        name = name_of(step.urn)
        rows.append(
            Row(
                at, "done", op=step.op, urn=step.urn, type=step.type, name=name, outcome="done", planning=True
            )
        )
    return [*rows, Row(line, "summary", outcome="done", planning=True)]
