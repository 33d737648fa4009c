"""What `pulumi preview --json` prints: one object, whose steps are all only planned.

Source: pulumi/pulumi pkg/display/json.go (PreviewDigest, PreviewStep, PreviewDiagnostic). `duration` is in
nanoseconds. The states of resources are not decoded: they hold every input, and a preview writes nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from analyzer.logs.documents.document import read_document
from analyzer.logs.documents.rows import NANOSECONDS, Row, name_of, plain, type_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    import polars as pl

    from analyzer.logs.documents.document import Document
    from analyzer.sources.input_stats import InputStats
    from analyzer.sources.source import Source

KIND: Final = "preview-digest"
_SEVERITIES: Final = {"info#err": "info"}


class _Step(msgspec.Struct):
    op: str | None = None
    urn: str | None = None


class _Diagnostic(msgspec.Struct):
    message: str = ""
    severity: str = ""
    urn: str | None = None
    prefix: str = ""


class _Digest(msgspec.Struct):
    steps: list[msgspec.Raw] | None = None
    diagnostics: list[msgspec.Raw] | None = None
    duration: float | None = None
    changeSummary: dict[str, int] | None = None  # noqa: N815 (Pulumi's name)


def read(source: Source, stats: InputStats) -> Iterator[pl.DataFrame]:
    """EVENTS of a digest: a header, each step as `done` with `planning`, its diagnostics, a summary."""
    stats.kind = KIND
    return read_document(source, stats, _Digest, _rows)


def _rows(document: Document, digest: _Digest) -> list[Row]:
    steps, diagnostics = digest.steps or [], digest.diagnostics or []
    lines = document.lines_of([*steps, *diagnostics])
    rows = [Row(document.line, "header", op="preview", planning=True, fact="command", value="preview")]
    for line, raw in zip(lines, steps, strict=False):
        step = msgspec.json.decode(raw, type=_Step)
        rows.append(
            Row(
                line,
                "done",
                op=step.op,
                urn=step.urn or None,
                type=type_of(step.urn),
                name=name_of(step.urn),
                outcome="done",
                planning=True,
            )
        )
    for line, raw in zip(lines[len(steps) :], diagnostics, strict=True):
        diagnostic = msgspec.json.decode(raw, type=_Diagnostic)
        if diagnostic.severity != "debug":  # which may say secrets
            rows.append(_diagnostic(line, diagnostic))
    seconds = None if digest.duration is None else digest.duration / NANOSECONDS
    failed = any(row.severity == "error" for row in rows)
    rows.append(
        Row(document.line, "summary", outcome="failed" if failed else "done", seconds=seconds, planning=True)
    )
    return rows


def _diagnostic(line: int, diagnostic: _Diagnostic) -> Row:
    return Row(
        line,
        "diagnostic",
        urn=diagnostic.urn or None,
        name=name_of(diagnostic.urn),
        message=plain(diagnostic.prefix + diagnostic.message),
        severity=_SEVERITIES.get(diagnostic.severity, diagnostic.severity) or None,
        planning=True,
    )
