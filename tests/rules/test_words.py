"""The pages of verdicts, causes and the words beside them: whole, true to code and schema, and found by name."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from analyzer.errors import UsageError
from analyzer.reports.answer import _DOUBTS as CLAUSES
from analyzer.rules.doubt import RULE_OF
from analyzer.rules.explain import explain, names
from analyzer.rules.page import page
from analyzer.rules.registry import rule, rules
from analyzer.rules.words.word import Word, words
from analyzer.rules.words.word_page import word_page, words_document
from analyzer.tables import CONFIDENCES, LEANINGS, STATUSES, VERDICTS_OF
from analyzer.verdicts.settle.ways import LANDED, WAYS
from tests.schemas import published

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
VERDICT_CODE = sorted((ROOT / "analyzer" / "verdicts").rglob("*.py"))
NEVER_GIVEN = {"replaced_store", "degraded_form"}
"""Causes of the schema that no verdict of this version has."""

CAUSE_FUNCTIONS = {"_cause", "_doubt", "_elsewhere", "_not_owned", "cause_of"}
each_word = pytest.mark.parametrize("word", words(), ids=lambda word: str(word.name))


def named(*kinds: str) -> set[str]:
    return {word.name for word in words() if word.kind in kinds}


def schema_causes() -> set[str]:
    values = published("report-v1")["$defs"]["write"]["properties"]["cause"]["anyOf"][0]["enum"]
    return {value for value in values if value is not None}


def strings(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def given_literals(tree: ast.AST) -> Iterator[str]:
    """The texts of `pl.lit` in the functions and the columns that hold a cause."""
    for node in ast.walk(tree):
        holds_cause = (isinstance(node, ast.FunctionDef) and node.name in CAUSE_FUNCTIONS) or (
            isinstance(node, ast.keyword) and (node.arg or "").endswith(("cause", "absent_doubt"))
        )
        for call in ast.walk(node) if holds_cause else ():
            if (
                isinstance(call, ast.Call)
                and isinstance(call.func, ast.Attribute)
                and call.func.attr == "lit"
            ):
                yield from (text for text in strings(call) if text)


def test_there_is_a_page_for_each_verdict_and_each_word_beside_it() -> None:
    assert named("verdict") == set(VERDICTS_OF)
    assert named("confidence") == set(CONFIDENCES)
    assert named("status") == set(STATUSES)
    assert {word.name for word in words() if word.leaning is not None} == set(LEANINGS)
    assert len({word.name for word in words()}) == len(words())


def test_the_pages_the_schema_and_the_code_have_the_same_causes() -> None:
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in VERDICT_CODE]
    assert named("cause", "cause of doubt") == schema_causes()
    given = {text for tree in trees for text in given_literals(tree)} - {LANDED, "none", " "}
    assert given - schema_causes() - {"there", "present", "unreadable"} == set()
    spoken = {text for tree in trees for text in strings(tree)}
    assert schema_causes() - spoken <= NEVER_GIVEN
    assert (RULE_OF.keys() | CLAUSES.keys() | (WAYS.keys() - {LANDED})) <= schema_causes()


def test_a_cause_of_doubt_is_reported_by_the_rule_that_looks_for_it() -> None:
    for word in words():
        code = RULE_OF.get(word.name)
        if word.doubt:
            assert word.rules == (code,)
        elif word.kind == "cause" and code is not None:
            assert code in word.rules
    doubtful = next(word for word in words() if word.name == "unverifiable")
    assert {*RULE_OF.values(), "LW109"} == set(doubtful.rules)


@each_word
def test_a_page_has_a_title_every_section_and_rules_that_exist(word: Word) -> None:
    text = word_page(word)
    assert text.startswith(f"{word.name} ({word.kind}): {word.about}.\n\n## What it means\n")
    assert text.rpartition("\n## ")[2].startswith("What settles it\n" if word.doubt else "What to do\n")
    for heading in ("When it is given", "What it does not mean", "Rules that report it"):
        assert f"\n\n## {heading}\n" in text
    assert [code for code in word.rules if rule(code) is None] == []
    assert max(map(len, text.splitlines())) <= 110
    assert all(part.endswith((".", "?")) for part in (word.means, word.given, word.is_not, word.to_do))


@each_word
def test_the_document_has_each_word_and_links_its_rules(word: Word) -> None:
    part = words_document().partition(f"\n### `{word.name}`\n")[2].partition("\n### ")[0]
    assert part
    assert [code for code in word.rules if f"[{code}]({code}.md)" not in part] == []


@pytest.mark.parametrize("code", [known.CODE for known in rules()])
def test_explain_prints_the_page_for_a_code_or_a_name(code: str) -> None:
    known = rule(code)
    assert known is not None
    assert explain(code) == explain(code.lower()) == page(known) + "\n"
    assert explain(known.NAME).endswith(page(known) + "\n")


def test_a_word_that_names_a_rule_and_a_cause_prints_both() -> None:
    cause, of_rule = explain("lost_update"), explain("LW104")
    assert explain("lost-update") == f"{cause}\n{of_rule}"


def test_explain_takes_all_that_it_completes() -> None:
    assert len(names()) == 2 * len(rules()) + len(words())
    assert all(explain(name) for name in names())


@pytest.mark.parametrize(
    ("word", "told"),
    [
        ("LW31", "near to it: LW31"),
        ("LW999", "`lostwrite rules` lists"),
        ("drop", "near to it: dropped"),
        ("lost update", "near to it: lost_update"),
        ("", "`lostwrite rules` lists"),
        ("zzzz", "`lostwrite rules` lists"),
    ],
)
def test_an_unknown_word_is_refused_with_those_near_to_it(word: str, told: str) -> None:
    with pytest.raises(UsageError, match=f"^nothing is called {word!r}; ") as refused:
        explain(word)
    assert told in str(refused.value)
