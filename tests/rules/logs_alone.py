"""Runs the rules over deploy logs without a trail, in the notation of the pages' examples."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.rules import example_files
from tests.rules.example import Section

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl

Found = list[tuple[str, str, str, int | None]]
"""Severity, confidence, message and line of each finding."""


def findings(log: str, folder: Path, *codes: str, title: str = "shop/prod") -> Found:
    """What the rules with these codes say of a log, which is written into `folder`, the current one."""
    lines = tuple(line.strip() for line in log.strip().splitlines())
    found = example_files.run([Section("Log", title, lines)], folder).findings
    return rows(found, *codes)


def rows(found: pl.DataFrame, *codes: str) -> Found:
    """The findings of these rules."""
    mine = found.filter(found["code"].is_in(codes))
    return mine.select("severity", "confidence", "message", "line").rows()
