"""Which of the inputs that a user named gave nothing: missing, unreadable, or not what they were named for.

A file that is met in a folder, by a glob or in an archive was not named: it is told in INPUTS, and no more, as long as
the folder, glob or archive gave anything else.
"""

from __future__ import annotations

import glob
import os
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from analyzer.sources.pattern import fits
from analyzer.sources.walk import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_EMPTY = "nothing in it could be used"


def unread(words: Sequence[str | Path], inputs: pl.DataFrame) -> tuple[tuple[str, str], ...]:
    """Each word of which no row of INPUTS is usable, once, and the reason.

    A word without a row is one whose files were named before, by another word: that one counts.
    """
    named = list(dict.fromkeys(map(str, words)))
    if not named:
        return ()
    usable = inputs.filter(pl.col("kind") != "unusable")["source"]
    failed = inputs.filter(pl.col("kind") == "unusable").select("source", "problems")
    if failed.is_empty():
        return ()
    given = set(map(_shown, named))
    found = ((word, _reason(word, failed, given)) for word in named if not _holds(word, usable, given))
    return tuple((word, reason) for word, reason in found if reason is not None)


def _shown(word: str) -> str:
    """The word as the sources that it names begin."""
    return word if word == "-" else printable(str(Path(word)) if Path(word).is_dir() else word)


def _holds(word: str, usable: pl.Series, given: set[str]) -> bool:
    """Whether a usable source is of the word."""
    if usable.is_empty():
        return False
    if usable.filter(_of(word, usable, given)).len():
        return True
    if _is_glob(word):
        return any(_fits(word, source) for source in usable)
    real = os.path.realpath(word)
    return word != "-" and any(map(_is_within(real, given), usable))  # the same file by another name


def _of(word: str, sources: pl.Series, given: set[str]) -> pl.Series:
    """Which sources are the word's by their names: itself, a file in an archive, or one below a folder."""
    shown = _shown(word)
    exact = sources == shown
    inner = sources.str.starts_with(f"{shown}!") & ~sources.is_in(list(given))
    if not Path(word).is_dir():
        return exact | inner
    below = sources.str.starts_with("" if shown == "." else f"{shown.removesuffix('/')}/")
    return exact | below | _above(shown, sources)


def _above(folder: str, sources: pl.Series) -> pl.Series:
    """Which rows stand for the files of a folder that is, or holds, this one: they end with a slash (`ledger`)."""
    path = f"{folder.removesuffix('/')}/"
    holders = [path[: end + 1] for end, letter in enumerate(path) if letter == "/"]
    return sources.is_in([*holders, "./"]) & sources.str.ends_with("/")


def _is_within(real: str, given: set[str]) -> Callable[[str], bool]:
    prefix = f"{real.removesuffix('/')}/"

    def is_within(source: str) -> bool:
        names = {source, source if source in given else source.partition("!")[0]}
        paths = map(os.path.realpath, names)
        return any(path == real or path.startswith(prefix) for path in paths)

    return is_within


def _is_glob(word: str) -> bool:
    return glob.has_magic(word) and not os.path.lexists(word)


def _fits(pattern: str, source: str) -> bool:
    return any(fits(pattern, os.path.abspath(name)) for name in {source, source.partition("!")[0]})  # noqa: PTH100


def _reason(word: str, failed: pl.DataFrame, given: set[str]) -> str | None:
    """Why the word gave nothing; None where another word answers for its files."""
    own = failed.filter(failed["source"] == _shown(word))
    if not own.is_empty():
        return _first(own["problems"]) or _EMPTY
    rows = failed.filter(_of(word, failed["source"], given))
    if rows.is_empty() and _is_glob(word):
        rows = failed.filter(
            pl.Series([_fits(word, source) for source in failed["source"]], dtype=pl.Boolean)
        )
    if rows.is_empty():
        return None
    source, problems = rows.row(0)
    return f"{_EMPTY} ({source}: {problems[0]})" if problems else _EMPTY


def _first(problems: pl.Series) -> str | None:
    return next((told for row in problems for told in row), None)
