"""Which lines of a text log `check` must read: those that can concern key-value writes. The others are only counted.

Most lines are rows of other resources, or what other programs print. Where no section is open, such a line means the
same whatever stands around it, so one test on the line decides. All lines behind one that may open a section are kept,
up to the first line that surely ends it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from analyzer.grammar.line import load, without_captures
from analyzer.logs.text.forms import Alone, where

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from analyzer.grammar.form import Form
    from analyzer.logs.text.forms import Meaning
    from analyzer.logs.text.language import Language

_NOTHING, _NOISE, _PASSES, _ENDS, _ENDS_AS_NOISE, _REPEATS, READ, _READ_ENDS, _LIVE = range(9)
FOREIGN = _NOISE


@dataclass(frozen=True, slots=True)
class CountedLines:
    """Forms that say the same wherever no section is open, and lines of them that must be read nevertheless.

    Attributes:
        forms: their names.
        telling: a Rust pattern of lines that concern a write.
        ending: the ends of further lines that concern a write.
        opening: a Rust pattern of telling lines that open a section, although their form does not.
    """

    forms: Collection[str] = ()
    telling: str = ""
    ending: str = ""
    opening: str = ""


@dataclass(frozen=True, slots=True)
class _Kind:
    """A class of lines, their pattern, and what some of them are instead; without a pattern there are none.

    Where `among` is given, the pattern is sought only in lines that hold it; or in those that hold one of the
    alternatives of the pattern `holding`, which are sought in one pass. What else a line is, is decided by tests in
    which it is the column `line`; of those that hold, the last counts.
    """

    code: int
    pattern: str
    among: str = ""
    holding: str = ""
    read: int = READ
    telling: pl.Expr | None = None
    others: Sequence[tuple[int, pl.Expr]] = ()

    def of(self, lines: pl.Series) -> pl.Series:
        """Which of `lines` are of this class."""
        if not (self.among or self.holding):
            return lines.str.contains(self.pattern)
        holding = lines.str.contains(self.holding or self.among, literal=not self.holding)
        matches = holding.arg_true().filter(lines.filter(holding).str.contains(self.pattern))
        return holding.set(holding, value=False).scatter(matches, values=True)

    def mark(self, classes: pl.Series, lines: pl.Series, rows: pl.Series) -> None:
        """Puts the class of `lines` into `classes`, at `rows`."""
        classes.scatter(rows, self.code)
        if self.telling is not None:
            (tell,) = _each(lines, self.telling)
            telling, told_rows = lines.filter(tell), rows.filter(tell)
            classes.scatter(told_rows, self.read)
            results = _each(telling, *(words for _, words in self.others))
            for (code, _), is_so in zip(self.others, results, strict=True):
                classes.scatter(told_rows.filter(is_so), code)


def _each(lines: pl.Series, *tests: pl.Expr) -> list[pl.Series]:
    """Which of `lines` each test holds for; all in one call: each costs polars more by the call than by the line."""
    named = (test.alias(str(number)) for number, test in enumerate(tests))
    return lines.to_frame("line").select_seq(named).get_columns() if tests else []


@dataclass(frozen=True)
class Prefilter:
    """What may be left out of a log of some languages.

    Attributes:
        forms: all forms of the languages, in order of priority.
        ends: each line ends every section, and is recognised.
        passes: recognised, and changes nothing.
        ends_as_noise: as `ends`, but noise.
        ends_read: as `ends`, but each of these lines concerns a write: all are read.
        noise: noise, and changes nothing.
        nothing: forms that mean nothing where no section is open: of no language, and no noise.
        among: forms whose lines all hold a character, by this character: they are sought only there.
        repeating: a Rust pattern of telling lines of `passes`: the same words count only once while no section is open.
        stamp: a Rust pattern of what stands before these words.
        ours: a Rust pattern of lines that are unrecognised where no language knows them, the others being noise;
            None: all are unrecognised.
        doubtful: Rust patterns of lines that are read even where no form fits, each by a text that such lines hold.
    """

    forms: Sequence[Form]
    ends: CountedLines = CountedLines()
    passes: CountedLines = CountedLines()
    ends_as_noise: CountedLines = CountedLines()
    ends_read: Collection[str] = ()
    noise: Collection[str] = ()
    nothing: Collection[str] = ()
    among: Mapping[str, Collection[str]] = field(default_factory=dict)
    repeating: str = ""
    stamp: str = ""
    ours: str | None = None
    doubtful: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        languages: Sequence[Language],
        *,
        ends: CountedLines = CountedLines(),
        passes: CountedLines = CountedLines(),
    ) -> Prefilter:
        """The prefilter of `languages`, by their tables; `ends` and `passes` add lines that must be read."""

        def named(test: Callable[[Meaning], bool]) -> tuple[str, ...]:
            return tuple(form for language in languages for form in where(language.FORMS, test))

        among: dict[str, list[str]] = {}
        for language in languages:
            for name, row in language.FORMS.items():
                if row.among:
                    among.setdefault(row.among, []).append(name)
        return cls(
            [form for language in languages for form in load(language.GRAMMAR).forms],
            ends=replace(ends, forms=named(lambda row: row.ends and row.alone is Alone.COUNTED)),
            passes=replace(passes, forms=named(lambda row: not row.ends and row.alone is Alone.COUNTED)),
            ends_as_noise=CountedLines(named(lambda row: row.ends and row.alone is Alone.NOISE)),
            ends_read=named(lambda row: row.alone is Alone.TELLS),
            noise=named(lambda row: not row.ends and row.alone is Alone.NOISE),
            nothing=named(lambda row: row.alone is Alone.NOTHING),
            among=among,
        )

    def classes(self, text: pl.Series) -> pl.Series:
        """What each line does where no section is open: UInt8, for `Prefiltering`."""
        other = pl.Series([_NOTHING if self.ours is None else _NOISE], dtype=pl.UInt8)
        classes = other.new_from_index(0, len(text))
        left, rows = text, pl.int_range(len(text), dtype=pl.UInt32, eager=True)
        for kind in self._kinds:
            matches = kind.of(left)
            kind.mark(classes, left.filter(matches), rows.filter(matches))
            left, rows = left.filter(~matches), rows.filter(~matches)
        return classes

    @cached_property
    def first(self) -> frozenset[str]:
        """Forms that are tried before all others: a line of theirs is of no earlier form, except plain ones."""
        return frozenset([*self.noise, *self.ends.forms, *self.passes.forms, *self.ends_as_noise.forms])

    @cached_property
    def _kinds(self) -> list[_Kind]:
        """The kinds of lines in the order in which they are tried."""
        counted_forms = (
            *self.ends.forms,
            *self.passes.forms,
            *self.ends_as_noise.forms,
            *self.noise,
            *self.nothing,
        )
        among = [name for names in self.among.values() for name in names]
        live = [
            form.name for form in self.forms if form.name not in (*counted_forms, *self.ends_read, *among)
        ]
        kinds = [
            self._of(_ENDS, self.ends, _READ_ENDS),
            self._of(_PASSES, self.passes, READ, self.repeating),
            self._of(_ENDS_AS_NOISE, self.ends_as_noise, _READ_ENDS),
            _Kind(_READ_ENDS, self._union(self.ends_read)),
            _Kind(_LIVE, "|".join(filter(None, (self._union(live), self.ours)))),
            *(_Kind(_LIVE, self._union(names), among=char) for char, names in self.among.items()),
            _Kind(
                READ,
                "|".join(dict.fromkeys(self.doubtful.values())),
                holding="|".join(map(re.escape, self.doubtful)),
            ),
            _Kind(_NOISE, self._union(self.noise) if self.ours is None else ""),
        ]
        return [kind for kind in kinds if kind.pattern]

    def _of(self, kind: int, lines: CountedLines, read: int, repeating: str = "") -> _Kind:
        line = pl.col("line")
        tells = line.str.contains(lines.telling) if lines.telling else None
        if tells is not None and lines.ending:
            tells |= line.str.ends_with(lines.ending)
        others = ((_REPEATS, repeating), (_LIVE, lines.opening))
        return _Kind(
            kind,
            self._union(lines.forms),
            read=read,
            telling=tells,
            others=tuple((other, line.str.contains(words)) for other, words in others if words),
        )

    def _union(self, names: Collection[str]) -> str:
        return "|".join(without_captures(form) for form in self.forms if form.name in names)


class Counts(NamedTuple):
    """How many lines were left out, by what they are."""

    recognised: int
    noise: int
    unrecognised: int


@dataclass(slots=True)
class Prefiltering:
    """The state that is carried from batch to batch of one log.

    Attributes:
        prefilter: of its languages.
        closed: whether it is certain that no section is open, as at the beginning.
    """

    prefilter: Prefilter
    closed: bool = True

    def kept(self, classes: pl.Series, text: pl.Series) -> tuple[pl.Series, Counts]:
        """The rows of a batch that must be read, and what the others are.

        Of each stretch of lines outside of sections the first and the last of the others are kept: they give its times,
        as what must be read may say nothing new; and the last line that ends a section: Pulumi's display may begin or
        end with it; and the last that is recognised, of each class: it may be a step of a deploy without a header.

        Args:
            classes: what `Prefilter.classes` says of the lines.
            text: the lines.
        """
        rows = pl.int_range(len(classes), dtype=pl.UInt32, eager=True)
        live = classes == _LIVE
        ends = (classes == _ENDS) | (classes == _ENDS_AS_NOISE) | (classes == _READ_ENDS)
        outside = self._closed_before(ends, live) & ~live
        stretch = outside.rle_id()
        unread = outside & (classes < _REPEATS)
        left_out = unread | self._again(outside & (classes == _REPEATS), stretch, text)
        of_counted, of_ends = (_edges(rows, stretch, some) for some in (unread, outside & ends))
        recognised = [_edges(rows, stretch, outside & (classes == code))[1] for code in (_ENDS, _PASSES)]
        for edge in (*of_counted, of_ends[1], *recognised):
            left_out.scatter(edge, values=False)
        return rows.filter(~left_out), _counts(classes.filter(left_out))

    def _again(self, some: pl.Series, stretch: pl.Series, text: pl.Series) -> pl.Series:
        """Whether a line is one of `some`, and repeats another one of the same stretch."""
        words = text.filter(some).str.replace(f"^{self.prefilter.stamp}", "")
        repeats = pl.DataFrame({"stretch": stretch.filter(some), "words": words})
        first = repeats.select(pl.struct("stretch", "words").is_first_distinct()).to_series()
        return some.scatter(some.arg_true().filter(first), values=False)

    def _closed_before(self, ends: pl.Series, live: pl.Series) -> pl.Series:
        """Whether no section is open before each line; after the batch it is `closed`."""
        changes = ends.set(~(ends | live), None)
        closed = pl.concat([pl.Series([self.closed]), changes], rechunk=True).forward_fill()
        self.closed = bool(closed[-1])
        return closed.head(len(live))


def _edges(rows: pl.Series, stretch: pl.Series, some: pl.Series) -> tuple[pl.Series, pl.Series]:
    """The first and the last of `some` in each stretch, of `rows`."""
    places, of = rows.filter(some), stretch.filter(some)
    turns = of.slice(1) != of.head(-1)
    first = places.head(1).append(places.slice(1).filter(turns))
    return first, places.head(-1).filter(turns).append(places.tail(1))


def _counts(left_out: pl.Series) -> Counts:
    recognised = int(((left_out == _ENDS) | (left_out == _PASSES) | (left_out == _REPEATS)).sum())
    noise = int(((left_out == _NOISE) | (left_out == _ENDS_AS_NOISE)).sum())
    return Counts(recognised, noise, len(left_out) - recognised - noise)
