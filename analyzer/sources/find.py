"""The sources that the words of a user name: files, globs, directories and standard input.

The order is that of the words, and of the paths below each; the same file is given once. Symbolic links to
directories are not followed below a directory that the user named, so no loop can be entered.
"""

from __future__ import annotations

import glob
import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from analyzer.errors import InputError
from analyzer.sources.account import Account
from analyzer.sources.folders import COPIES, is_hidden, no_logs, not_read, step_copies
from analyzer.sources.source import Source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence


def find(
    words: Sequence[str | Path], stdin: Callable[[], bytes] | None = None
) -> tuple[list[Source], list[Account]]:
    """The sources that `words` name, and an account (kind `unusable`) for each word or folder that gave none.

    A word is a file, a glob (`**` too), a directory (all files below it, but for names that begin with a dot, where
    `.sst` is entered, and for folders that surely hold no logs, which are told) or `-`: standard input, which
    `stdin` reads.
    """
    sources: dict[str, Source] = {}
    accounts: list[Account] = []
    for word in map(str, words):
        try:
            for source in _sources(word, accounts, stdin):
                sources.setdefault(os.path.realpath(source.path) if source.path else source.name, source)
        except InputError as error:
            accounts.append(Account(printable(word), problems=[error.reason]))
    return list(sources.values()), accounts


def printable(path: str | Path) -> str:
    """A path as valid Unicode: file names are bytes, and tables hold text."""
    return os.fsencode(path).decode("utf-8", "replace")


def _sources(word: str, accounts: list[Account], stdin: Callable[[], bytes] | None) -> Iterator[Source]:
    """The sources that one word names.

    Raises:
        InputError: there is none.
    """
    path = Path(word)
    if word == "-":
        if stdin is None:
            raise InputError(word, "standard input cannot be read here")
        yield Source(word, None, stdin())
    elif path.is_dir():
        found = _files_below(path, accounts)
        if not found:
            raise InputError(word, "a directory without a file that can be read")
        yield from (Source(printable(file), file) for file in found)
    elif path.exists() or path.is_symlink():
        yield _file(word)
    elif glob.has_magic(word):
        yield from (Source(printable(file), file) for file in _matches(word, accounts))
    else:
        reason = "s3:// addresses are not read: copy the files first (aws s3 sync)"
        raise InputError(word, reason if word.startswith("s3://") else "no such file or directory")


def _file(word: str) -> Source:
    """The file that the user named, whatever its name."""
    path = Path(word)
    try:
        mode = path.stat().st_mode
        if stat.S_ISFIFO(mode):  # a shell's <(command), which can be read only once
            return Source(printable(word), None, path.read_bytes())
    except OSError as error:
        raise InputError(word, (error.strerror or "cannot be read").lower()) from error
    if not stat.S_ISREG(mode):
        raise InputError(word, "not a regular file")
    return Source(printable(word), path)


def _files_below(folder: Path, accounts: list[Account]) -> list[Path]:
    """The regular files below `folder`, sorted by path; a folder that cannot be listed gets an account."""

    def refused(error: OSError) -> None:
        reason = f"cannot be listed: {(error.strerror or 'unknown error').lower()}"
        accounts.append(Account(printable(error.filename), problems=[reason]))

    found: list[Path] = []
    for root, folders, files in os.walk(folder, onerror=refused):
        for name in sorted(folders):
            if reason := no_logs(Path(root, name).parts):
                files_below = sum(len(files) for _, _, files in os.walk(Path(root, name)))
                problem = not_read(files_below, reason)
                accounts.append(Account(printable(Path(root, name)), problems=[problem]))
                folders.remove(name)
        folders[:] = _shown(folders)
        found += [Path(root, name) for name in _shown(files)]
    return _without_copies(folder, sorted(file for file in found if file.is_file()), accounts)


def _without_copies(folder: Path, files: list[Path], accounts: list[Account]) -> list[Path]:
    copies = step_copies([file.as_posix() for file in files])
    if not copies:
        return files
    accounts.append(Account(printable(folder), problems=[not_read(len(copies), COPIES)]))
    return [file for file in files if file.as_posix() not in copies]


def _shown(names: Iterable[str]) -> list[str]:
    return [name for name in names if not is_hidden(name)]


def _matches(pattern: str, accounts: list[Account]) -> list[Path]:
    """The files that match a glob, sorted; a directory that matches is read as if it were named."""
    anchor = Path(pattern).anchor
    named = set(Path(pattern).parts)
    try:
        matches = sorted(Path(anchor).glob(pattern.removeprefix(anchor)))
    except (ValueError, OSError) as error:
        raise InputError(pattern, "not a pattern that can be matched") from error
    found: dict[Path, None] = {}
    for match in matches:
        hidden = set(match.parts) - named
        if len(_shown(hidden)) == len(hidden):
            files = _files_below(match, accounts) if match.is_dir() else [match]
            found.update(dict.fromkeys(file for file in files if file.is_file()))
    if not found:
        raise InputError(pattern, "no file matches")
    return list(found)
