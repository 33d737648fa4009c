"""The words of commands: printable ASCII, whatever they carry."""

from __future__ import annotations

import html
import json
import re

import pytest

from analyzer.commands.words import as_json, fenced, in_html, plain, quote, why_not
from tests.commands.hostile import UNSENDABLE, VALUES


@pytest.mark.parametrize("value", VALUES)
def test_json_is_ascii_and_means_the_same(value: str) -> None:
    text = as_json({value: [value]})
    assert re.fullmatch("[ -~]+", text)
    assert re.search("['`!]", text) is None
    assert json.loads(text) == {value: [value]}
    assert why_not(value) is None


@pytest.mark.parametrize("value", UNSENDABLE)
def test_what_no_command_can_carry_has_a_reason(value: str) -> None:
    assert why_not(value) is not None


@pytest.mark.parametrize("word", ["", "-x", "a'b", "é", "a\nb", "\x7f", "\x00", "\u202e"])
def test_a_word_that_is_not_safe_is_refused(word: str) -> None:
    with pytest.raises(ValueError, match="no word"):
        quote(word)


@pytest.mark.parametrize("command", ["", "a\x1b[2J", "é", "a\tb", "a\rb", "a\x7f"])
def test_a_command_that_is_not_safe_is_not_shown(command: str) -> None:
    for show in (plain, fenced, in_html):
        with pytest.raises(ValueError, match="not to be shown"):
            show(command)


def test_a_fence_is_longer_than_any_run_of_backticks() -> None:
    assert fenced("a") == "```sh\na\n```"
    assert fenced("a ``` b ````") == "`````sh\na ``` b ````\n`````"


def test_a_copy_from_html_is_the_command() -> None:
    command = """a <b> & "c" '</pre><script>' &amp;"""
    assert re.search("[<>\"']", in_html(command)) is None
    assert html.unescape(in_html(command)) == command


def test_no_line_of_a_word_ends_in_a_backslash_of_its_own() -> None:
    """In fish, which is no shell of these commands, it would keep the quote open, and what follows would be run."""
    for start in range(8):
        for text in ("x" * start + "\x01$(touch hit)" * 200, "x" * start + "\\" * 900):
            for line in quote(as_json(text)).split("\\\n"):
                assert line.startswith("'")
                assert line.endswith("'")
                assert (len(line[:-1]) - len(line[:-1].rstrip("\\"))) % 2 == 0


def test_a_job_that_prints_a_command_obeys_nothing_in_it() -> None:
    text = as_json({"##[add-mask]x": "a ###[b] #[c] # ##vso[d]"})
    assert text == r'{"\u0023#[add-mask]x":"a #\u0023#[b] #[c] # \u0023#vso[d]"}'
    assert json.loads(text) == {"##[add-mask]x": "a ###[b] #[c] # ##vso[d]"}
