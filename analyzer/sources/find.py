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
    from collections.abc import Callable, Iterator, Sequence


def find(
    words: Sequence[str | Path], stdin: Callable[[], bytes] | None = None
) -> tuple[list[Source], list[Account]]:
    """The sources that `words` name, and an account (kind `unusable`) for each word or folder that gave none.

    A word is a file, a glob (`**` too), a directory (all files below it, but for names that begin with a dot, where
    `.sst` is entered, and for folders that surely hold no logs, which are told) or `-`: standard input, which
    `stdin` reads.
    """
    sources: dict[tuple[str, str], Source] = {}
    accounts: list[Account] = []
    folders: dict[Path, str] = {}
    for word in map(str, words):
        try:
            for source in _sources(word, accounts, stdin):
                sources.setdefault(_real(source.path, folders) if source.path else ("", source.name), source)
        except InputError as error:
            accounts.append(Account(printable(word), problems=[error.reason]))
    return list(sources.values()), accounts


def _real(file: Path, folders: dict[Path, str]) -> tuple[str, str]:
    """The file's folder without symbolic links, and its name there; `folders` keeps those that were met."""
    if file.is_symlink():
        return os.path.split(os.path.realpath(file))
    folder = file.parent
    if folder not in folders:
        folders[folder] = os.path.realpath(folder)
    return folders[folder], file.name


def printable(path: str | os.PathLike[str]) -> str:
    """A path as valid Unicode: file names are bytes, and tables hold text."""
    text = os.fspath(path)
    if text.isascii():
        return text  # the path's own, not a copy: there may be a million
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
    found: list[Path] = []
    waiting = _entries(folder, accounts)
    while waiting:
        entry = waiting.pop()
        if not entry.is_dir(follow_symlinks=False):
            if not is_hidden(entry.name) and (
                entry.is_file(follow_symlinks=False) or _is_link_to_file(entry)
            ):
                found.append(Path(entry))
        elif reason := no_logs(Path(entry).parts):
            files_below = sum(len(files) for _, _, files in os.walk(entry))
            accounts.append(Account(printable(entry), problems=[not_read(files_below, reason)]))
        elif not is_hidden(entry.name):
            waiting += _entries(entry, accounts)
    return _without_copies(folder, found, accounts)


def _entries(folder: os.PathLike[str], accounts: list[Account]) -> list[os.DirEntry[str]]:
    """What stands in a folder, the last name first."""
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name, reverse=True)
    except OSError as error:
        reason = f"cannot be listed: {(error.strerror or 'unknown error').lower()}"
        accounts.append(Account(printable(folder), problems=[reason]))
        return []


def _is_link_to_file(entry: os.DirEntry[str]) -> bool:
    return entry.is_symlink() and Path(entry).is_file()


def _without_copies(folder: Path, files: list[Path], accounts: list[Account]) -> list[Path]:
    copies = step_copies([file.as_posix() for file in files])
    if not copies:
        return files
    accounts.append(Account(printable(folder), problems=[not_read(len(copies), COPIES)]))
    return [file for file in files if file.as_posix() not in copies]


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
        if not any(map(is_hidden, hidden)):
            files = _files_below(match, accounts) if match.is_dir() else [match]
            found.update(dict.fromkeys(file for file in files if file.is_file()))
    if not found:
        raise InputError(pattern, "no file matches")
    return list(found)
