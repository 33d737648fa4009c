"""`s3://BUCKET/PREFIX`: which bucket, and which keys a word means. Keys are data: nothing in them leads anywhere.

A word means an object, or everything below a prefix, level by level as on a disk: `s3://b/a` is not `a2/x`. `*`, `?`
and `[...]` stand for parts of one level, `**` for any levels; what matches is an object, or a prefix that is read as
if it were named.
"""

from __future__ import annotations

import glob
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from analyzer.errors import InputError
from analyzer.sources.pattern import matches

if TYPE_CHECKING:
    from collections.abc import Callable

SCHEME: Final = "s3://"
_BUCKET: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,253}[A-Za-z0-9]")
_LONGEST: Final = 1024  # bytes of a key (Amazon S3 user guide, object keys)


@dataclass(frozen=True, slots=True)
class Address:
    """What one word names.

    Attributes:
        bucket: the bucket.
        key: of an object, or a prefix, perhaps with a `/` at its end; or a glob.
    """

    bucket: str
    key: str

    @property
    def is_glob(self) -> bool:
        """Whether the key has a wildcard; an object may have one in its name too."""
        return glob.has_magic(self.key)

    @property
    def folder(self) -> str:
        """The prefix, with a `/` at its end, below which everything is that the word means; empty: all the bucket."""
        if self.is_glob:
            levels = self.key.split("/")
            fixed = next(place for place, level in enumerate(levels) if glob.has_magic(level))
            return "".join(f"{level}/" for level in levels[:fixed])
        return self.key if not self.key or self.key.endswith("/") else f"{self.key}/"

    def fits(self) -> Callable[[str], bool]:
        """Whether a key is one that the word means."""
        if not self.is_glob:
            return lambda key: key == self.key or key.startswith(self.folder)
        pattern = tuple(self.key.removesuffix("/").split("/"))
        return lambda key: key == self.key or matches(pattern, tuple(key.split("/")))


def is_s3(word: str) -> bool:
    """Whether a word is an address in S3."""
    return word[: len(SCHEME)].lower() == SCHEME


def address(word: str) -> Address:
    """What a word names.

    Raises:
        InputError: it is no address of S3.
    """
    bucket, _, key = word[len(SCHEME) :].partition("/")
    if not _BUCKET.fullmatch(bucket) or ".." in bucket:
        raise InputError(word, "not an address in S3: write it as s3://BUCKET/PREFIX")
    if "\0" in key or len(key.encode("utf-8", "replace")) > _LONGEST:
        raise InputError(word, "not a key that an object in S3 can have")
    return Address(bucket, key)
