"""What a Markdown page holds, by a parser of Markdown."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt

if TYPE_CHECKING:
    from collections.abc import Iterator

    from markdown_it.token import Token

_PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def tokens(page: str) -> Iterator[Token]:
    """Every token, those within lines among them."""
    for token in _PARSER.parse(page):
        yield token
        yield from token.children or ()


def elements(page: str) -> Iterator[str]:
    """The tags of HTML."""
    for token in tokens(page):
        if token.type in {"html_inline", "html_block"}:
            yield from re.findall("<[^>]*>?", token.content)


def links(page: str) -> list[str]:
    """Where links and pictures lead."""
    found = (token.attrs.get("href") or token.attrs.get("src") for token in tokens(page))
    return [str(link) for link in found if link is not None]


def headings(page: str) -> list[str]:
    """The text of each heading."""
    parsed = _PARSER.parse(page)
    return [_text(parsed[number + 1]) for number, token in enumerate(parsed) if token.type == "heading_open"]


def fences(page: str) -> list[str]:
    """The content of each block of code."""
    return [token.content for token in tokens(page) if token.type in {"fence", "code_block"}]


def tables(page: str) -> list[list[list[str]]]:
    """The cells of each table, as they are shown."""
    found: list[list[list[str]]] = []
    parsed = _PARSER.parse(page)
    for number, token in enumerate(parsed):
        if token.type == "table_open":
            found.append([])
        elif token.type == "tr_open":
            found[-1].append([])
        elif token.type in {"th_open", "td_open"}:
            found[-1][-1].append(_text(parsed[number + 1]))
    return found


def texts(page: str) -> list[str]:
    """Each text of its own, outside of code in backticks: what a site would look through for mentions."""
    return [token.content for token in tokens(page) if token.type == "text"]


def _text(inline: Token) -> str:
    return "".join(
        token.content
        for token in inline.children or ()
        if token.type in {"text", "code_inline", "text_special"}
    )
