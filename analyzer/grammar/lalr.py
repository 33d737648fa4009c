"""Lark's LALR parsers of nested texts, built ahead of time: building one takes a tenth of a second.

`compiled` writes them. A stored parser is used only if grammar, start symbols and Lark are the same as then.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
from typing import TYPE_CHECKING

import lark

from analyzer.errors import GrammarError
from analyzer.grammar.files import read_compiled

if TYPE_CHECKING:
    from collections.abc import Sequence


def parser(name: str, text: str, starts: Sequence[str] = ("start",), *, whole: bool = False) -> lark.Lark:
    """The parser of a grammar.

    Args:
        name: of the grammar: `grammars/NAME.lark`.
        text: what it says.
        starts: its start symbols.
        whole: keep every token, and where it stood.
    """
    try:
        kept = json.loads(read_compiled(f"{name}.parser"))
    except GrammarError:
        kept = {}
    if kept.get("built_with") != _digest(text, starts, whole=whole):
        return _build(text, starts, whole=whole)
    return lark.Lark.load(io.BytesIO(base64.b64decode(kept["parser"])))


def document(text: str, starts: Sequence[str] = ("start",), *, whole: bool = False) -> str:
    """What is kept of a parser; the arguments are those of `parser`."""
    data = io.BytesIO()
    _build(text, starts, whole=whole).save(data)
    kept = base64.b64encode(data.getvalue()).decode()
    return json.dumps({"built_with": _digest(text, starts, whole=whole), "parser": kept}) + "\n"


def _build(text: str, starts: Sequence[str], *, whole: bool) -> lark.Lark:
    return lark.Lark(
        text,
        parser="lalr",
        lexer="contextual",
        start=list(starts),
        keep_all_tokens=whole,
        propagate_positions=whole,
        maybe_placeholders=False,
    )


def _digest(text: str, starts: Sequence[str], *, whole: bool) -> str:
    return hashlib.sha256(json.dumps([lark.__version__, text, *starts, whole]).encode()).hexdigest()
