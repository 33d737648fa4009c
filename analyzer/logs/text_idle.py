"""Lines that need not be read where only the writes of key-value stores matter: they are counted, and let go.

Most of a log is rows of other resources. A row is idle where the line before it leaves no section open, so that it
can mean nothing else, and nothing in it is about a key-value store.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from analyzer.grammar.line import load

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass(frozen=True, slots=True)
class Idle:
    """Which lines of a dialect may be idle.

    Attributes:
        grammar: the language of the forms.
        closing: forms that end a section; with what a line of each is counted as: `recognised` or `noise`.
        read: texts; a line of a closing form that holds one is read.
        inner: forms that mean something else inside a section, and what they are counted as.
        read_inner: a Rust pattern; a line of an inner form that it fits is read.
    """

    grammar: str
    closing: Mapping[str, str]
    read: tuple[str, ...]
    inner: Mapping[str, str]
    read_inner: str


@dataclass(frozen=True, slots=True)
class Kept:
    """What is left of a batch.

    Attributes:
        rows: the places of the lines that are to be read, ascending; null: all.
        recognised: idle lines that are counted as recognised.
        noise: idle lines that are counted as noise.
    """

    rows: pl.Series | None = None
    recognised: int = 0
    noise: int = 0


def kept(text: pl.Series, idle: Idle) -> Kept:
    """The lines of a batch that are to be read; its last line always is."""
    line = pl.col("line")
    closing, inner = _forms(idle, idle.closing), _forms(idle, idle.inner)
    read = pl.any_horizontal(line.str.contains(word, literal=True) for word in idle.read)
    marked = (
        text.alias("line")
        .to_frame()
        .select(**closing, **inner, read=read)  # each pattern runs once
        .with_columns(closing=pl.any_horizontal(*closing), inner=pl.any_horizontal(*inner))
        .with_columns(quiet=pl.col("closing") & ~pl.col("read"))
    )
    inside = marked["inner"].arg_true()
    marked = marked.with_columns(
        marked["quiet"].scatter(inside, ~text.gather(inside).str.contains(idle.read_inner))
    )
    skipped = marked.select(
        pl.col("quiet") & _closed().shift(1, fill_value=False) & (pl.int_range(pl.len()) < pl.len() - 1)
    ).to_series()
    noisy = [name for name, count in (*idle.closing.items(), *idle.inner.items()) if count == "noise"]
    noise = marked.select(skipped & pl.any_horizontal(noisy)).to_series()
    return Kept((~skipped).arg_true(), int((skipped & ~noise).sum()), int(noise.sum()))


def _forms(idle: Idle, names: Iterable[str]) -> dict[str, pl.Expr]:
    """Whether a line is of each form."""
    patterns = {form.name: form.pattern for form in load(idle.grammar).forms}
    return {name: pl.col("line").str.contains(patterns[name]) for name in names}


def _closed() -> pl.Expr:
    """Whether no section can be open behind a line: since a closing line, only inner ones came."""
    state = pl.when("closing").then(pl.lit(value=True)).when(~pl.col("inner")).then(pl.lit(value=False))
    return state.forward_fill().fill_null(value=False)
