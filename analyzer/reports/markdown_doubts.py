"""The parts of the Markdown report about what cannot be judged: the writes, why, and what would settle it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from analyzer.commands.words import fenced
from analyzer.reports.answer import doubt
from analyzer.reports.bounded import Part
from analyzer.reports.markup import code, prose, table
from analyzer.reports.names import short_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from analyzer.reports.report import Report


def doubt_parts(report: Report) -> Iterator[Part]:
    """The writes in doubt, what the evidence says of them, and what would settle doubts."""
    doubts = report.writes.filter(pl.col("verdict") == "unverifiable")
    lines = table(["key", "resource", "probably", "why"], [_row(row) for row in doubts.iter_rows(named=True)])
    yield Part("writes", lines[2:], f"\n### Cannot be judged\n\n{lines[0]}\n{lines[1]}\n")
    said = (
        report.evidence.filter(pl.col("write").is_in(doubts["id"].implode()) & (pl.col("kind") != "log"))
        .drop_nulls("detail")
        .group_by("at", "detail", "source", maintain_order=True)
        .len()
    )
    reasons = (
        doubts.drop_nulls("leaning_reason").group_by("leaning", "leaning_reason", maintain_order=True).len()
    )
    yield Part(
        "reasons",
        [_reason(*row) for row in said.iter_rows()] + [_likely(*row) for row in reasons.iter_rows()],
        "\n",
        most=20,
    )
    steps = (
        report.settle.sort("order", maintain_order=True)
        .group_by("what", "command", maintain_order=True)
        .agg(pl.len(), pl.col("when").max())
    )
    told = [_step(number, row) for number, row in enumerate(steps.iter_rows(named=True), start=1)]
    yield Part("steps", told, "\n### To settle it\n", most=20)


def _row(write: Mapping[str, object]) -> list[str]:
    cause = None if write["cause"] is None else str(write["cause"])
    return [
        code(write["key"] or "unknown"),
        code(short_name(write["name"])),
        prose(write["leaning"] or "unknown"),
        prose(doubt(cause)),
    ]


def _reason(at: object, detail: object, source: object, writes: int) -> str:
    when = "" if at is None else f"{at:%Y-%m-%d %H:%M:%SZ} "
    where = "" if source in (None, "trail") else f" {code(source)}"
    return f"- Why: {when}{prose(detail)}{_of(writes)}{where}"


def _likely(leaning: object, reason: object, writes: int) -> str:
    return f"- Probably {leaning}{_of(writes)}: {prose(reason)}"


def _step(number: int, step: Mapping[str, object]) -> str:
    when = "" if step["when"] is None else f", from {step['when']:%Y-%m-%d %H:%M:%SZ} on"
    text = f"\n**{number}.** {prose(step['what'])}{when}{_of(int(str(step['len'])))}"
    return text if step["command"] is None else f"{text}\n\n{fenced(str(step['command']))}"


def _of(writes: int) -> str:
    return f" ({writes} writes)" if writes > 1 else ""
