"""Questions about a path that have an answer for every word of a user.

`Path.is_dir` and `os.path.abspath` raise for some words: a path that is too long, one that leads through a folder
without permission, or any path if the current folder was deleted. The functions here do not.
"""

from __future__ import annotations

import os


def is_folder(path: str | os.PathLike[str]) -> bool:
    """Whether a folder is there, as far as that can be seen."""
    return os.path.isdir(path)  # noqa: PTH112 - pathlib's raises


def is_file(path: str | os.PathLike[str]) -> bool:
    """Whether a regular file is there, as far as that can be seen."""
    return os.path.isfile(path)  # noqa: PTH113 - pathlib's raises


def real_path(path: str | os.PathLike[str]) -> str:
    """The absolute path without links; the path itself where no folder is the current one."""
    try:
        return os.path.realpath(path)
    except (OSError, ValueError):
        return os.fspath(path)


def absolute_path(path: str | os.PathLike[str]) -> str:
    """The absolute path; the path itself where no folder is the current one."""
    try:
        return os.path.abspath(path)  # noqa: PTH100 - pathlib's keeps `..`
    except (OSError, ValueError):
        return os.fspath(path)
