"""Pulumi's dots as a clock: one a second since its display began."""

from __future__ import annotations

import polars as pl
import pytest

from analyzer.logs.text.dots import dots_of
from tests.logs.pulumi_logs import read

ROW = " +  aws:s3:Bucket %s creating (0s)"


def ticks_of(text: str, size: int = 1 << 20) -> list[tuple[str | None, int | None]]:
    """`name, tick` of the rows of a log."""
    events, _ = read(text, size)
    rows = events.filter(pl.col("kind") == "started")
    return list(rows.select("name", "tick").iter_rows())


@pytest.mark.parametrize(
    ("line", "seconds"),
    [
        ("@ updating....", 1),
        ("@ Previewing update......", 3),
        ("✨ Updating....", 1),
        ("@ updating...", 0),
        ("..", 2),
        (".gitignore", 0),
        ("@ scope/package...", 0),
        ("Building...", 0),
    ],
)
def test_the_first_three_dots_of_a_spinner_are_no_seconds(line: str, seconds: int) -> None:
    assert dots_of(pl.Series([line])).total == seconds


def test_output_does_not_reset_the_ticker() -> None:
    log = "\n".join(
        [
            "Updating (prod):",
            ROW % "a",
            "@ updating......",
            ROW % "b",
            "@ updating....",
            ROW % "c",
            "..",
            ROW % "d",
        ]
    )
    assert ticks_of(log) == [("a", None), ("b", 3), ("c", 4), ("d", 6)]


def test_each_display_begins_anew() -> None:
    log = "\n".join(
        [
            "Previewing update (prod):",
            "@ previewing update......",
            ROW % "a",
            "Updating (prod):",
            ROW % "b",
            "@ updating....",
            ROW % "c",
        ]
    )
    assert ticks_of(log) == [("a", 3), ("b", None), ("c", 1)]


@pytest.mark.parametrize("size", [1, 20, 60])
def test_ticks_do_not_depend_on_the_batch(size: int) -> None:
    log = "\n".join(
        [
            "Updating (a):",
            "@ updating.....",
            ROW % "a",
            "Updating (b):",
            ROW % "b",
            "@ updating....",
            ROW % "c",
        ]
        * 2
    )
    assert ticks_of(log, size) == ticks_of(log)


def test_a_log_without_dots_has_no_ticks() -> None:
    assert ticks_of("Updating (prod):\n" + ROW % "a") == [("a", None)]
