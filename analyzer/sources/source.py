"""One place where bytes come from: a file, or standard input."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from analyzer.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Source:
    """A named stream of bytes that can be opened again.

    Attributes:
        name: what reports call it: the path as the user wrote it, or as found below it.
        path: the file; None where `content` holds the bytes (standard input).
    """

    name: str
    path: Path | None
    content: bytes = b""

    def open(self) -> BinaryIO:
        """The bytes from their beginning.

        Raises:
            InputError: the file cannot be opened.
        """
        if self.path is None:
            return io.BytesIO(self.content)
        try:
            return self.path.open("rb")
        except OSError as error:
            raise InputError(self.name, (error.strerror or "cannot be opened").lower()) from error

    def size(self) -> int:
        """Bytes as stored."""
        return len(self.content) if self.path is None else self.path.stat().st_size
