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
        ("a\u200b\u200d\ufeff\u00ad\u3164", "a\\u200b\\u200d\\ufeff\\xad\\u3164"),
        ("a\U000e0041\ud800", "a\\U000e0041\\ud800"),
        ("a\u200bb\u2060c\xadd\u3164e\U000e0041", "a\\u200bb\\u2060c\\xadd\\u3164e\\U000e0041"),
        ("\udcff", "\\udcff"),
    ],
)
def test_clean(text: str, wanted: str) -> None:
    assert clean(text) == wanted


def test_json_shows_what_cannot_be_seen_as_escapes() -> None:
    hidden = "\x9b\u061c\u200b\u200d\u202e\u2060\u2066\ufeff\xad\u3164\U000e0041\udcff"
    told = json_safe(json.dumps({"a\u200b": hidden, "b": "⚠️ ✓ 語"}, ensure_ascii=False))
    assert not set(told) & set(hidden)
    assert "⚠️ ✓ 語" in told
    assert json.loads(told) == {"a\u200b": hidden, "b": "⚠️ ✓ 語"}


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_json_keeps_its_meaning(text: str) -> None:
    assert json.loads(json_safe(json.dumps(text, ensure_ascii=False))) == text
