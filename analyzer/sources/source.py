"""One place where bytes come from: a file, standard input, or what stands within one of these."""

from __future__ import annotations

import io
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from analyzer.errors import InputError
from analyzer.sources.limits import is_sparse

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime


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
        path: the file; None if `content` holds the bytes (standard input), or `opener` gives them.
        content: the bytes, where they are held.
        opener: gives the bytes of what is packed in another source; its stream raises `UnreadableError`.
        stored: how many bytes there are as stored, where neither `path` nor `content` shows it.
        within: the file that holds the archive in which the bytes stand.
        etag: of an object in a bucket: its opener gives the bytes of this version alone.
        modified: when an object was stored.
    """

    name: str
    path: str | os.PathLike[str] | None
    content: bytes = b""
    opener: Callable[[], BinaryIO] | None = None
    stored: int | None = None
    within: str | os.PathLike[str] | None = None
    etag: str | None = None
    modified: datetime | None = None

    def open(self) -> BinaryIO:
        """The bytes from their beginning.

        Raises:
            InputError: the file cannot be opened, or is sparse: it claims far more bytes than are stored.
        """
        try:
            if self.opener is not None:
                return self.opener()
            return io.BytesIO(self.content) if self.path is None else _opened(self.path)
        except OSError as error:
            raise InputError(self.name, (error.strerror or "cannot be opened").lower()) from error

    def size(self) -> int:
        """Bytes as stored."""
        if self.stored is not None:
            return self.stored
        return len(self.content) if self.path is None else os.stat(self.path).st_size  # noqa: PTH116 - many files

    def stamp(self) -> Stamp | None:
        """Values that show whether the file has changed; None if there is no file, or it has gone.

        Those of an object never differ: its bytes are asked for by its ETag (`analyzer.sources.s3.fetch`).
        """
        if self.modified is not None:
            return Stamp((0, 0), self.size(), int(self.modified.timestamp() * 1e9), self.etag)
        path = self.path or self.within
        try:
            return None if path is None else Stamp.of(os.stat(path))  # noqa: PTH116 - many files
        except OSError:
            return None


@dataclass(frozen=True, slots=True)
class Stamp:
    """Which file it is, its size in bytes and the time of its last change in nanoseconds; of an object its ETag."""

    file: tuple[int, int]
    size: int
    changed: int
    etag: str | None = None

    @classmethod
    def of(cls, status: os.stat_result) -> Stamp:
        """That of a file."""
        return cls((status.st_dev, status.st_ino), status.st_size, status.st_mtime_ns)

    def change(self, now: Stamp | None) -> str | None:
        """What has become of the file since then, in words; None if nothing has."""
        if now == self:
            return None
        if now is None or now.file != self.file:
            return "the file was replaced or removed while it was read: what was read may be of both"
        sizes = f"from {self.size:,} to {now.size:,} bytes while it was read"
        if now.size > self.size:
            return f"the file grew {sizes}: what was added may be missing"
        if now.size < self.size:
            return f"the file was cut {sizes}: what was cut off may be missing"
        return "the file was changed while it was read: what was read may be of both"


def _opened(path: str | os.PathLike[str]) -> BinaryIO:
    if is_sparse(Path(path).stat()) and _has_holes(path):
        raise UnreadableError("a sparse file: it claims far more bytes than are stored; not read")
    return Path(path).open("rb")


def _has_holes(path: str | os.PathLike[str]) -> bool:
    """Whether the file system knows of bytes that are not stored: some systems report no size on the disk."""
    with Path(path).open("rb") as stream:
        try:
            return stream.seek(0, os.SEEK_HOLE) < stream.seek(0, os.SEEK_END)
        except (OSError, AttributeError):  # no file on a disk, or a system that reports neither
            return True
