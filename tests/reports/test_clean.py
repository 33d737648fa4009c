"""What a terminal would obey becomes text."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.reports.clean import clean, json_safe, no_command


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
        ("##[add-mask]x", "\\x23#[add-mask]x"),
        ("###[a]#b[#[ ## [c]", "#\\x23#[a]#b[#[ ## [c]"),
        ("a ##vso[task.x]##teamcity[y", "a \\x23#vso[task.x]\\x23#teamcity[y"),
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


def test_json_has_no_command_of_the_runner() -> None:
    told = json_safe(json.dumps("##[add-mask]x"))
    assert told == '"\\u0023#[add-mask]x"'
    assert json.loads(told) == "##[add-mask]x"


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("::set-output name=x::y", "\\x3a:set-output name=x::y"),
        (" \u3000::a::b", " \u3000\\x3a:a::b"),
        ("urn:pulumi:prod::shop::x", "urn:pulumi:prod::shop::x"),
        (": :a", ": :a"),
        ("", ""),
    ],
)
def test_a_line_that_begins_as_a_command_is_none(line: str, wanted: str) -> None:
    assert no_command(line) == wanted


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_json_keeps_its_meaning(text: str) -> None:
    assert json.loads(json_safe(json.dumps(text, ensure_ascii=False))) == text
