"""Deploys that print at once into one log, each behind a prefix of its own: they are read one after the other.

Lines keep their numbers. A line without a prefix goes on from the line before it. Where it cannot be told of which
program a prefix is, the log stays as it is.

Source: docs/facts/prefixes.md#1-result.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import polars as pl

from analyzer.logs.recovered.text import Text
from analyzer.logs.text.clean import plain
from analyzer.prefixes.anchors import OPENER, anchors
from analyzer.prefixes.search import search

if TYPE_CHECKING:
    from collections.abc import Sequence

_FEWEST: Final = 2
_MOST: Final = 5  # programs that deploy at once
_COVERED: Final = 0.5
_LONGEST: Final = 100  # characters of a prefix
_ANSI: Final = b"\x1b<{%\t"  # signs of sequences that are to be taken off


class _Programs(NamedTuple):
    """How each program's prefixes look, as Rust patterns, each with its program's place in `shown`."""

    patterns: Sequence[tuple[str, int]]
    shown: Sequence[str]


def print_at_once(sample: pl.Series) -> bool:
    """Whether several deploys of `sample` print at once, and can be read apart."""
    lines = plain(sample, _ANSI)
    found = anchors(lines)
    headers = found.filter((pl.col("kind") == OPENER) & (pl.col("start") > 0))
    return headers.height >= _FEWEST and _programs(lines) is not None


def apart(text: Text) -> Text:
    """`text` with the lines of each program that deploys together; as it is where no two deploy at once."""
    lines = plain(text.lines, _ANSI)
    programs = _programs(lines)
    if programs is None:
        return text
    of_line = _program_of(lines, programs).fill_null(strategy="forward").fill_null(strategy="backward")
    order = of_line.to_frame("program").with_row_index("row").sort("program", "row")["row"]
    names = " and ".join(programs.shown)
    return Text(
        text.lines.gather(order),
        text.numbers.gather(order),
        None if text.times is None else text.times.gather(order),
        text.others,
        (*text.notes, f"several deploys print at once, behind {names}: each was read apart"),
    )


def _programs(lines: pl.Series) -> _Programs | None:
    """The programs that deploy at once; None where there are no two, or a prefix is not of one of them alone."""
    found = search([lines])
    if not found.at_once or found.prefixes is None:
        return _by_texts(lines)
    examples = pl.Series("example", found.at_once)
    patterns = [f"^(?:{each.whole}|{each.body}$)" for each in found.prefixes.templates]
    matched = [examples.str.contains(pattern).arg_true().to_list() for pattern in patterns]
    if any(len(places) != 1 for places in matched):
        return None
    pairs = [(pattern, places[0]) for pattern, places in zip(patterns, matched, strict=True)]
    return _Programs(pairs, [_quoted(text) for text in found.at_once])


def _by_texts(lines: pl.Series) -> _Programs | None:
    """The programs whose prefixes are always the same text, such as `[0] `: most lines have one of those of headers."""
    found = anchors(lines).filter((pl.col("kind") == OPENER) & pl.col("start").is_between(1, _LONGEST))
    before = pl.DataFrame({"line": lines.gather(found["row"]), "start": found["start"]})
    cut = pl.col("line").cast(pl.Binary).bin.slice(0, pl.col("start")).cast(pl.String, strict=False)
    texts = before.select(cut.unique().sort()).to_series().drop_nulls()
    texts = texts.filter(texts.str.strip_chars() != "")
    if not _FEWEST <= len(texts) <= _MOST:
        return None
    pairs = [
        (f"^(?:{pl.escape_regex(text)}|{pl.escape_regex(text.rstrip())}$)", place)
        for place, text in enumerate(texts)
    ]
    programs = _Programs(pairs, [_quoted(text) for text in texts])
    of_line = _program_of(lines, programs).to_frame("program").with_row_index("row").drop_nulls()
    spans = of_line.group_by("program").agg(first=pl.col("row").min(), last=pl.col("row").max()).sort("first")
    at_once = (spans["first"] < spans["last"].cum_max().shift(1)).fill_null(value=False)
    covered = of_line.height >= _COVERED * len(lines.filter(lines != ""))
    return programs if covered and at_once.any() else None


def _program_of(lines: pl.Series, programs: _Programs) -> pl.Series:
    """The place of the program of each line; null for a line without a prefix."""
    line = pl.col("line")
    said = [
        pl.when(line.str.contains(pattern)).then(pl.lit(place, pl.UInt32))
        for pattern, place in programs.patterns
    ]
    return pl.DataFrame({"line": lines}).select(pl.coalesce(said)).to_series()


def _quoted(prefix: str) -> str:
    """`prefix` as a note quotes it: no character of it moves a cursor or ends the quote."""
    shown = (sign if sign.isprintable() and sign != "`" else "?" for sign in prefix.replace("\t", " "))
    return f"`{''.join(shown)}`"
