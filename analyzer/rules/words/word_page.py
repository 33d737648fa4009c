"""A word's page: as `lostwrite explain` prints it, and as a part of `docs/rules/verdicts.md`."""

from __future__ import annotations

from textwrap import fill
from typing import TYPE_CHECKING, Final

from analyzer.rules.page import summary
from analyzer.rules.registry import rule
from analyzer.rules.words.word import words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.rules.words.word import Word

FILE: Final = "verdicts.md"
"""The name of the page of all words, beside the rules' pages."""

_WIDTH: Final = 110
_HEADINGS: Final = {
    "verdict": "Verdicts",
    "cause": "Causes of what happened",
    "cause of doubt": "Causes of doubt",
    "confidence": "Confidence",
    "status": "Status of a write that is not in place",
}
_INTRODUCTION: Final = (
    "# Verdicts and causes\n\n"
    "What a report says of a write. `lostwrite explain WORD` prints one of these. The [glossary](../glossary.md)\n"
    "explains the terms, and [architecture](../architecture.md#6-verdicts) the way to a verdict.\n"
)


def word_page(word: Word) -> str:
    """The page of one word, as text with a final newline."""
    parts = [f"{word.name} ({word.kind}): {word.about}."]
    parts += [f"## {heading}\n{_filled(text)}" for heading, text in _sections(word)]
    reported = "\n".join(map(_reported, word.rules))
    parts.insert(-1, f"## Rules that report it\n{reported or 'None.'}")
    return "\n\n".join(parts) + "\n"


def words_document() -> str:
    """The Markdown page of all words."""
    parts = [_INTRODUCTION]
    for kind, heading in _HEADINGS.items():
        parts.append(f"## {heading}\n")
        parts += [_part(word) for word in words() if word.kind == kind]
    return "\n".join(parts)


def _sections(word: Word) -> Iterator[tuple[str, str]]:
    yield "What it means", word.means
    yield "When it is given", word.given
    yield "What it does not mean", word.is_not
    if word.leaning is not None:
        yield "As a leaning", word.leaning
    yield ("What settles it" if word.doubt else "What to do"), word.to_do


def _filled(text: str) -> str:
    return fill(" ".join(text.split()), _WIDTH, break_on_hyphens=False, break_long_words=False)


def _reported(code: str) -> str:
    known = rule(code)
    text = code if known is None else f"{code} {known.NAME}: {summary(known)}"
    return fill(f"- {text}", _WIDTH, subsequent_indent="  ", break_on_hyphens=False)


def _part(word: Word) -> str:
    title = f"### `{word.name}`\n\n{word.about[0].upper()}{word.about[1:]}.\n"
    sections = [f"**{heading}.** {text}" for heading, text in _sections(word)]
    links = ", ".join(f"[{code}]({code}.md)" for code in word.rules)
    sections.insert(-1, f"**Rules that report it.** {links or 'None'}.")
    return "\n".join([title, *(f"{_filled(section)}\n" for section in sections)])
