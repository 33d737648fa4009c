"""What a terminal would obey becomes text."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.reports.clean import clean, clean_lines, json_safe


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("plain [bold]text[/] ✓ é 語", "plain [bold]text[/] ✓ é 語"),
        ("\x1b[31m", "\\x1b[31m"),
        ("a\nb\tc\r", "a\\nb\\tc\\r"),
        ("\x9b2J\x7f", "\\x9b2J\\x7f"),
        ("\u202eabc\u2066", "\\u202eabc\\u2066"),
    ],
)
def test_clean(text: str, wanted: str) -> None:
    assert clean(text) == wanted


def test_lines_of_a_command_stay_lines() -> None:
    assert clean_lines("a \\\n  b\x07") == ["a \\", "  b\\x07"]


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_json_keeps_its_meaning(text: str) -> None:
    assert json.loads(json_safe(json.dumps(text, ensure_ascii=False))) == text
