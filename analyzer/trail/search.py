"""Searches bytes as fast as they can be read from memory: `bytes.find` and `bytes.count`, several times faster.

Most of a trail is searched and nothing else is done with it, so this is most of the work. Measured on files of a
megabyte: StringZilla 25 GB/s, `bytes.find` 5.5 and `bytes.count` 3.5, where isal unpacks 3.1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import stringzilla

if TYPE_CHECKING:
    from collections.abc import Iterator


def holds(data: bytes, literal: bytes) -> bool:
    """Whether `literal` stands anywhere in `data`."""
    return bool(stringzilla.find(data, literal) >= 0)


def places(data: bytes, literal: bytes) -> Iterator[int]:
    """Every position of `literal` in `data`, in order."""
    at = stringzilla.find(data, literal)
    while at >= 0:
        yield at
        at = stringzilla.find(data, literal, at + 1)


def count(data: bytes, literal: bytes) -> int:
    """How often `literal` stands in `data`, without overlaps."""
    return int(stringzilla.count(data, literal))
