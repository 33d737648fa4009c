"""Which lines of a text log matter where only the writes of key-value stores do; the others are counted, not read.

Most lines are rows of other resources, or what other programs print. Where no section is open these mean the same
whatever stands around them: one look at a line tells, and nothing else is done with it. All lines behind one that may
open something are kept, up to the first that surely ends it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from analyzer.grammar.line import without_captures

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from analyzer.grammar.form import Form

_NOTHING, _NOISE, _PASSES, _ENDS, _ENDS_AS_NOISE, READ, _READ_ENDS, _LIVE = range(8)
FOREIGN = _NOISE
_IDLE = (_ENDS, _PASSES, _ENDS_AS_NOISE)


@dataclass(frozen=True)
class Sieve:
    """What may be left out of a log of some languages.

    No line of `ends`, `ends_as_noise` or `passes` is of a form that stands before its own, but for those of `unless`.

    Attributes:
        forms: all forms of the languages, in order of priority.
        ends: forms of which each line ends every section, and is recognised.
        passes: forms that are recognised where no section is open, and change nothing.
        ends_as_noise: as `ends`, but noise.
        noise: forms that are noise where no section is open, and change nothing.
        nothing: forms that mean nothing where no section is open: of no language, and no noise.
        unless: forms of which a line may also be of one of the others.
        telling: a Rust pattern of lines that must be read, whatever their form.
        opening: a Rust pattern of lines that open a section although their form does not.
        ours: a Rust pattern of lines that are unrecognised where no language knows them, the others being noise;
            None: all are unrecognised.
    """

    forms: Sequence[Form]
    ends: Collection[str] = ()
    passes: Collection[str] = ()
    ends_as_noise: Collection[str] = ()
    noise: Collection[str] = ()
    nothing: Collection[str] = ()
    unless: Collection[str] = ()
    telling: str = ""
    opening: str = ""
    ours: str | None = None

    def classes(self, text: pl.Series) -> pl.Series:
        """What each line does where no section is open: UInt8, for `Sifting`."""
        classes = pl.repeat(_NOTHING if self.ours is None else _NOISE, len(text), dtype=pl.UInt8, eager=True)
        left, rows = text, pl.int_range(len(text), dtype=pl.UInt32, eager=True)
        for kind, pattern in self._patterns:
            found = left.str.contains(pattern)
            of_kind = rows.filter(found)
            classes.scatter(of_kind, kind)
            if kind in _IDLE and len(of_kind):
                self._tell(classes, kind, left.filter(found), of_kind)
            left, rows = left.filter(~found), rows.filter(~found)
        return classes

    def _tell(self, classes: pl.Series, kind: int, text: pl.Series, rows: pl.Series) -> None:
        """Corrects the classes of those lines that must be read."""
        told = text.str.contains(self._read)
        some, text = rows.filter(told), text.filter(told)
        classes.scatter(some, READ if kind == _PASSES else _READ_ENDS)
        if self._opens:
            classes.scatter(some.filter(text.str.contains(self._opens)), _LIVE)

    @cached_property
    def _patterns(self) -> list[tuple[int, str]]:
        idle = {*self.ends, *self.passes, *self.ends_as_noise, *self.noise, *self.nothing}
        live = [form.name for form in self.forms if form.name not in idle]
        others = [] if self.ours is None else [self.ours]
        told = [
            (_ENDS, self._union(self.ends)),
            (_PASSES, self._union(self.passes)),
            (_ENDS_AS_NOISE, self._union(self.ends_as_noise)),
            (_LIVE, "|".join([self._union(live), *others])),
            (_NOISE, self._union(self.noise) if self.ours is None else ""),
        ]
        return [(kind, pattern) for kind, pattern in told if pattern]

    @cached_property
    def _read(self) -> str:
        return "|".join(filter(None, (self._opens, self.telling)))

    @cached_property
    def _opens(self) -> str:
        return "|".join(filter(None, (self._union(self.unless), self.opening)))

    def _union(self, names: Collection[str]) -> str:
        return "|".join(without_captures(form) for form in self.forms if form.name in names)


class Counts(NamedTuple):
    """How many lines were left out, by what they are."""

    recognised: int
    noise: int
    unrecognised: int


@dataclass(slots=True)
class Sifting:
    """What is carried from batch to batch of one log.

    Attributes:
        closed: whether no section is open, for sure; none is at the beginning.
    """

    closed: bool = True

    def kept(self, classes: pl.Series) -> tuple[pl.Series, Counts]:
        """The rows of a batch that must be read, and what the others are.

        Of each stretch of lines outside of sections the first and the last one are kept: they tell its times; and the
        last that ends a section: Pulumi's display may begin or end with it.
        """
        rows = pl.int_range(len(classes), dtype=pl.UInt32, eager=True)
        live, ends = classes == _LIVE, classes.is_in([_ENDS, _ENDS_AS_NOISE, _READ_ENDS])
        outside = self._closed_before(rows.filter(live | ends), live) & ~live
        stretch = outside.rle_id()
        left_out = outside & (classes < READ)
        for some in (outside, outside & ends):
            places, of = rows.filter(some), stretch.filter(some)
            left_out = left_out.scatter(places.filter(of.is_last_distinct()), values=False)
        first = rows.filter(outside).filter(stretch.filter(outside).is_first_distinct())
        left_out = left_out.scatter(first, values=False)
        return rows.filter(~left_out), _counts(classes.filter(left_out))

    def _closed_before(self, turns: pl.Series, live: pl.Series) -> pl.Series:
        """Whether no section is open before each line; after the batch it is `closed`."""
        closed = pl.repeat(None, len(live) + 1, dtype=pl.Boolean, eager=True)
        closed = closed.scatter(turns + 1, ~live.gather(turns)).scatter(0, self.closed)
        told = closed.forward_fill()
        self.closed = bool(told[-1])
        return told.head(len(live))


def _counts(left_out: pl.Series) -> Counts:
    recognised = int(((left_out == _ENDS) | (left_out == _PASSES)).sum())
    noise = int(((left_out == _NOISE) | (left_out == _ENDS_AS_NOISE)).sum())
    return Counts(recognised, noise, len(left_out) - recognised - noise)
