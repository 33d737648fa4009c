"""The files of a tar archive, from its first byte on: headers are believed only as far as bytes follow.

Source: POSIX.1-2024, pax ("ustar interchange format", extended headers), and GNU tar's manual ("Basic Tar Format").
The standard library's reader does not end after a size that no archive has, holds extended headers of any size,
and recurses into a chain of them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from analyzer.errors import InputError
from analyzer.sources.limits import HEADER

if TYPE_CHECKING:
    from collections.abc import Iterator

_BLOCK: Final = 512
_FILES: Final = b"0\0" + b"7"
_FOLDER: Final = b"5"
_SPARSE: Final = b"S"
_PAX: Final = b"x"
_PAX_OF_ALL: Final = b"g"
_LONG_NAME: Final = b"L"
_LONG_LINK: Final = b"K"
_RECORD: Final = re.compile(rb"(\d{1,20}) ([^=]{1,200})=")
DAMAGED: Final = "the archive is damaged: only what comes before was read"
LINK: Final = "a link or device"
SPARSE: Final = "a sparse file: its size is not what is stored"


class TarDamage(Exception):  # noqa: N818 - damage, with what stands before it
    """The archive ends, or is damaged, where more of it should stand.

    Attributes:
        reason: one clause.
        rest: the bytes of the file that it was in.
    """

    def __init__(self, reason: str = DAMAGED, rest: bytes = b"") -> None:
        super().__init__(reason)
        self.reason = reason
        self.rest = rest


class _Bytes:
    """The bytes of the archive, read once. They end at damage, which `damage` then describes."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self.damage: str | None = None
        self._blocks = blocks
        self._held = memoryview(b"")

    def read(self, size: int) -> bytes:
        """The next `size` bytes, or what there is of them."""
        parts = []
        while size and self._fill():
            part = self._held[:size]
            self._held = self._held[len(part) :]
            size -= len(part)
            parts.append(part)
        return b"".join(parts)

    def skip(self, size: int) -> int:
        """Passes over `size` bytes; gives how many of them there were not."""
        while size and self._fill():
            passed = min(size, len(self._held))
            self._held = self._held[passed:]
            size -= passed
        return size

    def _fill(self) -> bool:
        try:
            while not self._held:
                self._held = memoryview(next(self._blocks))
        except StopIteration:
            return False
        except InputError as error:
            self.damage = error.reason
            return False
        return True


@dataclass(slots=True)
class TarFile:
    """One file of the archive, whose bytes are read before the next one, or skipped.

    Attributes:
        name: as it is written.
        size: bytes, as the header says.
        is_folder: whether it is a folder, and holds nothing.
        refused: why it cannot be read, where it is no plain file.
    """

    name: str
    size: int
    is_folder: bool
    refused: str | None
    stream: _Bytes
    left: int = field(init=False)

    def __post_init__(self) -> None:
        self.left = self.size

    def content(self) -> bytes:
        """All bytes.

        Raises:
            TarDamage: there are not as many as the header says.
        """
        content = self.stream.read(self.size)
        self.left = self.size - len(content)
        if self.left:
            raise TarDamage(self.stream.damage or DAMAGED, content)
        return content

    def end(self) -> None:
        """Goes to the end of the file.

        Raises:
            TarDamage: the archive ends before.
        """
        missing = self.stream.skip(self.left + -self.size % _BLOCK)
        if self.left and missing:
            raise TarDamage(self.stream.damage or DAMAGED)


@dataclass(slots=True)
class _Extended:
    """What extended headers say of the file that follows."""

    name: str | None = None
    size: int | None = None
    sparse: bool = False


def tar_files(blocks: Iterator[bytes]) -> Iterator[TarFile]:
    """The entries of the archive whose bytes are `blocks`, in its order: files, folders and links.

    Raises:
        TarDamage: a header is damaged, or the archive ends within a file.
    """
    stream = _Bytes(blocks)
    extended = _Extended()
    while header := _header(stream):
        kind, size = header[156:157], _number(header[124:136])
        if kind in (_PAX, _PAX_OF_ALL, _LONG_NAME, _LONG_LINK):
            content = _extension(stream, size)
            if kind == _PAX:
                _read_pax(extended, content)
            elif kind == _LONG_NAME:
                extended.name = _text(content)
            yield TarFile("", 0, is_folder=True, refused=None, stream=stream)  # it counts as an entry
            continue
        name = extended.name if extended.name is not None else _name(header)
        is_folder = kind == _FOLDER or (kind in b"0\0" and name.endswith("/"))
        sparse = extended.sparse or kind == _SPARSE
        refused = SPARSE if sparse else None if kind in _FILES else LINK
        follows = kind in _FILES or sparse  # no bytes follow a link or a device
        size = (size if extended.size is None else extended.size) if follows else 0
        file = TarFile(name, size, is_folder, refused, stream)
        extended = _Extended()
        yield file
        file.end()
    if stream.damage:
        raise TarDamage(stream.damage)


def _header(stream: _Bytes) -> bytes:
    """The next header; nothing at the end.

    Raises:
        TarDamage: it is damaged.
    """
    header = stream.read(_BLOCK)
    if len(header) < _BLOCK or not header.strip(b"\0"):
        if header.strip(b"\0"):
            raise TarDamage(stream.damage or DAMAGED)
        return b""
    checksum = _number(header[148:156])
    plain = header[:148] + b" " * 8 + header[156:]
    signed = sum(plain) - 256 * sum(byte > 127 for byte in plain)  # noqa: PLR2004 - as old tars counted
    if checksum not in (sum(plain), signed):
        raise TarDamage
    return header


def _extension(stream: _Bytes, size: int) -> bytes:
    """The bytes of an extended header.

    Raises:
        TarDamage: there are not so many, or they are more than names need.
    """
    if size > HEADER:
        raise TarDamage(
            f"an extended header of more than {HEADER >> 20} MiB: only what comes before was read"
        )
    content = stream.read(size)
    if len(content) < size or stream.skip(-size % _BLOCK):
        raise TarDamage(stream.damage or DAMAGED)
    return content


def _read_pax(extended: _Extended, content: bytes) -> None:
    """Takes in the records of a pax header, `LENGTH NAME=VALUE`.

    Raises:
        TarDamage: they are no such records.
    """
    at = 0
    while at < len(content) and content[at]:
        record = _RECORD.match(content, at)
        length = int(record[1]) if record else 0
        if not record or at + length > len(content) or at + length <= record.end():
            raise TarDamage
        value = content[record.end() : at + length - 1]
        if record[2] == b"path":
            extended.name = _text(value)
        elif record[2] == b"size":
            extended.size = _decimal(value)
        elif record[2].startswith(b"GNU.sparse."):
            extended.sparse = True
        at += length


def _decimal(value: bytes) -> int:
    if not value.isdigit() or len(value) > 20:  # noqa: PLR2004 - digits of 2^64
        raise TarDamage
    return int(value)


def _number(field: bytes) -> int:
    """A number in octal digits, or in base 256 where the first bit is set.

    Raises:
        TarDamage: it is no number, or negative.
    """
    if field[0] == 0x80:  # noqa: PLR2004 - GNU tar's mark
        return int.from_bytes(field[1:], "big")
    digits = field.split(b"\0", 1)[0].strip()
    try:
        number = int(digits or b"0", 8)
    except ValueError as error:
        raise TarDamage from error
    if number < 0:
        raise TarDamage
    return number


def _name(header: bytes) -> str:
    name = _text(header[:100])
    prefix = _text(header[345:500]) if header[257:263] == b"ustar\0" else ""
    return f"{prefix}/{name}" if prefix else name


def _text(value: bytes) -> str:
    return value.split(b"\0", 1)[0].decode("utf-8", "surrogateescape")
