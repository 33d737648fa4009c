"""What a terminal would obey becomes text."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.reports.clean import clean, json_safe


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("plain [bold]text[/] ✓ é 語", "plain [bold]text[/] ✓ é 語"),
        ("\x1b[31m", "\\x1b[31m"),
        ("a\nb\tc\r", "a\\nb\\tc\\r"),
        ("\x9b2J\x7f", "\\x9b2J\\x7f"),
        ("\u202eabc\u2066", "\\u202eabc\\u2066"),
        ("a\u200b\u200d\ufeff\u00ad\ufe0f\u3164", "a\\u200b\\u200d\\ufeff\\xad\\ufe0f\\u3164"),
        ("a\U000e0041\ud800", "a\\U000e0041\\ud800"),
    ],
)
def test_clean(text: str, wanted: str) -> None:
    assert clean(text) == wanted


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_json_keeps_its_meaning(text: str) -> None:
    assert json.loads(json_safe(json.dumps(text, ensure_ascii=False))) == text
