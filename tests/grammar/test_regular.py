"""Rules become patterns, or are refused with the reason."""

from __future__ import annotations

import polars as pl
import pytest

from analyzer.errors import GrammarError
from analyzer.grammar.regular import compile_forms

REFUSED = [
    ("start: a\na: X a | X\nX: /x/", "a", "recursion through `a`"),
    ("start: a\na: X b\nb: X c\nc: Y b?\nX: /x/\nY: /y/", "a", "recursion through `b`"),
    ("start: a\na: b{X}\nb{t}: t t\nX: /x/", "b", "template"),
    ('start: a\na: X\nX: /x/\n%ignore " "', "start", "%ignore"),
    ("start: a\na: X X\nX: /x/", "a", "capture `x` stands twice"),
    ("start: a\na: X | x\nx: Y\nX: /x/\nY: /y/", "a", "capture `x` stands twice"),
    ("start: a\na: X+\nX: /x/", "a", "capture `x` in a repeat"),
    ("start: a\na: X~2..3\nX: /x/", "a", "capture `x` in a repeat"),
    ("start: a\na: b X\nb: _Y*\n_Y: /y/\nX: /x/", "b", "may be empty"),
    ("start: a\n?a: X\nX: /x/", "a", "a `?` or `!` before a rule"),
    ("start: a\n!a: X\nX: /x/", "a", "a `?` or `!` before a rule"),
    ("start: a\na: X -> other\nX: /x/", "a", "`alias` has no meaning"),
    ("start: a\na: /x/ X\nX: /y/", "a", "give the pattern a name"),
    ('start: a\na: "x"i X\nX: /y/', "a", "give the pattern a name"),
    ('start: a\na: "x" X\nX: "x"', "a", 'the text "x" is terminal X'),
    ("start: a\na: X\nX: /x/i", "X", "flags on a pattern"),
    (r"start: a" "\n" r"a: X" "\n" r"X: /x(?= y)/", "X", "look-around"),
    ("start: a\na: X\nX: /x(?<!y)z/", "X", "look-around"),
    ("start: a\na: X\nX: /(x)y/", "X", "capturing group"),
    ("start: a\na: X\nX: /(?P<n>x)y/", "X", "named group"),
    ("start: a\na: X\nX: /(?:x)\\1/", "X", "back-reference"),
    ("start: a\na: X\nX: /\\w+/", "X", "different characters"),
    ("start: a\na: X\nX: /[\\d.]+/", "X", "different characters"),
    ("start: a\na: X\nX: /x++/", "X", "possessive"),
    ("start: a\na: X\nX: /x{,3}y/", "X", "without a lower bound"),
    ("start: a\na: X\nX: /[a&&b]/", "X", "set operation"),
    ("start: a b\na: X\nb: X\nX: /x/", "start", "each alternative of `start`"),
    ("start: X\nX: /x/", "start", "each alternative of `start`"),
    ("a: X\nX: /x/", "start", "there is no such rule"),
    ("start: a\na: X\nX /x/", "start", "not a Lark grammar"),
    ("start: a\na: missing", "start", "not a Lark grammar"),
]


@pytest.mark.parametrize(("text", "rule", "reason"), REFUSED)
def test_what_is_no_line_language_is_refused_with_its_reason(text: str, rule: str, reason: str) -> None:
    with pytest.raises(GrammarError) as caught:
        compile_forms("bad.lark", text)
    assert caught.value.grammar == "bad.lark"
    assert caught.value.rule == rule
    assert reason in caught.value.reason


def test_captures_and_those_that_always_take_part() -> None:
    text = 'start: a\na: "<" X (Y | _Z)? word\nword: W ("-" W)*\nX: /x/\nY: /y/\n_Z: /z/\nW: /w/'
    (form,) = compile_forms("good.lark", text)
    assert form.groups == ("x", "y", "word")
    assert form.required == {"x", "word"}
    assert form.prefixes == ("<",)


def test_literal_beginnings_are_those_of_every_alternative() -> None:
    text = 'start: a | b\na: ("up" | "down") "!"? X\nb: "x"? X\nX: /y/'
    a, b = compile_forms("good.lark", text)
    assert a.prefixes == ("up", "down")
    assert b.prefixes == ("",)


def test_repeats_are_as_short_as_the_line_allows() -> None:
    (form,) = compile_forms("good.lark", "start: a\na: words END\nwords: W+\nW: /[^ ]+ /\nEND: /end.*/")
    found = pl.Series(["a end b end "]).str.extract_groups(form.pattern).struct.unnest()
    assert found.to_dicts() == [{"words": "a ", "end": "end b end "}]


@pytest.mark.parametrize("text", ["a.b", "(x)", "[y]", "^$", "a|b*c+d?{2}", "\\", "~ #&-", "✨"])
def test_a_literal_means_itself(text: str) -> None:
    escaped = text.replace("\\", "\\\\")
    (form,) = compile_forms("good.lark", f'start: a\na: "{escaped}" X?\nX: /!/')
    lines = pl.Series([text, text + "!", text + "?", "z"])
    assert lines.str.contains(form.pattern).to_list() == [True, True, False, False]
    assert form.prefixes == (text,)
