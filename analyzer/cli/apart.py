"""Whether a run would write a file that it reads, or that the next run would read: evidence stays as it is.

Nothing is read here. Of a folder it is enough to ask whether the output lies below it. Only where the output exists are
folders searched, for links that lead to it: by the number of the file, which comes with each name.
"""

from __future__ import annotations

import glob
import os
from pathlib import Path
from typing import TYPE_CHECKING

from analyzer.sources.folders import is_hidden, no_logs
from analyzer.sources.paths import is_file, is_folder, real_path
from analyzer.sources.pattern import fits

if TYPE_CHECKING:
    from collections.abc import Sequence

_INPUT = "is an input, and would be overwritten"


def is_same(path: str | os.PathLike[str], file: os.stat_result | None) -> bool:
    """Whether `path` leads to `file`."""
    if file is None:
        return False
    try:
        return os.path.samestat(os.stat(path), file)  # noqa: PTH116 - a Path for each of a million costs more
    except (OSError, ValueError):
        return False


def clash(output: str, words: Sequence[str]) -> str | None:
    """Why `output` may not be written, where `words` name it: as a file, in a folder, by a glob, through a link."""
    real = Path(real_path(output))
    try:
        there = real.stat()
    except (OSError, ValueError):
        there = None
    if there is not None and not is_file(real):
        return None  # a device or a pipe
    return next(filter(None, (_clash(word, real, there) for word in words)), None)


def _clash(word: str, real: Path, there: os.stat_result | None) -> str | None:
    if word == "-":
        return "is what standard input reads" if _is_stdin(there) else None
    path = Path(word)
    if is_folder(path):
        return _in_folder(word, real, there)
    if os.path.lexists(path) or not glob.has_magic(word):
        return _INPUT if Path(real_path(path)) == real or is_same(path, there) else None
    if fits(word, str(real), real_path):
        return f"matches {word}, and would be an input"
    return _of_glob(word, there)


def _is_stdin(there: os.stat_result | None) -> bool:
    try:
        return there is not None and os.path.samestat(os.fstat(0), there)
    except OSError:
        return False


def _in_folder(folder: str, real: Path, there: os.stat_result | None) -> str | None:
    """Where `real` would be read below `folder`: as it stands there, or through a link."""
    top = _top(folder, real)
    if top is not None and _is_read(real.relative_to(top), top):
        return f"is in the folder {folder}, and would be an input"
    if there is not None and (link := _link(folder, there)):
        return f"is an input, by {link}, and would be overwritten"
    return None


def _top(folder: str, real: Path) -> Path | None:
    """The folder as `real` names it: by another case of its letters, or by another mount, it is the same one."""
    top = Path(real_path(folder))
    if real.is_relative_to(top):
        return top
    try:
        same = top.stat()
    except OSError:
        return None
    return next((parent for parent in real.parents if is_same(parent, same)), None)


def _is_read(file: Path, top: Path) -> bool:
    folders = [top / folder for folder in file.parents if folder.name]
    return not (any(map(is_hidden, file.parts)) or any(no_logs(folder.parts) for folder in folders))


def _link(folder: str, there: os.stat_result) -> str | None:
    """A name below `folder` that is read and leads to the file."""
    number, waiting = there.st_ino, [folder]
    while waiting:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        if not (is_hidden(entry.name) or no_logs(Path(entry.path).parts)):
                            waiting.append(entry.path)
                    elif (
                        (entry.inode() == number or entry.is_symlink())
                        and is_same(entry.path, there)
                        and not is_hidden(entry.name)
                    ):
                        return entry.path
        except OSError:
            continue  # it cannot be read either
    return None


def _of_glob(pattern: str, there: os.stat_result | None) -> str | None:
    """Where an existing file is one of the matches, or is below one that is a folder."""
    if there is None:
        return None
    anchor = Path(pattern).anchor
    try:
        for match in Path(anchor).glob(pattern.removeprefix(anchor)):
            if is_same(match, there):
                return _INPUT
            if is_folder(match) and (link := _link(str(match), there)):
                return f"is an input, by {link}, and would be overwritten"
    except (ValueError, OSError, NotImplementedError):
        return None
    return None
