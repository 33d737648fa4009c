"""What is compiled ahead is what the grammars say, and is left aside where it is not."""

from __future__ import annotations

import subprocess
import sys

import pytest

from analyzer.errors import GrammarError
from analyzer.grammar.compiled import LANGUAGES, document, forms_of
from analyzer.grammar.files import read_compiled, read_grammar
from analyzer.grammar.regular import compile_forms


@pytest.mark.parametrize("name", LANGUAGES)
def test_the_kept_forms_are_those_of_the_grammar(name: str) -> None:
    assert read_compiled(name) == document(name), "make grammars"
    text = read_grammar(name)
    assert forms_of(f"{name}.lark", text) == compile_forms(f"{name}.lark", text)


def test_another_text_of_the_same_name_is_compiled_anew() -> None:
    (form,) = forms_of("kv.lark", "start: a\na: X\nX: /x+/")
    assert (form.name, form.pattern) == ("a", "^(?:(?P<x>(?:x+)))$")


def test_a_grammar_that_nothing_is_kept_of_is_compiled() -> None:
    (form,) = forms_of("other.lark", "start: a\na: X\nX: /x+/")
    assert form.name == "a"
    with pytest.raises(GrammarError):
        read_compiled("other")


def test_lark_is_not_loaded_to_read_lines() -> None:
    code = (
        "import sys; from analyzer.grammar.line import load\n"
        f"for name in {LANGUAGES!r}: load(name)\n"
        "sys.exit('lark' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
