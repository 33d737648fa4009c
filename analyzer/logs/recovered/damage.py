"""Damage of a paste is repaired where that is unmistakable: different anchors come to light that were none before.

The repair that gains most comes first, then the others as far as they still gain, at most three. What is printed freely
cannot be told from damage, and stays as it is. A log that is whole gains nothing by any repair, and none is looked for
where the bytes show no sign of it.

Source: docs/facts/prefixes.md#7-damage.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.logs.recovered import carriage, hard_wraps, letters, spacing, trailing
from analyzer.logs.text.clean import plain
from analyzer.prefixes.anchors import ANYWHERE, AT_START, END, OPENER, anchors, distinct_anywhere

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from analyzer.logs.recovered.text import Text

Repair = Callable[[pl.Series], pl.Series]
_MOST: Final = 3
_FLUSH: Final = (OPENER, END)
_HINT: Final = (
    r"pulumi:|Updating|Previewing|Destroying|Refreshing|ready!|Created|Updated|Deleted|Imported|Refreshed|Error"
    r"|Duration:|Complete|Failed|Interrupted|Removed|Generated|App:|Stage:|Permalink|unchanged|level=|Status|Plan"
    r"|creat|updat|delet|Resources:|Diagnostics:|[a-z0-9]:[a-zA-Z]"
)
"""Lines that may be anchors once they are repaired, whatever the damage."""


@dataclass(frozen=True, slots=True)
class _Offer:
    """A repair, what it is called, and whether it gives forms their blanks: then it must gain at the left margin."""

    name: str
    repair: Repair
    at_margin: bool = False


_WEIGHED: Final = 2_000  # different lines
_TELLING: Final = 3

_OFFERS: Final = (
    (
        re.compile(
            rb"\xc2\xa0|\xe2\x80[\x80-\x8b\xaf]|\xe2\x81[\x9f\xa0]|\xe3\x80\x80|\xe1\x9a\x80|\xef\xbb\xbf"
        ),
        _Offer("blanks that do not break", letters.blanks),
    ),
    (re.compile(rb"\x0c"), _Offer("page breaks", letters.pages)),
    (re.compile(rb"\[[0-9;?]{0,20}m"), _Offer("codes of colours that are text", letters.escapes)),
    (
        re.compile(rb"[-=]>|\?|\xef\xbf\xbd|[xvXV*^]  [A-Z]"),
        _Offer("arrows and signs that became other signs", letters.signs),
    ),
    (re.compile(rb"&(?:[a-z]{2,6}|#[0-9x])"), _Offer("signs that HTML writes as `&...;`", letters.entities)),
    (
        re.compile(rb"\\[23][0-7]{2}|\\x[89a-fA-F]|M-[b\^]"),
        _Offer("bytes that became numbers", letters.numbered),
    ),
    (re.compile(rb"\]\(http"), _Offer("parts of lines that are links", letters.links)),
    (re.compile(rb"\t"), _Offer("tabs for columns", spacing.columns)),
    (re.compile(rb"\t"), _Offer("tabs for blanks, every 8 columns", partial(spacing.expanded, 8))),
    (re.compile(rb"\t"), _Offer("tabs for blanks, every 4 columns", partial(spacing.expanded, 4))),
)
"""The sign that bytes show of a damage, and its repair."""


@dataclass(frozen=True, slots=True)
class Step:
    """A repair that gains.

    Attributes:
        name: what was damaged.
        apply: the repair of a whole log.
    """

    name: str
    apply: Callable[[Text], Text]


def repairs_of(sample: pl.Series) -> list[Step]:
    """The repairs that gain, in the order in which they are done.

    Args:
        sample: lines of a log that show a deploy.
    """
    steps: list[Step] = []
    if carriage.parts(sample):
        steps.append(Step("lines that end in a carriage return alone", carriage.parted))
        sample = carriage.lines_of(sample)
    width = _cut_at(sample)
    if width is not None:
        steps.append(Step(f"lines that were cut at {width} characters", partial(_rejoined, width)))
        sample = sample.str.strip_chars_end("\r")
        sample = hard_wraps.joined(sample, hard_wraps.runs(sample, width))
    weighed = _hinted(sample)
    for _ in range(_MOST - len(steps)):
        offer = _best(weighed)
        if offer is None:
            break
        weighed = offer.repair(weighed)
        steps.append(Step(offer.name, partial(_with, offer.repair)))
    return steps


def mended(text: Text, steps: Iterable[Step]) -> Text:
    """`text` after `steps`, each of which is noted."""
    for step in steps:
        text = step.apply(text).noted(f"repaired: {step.name}")
    return text


def is_whole(sample: pl.Series) -> bool:
    """Whether `sample` shows a deploy, and no repair of its other lines gains: nothing else needs to be looked at."""
    lines = _hinted(sample)
    sound = lines.str.strip_prefix(margin_of(lines)).str.contains(AT_START)
    left = lines.filter(~sound)
    had = cache(partial(distinct_anywhere, left))
    return (
        int(sound.sum()) >= _TELLING
        and not letters.copied_links(lines)
        and all(_gain(offer, left, had) <= 0 for offer in _offers(left))
        and _cut_at(sample) is None
    )


def _with(repair: Repair, text: Text) -> Text:
    return replace(text, lines=repair(text.lines))


def _hinted(sample: pl.Series) -> pl.Series:
    """The lines by which repairs are weighed, each once, cleaned."""
    few = sample.filter(sample.str.contains(_HINT).fill_null(value=False)).unique(maintain_order=True)
    return plain(few.head(_WEIGHED), b"\x1b<{%\t")


def _best(lines: pl.Series) -> _Offer | None:
    """The repair that gains most on `lines`, of those alike the one that puts most in place; None if none gains."""
    best: tuple[tuple[int, int], _Offer] | None = None
    had = cache(partial(distinct_anywhere, lines))
    for offer in _offers(lines):
        gain = _gain(offer, lines, had)
        if gain > 0:
            score = (gain, _at_margin(offer.repair(lines), margin_of(lines)))
            if best is None or score > best[0]:
                best = (score, offer)
    return best[1] if best else None


def _gain(offer: _Offer, lines: pl.Series, had: Callable[[], int]) -> int:
    """How many different anchors `offer` brings to light; where it brings none, how many it brings to the margin.

    `had`: how many `lines` have.
    """
    after = offer.repair(lines)
    if not lines.ne_missing(after).any():
        return 0
    shown = letters.copied_links(lines) if offer.repair is letters.links else 0
    gain = distinct_anywhere(after) - had() + shown
    if gain > 0 and not offer.at_margin:
        return gain
    indent = margin_of(lines)
    return _at_margin(after, indent) - _at_margin(lines, indent) if gain >= 0 else 0


def _at_margin(lines: pl.Series, indent: str) -> int:
    bare = lines.filter(lines.str.starts_with(indent)).str.slice(len(indent))
    return bare.filter(bare.str.contains(f"^(?:{ANYWHERE})").fill_null(value=False)).n_unique()


def margin_of(lines: pl.Series) -> str:
    """The blanks that most headers and ends have before them: a paste is indented as a whole."""
    found = anchors(lines).filter(pl.col("kind").is_in(_FLUSH))
    if found.is_empty():
        return ""
    before = lines.gather(found["row"]).to_frame("line").hstack(found.select("start"))
    texts = before.select(pl.col("line").str.head(pl.col("start"))).to_series()
    blank = texts.filter(texts.str.contains(r"^[ \t]*$"))
    return "" if blank.is_empty() else min(blank.mode().to_list(), key=len)


def _offers(lines: pl.Series) -> Iterator[_Offer]:
    """The repairs of which the lines show a sign."""
    if (end := trailing.pattern_of(lines)) is not None:
        yield _Offer("what stands behind every line", partial(trailing.without, end))
    data = "\n".join(lines.drop_nulls()).encode()
    if not data.isascii():
        yield from (_Offer(f"UTF-8 that was read as {page}", each) for page, each in letters.MOJIBAKE.items())
    yield from (offer for sign, offer in _OFFERS if sign.search(data))
    indent = margin_of(lines)
    if families := spacing.lost(lines, indent):
        repair = partial(spacing.spaced, indent=indent, families=families)
        yield _Offer("blanks that were lost", repair, at_margin=True)


def _cut_at(sample: pl.Series) -> int | None:
    """The width at which the lines of a paste were cut; None where to join them gains nothing."""
    lines = sample.str.strip_chars_end("\r")
    width = hard_wraps.width_of(lines)
    if width is None:
        return None
    run = hard_wraps.runs(lines, width)
    whole = hard_wraps.joined(lines, run)
    pieces = pl.DataFrame({"run": run, "is": lines.str.contains(ANYWHERE)})
    had = pieces.group_by("run", maintain_order=True).agg(pl.col("is").any())["is"]
    became = whole.str.contains(ANYWHERE) & ~had  # an anchor that spans a cut
    errors = hard_wraps.whole_errors(whole) - hard_wraps.whole_errors(lines)
    return width if errors >= 0 and int(became.sum()) + errors > 0 else None


def _rejoined(width: int, text: Text) -> Text:
    """`text` with the lines joined that were cut at `width`: each stands where its first piece stood."""
    lines = text.lines.str.strip_chars_end("\r")
    run = hard_wraps.runs(lines, width)
    first = run.is_first_distinct()
    return replace(
        text,
        lines=hard_wraps.joined(lines, run),
        numbers=text.numbers.filter(first),
        times=None if text.times is None else text.times.filter(first),
    )
