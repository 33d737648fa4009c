"""The bytes of a text log → batches of lines, each with its form and captures.

It runs the steps before the languages: `clean`, then `unwrap` and `shift`, then the compiled grammars of the dialect.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import polars as pl

from analyzer.grammar.line import Lines, load
from analyzer.logs.text.ahead import ahead
from analyzer.logs.text.clean import BATCH, LONGEST, plain, redrawn, split
from analyzer.logs.text.dots import Dots, dots_of
from analyzer.logs.text.layers import layers_in, readable
from analyzer.logs.text.unwrap import Unwrapped, unwrap
from analyzer.sources.input_stats import InputStats

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from analyzer.logs.text.language import Language
    from analyzer.logs.text.prefilter import Prefilter
    from analyzer.logs.text.unwrap import Layer
    from analyzer.sources.source import Source

UNREAD = "(a line of more than 1 MiB)"
"""What stands for such a line; no form begins so."""

_MANY = 1_000  # blank lines in a row that are not looked at one by one

Parts = dict[str, pl.DataFrame]
"""The lines of each form that occurs: `row` (the line's place in the batch) and its captures."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one kind of text log is read.

    Attributes:
        languages: in the order in which they are tried.
        ours: a Rust pattern: lines that no language knows are noise, what another program printed, unless they
            match it: they begin as a line of ours. None if nothing else prints into such a log.
        prefilter: gives what may be left out where only key-value writes matter.
        wrapped: whether such a log may have prefixes of a CI system, which are taken off; any may be a paste.
        printed: how text is read that another program printed, and that a line holds as a whole; None: it is not.
    """

    languages: tuple[Language, ...]
    ours: str | None = None
    prefilter: Callable[[], Prefilter] | None = None
    wrapped: bool = False
    printed: Dialect | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch of lines: their text, their numbers (None: from the last one on), and what was wrong with them.

    So many blank lines as `blanks` says follow, which are counted, and no more. `dots` are those of the batch;
    `printed`, the dots of the log up to each line, stands for them where lines were left out.
    """

    bare: Unwrapped
    repaired: int = 0
    too_long: int = 0
    numbers: pl.Series | None = None
    blanks: int = 0
    dots: Dots | None = None
    printed: pl.Series | None = None


def parsed(
    source: Source, dialect: Dialect, *, batch_bytes: int = BATCH
) -> Iterator[Mapping[str, pl.DataFrame]]:
    """The form and the captures of every line, before languages make events of them: a table per form and batch.

    Args:
        source: the log.
        dialect: how it is read.
        batch_bytes: how much is read at a time.

    Raises:
        InputError: the source cannot be opened.
    """
    prefixes = layers_in(source, wrapped=dialect.wrapped).layers
    first = dialect.prefilter().first if dialect.prefilter else ()
    with source.open() as stream:
        raw = readable(stream, batch_bytes, InputStats(source.name))
        yield from ahead(lambda data: by_form(dialect.languages, first, batch_of(prefixes, data).bare), raw)


def batch_of(prefixes: Sequence[Layer], data: bytes) -> Batch:
    """The lines of a batch as their program printed them."""
    if data.isspace() and (count := data.count(b"\n") + (not data.endswith(b"\n"))) > _MANY:
        return replace(batch_of(prefixes, b"\n"), blanks=count - 1)
    lines, repaired = split(data)
    too_long = lines.str.len_bytes() > LONGEST
    if too_long.any():
        lines = lines.set(too_long, UNREAD)
    bare = unwrap(plain(lines, data), prefixes)
    bare = replace(bare, text=redrawn(bare.text, data).alias("text"))
    return Batch(bare, repaired, int(too_long.sum()), dots=dots_of(bare.text))


def by_form(languages: tuple[Language, ...], first: Collection[str], bare: Unwrapped) -> Parts:
    """The lines of each form of all languages: a line is of the first language that has a form for it.

    Most lines are of forms that may be tried `first`.
    """
    grammars = [load(language.GRAMMAR) for language in languages]
    left = Lines.of(bare.text)
    if bare.foreign is not None:
        left = left.filter(~bare.foreign)
    parts: Parts = {}
    for grammar in grammars:
        captures, left = grammar.taken_of(left, first)
        parts |= captures
    for grammar in grammars:
        captures, left = grammar.taken(left, first)
        parts |= captures
    return parts
