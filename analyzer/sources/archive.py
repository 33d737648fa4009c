"""zip and tar archives: their files as sources, one at a time; nothing is ever written, so no path leads anywhere.

Told by content, also within gzip (tar.gz). Sizes are counted while bytes come, whatever the archive says of them.
"""

from __future__ import annotations

import io
import lzma
import tarfile
import zipfile
import zlib
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING, Final

from analyzer.errors import InputError
from analyzer.sources.source import Source
from analyzer.sources.unpack import CAP, blocks, read_whole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.sources.folders import Refused

_ZIP: Final = (b"PK\x03\x04", b"PK\x05\x06")
_TAR: Final = (b"ustar\x0000", b"ustar  \0")
_TAR_AT: Final = 257
_PART: Final = (
    1 << 20
)  # bytes of a file that are read at a time: tarfile copies what it is asked for several times
_MEMBER: Final = 512 << 20  # bytes of one file, which is held
_NESTED: Final = 3  # archives in archives
_TOTAL: Final = 64 << 30  # bytes of all files of one archive, and of those within it
_DAMAGES: Final = (
    zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError, OSError, EOFError, ValueError, OverflowError,
    RuntimeError, NotImplementedError, KeyError, IndexError,
)  # fmt: skip


@dataclass(slots=True)
class Budget:
    """What may still be read of an archive, shared by those within it.

    Attributes:
        left: bytes, in a list of one.
        depth: archives that this one stands in.
    """

    left: list[int] = field(default_factory=lambda: [_TOTAL])
    depth: int = 0

    def spend(self, size: int) -> None:
        """Counts bytes that were read, or unpacked from what was read."""
        self.left[0] -= size

    def inner(self) -> Budget:
        """That of an archive within this one."""
        return Budget(self.left, self.depth + 1)


def is_archive(head: bytes) -> bool:
    """Whether `head`, the first bytes of a source, unpacked, begins a zip or tar archive."""
    return head.startswith(_ZIP) or head.startswith(_TAR, _TAR_AT)


def members(source: Source, budget: Budget, refused: Refused) -> Iterator[Source]:
    """The files in an archive, named `ARCHIVE!MEMBER`, in its order; one is held at a time.

    Directories, links and what the file system hides (a name that begins with a dot, macOS's copies) are left out.
    What is encrypted, or is more than may be held, is told to `refused`, and the rest is given.

    Raises:
        InputError: the archive is damaged, nested too deeply, or holds too much; the files before that were given.
    """
    if budget.depth >= _NESTED:
        raise InputError(source.name, f"an archive within {_NESTED} others: not read")
    try:
        first = next(blocks(source), b"")
        files = _zip(source, refused) if first.startswith(_ZIP) else _tar(source)
        for name, size, content in files:
            budget.spend(size)
            if budget.left[0] < 0:
                raise InputError(source.name, f"holds more than {_TOTAL >> 30} GiB: the rest was not read")
            if content is None:
                refused.add(name, f"more than {_MEMBER >> 20} MiB")
            else:
                yield Source(f"{source.name}!{name}", None, content)
    except _DAMAGES as error:
        raise InputError(
            source.name, "the archive is damaged: only the files before that were read"
        ) from error


def _zip(source: Source, refused: Refused) -> Iterator[tuple[str, int, bytes | None]]:
    """Each file: its name, how many bytes were read of it, and these; None where they are too many to be held."""
    with _seekable(source) as stream, zipfile.ZipFile(stream) as archive:
        for info in archive.infolist():
            if info.is_dir() or _is_hidden(info.filename):
                continue
            name = _printable(info.filename)
            if info.flag_bits & 1:
                refused.add(name, "encrypted")
                continue
            with archive.open(info) as member:
                yield (name, *_read(member, info.file_size))


def _tar(source: Source) -> Iterator[tuple[str, int, bytes | None]]:
    """As `_zip`; of a file that is too large all bytes are counted, for they are unpacked, to come to the next one."""
    stream = _Stream(source)
    try:
        with tarfile.open(fileobj=stream, mode="r|", errorlevel=1) as archive:
            for info in archive:
                member = archive.extractfile(info) if info.isreg() and not info.issparse() else None
                if member and not _is_hidden(info.name):
                    size, content = _read(member, info.size)
                    yield _printable(info.name), size if content is not None else info.size, content
    except tarfile.TarError:
        if stream.error is None:
            raise
    if stream.error:
        raise stream.error


def _read(member: IO[bytes], told: int) -> tuple[int, bytes | None]:
    """How many bytes were read of a file, and these; None where they are, or are told to be, too many to be held."""
    if told > _MEMBER:
        return 0, None
    content = io.BytesIO()
    size = 0
    while part := member.read(_PART):
        size += len(part)
        if size > _MEMBER:
            return size, None
        content.write(part)
    return size, content.getvalue()


def _seekable(source: Source) -> IO[bytes]:
    """The archive's bytes, where they can be read from the end: zip keeps its list there."""
    stream = source.open()
    if stream.read(2) == _ZIP[0][:2]:
        stream.seek(0)
        return stream
    stream.close()
    content, problems = read_whole(source)
    if problems:
        raise InputError(source.name, problems[0])
    return io.BytesIO(content)


def _is_hidden(name: str) -> bool:
    return any(part == "__MACOSX" or (part.startswith(".") and part.strip(".")) for part in name.split("/"))


def _printable(name: str) -> str:
    return name.encode("utf-8", "replace").decode("utf-8", "replace")


class _Stream(io.RawIOBase):
    """The unpacked bytes of a source, as a stream that is read once; it ends at damage, which `error` tells."""

    def __init__(self, source: Source) -> None:
        self.error: InputError | None = None
        self._blocks = blocks(source)
        self._held = memoryview(b"")

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        """Up to `size` bytes; fewer where a block ends, none at the end."""
        parts: list[bytes] = []
        wanted = size if size >= 0 else CAP
        while wanted > 0:
            if not self._held:
                self._held = memoryview(self._next())
                if not self._held:
                    break
            parts.append(bytes(self._held[:wanted]))
            self._held = self._held[wanted:]
            wanted -= len(parts[-1])
        return b"".join(parts)

    def _next(self) -> bytes:
        try:
            return next((block for block in self._blocks if block), b"")
        except InputError as error:
            self.error = error
            return b""
