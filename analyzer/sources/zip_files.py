"""The files of a zip archive, read where they are.

Source: PKWARE, APPNOTE.TXT 4.3 (central directory, end of central directory, zip64).
"""

from __future__ import annotations

import io
import lzma
import stat
import struct
import zipfile
import zlib
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING, BinaryIO, Final

from analyzer.errors import InputError
from analyzer.sources.limits import BOMB, most_bytes
from analyzer.sources.source import Source, UnreadableError
from analyzer.sources.stream import stream_of
from analyzer.sources.unpack import BLOCK

if TYPE_CHECKING:
    from collections.abc import Iterator

DAMAGES: Final = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, OSError, EOFError, ValueError, OverflowError, RuntimeError,
    NotImplementedError, KeyError, IndexError, struct.error, MemoryError,
)  # fmt: skip
_ENTRY: Final = b"PK\x01\x02"
_END: Final = b"PK\x05\x06"
_END64: Final = b"PK\x06\x06"
_END_SIZE: Final = 22
_TAIL: Final = (1 << 16) + 256  # bytes in which the end of the directory stands: a comment follows it
_LOCAL: Final = 30  # bytes of a file's own header, without its name
_PIECE: Final = 4096  # bytes asked for at a time of what the standard library unpacks without a bound
_PLAIN: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
DAMAGED: Final = "the zip archive is damaged"
ENCRYPTED: Final = "encrypted"
LINK: Final = "a link or device"
OVERLAPS: Final = "it overlaps with another file of the archive: a bomb"


@dataclass(slots=True)
class ZipArchive:
    """A zip archive whose list of files is read once. A copy for another process reads it again.

    Attributes:
        source: the archive: a file, or bytes that are held.
    """

    source: Source
    _archive: zipfile.ZipFile | None = None

    def entries(self, most: int) -> int:
        """How many entries its directory has.

        Raises:
            InputError: they are more than `most`, or the archive is damaged; its directory was not read then.
        """
        try:
            with self.source.open() as stream:
                count = _count_entries(stream)
            if count <= most:
                count = max(count, len(self.opened().infolist()))
        except DAMAGES as error:
            raise InputError(self.source.name, DAMAGED) from error
        if count > most:
            raise InputError(self.source.name, f"not read: more than {most:,} files")
        return count

    def files(self) -> Iterator[ZipMember]:
        """Its files, without folders, in the order of its directory."""
        infos = self.opened().infolist()
        overlapping = _overlapping(infos)
        for info in infos:
            if not info.is_dir():
                yield ZipMember(self, info, _refused(info, overlapping))

    def opened(self) -> zipfile.ZipFile:
        """The archive; it is closed when nothing needs it any more."""
        if self._archive is None:
            self._archive = zipfile.ZipFile(self.source.path or io.BytesIO(self.source.content))
        return self._archive

    def __reduce__(self) -> tuple[type[ZipArchive], tuple[Source]]:
        return ZipArchive, (self.source,)


@dataclass(frozen=True, slots=True)
class ZipMember:
    """A file of a zip archive, which opens it.

    Attributes:
        archive: where it stands.
        info: what the directory says of it.
        refused: why it is not read, if it is not.
    """

    archive: ZipArchive
    info: zipfile.ZipInfo = field(compare=False)
    refused: str | None = None

    @property
    def name(self) -> str:
        """As it is written."""
        return self.info.filename

    @property
    def size(self) -> int:
        """Bytes, as the directory says; no more are read."""
        return self.info.file_size

    def __call__(self) -> BinaryIO:
        """Its bytes; damage raises `UnreadableError`."""
        return stream_of(self._blocks())

    def _blocks(self) -> Iterator[bytes]:
        left = most_bytes(self.info.compress_size)
        try:
            with self.archive.opened().open(self.info) as member:
                for block in _read(member, BLOCK if self.info.compress_type in _PLAIN else _PIECE):
                    left -= len(block)
                    if left < 0:
                        raise UnreadableError(f"{BOMB}: only what comes before was read")
                    yield block
        except UnreadableError:
            raise
        except DAMAGES as error:
            words = str(error)[:80] or type(error).__name__
            raise UnreadableError(f"the zip archive is damaged here ({words})") from error


def _read(member: IO[bytes], size: int) -> Iterator[bytes]:
    return iter(lambda: member.read(size), b"")


def _refused(info: zipfile.ZipInfo, overlapping: set[int]) -> str | None:
    kind = stat.S_IFMT(info.external_attr >> 16)
    if info.flag_bits & 1:
        return ENCRYPTED
    if kind not in (0, stat.S_IFREG):
        return LINK
    if id(info) in overlapping:
        return OVERLAPS
    return BOMB if info.file_size > most_bytes(info.compress_size) else None


def _overlapping(infos: list[zipfile.ZipInfo]) -> set[int]:
    """Those (by `id`) whose bytes begin before another one's, that begins before them, have ended."""
    overlapping: set[int] = set()
    end = 0
    for info in sorted(infos, key=lambda info: info.header_offset):
        if info.header_offset < end:
            overlapping.add(id(info))
        end = max(end, info.header_offset + _LOCAL + len(info.filename) + info.compress_size)
    return overlapping


def _count_entries(stream: BinaryIO) -> int:
    """How many entries stand where the directory does: to have them all read would cost some 700 bytes for each.

    Its place is found as the standard library finds it. None are counted where there is no directory.
    """
    size = stream.seek(0, io.SEEK_END)
    stream.seek(max(0, size - _TAIL))
    tail = stream.read(_TAIL)
    plain = tail[-_END_SIZE:]
    at = len(tail) - _END_SIZE if plain.startswith(_END) and plain.endswith(b"\0\0") else tail.rfind(_END)
    if at < 0 or len(tail) - at < _END_SIZE:
        return 0
    length = int.from_bytes(tail[at + 12 : at + 16], "little")
    larger = tail.rfind(_END64, 0, at)
    if larger >= 0 and length == 0xFFFFFFFF:  # noqa: PLR2004 - the mark of zip64
        at, length = larger, int.from_bytes(tail[larger + 40 : larger + 48], "little")
    end = size - len(tail) + at
    stream.seek(max(0, end - length))
    count, left = 0, min(length, end)
    rest = b""
    while left > 0 and (block := stream.read(min(left, BLOCK))):
        count += (rest + block).count(_ENTRY)
        rest, left = block[-3:], left - len(block)
    return count
