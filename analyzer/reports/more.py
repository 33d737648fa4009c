"""What only a person who asks for all wants to see: the writes that landed, and the findings that are suppressed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from analyzer.reports.canvas import openable
from analyzer.reports.names import short_name
from analyzer.reports.telling import label

if TYPE_CHECKING:
    from analyzer.reports.canvas import Canvas
    from analyzer.reports.report import Report


def tell_landed(canvas: Canvas, report: Report) -> None:
    """The section `In place`: each write that landed, with its proofs; nothing where none did."""
    landed = report.writes.filter(pl.col("verdict") == "landed")
    if landed.is_empty():
        return
    canvas.line()
    canvas.line("In place", "bold")
    proofs = dict(
        report.evidence.filter(pl.col("write").is_in(landed["id"].implode()))
        .sort("order", maintain_order=True)
        .partition_by("write", as_dict=True, maintain_order=True)
    )
    for write in landed.iter_rows(named=True):
        what = write["entry"] or write["key"] or "unknown key"
        canvas.line(f"{write['confidence']}: {what} ({short_name(write['name'])})", indent=0)
        found = proofs.get((write["id"],))
        for proof in () if found is None else found.drop_nulls("detail").iter_rows(named=True):
            at = "" if proof["at"] is None else f"{proof['at']:%Y-%m-%d %H:%M:%SZ} "
            place = openable(proof["source"]) if proof["source"] else ""
            canvas.labelled(str(proof["kind"]), [(f"{at}{proof['detail']}", place)], indent=3, width=8)


def tell_suppressed(canvas: Canvas, report: Report) -> None:
    """The section `Suppressed`: each finding that does not count, with the reason that was given."""
    suppressed = report.findings.filter(pl.col("suppressed"))
    if suppressed.is_empty():
        return
    canvas.line()
    canvas.line("Suppressed", "bold")
    for finding in suppressed.iter_rows(named=True):
        canvas.line(label(finding))
        canvas.line(str(finding["message"]), indent=3)
        canvas.labelled("reason", [(str(finding["suppression"] or "none given"), "")], indent=3, width=8)
