"""Whether a glob would find a path, also if no such file exists yet."""

from __future__ import annotations

import glob
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

from analyzer.sources.folders import is_hidden
from analyzer.sources.paths import absolute_path

if TYPE_CHECKING:
    from collections.abc import Callable


def fits(pattern: str, path: str, resolved: Callable[[str], str] = absolute_path) -> bool:
    """Whether the glob finds `path` (absolute), or a folder that it is in, which is read as if it were named.

    `resolved` makes the part of the pattern that has no wildcard as absolute as `path` is.
    """
    parts = Path(pattern).parts
    fixed = next((place for place, part in enumerate(parts) if glob.has_magic(part)), len(parts))
    top = Path(resolved(str(Path(*parts[:fixed]))))
    if not Path(path).is_relative_to(top):
        return False
    below = Path(path).relative_to(top).parts
    if any(is_hidden(part) and part not in parts for part in below):
        return False
    return matches(parts[fixed:], below)


def matches(pattern: tuple[str, ...], parts: tuple[str, ...]) -> bool:
    """Whether a glob, level by level, finds a path or a folder that it is in."""
    return any(_match(pattern, parts[:end]) for end in range(1, len(parts) + 1))


def _match(pattern: tuple[str, ...], parts: tuple[str, ...]) -> bool:
    """Level by level: which beginnings of the pattern may end where each part of the path does."""
    ends = _skipped({0}, pattern)
    for part in parts:
        ends = _skipped(
            {end for end in ends if end < len(pattern) and pattern[end] == "**"}
            | {
                end + 1
                for end in ends
                if end < len(pattern) and pattern[end] != "**" and fnmatchcase(part, pattern[end])
            },
            pattern,
        )
    return len(pattern) in ends


def _skipped(ends: set[int], pattern: tuple[str, ...]) -> set[int]:
    """`**` is also no folder at all."""
    places = set(ends)
    for place, part in enumerate(pattern):
        if place in places and part == "**":
            places.add(place + 1)
    return places
