"""A line language, run by polars over whole columns of lines."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

import polars as pl

from analyzer.grammar.compiled import forms_of
from analyzer.grammar.files import read_grammar

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    from analyzer.grammar.form import Form


_SAMPLE = 1000  # lines by which it is told whether most are of some form
_MOST = 0.9
_FEW = 3  # literal beginnings that are tested one by one
_NAMED = re.compile(r"\(\?P<[^>]+>")


class LineGrammar:
    """The forms of one grammar, compiled.

    Attributes:
        source: the file's name in `grammars/`.
        text: what it says.
        forms: the forms in order of priority.
        captures: the captures of all forms, in order of their first form.
        any: a Rust pattern, without captures, that exactly the lines of some form match.
    """

    def __init__(self, source: str, text: str) -> None:
        """Compile the grammar `text`.

        Raises:
            GrammarError: a form is not regular, or cannot mean the same to both engines.
        """
        self.source = source
        self.text = text
        self.forms: tuple[Form, ...] = forms_of(source, text)
        self.any = "|".join(map(without_captures, self.forms))
        self.captures = tuple(dict.fromkeys(group for form in self.forms for group in form.groups))

    def parts(self, lines: pl.Series, but: Collection[str] = ()) -> dict[str, pl.DataFrame]:
        """The lines of each form: the fast way in, for readers that go on form by form.

        Where many lines are of no form, one pattern puts these aside.

        Args:
            lines: String, without line ends; null lines are of no form.
            but: forms of which no line is.

        Returns:
            For each form that has any line, `row` (0-based, ascending) and a String column per capture, null
            where the capture took no part.
        """
        lines, rows = _numbered(lines)
        sample = lines.head(_SAMPLE)
        if int(sample.str.contains(self.any).sum()) < _MOST * len(sample):
            known = lines.str.contains(self.any)
            lines, rows = lines.filter(known), rows.filter(known)
        return _routed([form for form in self.forms if form.name not in but], lines, rows)

    def parts_of(self, lines: pl.Series, forms: Collection[str]) -> dict[str, pl.DataFrame]:
        """The lines of some forms alone, as `parts` gives them, where no line of these is of an earlier form."""
        return _routed([form for form in self.forms if form.name in forms], *_numbered(lines))

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
        found = pl.concat([pl.DataFrame(schema=columns), *parts], how="diagonal")
        return rows.join(found, on="row", how="left", maintain_order="left").drop("row")


@cache
def load(name: str) -> LineGrammar:
    """The line language of `grammars/NAME.lark`; compiled once, it never changes.

    Raises:
        GrammarError: the file is missing, or holds a form that is not regular.
    """
    return LineGrammar(f"{name}.lark", read_grammar(name))


def _numbered(lines: pl.Series) -> tuple[pl.Series, pl.Series]:
    """The lines that are not null, and their numbers."""
    rows = pl.int_range(len(lines), dtype=pl.UInt32, eager=True).alias("row")
    return (lines.drop_nulls(), rows.filter(lines.is_not_null())) if lines.null_count() else (lines, rows)


def _routed(forms: Sequence[Form], lines: pl.Series, rows: pl.Series) -> dict[str, pl.DataFrame]:
    """The lines of each form: a line goes to the first one that it is of; none is null.

    A form's pattern runs only on lines that no earlier form took, and that may be of it by a cheap test.
    """
    if lines.is_empty():
        return {}
    parts = {}
    left = pl.repeat(True, len(lines), dtype=pl.Boolean, eager=True)
    tests = _tests(forms, lines)
    for form in forms:
        may_be = left & tests[form.name] if form.name in tests else left
        if not may_be.any():
            continue
        some, some_rows = (lines, rows) if may_be.all() else (lines.filter(may_be), rows.filter(may_be))
        matches, captures = _match(form, some)
        if matches.any():
            parts[form.name] = pl.DataFrame([some_rows.filter(matches), *captures(matches)])
            left = left.scatter(may_be.arg_true().filter(matches), values=False)
    return parts


def _tests(forms: Iterable[Form], lines: pl.Series) -> dict[str, pl.Series]:
    """Which lines begin as each form does, for those forms of which a literal test tells cheaply.

    All at once: each test costs polars more by the call than by the line.
    """
    line = pl.col("line")
    tests = {
        form.name: pl.any_horizontal(line.str.starts_with(prefix) for prefix in form.prefixes)
        for form in forms
        if "" not in form.prefixes and len(form.prefixes) <= _FEW
    }
    return pl.DataFrame({"line": lines}).select(**tests).to_dict() if tests else {}


def without_captures(form: Form) -> str:
    """The form as a Rust pattern that tells, and takes nothing."""
    return _NAMED.sub("(?:", form.pattern)


def _match(form: Form, lines: pl.Series) -> tuple[pl.Series, Callable[[pl.Series], list[pl.Series]]]:
    """Which lines are of `form`, and what gives the captures of some of these."""
    if form.required:
        found = _captures(form, lines)
        matches = next(series for series in found if series.name == min(form.required)).is_not_null()
        return matches, lambda some: [series.filter(some) for series in found]
    matches = lines.str.contains(form.pattern)
    return matches, lambda some: _captures(form, lines.filter(some))


def _captures(form: Form, lines: pl.Series) -> list[pl.Series]:
    """A String series per capture."""
    return lines.str.extract_groups(form.pattern).struct.unnest().get_columns() if form.groups else []
