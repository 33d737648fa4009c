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
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Idle:
    """Which lines of a dialect may be idle.

    Attributes:
        grammar: the language of the forms.
        closing: forms that end a section; with what a line of each is counted as: `recognised` or `noise`.
        inner: forms that mean something else inside a section.
        telling: a Rust pattern; a line that holds it is always read.
    """

    grammar: str
    closing: Mapping[str, str]
    inner: Mapping[str, str]
    telling: str


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
    patterns = {form.name: form.pattern for form in load(idle.grammar).forms}
    line = pl.col("line")
    of_form = {name: line.str.contains(patterns[name]) for name in (*idle.closing, *idle.inner)}
    noisy = [name for name, count in (*idle.closing.items(), *idle.inner.items()) if count == "noise"]
    closing = pl.any_horizontal(of_form[name] for name in idle.closing)
    marked = (
        text.alias("line")
        .to_frame()
        .lazy()
        .select(
            closing=closing,
            quiet=~line.str.contains(idle.telling)
            & (closing | pl.any_horizontal(of_form[name] for name in idle.inner)),
            noise=pl.any_horizontal(of_form[name] for name in noisy),
        )
        .with_columns(closed=_closed())
        .select("noise", skipped=pl.col("quiet") & pl.col("closed").shift(1, fill_value=False))
        .with_columns(skipped=pl.col("skipped") & (pl.int_range(pl.len()) < pl.len() - 1))
        .collect()
    )
    skipped = marked["skipped"]
    noise = int((skipped & marked["noise"]).sum())
    return Kept((~skipped).arg_true(), int(skipped.sum()) - noise, noise)


def _closed() -> pl.Expr:
    """Whether no section can be open behind a line: since a closing line, only quiet ones came."""
    state = pl.when("closing").then(pl.lit(value=True)).when(~pl.col("quiet")).then(pl.lit(value=False))
    return state.forward_fill().fill_null(value=False)
