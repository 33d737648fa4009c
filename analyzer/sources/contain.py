"""What stands within sources: packed bytes, archives, archives in archives, UTF-16. Told by content, never by name.

In come sources as they were found, out go sources of plain bytes, each of which can be opened again: a file in an
archive is named `ARCHIVE!MEMBER`. Nothing is written, so that no name leads anywhere. The files of a zip archive on
disk are read where they are; those of other archives are held, with a bound.
"""

from __future__ import annotations

import codecs
import io
import lzma
import stat
import sys
import tarfile
import zipfile
import zlib
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING, BinaryIO, Final, cast

from analyzer.errors import InputError
from analyzer.sources.account import Account
from analyzer.sources.archive import is_archive
from analyzer.sources.folders import COPIES, Refused, is_hidden, no_logs, step_copies
from analyzer.sources.packed import is_packed
from analyzer.sources.source import Source, UnreadableError
from analyzer.sources.unpack import BLOCK, GZIP, blocks

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_NESTED: Final = 3  # archives, or layers of packing, in each other
_MEMBERS: Final = 50_000  # files of one archive
HELD: Final = 512 << 20  # bytes that are held of archives that cannot be read where they are
_BOMB_SIZE: Final = 1 << 30
_BOMB_RATIO: Final = 500  # deflate reaches 1,032; logs of one line again and again about 200
_BOMB: Final = "a decompression bomb: more than 1 GiB, and more than 500 times its size"
_ZIP: Final = (b"PK\x03\x04", b"PK\x05\x06")
_UTF16: Final = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
_HEAD: Final = 512
_ENCRYPTED: Final = "encrypted"
_LINK: Final = "a link"
_OUTSIDE: Final = "a name that leads out of the archive"
_FULL: Final = f"more than {HELD >> 20} MiB would have to be held: unpack the archive first"
_DEEP: Final = f"within {_NESTED} others"
_DAMAGES: Final = (
    zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError, OSError, EOFError, ValueError, OverflowError,
    RuntimeError, NotImplementedError, KeyError, IndexError,
)  # fmt: skip


def contents(sources: Iterable[Source]) -> tuple[list[Source], list[Account]]:
    """All that stands within `sources`, in their order, as sources of plain bytes.

    Also an account (kind `unusable`) for each archive of which something could not be read, or is not read, and why.
    """
    room = _Room()
    found: list[Source] = []
    accounts: list[Account] = []
    for source in sources:
        for inner in _contents(source, room, 0):
            if isinstance(inner, Account):
                accounts.append(inner)
            else:
                found.append(inner)
    return found, accounts


@dataclass(slots=True)
class _Room:
    """How many bytes may still be held."""

    left: int = HELD

    def take(self, size: int) -> bool:
        """Whether so many bytes may be held; then there is so much less room."""
        if size > self.left:
            return False
        self.left -= size
        return True


def _contents(source: Source, room: _Room, depth: int) -> Iterator[Source | Account]:
    try:
        head = _head(source)
    except InputError:  # its reader will tell
        yield source
        return
    if depth > _NESTED:
        yield Account(source.name, problems=[f"not read: {_DEEP}"]) if _holds_more(head) else source
    elif head.startswith(GZIP) or is_packed(head):
        inner = Source(source.name, source.path, opener=_Unpack(source), stored=source.size())
        yield from _contents(inner, room, depth + 1)
    elif is_archive(head):
        yield from _members(source, head, room, depth)
    elif encoding := _UTF16.get(head[:2]):
        yield Source(source.name, source.path, opener=_Recode(source, encoding), stored=source.size())
    else:
        yield source


def _head(source: Source) -> bytes:
    try:
        with source.open() as stream:
            return stream.read(_HEAD)
    except OSError as error:
        raise InputError(source.name, (error.strerror or "cannot be read").lower()) from error


def _holds_more(head: bytes) -> bool:
    return head.startswith(GZIP) or is_packed(head) or is_archive(head)


def _members(source: Source, head: bytes, room: _Room, depth: int) -> Iterator[Source | Account]:
    """The files of an archive, and what stands within these; last what is not read of it, if there is any."""
    account = Account(source.name)
    refused = Refused()
    given = 0
    try:
        for member in _zip(source, room, refused) if head.startswith(_ZIP) else _tar(source, room, refused):
            given += 1
            for inner in _contents(member, room, depth + 1):
                if isinstance(inner, Account) and inner.problems == [f"not read: {_DEEP}"]:
                    refused.add(inner.source, _DEEP)
                else:
                    yield inner
    except InputError as error:
        account.problems.append(error.reason)
    account.problems += refused.problems()
    if not (given or account.problems):
        account.problems.append("an archive without a file")
    if account.problems:
        account.bytes = source.size()
        yield account


def _wanted(names: Sequence[str], refused: Refused) -> list[int]:
    """The places of those of `names` that are to be read; the others are told to `refused`."""
    copies = step_copies(names)
    wanted = []
    for place, name in enumerate(names):
        parts = tuple(name.replace("\\", "/").split("/"))
        folders = (parts[:end] for end in range(1, len(parts)))
        if name.startswith(("/", "\\")) or ".." in parts or parts[0][1:2] == ":":
            refused.add(_printable(name), _OUTSIDE)
        elif any(map(is_hidden, parts)) and ".pulumi" not in parts:
            continue
        elif reason := next(filter(None, map(no_logs, folders)), None):
            refused.add(_printable(name), reason)
        elif name in copies:
            refused.add(_printable(name), COPIES)
        else:
            wanted.append(place)
    return wanted


def _zip(source: Source, room: _Room, refused: Refused) -> Iterator[Source]:
    """The files of a zip archive.

    Raises:
        InputError: it is damaged, holds too many files, or its files are a bomb together. A file that is one by itself
            is left out.
    """
    archive = _Zip(Source(source.name, None, _held(source, room)) if source.opener else source)
    try:
        infos = [info for info in archive.opened().infolist() if not info.is_dir()]
    except _DAMAGES as error:
        raise InputError(source.name, "the zip archive is damaged") from error
    bombs = [info for info in infos if _is_bomb(info.file_size, info.compress_size)]
    _refuse_bomb(source, sum(info.file_size for info in infos if info not in bombs), len(infos))
    for place in _wanted([info.filename for info in infos], refused):
        info = infos[place]
        name = _printable(info.filename)
        if info.flag_bits & 1:
            refused.add(name, _ENCRYPTED)
        elif stat.S_ISLNK(info.external_attr >> 16):
            refused.add(name, _LINK)
        elif info in bombs:
            refused.add(name, _BOMB)
        else:
            opener = _ZipMember(archive, info.header_offset)
            yield Source(f"{source.name}!{name}", None, opener=opener, stored=info.file_size)


def _is_bomb(size: int, packed: int) -> bool:
    return size > _BOMB_SIZE and size > _BOMB_RATIO * packed


def _refuse_bomb(source: Source, size: int, files: int) -> None:
    if _is_bomb(size, source.size()):
        raise InputError(source.name, f"not read: {_BOMB}")
    if files > _MEMBERS:
        raise InputError(source.name, f"not read: more than {_MEMBERS:,} files")


def _tar(source: Source, room: _Room, refused: Refused) -> Iterator[Source]:
    """The files of a tar archive: it is read from its beginning, so they are held.

    Raises:
        InputError: it is damaged, or holds too many files; the files before that were given.
    """
    held: list[tuple[str, bytes]] = []
    damage: InputError | None = None
    try:
        with source.open() as stream, tarfile.open(fileobj=stream, mode="r|", errorlevel=1) as archive:
            for number, info in enumerate(archive):
                _refuse_bomb(source, 0, number)
                if info.isdir():
                    continue
                member = archive.extractfile(info) if info.isreg() and not info.issparse() else None
                if member is None:
                    refused.add(_printable(info.name), _LINK)
                elif not _wanted([info.name], Refused()):
                    held.append((info.name, b""))
                elif room.take(info.size):
                    held.append((info.name, member.read()))
                else:
                    refused.add(_printable(info.name), _FULL)
    except UnreadableError as error:
        damage = InputError(source.name, error.reason)
    except _DAMAGES as error:
        damage = InputError(source.name, "the archive is damaged: only the files before that were read")
        damage.__cause__ = error
    for place in _wanted([name for name, _ in held], refused):
        name, content = held[place]
        yield Source(f"{source.name}!{_printable(name)}", None, content)
    if damage:
        raise damage


def _held(source: Source, room: _Room) -> bytes:
    """All bytes of a source that cannot be read where it is."""
    parts = []
    for block in blocks(source):
        if not room.take(len(block)):
            raise InputError(source.name, f"not read: {_FULL}")
        parts.append(block)
    return b"".join(parts)


def _printable(name: str) -> str:
    return name.encode("utf-8", "replace").decode("utf-8", "replace")


@dataclass(slots=True)
class _Zip:
    """A zip archive whose list of files is read once. A copy for another process reads it again."""

    source: Source
    _archive: zipfile.ZipFile | None = None
    _files: dict[int, zipfile.ZipInfo] = field(default_factory=dict)

    def opened(self) -> zipfile.ZipFile:
        """The archive; it is closed when nothing needs it any more."""
        if self._archive is None:
            self._archive = zipfile.ZipFile(self.source.path or io.BytesIO(self.source.content))
            self._files = {info.header_offset: info for info in self._archive.infolist()}
        return self._archive

    def member(self, offset: int) -> IO[bytes]:
        """The file that begins at `offset`."""
        archive = self.opened()
        return archive.open(self._files[offset])

    def __reduce__(self) -> tuple[type[_Zip], tuple[Source]]:
        return _Zip, (self.source,)


@dataclass(frozen=True, slots=True)
class _ZipMember:
    """Opens a file of a zip archive; its place tells it from another of the same name."""

    archive: _Zip
    offset: int

    def __call__(self) -> BinaryIO:
        return _stream(self._blocks())

    def _blocks(self) -> Iterator[bytes]:
        try:
            with self.archive.member(self.offset) as member:
                yield from iter(lambda: member.read(BLOCK), b"")
        except _DAMAGES as error:
            raise UnreadableError(f"the zip archive is damaged here ({_words(error)})") from error


@dataclass(frozen=True, slots=True)
class _Unpack:
    """Opens what is packed in a source, and stops where it is a bomb."""

    source: Source

    def __call__(self) -> BinaryIO:
        return _stream(self._blocks())

    def _blocks(self) -> Iterator[bytes]:
        most = max(_BOMB_SIZE, _BOMB_RATIO * self.source.size())
        try:
            for block in blocks(self.source):
                most -= len(block)
                if most < 0:
                    raise UnreadableError(f"{_BOMB}: only what stands before was read")
                yield block
        except InputError as error:
            raise UnreadableError(error.reason) from error


@dataclass(frozen=True, slots=True)
class _Recode:
    """Opens UTF-16 text as UTF-8; what is no UTF-16 becomes U+FFFD."""

    source: Source
    encoding: str

    def __call__(self) -> BinaryIO:
        return _stream(self._blocks())

    def _blocks(self) -> Iterator[bytes]:
        decoder = codecs.getincrementaldecoder(self.encoding)("replace")
        with self.source.open() as stream:
            for block in iter(lambda: stream.read(BLOCK), b""):
                yield decoder.decode(block).encode("utf-8", "replace")
        yield decoder.decode(b"", final=True).encode("utf-8", "replace")


def _words(error: BaseException) -> str:
    return str(error)[:80] or type(error).__name__


def _stream(pieces: Iterator[bytes]) -> BinaryIO:
    return cast("BinaryIO", _Stream(pieces))


class _Stream(io.RawIOBase):
    """Pieces of bytes as a stream that is read once. What stands before damage is given before it is told."""

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
