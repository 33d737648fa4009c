"""A rule of a Lark grammar as one anchored pattern, or the reason why it is not a line form.

The file is read by Lark's own loader, so both ways run the same text. Named terminals, and sub-rules without a
leading underscore, become captures; `_rules` and `_TERMINALS` are inlined without one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lark import Tree
from lark.exceptions import GrammarError as LarkGrammarError
from lark.exceptions import UnexpectedInput
from lark.grammar import NonTerminal, Terminal
from lark.lexer import PatternStr
from lark.load_grammar import eval_escaping, load_grammar

from analyzer.errors import GrammarError
from analyzer.grammar import piece as make
from analyzer.grammar.dialect import to_rust
from analyzer.grammar.form import Form

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lark.lexer import Pattern
    from lark.load_grammar import Grammar

    from analyzer.grammar.piece import Piece

_JOINS = ("expansions", "expansion", "maybe", "value")


def compile_forms(source: str, text: str) -> tuple[Form, ...]:
    """The forms of a grammar in the order of its `start`.

    Args:
        source: the file's name, for errors.
        text: the grammar.

    Raises:
        GrammarError: the file is no Lark grammar, or one of its forms is not regular.
    """
    try:
        grammar, _ = load_grammar(text, source, [], False)  # type: ignore[no-untyped-call]  # Lark has no types here
        return _Compiler(source, grammar).forms()
    except (LarkGrammarError, UnexpectedInput) as error:
        raise GrammarError(source, "start", f"not a Lark grammar: {error}") from error


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the compiler stands: the rules on the way (the form first), and whether inside a capture."""

    path: tuple[str, ...]
    captured: bool = False


class _Compiler:
    def __init__(self, source: str, grammar: Grammar) -> None:
        self.source = source
        self._check(grammar)
        self.rules: Mapping[str, Tree[object]] = {str(rule[0]): rule[2] for rule in grammar.rule_defs}
        self._start()
        compiled, _, _ = grammar.compile(["start"], "*")
        self.terminals = {terminal.name: terminal.pattern for terminal in compiled}
        named = {str(name) for name, _ in grammar.term_defs}
        self.texts = {
            pattern.value: name
            for name, pattern in self.terminals.items()
            if name in named and isinstance(pattern, PatternStr)
        }

    def _error(self, rule: str, reason: str) -> GrammarError:
        return GrammarError(self.source, rule, reason)

    def _check(self, grammar: Grammar) -> None:
        if grammar.ignore:
            raise self._error("start", "%ignore: a line form must say every character")
        for name, parameters, _, options in grammar.rule_defs:
            if parameters:
                raise self._error(str(name), "template: write the rule out")
            if options.expand1 or options.keep_all_tokens:
                raise self._error(str(name), "a `?` or `!` before a rule means nothing to a line form")

    def _start(self) -> tuple[str, ...]:
        """The names of the forms: `start` must be a plain choice of rules."""
        if "start" not in self.rules:
            raise self._error("start", "there is no such rule")
        names = []
        for alternative in self.rules["start"].children:
            node = alternative
            while isinstance(node, Tree) and len(node.children) == 1:
                node = node.children[0]
            if not isinstance(node, NonTerminal) or str(node.name) not in self.rules:
                raise self._error("start", "each alternative of `start` is the name of one form")
            names.append(str(node.name))
        return tuple(names)

    def forms(self) -> tuple[Form, ...]:
        return tuple(self._form(name) for name in self._start())

    def _form(self, name: str) -> Form:
        piece = self._node(self.rules[name], _Place((name,)))
        return Form(name, f"^(?:{piece.pattern})$", piece.prefixes, piece.groups, piece.required)

    def _node(self, node: object, place: _Place) -> Piece:
        if isinstance(node, Terminal):
            return self._terminal(node.name, place)
        if isinstance(node, NonTerminal):
            return self._sub_rule(str(node.name), place)
        if not isinstance(node, Tree):
            raise self._error(place.path[0], f"cannot read {node!r}")
        if node.data == "expr":
            return self._expr(node.children, place)
        if node.data == "literal":
            return self._literal(str(node.children[0]), place)
        if node.data not in _JOINS:
            raise self._error(place.path[0], f"`{node.data}` has no meaning in a line form")
        return self._tree(str(node.data), [self._node(child, place) for child in node.children], place)

    def _tree(self, data: str, pieces: list[Piece], place: _Place) -> Piece:
        self._unique([group for piece in pieces for group in piece.groups], place)
        match data:
            case "expansions":
                return make.choice(pieces)
            case "expansion":
                return make.sequence(pieces)
            case "maybe":
                return make.optional(pieces[0])
        return pieces[0]

    def _unique(self, groups: list[str], place: _Place) -> None:
        for group in groups:
            if groups.count(group) > 1:
                reason = f"capture `{group}` stands twice: the captures of a form are unique"
                raise self._error(place.path[0], reason)

    def _sub_rule(self, name: str, place: _Place) -> Piece:
        if name in place.path:
            raise self._error(place.path[0], f"recursion through `{name}`: the language would not be regular")
        bare = place.captured or name.startswith("_")
        inner = self._node(self.rules[name], _Place((*place.path, name), place.captured or not bare))
        if bare:
            return inner
        if inner.empty:
            raise self._error(name, "may be empty: put the `?` where the rule is used")
        return make.capture(name.lower(), inner)

    def _terminal(self, name: str, place: _Place) -> Piece:
        if name not in self.terminals:
            raise self._error(place.path[0], f"terminal {name} has no pattern")
        piece = self._pattern(name, self.terminals[name])
        bare = place.captured or name.startswith("_")
        return piece if bare else make.capture(name.lower(), piece)

    def _pattern(self, name: str, pattern: Pattern) -> Piece:
        if pattern.flags:
            raise self._error(name, "flags on a pattern: write the characters out")
        if isinstance(pattern, PatternStr):
            return make.text(pattern.value)
        try:
            return make.Piece(f"(?:{to_rust(pattern.value)})")
        except ValueError as error:
            raise self._error(name, str(error)) from error

    def _literal(self, token: str, place: _Place) -> Piece:
        if not (token.startswith('"') and token.endswith('"')):
            raise self._error(place.path[0], f"{token} in a rule: give the pattern a name (a terminal)")
        value = _value(token)
        if not self.texts.get(value, "_").startswith("_"):
            reason = f"the text {token} is terminal {self.texts[value]}: write its name"
            raise self._error(place.path[0], reason)
        return make.text(value)

    def _expr(self, children: list[object], place: _Place) -> Piece:
        inner = self._node(children[0], place)
        operator, *numbers = (str(child) for child in children[1:])
        if operator == "?":
            return make.optional(inner)
        if inner.groups:
            reason = f"capture `{inner.groups[0]}` in a repeat: repeat inside a sub-rule"
            raise self._error(place.path[0], reason)
        if operator == "~":
            return make.repeat(inner, int(numbers[0]), int(numbers[-1]))
        return make.repeat(inner, 0 if operator == "*" else 1, None)


def _value(token: str) -> str:
    """The text that a string literal of a grammar stands for, by Lark's own rules."""
    value: str = eval_escaping(token[1:-1])  # type: ignore[no-untyped-call]  # Lark has no types here
    return value.replace("\\\\", "\\")
