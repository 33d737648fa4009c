"""A page of text: its columns, its styles."""

from __future__ import annotations

import pytest

from analyzer.reports.canvas import Canvas


def test_columns_are_as_wide_as_their_widest_cell_and_wide_characters_count_twice() -> None:
    canvas = Canvas(width=80, color=False)
    canvas.table(["key", "verdict"], [["日本", "dropped"], ["a", "landed"]])
    assert canvas.text() == "key   verdict\n日本  dropped\na     landed\n"


def test_a_cell_that_is_too_long_goes_on_below_itself() -> None:
    canvas = Canvas(width=80, color=False)
    canvas.table(["key", "note"], [["a", "word " * 16]])
    assert canvas.text().splitlines() == ["key  note", "a    " + ("word " * 15).strip(), "     word"]


@pytest.mark.parametrize(("style", "codes"), [("bold red", "1;31"), ("yellow", "33"), ("dim", "2")])
def test_a_style_is_a_sequence_of_the_terminal_only_where_colours_are_wanted(style: str, codes: str) -> None:
    drawn = {}
    for color in (True, False):
        canvas = Canvas(width=80, color=color)
        canvas.line("text", style, indent=1)
        drawn[color] = canvas.text()
    assert drawn == {True: f" \x1b[{codes}mtext\x1b[0m\n", False: " text\n"}
