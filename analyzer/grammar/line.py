"""A line language, run by polars over whole columns of lines."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import polars as pl

from analyzer.grammar.compiled import forms_of
from analyzer.grammar.files import read_grammar

if TYPE_CHECKING:
    from collections.abc import Collection

    from analyzer.grammar.form import Form


_SAMPLE = 1000  # lines by which it is decided whether most are of some form
_MOST = 0.9
_FEW = 3  # literal beginnings that are tested one by one
_GROUP_NAME = re.compile(r"\(\?P<[^>]+>")


@dataclass(frozen=True, slots=True)
class Lines:
    """Some of the lines of a text.

    Attributes:
        text: String, without line ends; none is null.
        rows: UInt32, called `row`: their numbers in the text, ascending.
    """

    text: pl.Series
    rows: pl.Series

    @classmethod
    def of(cls, text: pl.Series) -> Lines:
        """The lines of `text` that are not null, numbered from 0 on."""
        lines = cls(text, pl.int_range(len(text), dtype=pl.UInt32, eager=True).alias("row"))
        return lines.filter(text.is_not_null()) if text.null_count() else lines

    def filter(self, mask: pl.Series) -> Lines:
        """Those of the lines for which `mask` holds."""
        return Lines(self.text.filter(mask), self.rows.filter(mask))


class LineGrammar:
    """The forms of one grammar, compiled.

    Attributes:
        source: the file's name in `grammars/`.
        text: what it says.
        forms: the forms in order of priority.
        captures: the captures of all forms, in order of their first form.
    """

    def __init__(self, source: str, text: str) -> None:
        """Compile the grammar `text`.

        Raises:
            GrammarError: a form is not regular, or cannot mean the same to both engines.
        """
        self.source = source
        self.text = text
        self.forms: tuple[Form, ...] = forms_of(source, text)
        self.captures = tuple(dict.fromkeys(group for form in self.forms for group in form.groups))

    def parts(self, lines: pl.Series) -> dict[str, pl.DataFrame]:
        """The lines of each form: the fast way in, for readers that go on form by form.

        Args:
            lines: String, without line ends; null lines are of no form.

        Returns:
            For each form that has any line, `row` (0-based, ascending) and a String column per capture, null
            where the capture took no part.
        """
        return self.taken(Lines.of(lines))[0]

    def taken(self, lines: Lines, but: Collection[str] = ()) -> tuple[dict[str, pl.DataFrame], Lines]:
        """The lines of each form, as `parts` gives them, and those that are of none.

        Where many lines are of no form, one pattern puts these aside.

        Args:
            lines: where forms are sought.
            but: forms of which no line is.
        """
        forms = tuple(form for form in self.forms if form.name not in but)
        if not forms:
            return {}, lines
        any_ = _any(forms)
        sample = lines.text.head(_SAMPLE)
        if not but and int(sample.str.contains(any_).sum()) >= _MOST * len(sample):
            return _routed(forms, lines)
        some_form = lines.text.str.contains(any_)
        return _routed(forms, lines.filter(some_form))[0], lines.filter(~some_form)

    def taken_of(self, lines: Lines, forms: Collection[str]) -> tuple[dict[str, pl.DataFrame], Lines]:
        """As `taken` for some forms alone, where no line of these is of an earlier form."""
        return _routed(tuple(form for form in self.forms if form.name in forms), lines)

    def parse(self, lines: pl.Series) -> pl.DataFrame:
        """The form of each line and what it captures, in one table.

        Args:
            lines: String, without line ends.

        Returns:
            One row per line, in order: `form` (String, null where none matches) and a String column per capture,
            null where the form lacks it or it took no part.
        """
        rows = pl.DataFrame({"row": pl.int_range(len(lines), dtype=pl.UInt32, eager=True)})
        columns = {"row": pl.UInt32(), "form": pl.String()} | {name: pl.String() for name in self.captures}
        parts = [part.with_columns(form=pl.lit(name)) for name, part in self.parts(lines).items()]
        captures = pl.concat([pl.DataFrame(schema=columns), *parts], how="diagonal")
        return rows.join(captures, on="row", how="left", maintain_order="left").drop("row")


@cache
def load(name: str) -> LineGrammar:
    """The line language of `grammars/NAME.lark`; compiled once, it never changes.

    Raises:
        GrammarError: the file is missing, or holds a form that is not regular.
    """
    return LineGrammar(f"{name}.lark", read_grammar(name))


def _routed(forms: tuple[Form, ...], lines: Lines) -> tuple[dict[str, pl.DataFrame], Lines]:
    """The lines of each form, and those of none: a line goes to the first form that it is of.

    A form's pattern runs only on lines that no earlier form took, and that may be of it by a cheap test.
    """
    if lines.text.is_empty():
        return {}, lines
    parts = {}
    left = pl.repeat(True, len(lines.text), dtype=pl.Boolean, eager=True)
    tests = lines.text.to_frame("line").select(_tests(forms)).to_dict()
    for form in forms:
        may_be = left & tests[form.name] if form.name in tests else left
        if not may_be.any():
            continue
        some = lines.filter(may_be)
        captures, matches = _match(form, some.text)
        if matches is None:
            parts[form.name] = pl.DataFrame([some.rows, *captures])
            left &= ~may_be
        elif matches.any():
            parts[form.name] = pl.DataFrame([some.rows.filter(matches), *captures])
            left = left.scatter(may_be.arg_true().filter(matches), values=False)
    return parts, lines.filter(left)


@cache
def _tests(forms: tuple[Form, ...]) -> list[pl.Expr]:
    """Which lines begin as each form does, for those forms that a literal test detects cheaply.

    All at once: each test costs polars more by the call than by the line.
    """
    line = pl.col("line")
    return [
        pl.any_horizontal(line.str.starts_with(prefix) for prefix in form.prefixes).alias(form.name)
        for form in forms
        if "" not in form.prefixes and len(form.prefixes) <= _FEW
    ]


@cache
def _any(forms: tuple[Form, ...]) -> str:
    """A Rust pattern that exactly the lines of some form match."""
    return "|".join(map(without_captures, forms))


def without_captures(form: Form) -> str:
    """The form as a Rust pattern that only detects it, without captures."""
    return _GROUP_NAME.sub("(?:", form.pattern)


def _match(form: Form, lines: pl.Series) -> tuple[list[pl.Series], pl.Series | None]:
    """The captures of the lines that are of `form`, and which ones these are; None: all."""
    if form.required:
        captures = _captures(form, lines)
        sure = next(series for series in captures if series.name in form.required)
        if not sure.null_count():
            return captures, None
        matches = sure.is_not_null()
        return [series.filter(matches) for series in captures], matches
    matches = lines.str.contains(form.pattern)
    return _captures(form, lines.filter(matches)), None if matches.all() else matches


def _captures(form: Form, lines: pl.Series) -> list[pl.Series]:
    """A String series per capture."""
    return lines.str.extract_groups(form.pattern).struct.unnest().get_columns() if form.groups else []
