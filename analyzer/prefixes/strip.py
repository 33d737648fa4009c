"""Takes inferred prefixes off, and says when each line was written and whether another program wrote it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.prefixes.anchors import AT_START
from analyzer.prefixes.clocks import read_clock
from analyzer.tables import TIME

if TYPE_CHECKING:
    from analyzer.prefixes.template import Template

_FAILS: Final = "(?i)error|fail|fatal|exception|denied"


@dataclass(frozen=True)
class Prefixes:
    """The prefixes that a log's lines have, the commonest first; and the first that was seen, as it stood."""

    templates: tuple[Template, ...]
    example: str

    @cached_property
    def pattern(self) -> str:
        """A Rust pattern of all of them: alone on a line, or before one."""
        alone = "|".join(each.body for each in self.templates if each.body)
        before = "|".join(each.whole for each in self.templates)
        return f"^(?:(?:{alone})$|{before})" if alone else f"^(?:{before})"

    @property
    def is_timed(self) -> bool:
        """Whether a prefix has a clock that tells a time."""
        return any(each.clock for each in self.templates)

    def times(self, lines: pl.Series) -> pl.Series:
        """TIME of each of `lines` that begins with a clock that tells one; null for the others."""
        clocks = list(dict.fromkeys(each.clock for each in self.templates if each.clock))
        read = [read_clock(name, lines.str.extract(pattern)) for name, pattern in clocks]
        return pl.select(pl.coalesce(pl.lit(None, TIME), *read)).to_series().alias("at")


@dataclass(frozen=True, slots=True)
class Stripped:
    """Lines without their prefixes; `foreign`: another program's, which has a prefix of its own."""

    text: pl.Series
    foreign: pl.Series


def strip(lines: pl.Series, prefixes: Prefixes) -> Stripped:
    """`lines` without `prefixes`.

    A line without one goes on from the line before: it stays, but for a clock that stamps every line, or blanks in the
    prefix's place. A line of another program is left as it is, and is foreign, unless it speaks of an error: then it
    is kept, so that no failure vanishes.
    """
    text = lines.str.replace(prefixes.pattern, "").rename("text")
    foreign = pl.repeat(False, len(lines), dtype=pl.Boolean, eager=True)
    bare = (text.str.len_bytes() == lines.str.len_bytes()) & (lines != "")
    if not bare.any():
        return Stripped(text, foreign)
    rows = bare.arg_true()
    rest, other = _rest(lines.gather(rows), prefixes)
    return Stripped(text.scatter(rows, rest), foreign.scatter(rows, other))


def _rest(lines: pl.Series, prefixes: Prefixes) -> tuple[pl.Series, pl.Series]:
    """The lines that have none of the prefixes, and which of them are another program's."""
    line = pl.col("line")
    generic = "|".join(sorted({each.generic for each in prefixes.templates if each.generic}))
    outer = "|".join(sorted({each.outer for each in prefixes.templates if each.outer}))
    width = min((each.width for each in prefixes.templates if each.width), default=0)
    as_foreign = line.str.contains(f"^(?:{generic})") if generic else pl.lit(value=False)
    anchored, fails = line.str.contains(AT_START), line.str.contains(_FAILS)
    cuts = [pl.when(anchored).then(line)]
    if outer:
        cuts += [pl.when(as_foreign & fails).then(_without(generic))] if generic else []
        cuts.append(pl.when(~as_foreign & line.str.contains(f"^(?:{outer})")).then(_without(outer)))
    if width and any(each.body for each in prefixes.templates):
        cuts.append(pl.when(line.str.contains(f"^ {{{width}}}")).then(line.str.slice(width)))
    foreign = as_foreign & ~anchored & ~fails
    table = pl.DataFrame({"line": lines}).select(
        pl.coalesce(*cuts, line).alias("text"), foreign.alias("foreign")
    )
    return table["text"], table["foreign"]


def _without(pattern: str) -> pl.Expr:
    return pl.col("line").str.replace(f"^(?:{pattern})", "")
