"""The attributes of a log record, `key=value key="quoted value"`, by Lark's LALR parser (`grammars/logfmt.lark`)."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import TYPE_CHECKING, Final

from analyzer.grammar.files import read_grammar

if TYPE_CHECKING:
    from lark import Lark

_HEX: Final = re.compile(r"\\x([0-9a-fA-F]{2})")
_LETTERS: Final = {r"\a": r"\u0007", r"\v": r"\u000b"}
_LETTER: Final = re.compile(r"\\[\\av]")


def attributes(text: str) -> list[tuple[str, str]]:
    r"""The pairs of a record's attributes in order, quotes taken off; none where `text` is no list of pairs.

    Args:
        text: ` key=value key="a \"b\""`, or a whole record that another one wrapped: `INFO pushing key=value`.
    """
    from lark import Token
    from lark.exceptions import UnexpectedInput

    try:
        tree = _parser().parse(text)
    except UnexpectedInput:
        return []
    pairs: list[tuple[str, str]] = []
    for token in tree.scan_values(lambda value: isinstance(value, Token)):
        if token.type == "KEY":
            pairs.append((str(token), ""))
        elif token.type in ("QUOTED", "PLAIN", "LONG"):
            pairs[-1] = (pairs[-1][0], unquoted(token) if token.type == "QUOTED" else str(token))
    return pairs


def unquoted(text: str) -> str:
    """What Go's strconv.Quote made `text` of; `text` without its quotes where it is not of that form."""
    as_json = _LETTER.sub(lambda match: _LETTERS.get(match[0], match[0]), _HEX.sub(r"\\u00\1", text))
    try:
        return str(json.loads(as_json, strict=False))
    except ValueError:
        return text[1:-1]


@cache
def _parser() -> Lark:
    from analyzer.grammar.lalr import parser  # loads Lark

    return parser("logfmt", read_grammar("logfmt"))
