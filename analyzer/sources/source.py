"""One place where bytes come from: a file, standard input, or what stands within one of these."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from analyzer.errors import InputError

if TYPE_CHECKING:
    import os
    from collections.abc import Callable


class UnreadableError(OSError):
    """Bytes that a stream cannot give because what they are packed in is damaged.

    Attributes:
        reason: one clause; `strerror` too.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(0, reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Source:
    """A named stream of bytes that can be opened again.

    Attributes:
        name: what reports call it: the path as the user wrote it, or as found below it.
        path: the file; None where `content` holds the bytes (standard input), or `opener` gives them.
        content: the bytes, where they are held.
        opener: gives the bytes of what is packed in another source; its stream raises `UnreadableError`.
        stored: how many bytes there are as stored, where neither `path` nor `content` tells.
    """

    name: str
    path: str | os.PathLike[str] | None
    content: bytes = b""
    opener: Callable[[], BinaryIO] | None = None
    stored: int | None = None

    def open(self) -> BinaryIO:
        """The bytes from their beginning.

        Raises:
            InputError: the file cannot be opened.
        """
        try:
            if self.opener is not None:
                return self.opener()
            return io.BytesIO(self.content) if self.path is None else Path(self.path).open("rb")
        except OSError as error:
            raise InputError(self.name, (error.strerror or "cannot be opened").lower()) from error

    def size(self) -> int:
        """Bytes as stored."""
        if self.stored is not None:
            return self.stored
        return len(self.content) if self.path is None else Path(self.path).stat().st_size
