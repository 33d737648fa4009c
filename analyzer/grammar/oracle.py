"""The same grammar by Lark's LALR parser, one line at a time: slow, and the judge of the compiled patterns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lark import Token, Tree
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken
from lark.lexer import PatternStr

from analyzer.grammar.lalr import parser

if TYPE_CHECKING:
    from analyzer.grammar.form import Form
    from analyzer.grammar.line import LineGrammar


class Oracle:
    """A Lark parser for the forms of a line language; each form is one of its start symbols."""

    def __init__(self, grammar: LineGrammar) -> None:
        self.forms = grammar.forms
        self._lark = parser(
            grammar.source.removesuffix(".lark"),
            grammar.text,
            [form.name for form in grammar.forms],
            whole=True,
        )

    def parse(self, line: str) -> tuple[str, dict[str, str]] | None:
        """The first form that parses `line`, and its captures; None if none does."""
        for form in self.forms:
            try:
                tree = self._lark.parse(line, start=form.name)
            except UnexpectedInput:
                continue
            return form.name, _captures(form, tree, line)
        return None

    def explain(self, line: str) -> str:
        """Why no form parses `line`: where the one that came furthest stopped, and what it expected there."""
        failures = []
        for form in self.forms:
            try:
                self._lark.parse(line, start=form.name)
            except UnexpectedInput as error:
                failures.append((_column(error, line), form.name, _expected(error)))
            else:
                return f"it is a line of form {form.name}"
        column, name, expected = max(failures, key=lambda failure: failure[0])
        if column == 1:
            return "no form begins like this"
        choices = " or ".join(self._in_words(terminal) for terminal in expected)
        return f"stopped at column {column} as form {name}, where {choices} was expected"

    def _in_words(self, terminal: str) -> str:
        """A terminal as a person reads it: the text itself where it is one."""
        if terminal in ("$END", "<END-OF-FILE>"):
            return "the end"
        pattern = self._lark.get_terminal(terminal).pattern
        return f'"{pattern.value}"' if isinstance(pattern, PatternStr) else terminal


def _captures(form: Form, tree: Tree[Token], line: str) -> dict[str, str]:
    captures = {}
    for child in tree.children:
        if isinstance(child, Token):
            name, value = child.type, str(child)
        else:
            name, value = str(child.data), line[child.meta.start_pos : child.meta.end_pos]
        if name.lower() in form.groups:
            captures[name.lower()] = value
    return captures


def _column(error: UnexpectedInput, line: str) -> int:
    place = error.pos_in_stream
    if isinstance(error, UnexpectedToken) and error.token.type == "$END":
        place = len(line)
    return (place or 0) + 1


def _expected(error: UnexpectedInput) -> list[str]:
    if isinstance(error, UnexpectedToken):
        return sorted(error.expected)
    if isinstance(error, UnexpectedCharacters):
        return sorted(error.allowed or ())
    return ["$END"]
