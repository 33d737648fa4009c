"""A group of prefixes that are alike → one pattern."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from analyzer.prefixes.clocks import DATED, SHAPES
from analyzer.prefixes.columns import ANY_LEVEL, LEVELS, Column, column, is_level
from analyzer.prefixes.tokens import BLANK, CLOCK, ONE_WORD, SIGN, SYMBOL, WORD, Token

if TYPE_CHECKING:
    from collections.abc import Sequence

_PADDED: Final = 40
"""Characters to which a word may be padded."""


class Sample(NamedTuple):
    """A prefix that was seen.

    Attributes:
        text: as it stood.
        tokens: of it.
        anchors: how many of them have one like it before them.
        openers: of these, headers.
        key: what all that are like it have in common.
    """

    text: str
    tokens: tuple[Token, ...]
    anchors: int
    openers: int
    key: str = ""


@dataclass(frozen=True, slots=True)
class Template:
    """What the prefixes of a group have in common, as Rust patterns.

    Attributes:
        body: the prefix without its last blanks.
        whole: the prefix.
        generic: the prefix of any other program that prints so too; None: nothing names the program.
        outer: the clock that the prefix begins with, and what closes it; None where that is all of it.
        clock: the name of the clock that tells the time, and a pattern whose group it is; None if there is none.
        width: characters of the prefix; None where they differ.
    """

    body: str
    whole: str
    generic: str | None = None
    outer: str | None = None
    clock: tuple[str, str] | None = None
    width: int | None = None


def template(samples: Sequence[Sample]) -> Template | None:
    """The template of `samples`, whose signatures are one; None if a word of any length would touch the line."""
    if all(token.kind == BLANK for sample in samples for token in sample.tokens):
        return _of_blanks(samples)
    rows = [_aligned(sample.tokens) for sample in samples]
    led = any(len(row) < len(sample.tokens) for row, sample in zip(rows, samples, strict=True))
    columns = [
        column(values, rows[0][place + 1].text if place + 1 < len(rows[0]) else "")
        for place, values in enumerate(zip(*rows, strict=True))
    ]
    ends_blank = rows[0][-1].kind == BLANK
    if not ends_blank and columns[-1].pattern == ONE_WORD:
        return None
    lead = r"[ \t]*" if led else ""
    inner = columns[:-1] if ends_blank else columns
    body = lead + "".join(each.pattern for each in inner)
    generic = lead + "".join(each.generic for each in inner)
    whole = _filled(rows, samples, columns, lead) or body + (_blanks(rows, samples) if ends_blank else "")
    kinds = [token.kind for token in rows[0]]
    telling = CLOCK in kinds or SIGN in kinds
    named = any(each.names for each in inner)
    blanks = r"(?:[ \t]|$)" if ends_blank else ""
    widths = {len(sample.text) for sample in samples}
    return Template(
        body,
        whole,
        generic + blanks if telling and named else None,
        _outer(rows[0], columns, lead),
        _clock(rows, columns, lead),
        widths.pop() if len(widths) == 1 else None,
    )


def splits(samples: Sequence[Sample]) -> list[list[Sample]]:
    """`samples` by the value that names their stream: two values or more have a header each; else all in one."""
    rows = [_aligned(sample.tokens) for sample in samples]
    for values in zip(*rows, strict=True):
        if values[0].kind != WORD or all(is_level(value.text) for value in values):
            continue
        openers: Counter[str] = Counter()
        seen: Counter[str] = Counter()
        for value, sample in zip(values, samples, strict=True):
            openers[value.text] += sample.openers
            seen[value.text] += sample.anchors
        if sum(1 for text, count in openers.items() if count and seen[text] > 1) > 1:
            return [
                [sample for value, sample in zip(values, samples, strict=True) if value.text == text]
                for text in sorted(seen, key=lambda each: (-seen[each], each))
            ]
    return [list(samples)]


def is_prose(samples: Sequence[Sample]) -> bool:
    """Whether a word without digits differs before more than half of the anchors: no prefix does that."""
    total = sum(sample.anchors for sample in samples)
    for values in zip(*(_aligned(sample.tokens) for sample in samples), strict=True):
        words = {value.text for value in values if value.kind == WORD}
        plain = [word for word in words if not any(map(str.isdigit, word)) and not is_level(word)]
        if len(words) > 1 and 2 * len(plain) > total:
            return True
    return False


def _aligned(tokens: tuple[Token, ...]) -> tuple[Token, ...]:
    """`tokens` without the blanks before a word that stands at the right."""
    leads = len(tokens) > 1 and tokens[0].kind == BLANK and tokens[1].kind in (WORD, CLOCK)
    return tokens[1:] if leads else tokens


def _of_blanks(samples: Sequence[Sample]) -> Template:
    """An indentation has one width: a range would take the blanks of rows."""
    texts: Counter[str] = Counter()
    for sample in samples:
        texts[sample.text] += sample.anchors
    text = min(texts, key=lambda each: (-texts[each], len(each), each))
    return Template("", text.replace("\t", r"\t"), width=len(text))


def _blanks(rows: Sequence[tuple[Token, ...]], samples: Sequence[Sample]) -> str:
    """The pattern of the last blanks: the commonest."""
    blanks: Counter[str] = Counter()
    for row, sample in zip(rows, samples, strict=True):
        blanks[row[-1].text] += sample.anchors
    return min(blanks, key=lambda each: (-blanks[each], len(each), each)).replace("\t", r"\t")


def _filled(
    rows: Sequence[tuple[Token, ...]], samples: Sequence[Sample], columns: Sequence[Column], lead: str
) -> str | None:
    """The pattern of a prefix whose last blanks fill up a word to one width; None if they do not."""
    if rows[0][-1].kind != BLANK:
        return None
    places = [at for at in range(len(columns) - 1) if rows[0][at].kind == WORD and _may_vary(columns[at])]
    if not places or any(rows[0][at].kind != SIGN for at in range(places[-1] + 1, len(columns) - 1)):
        return None
    place, blanks = places[-1], {row[-1].text for row in rows}
    totals = {len(row[place].text) + len(row[-1].text) for row in rows}
    total = max(totals)
    fills = len(blanks) > 1 or (columns[place].is_level and len(rows[0][-1].text) > 1)
    if len(totals) > 1 or total > _PADDED or not fills or any("\t" in each for each in blanks):
        return None
    before = lead + "".join(each.pattern for each in columns[:place])
    closing = "".join(each.pattern for each in columns[place + 1 : -1])
    exact = columns[place].pattern + closing + _blanks(rows, samples)
    return f"{before}(?:{_padded(columns[place], total, closing)}|{exact})"


def _may_vary(each: Column) -> bool:
    return each.varies or each.is_level


def _padded(each: Column, total: int, closing: str) -> str:
    """A word, what closes it, and the blanks that fill it up to `total`."""
    if each.pattern == ANY_LEVEL:
        words = [f"(?i:{word}){closing} {{{total - len(word)}}}" for word in LEVELS if len(word) < total]
        return "|".join(words)
    return "|".join(f"[^ \t]{{{size}}}{closing} {{{total - size}}}" for size in range(total - 1, 0, -1))


def _outer(row: tuple[Token, ...], columns: Sequence[Column], lead: str) -> str | None:
    """The clock at the beginning, with signs around it and the blank behind."""
    end = next((at for at, token in enumerate(row) if token.kind not in (SIGN, SYMBOL)), len(row))
    if end >= len(row) or row[end].kind != CLOCK:
        return None
    end += 1
    while end < len(row) and row[end].kind == SIGN:
        end += 1
    if end >= len(row) - 1:
        return None
    pattern = lead + "".join(each.pattern for each in columns[:end])
    return pattern + ("(?: |$)" if row[end].kind == BLANK else "")


def _clock(rows: Sequence[tuple[Token, ...]], columns: Sequence[Column], lead: str) -> tuple[str, str] | None:
    for place, token in enumerate(rows[0]):
        if token.kind == CLOCK and token.name in DATED and all(row[place].name == token.name for row in rows):
            before = lead + "".join(each.pattern for each in columns[:place])
            return token.name, f"^{before}({SHAPES[token.name]})"
    return None
