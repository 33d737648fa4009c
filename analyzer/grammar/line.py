"""A line language, run by polars over whole columns of lines."""

from __future__ import annotations

from functools import cache, reduce
from operator import or_
from typing import TYPE_CHECKING

import polars as pl

from analyzer.grammar.files import read_grammar

if TYPE_CHECKING:
    from analyzer.grammar.regular import Form


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
        from analyzer.grammar.regular import compile_forms  # loads Lark: only when a text is read

        self.source = source
        self.text = text
        self.forms: tuple[Form, ...] = compile_forms(source, text)
        self.captures = tuple(dict.fromkeys(group for form in self.forms for group in form.groups))

    def parts(self, lines: pl.Series) -> dict[str, pl.DataFrame]:
        """The lines of each form: the fast way in, for readers that go on form by form.

        Routed: a line goes to the first form whose literal beginnings fit and whose pattern matches; patterns run
        only on the lines that no earlier form took.

        Args:
            lines: String, without line ends; null lines are of no form.

        Returns:
            For each form that has any line, `row` (0-based, ascending) and a String column per capture, null
            where the capture took no part.
        """
        left = pl.DataFrame({"row": pl.int_range(len(lines), dtype=pl.UInt32, eager=True), "line": lines})
        parts = {}
        for form in self.forms:
            begins = _begins(form, left["line"])
            some = left if begins is None else left.filter(begins)
            if some.is_empty():
                continue
            matches, captures = _match(form, some["line"])
            if matches.any():
                parts[form.name] = pl.concat([some.select("row"), *captures], how="horizontal").filter(
                    matches
                )
                taken = matches if begins is None else begins.scatter(begins.arg_true(), matches)
                left = left.filter(~taken)
        return parts

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


def _begins(form: Form, lines: pl.Series) -> pl.Series | None:
    """Which lines begin as the form does: a literal test, ten times cheaper than the pattern; None: most do."""
    if "" in form.prefixes:
        return None
    begins = reduce(or_, (lines.str.starts_with(prefix) for prefix in form.prefixes)).fill_null(value=False)
    return None if 2 * int(begins.sum()) > len(lines) else begins


def _match(form: Form, lines: pl.Series) -> tuple[pl.Series, list[pl.DataFrame]]:
    """Which lines are of `form`, and the captures of all of them (none: the form has none)."""
    if not form.groups:
        return lines.str.contains(form.pattern).fill_null(value=False), []
    captures = lines.str.extract_groups(form.pattern).struct.unnest()
    if form.required:
        return captures[min(form.required)].is_not_null(), [captures]
    return lines.str.contains(form.pattern).fill_null(value=False), [captures]
