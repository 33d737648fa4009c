"""What would settle the doubts, as text: for each group of writes what would decide, the cheapest first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from analyzer.reports.canvas import WHOLE
from analyzer.reports.names import listed, short_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analyzer.reports.canvas import Canvas
    from analyzer.reports.report import Report

_MOST = 10  # groups; the JSON report has all


def tell_settle(canvas: Canvas, report: Report, numbers: Mapping[str, str]) -> None:
    """The section `To settle it`; nothing where nothing is in doubt. Writes with the same steps are one group.

    Args:
        canvas: to write on.
        report: what was found.
        numbers: what each deploy is called, by its id; empty texts where there is only one.
    """
    if report.settle.is_empty():
        return
    canvas.line()
    canvas.line("To settle it", "bold")
    groups = alike(report)
    for ids in groups[: canvas.most(_MOST)]:
        writes = report.writes.filter(pl.col("id").is_in(ids))
        names = [str(write["key"] or short_name(write["name"])) for write in writes.iter_rows(named=True)]
        deploys = [
            f"deploy {number}"
            for name in writes["deploy"].unique(maintain_order=True)
            if (number := numbers.get(str(name)))
        ]
        of = f" of {listed(deploys)}" if deploys else ""
        canvas.line(f"For {listed([*dict.fromkeys(names)])}{of}:")
        _steps(canvas, together(report.settle.filter(pl.col("write").is_in(ids))))
    if len(groups) > canvas.most(_MOST):
        canvas.line(f"... and {len(groups) - _MOST} more; {WHOLE}")


def alike(report: Report) -> list[list[str]]:
    """The ids of the writes that the same steps would settle, in the order of the writes."""
    step = pl.concat_str(pl.col("what", "command").fill_null(""), separator="\n")
    groups: list[list[str]] = (
        report.settle.sort("order", maintain_order=True)
        .group_by("write", maintain_order=True)
        .agg(steps=step.str.join("\n"))
        .join(report.writes.select("id", row=pl.int_range(pl.len())), left_on="write", right_on="id")
        .sort("row")
        .group_by("steps", maintain_order=True)
        .agg("write")["write"]
        .to_list()
    )
    return groups


def together(settle: pl.DataFrame) -> pl.DataFrame:
    """The steps of writes that have the same ones; each from when on it decides all of them."""
    return (
        settle.group_by("order")
        .agg(pl.col("what", "command").first(), when=pl.col("when").max())
        .sort("order")
    )


def _steps(canvas: Canvas, steps: pl.DataFrame) -> None:
    for number, step in enumerate(steps.iter_rows(named=True), start=1):
        when = "" if step["when"] is None else f", from {step['when']:%Y-%m-%d %H:%M:%SZ} on"
        canvas.line(f"{number}. {step['what']}{when}", indent=3)
        if step["command"] is not None:
            canvas.raw(str(step["command"]))
