"""Versions as tools print them, in their order: `3.12.5`, `v3.12.5`, `4.0.0-beta.2`."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, NamedTuple

_FORM: Final = re.compile(
    r"v?(?P<major>\d{1,9})\.(?P<minor>\d{1,9})\.(?P<patch>\d{1,9})"
    r"(?:-(?P<pre>[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+[0-9A-Za-z.-]+)?",
    re.ASCII,
)


class Version(NamedTuple):
    """A version in the order of semver.org: a pre-release comes before its release."""

    major: int
    minor: int
    patch: int
    release: bool
    pre: tuple[tuple[bool, int, str], ...]


@lru_cache(maxsize=1024)
def version_of(text: str | None) -> Version | None:
    """The version that `text` says; null where it says none, as that of a build from a checkout (`dev`, `0.0.0`)."""
    found = _FORM.fullmatch((text or "").strip())
    if found is None:
        return None
    major, minor, patch = (int(found[part]) for part in ("major", "minor", "patch"))
    if (major, minor, patch) == (0, 0, 0):
        return None
    pre = tuple(_identifier(part) for part in found["pre"].split(".")) if found["pre"] else ()
    return Version(major, minor, patch, not pre, pre)


def _identifier(part: str) -> tuple[bool, int, str]:
    """One identifier of a pre-release: numbers come before words, and in the order of numbers."""
    return (False, int(part), "") if part.isdecimal() else (True, 0, part)
