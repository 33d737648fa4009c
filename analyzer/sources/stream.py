"""Pieces of bytes as a stream."""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING, BinaryIO, cast

from analyzer.sources.source import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterator


def stream_of(pieces: Iterator[bytes]) -> BinaryIO:
    """`pieces` as a stream that is read once. What stands before damage (`UnreadableError`) is given before it."""
    return cast("BinaryIO", _Stream(pieces))


class _Stream(io.RawIOBase):
    """Pieces of bytes as a stream that is read once. What stands before damage is given before the damage is raised."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._held = memoryview(b"")
        self._damage: UnreadableError | None = None

    def readable(self) -> bool:
        return True

    def read(self, size: int | None = -1) -> bytes:
        """Up to `size` bytes, or all; fewer only at the end or before damage."""
        left = sys.maxsize if size is None or size < 0 else size
        parts: list[memoryview] = []
        while left and (self._held or self._fill()):
            part = self._held[:left]
            self._held = self._held[len(part) :]
            left -= len(part)
            parts.append(part)
        if self._damage and not parts and size != 0:
            raise self._damage
        return b"".join(parts)

    def _fill(self) -> bool:
        """Whether there is another piece; the next one that is not empty is held then."""
        try:
            while not self._held and not self._damage:
                self._held = memoryview(next(self._pieces))
        except StopIteration:
            return False
        except UnreadableError as error:
            self._damage = error
        return bool(self._held)
