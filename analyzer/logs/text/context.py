"""The context of each line of a text log: its section, resource, preview and deploy.

In come the lines of a batch with the marks of their languages. Out go the same lines with columns of context. A section
ends at the next line that opens another section, or that stands outside of all sections. The context at the end of a
batch is carried into the next one.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import polars as pl

from analyzer.logs.text.forms import where
from analyzer.logs.text.language import MARKS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from analyzer.logs.text.forms import Meaning
    from analyzer.logs.text.language import Language

_CARRIED = ("section", "planning", "group_type", "group_name", "display", "mode")

_PLACES = 1000  # of a batch: where there are more, roles are computed line by line

_form = pl.col("form")
_role = pl.col("role")


@dataclass(slots=True)
class Context:
    """What the lines before this batch left open."""

    section: str = ""
    planning: bool = False
    group_type: str = ""
    group_name: str = ""
    display: bool = False
    mode: str = ""
    begun: int = 0  # deploys that have begun so far


def in_context(
    parts: Mapping[str, pl.DataFrame], lines: int, context: Context, languages: tuple[Language, ...]
) -> pl.DataFrame:
    """What each line of a batch is; `context` moves on to the end of the batch.

    Args:
        parts: the batch's lines by form, as `LineGrammar.parts` gives them.
        lines: how many lines the batch has.
        context: what the batch before left open; changed.
        languages: those whose forms the parts are.

    Returns:
        One row per line: `row` (its place in the batch), `form`, `section`, `planning`, `group_type`,
        `group_name`, `mode` (the empty text: none), `display` (also on the line that ends it), `run` (the number
        of the deploy), and `role`: what the first language that knows the line in its place says of it, null where
        none does.
    """
    placed = _placed(parts, lines, languages)
    if placed["loose"].any() or placed["within"].null_count() < lines:
        placed = _without_blocked(placed, context, languages)
    placed = placed.with_columns(_leaves(languages))
    before, shown = context.section, context.display
    placed = placed.with_columns(_carried(placed[name], getattr(context, name)) for name in _CARRIED)
    begun = _begun(placed, before, context.begun)
    for name in _CARRIED:
        setattr(context, name, placed[name][-1])
    placed = placed.with_columns(pl.col("display") | pl.col("display").shift(1).fill_null(shown))
    placed = placed.with_columns(_roles(placed, len(parts), languages))
    if not context.begun:
        begun = _begun_headless(begun, placed, languages)
    context.begun = begun[-1]
    run = begun.clip(lower_bound=1).alias("run")
    return placed.with_columns(run).drop("begins", "unless", "loose", "within")


def _roles(placed: pl.DataFrame, forms: int, languages: tuple[Language, ...]) -> pl.Series:
    """`role` of each line; computed once for all lines of one of the `forms` in one place, where places are few."""
    role = pl.coalesce(language.role() for language in languages).alias("role")
    plain = _of(languages, lambda row: row.plain).alias("plain")
    place = 2 * placed["section"].rle_id() + placed["display"].cast(pl.UInt32)
    if place[-1] > _PLACES:
        return placed.with_columns(plain).select(role).to_series()
    kinds = place * (forms + 1) + placed["form"].to_physical().cast(pl.UInt32).fill_null(forms)
    some = kinds.arg_unique()
    number = _constant("number", None, pl.UInt32(), (_PLACES + 2) * (forms + 1))
    number.scatter(kinds.gather(some), pl.int_range(len(some), dtype=pl.UInt32, eager=True))
    return placed[some].with_columns(plain).select(role).to_series().gather(number.gather(kinds))


def _carried(marks: pl.Series, before: str | bool) -> pl.Series:
    """What holds at each line: the last mark, else what held before the batch. Most columns never change."""
    if not (marks.is_not_null() & (marks != before)).any():
        return _constant(marks.name, before, marks.dtype, len(marks))
    return marks.forward_fill().fill_null(before)


def _begun(placed: pl.DataFrame, before: str, begun: int) -> pl.Series:
    """How many deploys have begun, `begun` of them before the batch; `before` is the section that was open then."""
    if placed["begins"].null_count() == placed.height:
        return _constant("begun", begun, pl.Int64(), placed.height)
    stands_in = pl.col("section").shift(1).fill_null(before)
    begins = pl.col("begins").fill_null(value=False) & (pl.col("unless") != stands_in).fill_null(value=True)
    return placed.select((begins.cum_sum().cast(pl.Int64) + begun).alias("begun")).to_series()


def _begun_headless(begun: pl.Series, placed: pl.DataFrame, languages: tuple[Language, ...]) -> pl.Series:
    """`begun`, with the deploy that steps above the first header are of: a log may have lost its first lines."""
    above = placed.head(int((begun == 0).sum()))
    acts = _of(languages, lambda row: row.step) & _role.is_in(
        [role for language in languages for role in language.ACTING]
    )
    first = above.select(acts.fill_null(value=False).arg_true().first()).item()
    return begun if first is None else begun + (placed["row"] >= first)


def _placed(parts: Mapping[str, pl.DataFrame], lines: int, languages: tuple[Language, ...]) -> pl.DataFrame:
    """Every line with its form (null: none) and the marks that it sets."""
    columns = {name: _constant(name, None, dtype, lines) for name, dtype in MARKS.items()}
    for table in (table for language in languages for table in language.marks(parts)):
        for values in table.drop("row").iter_columns():
            set_ = values.is_not_null() if values.null_count() else None
            rows = table["row"] if set_ is None else table["row"].filter(set_)
            columns[values.name].scatter(rows, values if set_ is None else values.filter(set_))
    codes = _constant("form", None, pl.UInt32(), lines)
    for code, part in enumerate(parts.values()):
        codes.scatter(part["row"], code)
    columns["row"] = pl.int_range(lines, dtype=pl.UInt32, eager=True)
    return pl.DataFrame(columns | {"form": codes.cat.to(pl.Enum(list(parts)))})


def _constant(name: str, value: str | int | None, dtype: pl.DataType, length: int) -> pl.Series:
    return pl.Series(name, [value], dtype).new_from_index(0, length)


def _without_blocked(placed: pl.DataFrame, context: Context, languages: tuple[Language, ...]) -> pl.DataFrame:
    """`placed` without the marks of loose lines that stand in a section that does not yield, or not in their own."""
    loose = pl.col("loose").fill_null(value=False)
    firm = pl.when(loose).then(None).otherwise(_leaves(languages)[0])
    standing = firm.forward_fill().fill_null(pl.lit(context.section))
    elsewhere = (pl.col("within") != standing).fill_null(value=False)
    yielding = ["", *(section for language in languages for section in language.YIELDING)]
    blocked = (loose & ~standing.is_in(yielding)) | elsewhere
    return placed.with_columns(
        pl.when(~blocked).then(pl.col(name)).alias(name) for name in MARKS.names() if name != "row"
    )


def _of(languages: tuple[Language, ...], test: Callable[[Meaning], bool]) -> pl.Expr:
    """Whether a line is of one of the forms of whose rows `test` holds."""
    return _form.is_in([form for language in languages for form in where(language.FORMS, test)])


@cache
def _leaves(languages: tuple[Language, ...]) -> list[pl.Expr]:
    """A line outside of all sections ends the section; it and a new section end the group."""
    outside = _of(languages, lambda row: row.ends)
    opens = pl.col("section").is_not_null()
    none = pl.when(outside).then(pl.lit(""))
    ended = pl.when(outside | opens).then(pl.lit(""))
    return [
        pl.coalesce("section", none).alias("section"),
        pl.coalesce("group_type", ended).alias("group_type"),
        pl.coalesce("group_name", ended).alias("group_name"),
    ]
