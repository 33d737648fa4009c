"""Which of the inputs that a user named gave nothing: missing, unreadable, or not what they were named for.

A file that was found in a folder, by a glob or in an archive was not named. It is only reported in INPUTS, as long as
the folder, glob or archive gave anything else.
"""

from __future__ import annotations

import glob
import os
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from analyzer.errors import InputError
from analyzer.sources.paths import absolute_path, is_folder, real_path
from analyzer.sources.pattern import fits
from analyzer.sources.s3.address import SCHEME, address, is_s3
from analyzer.sources.walk import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

_EMPTY = "nothing in it could be used"
_ON_PURPOSE = r"^(?:[0-9,]+ [a-z]+ )?not (?:read|listed): "
_OUT = r"^/|(?:^|/)\.\.(?:/|$)"  # of a name below a folder: it leads out of it


def unread(words: Sequence[str | Path], inputs: pl.DataFrame) -> tuple[tuple[str, str], ...]:
    """Each word without a usable row in INPUTS, once, and the reason.

    A word without a row is one whose files were named before, by another word: that one counts.
    """
    named = list(dict.fromkeys(map(str, words)))
    if not named:
        return ()
    usable = inputs.filter(pl.col("kind") != "unusable")["source"]
    failed = inputs.filter(pl.col("kind") == "unusable").select("source", "problems")
    if failed.is_empty():
        return ()
    arguments = set(map(_as_in_inputs, named))
    sources = _Usable(usable, arguments)
    reasons = ((word, _reason(word, failed, arguments)) for word in named if not _holds(word, sources))
    return tuple((printable(word), reason) for word, reason in reasons if reason is not None)


def require_usable(inputs: pl.DataFrame, words: Sequence[str | Path], what: str) -> None:
    """Does nothing where any of INPUTS could be used.

    Args:
        inputs: INPUTS.
        words: what the user named.
        what: what was looked for, as `deploy log`.

    Raises:
        InputError: none could be; with the first problem, and how many more files have one.
    """
    if (inputs["kind"] != "unusable").any():
        return
    failed = inputs.filter(pl.col("problems").list.len() > 0)
    if failed.is_empty():
        raise InputError(", ".join(map(str, words)), f"contains no {what}")
    first = _telling(failed).row(0, named=True)
    others = f" (and {failed.height - 1} more files without a usable {what})" if failed.height > 1 else ""
    raise InputError(first["source"], f"{first['problems'][0]}{others}")


def _as_in_inputs(word: str) -> str:
    """The word as the sources that it names begin."""
    if is_s3(word):
        return printable(word)
    return word if word == "-" else printable(str(Path(word)) if is_folder(word) else word)


class _Usable:
    """The usable sources, and what is worked out of them once for all words: a shell may expand a glob to thousands."""

    def __init__(self, sources: pl.Series, arguments: set[str]) -> None:
        self.sources = sources
        self.arguments = arguments
        self.names = frozenset(sources)

    @cached_property
    def paths(self) -> frozenset[str]:
        """The real paths of the files in which they stand."""
        piped = {"-"} & self.arguments
        return frozenset(real_path(_file_of(name, self.arguments)) for name in self.names - piped)


def _holds(word: str, usable: _Usable) -> bool:
    """Whether a usable source comes from the word."""
    if _as_in_inputs(word) in usable.names or _of(word, usable.sources, usable.arguments).any():
        return True
    if is_s3(word):
        return False
    if _is_glob(word):
        return any(_fits(word, source, usable.arguments) for source in usable.names)
    if word == "-":
        return False
    real = real_path(word)  # the same file by another name
    if not is_folder(word):
        return real in usable.paths
    prefix = f"{real.removesuffix('/')}/"
    return any(path.startswith(prefix) for path in usable.paths)


def _of(word: str, sources: pl.Series, arguments: set[str]) -> pl.Series:
    """Which sources come from the word, by their names: itself, a file in an archive, or one below a folder."""
    printed = _as_in_inputs(word)
    exact = sources == printed
    if is_s3(word):
        return exact | _in_bucket(word, sources)
    if not is_folder(word):
        return exact | _inner(printed, sources, arguments)
    prefix = "" if printed == "." else f"{printed.removesuffix('/')}/"
    below = sources.str.starts_with(prefix) & ~sources.str.slice(len(prefix)).str.contains(_OUT)
    if printed == "." and "-" in arguments:
        below &= sources != "-"
    return exact | below | _above(printed, sources)


def _in_bucket(word: str, sources: pl.Series) -> pl.Series:
    """Which sources are objects that the word names, stand in such, or stand for many of them (`input_rows`)."""
    try:
        named = address(word)
    except InputError:
        return sources == word
    begin = f"{SCHEME}{named.bucket}/"
    folder = begin + named.folder
    if not named.is_glob:
        return (
            sources.str.starts_with(folder)
            | sources.str.starts_with(f"{begin}{named.key}!")
            | _above(folder, sources)
        )
    fits = named.fits()
    found = [
        source.startswith(folder) and (source.endswith("/") or fits(source[len(begin) :].partition("!")[0]))
        for source in sources
    ]
    return pl.Series(found, dtype=pl.Boolean)


def _inner(archive: str, sources: pl.Series, arguments: set[str]) -> pl.Series:
    """Which sources are files in the archive: a file of its own may have a `!` in its name."""
    named = sources.str.starts_with(f"{archive}!")
    if not named.any():
        return named
    named &= ~sources.is_in(list(arguments))
    if not _has_namesake(archive):
        return named
    own = {source for source in sources.filter(named).unique() if _file_of(source, arguments) != archive}
    return named & ~sources.is_in(list(own)) if own else named


def _has_namesake(archive: str) -> bool:
    """Whether a file or folder beside the archive is named as if it were in it."""
    folder, name = os.path.split(archive)
    try:
        with os.scandir(folder or ".") as entries:
            return any(printable(entry.name).startswith(f"{name}!") for entry in entries)
    except OSError:
        return False


def _file_of(source: str, arguments: set[str]) -> str:
    """The file in which a source stands: itself, or the archive that holds it."""
    if source in arguments:
        return source
    ends = [end for end, letter in enumerate(source) if letter == "!"]
    names = (source, *(source[:end] for end in reversed(ends)))
    return next((name for name in names if os.path.lexists(name)), source.partition("!")[0])


def _above(folder: str, sources: pl.Series) -> pl.Series:
    """Which rows stand for the files of a folder that is, or holds, this one: they end with a slash (`input_rows`)."""
    path = f"{folder.removesuffix('/')}/"
    holders = [path[: end + 1] for end, letter in enumerate(path) if letter == "/"]
    return sources.is_in([*holders, "./"]) & sources.str.ends_with("/")


def _is_glob(word: str) -> bool:
    return glob.has_magic(word) and not is_s3(word) and not os.path.lexists(word)


def _fits(pattern: str, source: str, arguments: set[str]) -> bool:
    return fits(pattern, absolute_path(_file_of(source, arguments)))


def _reason(word: str, failed: pl.DataFrame, arguments: set[str]) -> str | None:
    """Why the word gave nothing; None if another word answers for its files."""
    own = failed.filter(failed["source"] == _as_in_inputs(word))
    if not own.is_empty():
        return _first(own["problems"]) or _EMPTY
    rows = failed.filter(_of(word, failed["source"], arguments))
    if rows.is_empty() and _is_glob(word):
        rows = failed.filter(
            pl.Series([_fits(word, source, arguments) for source in failed["source"]], dtype=pl.Boolean)
        )
    if rows.is_empty():
        return None
    source, problems = _telling(rows).row(0)
    return f"{_EMPTY} ({source}: {problems[0]})" if problems else _EMPTY


def _telling(failed: pl.DataFrame) -> pl.DataFrame:
    """The rows of what could not be read, or all where each was left out on purpose."""
    left_out = pl.col("problems").list.first().str.contains(_ON_PURPOSE).fill_null(value=False)
    others = failed.filter(~left_out)
    return failed if others.is_empty() else others


def _first(problems: pl.Series) -> str | None:
    return next((problem for row in problems for problem in row), None)
