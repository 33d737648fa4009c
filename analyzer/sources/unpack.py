"""The bytes of a source, unpacked if they are gzip, zstandard, bzip2 or xz. The format is detected by content.

The size is limited: a source that unpacks to too much for its size is a bomb, and is read no further.

gzip files may have several members, padding, a cut end or damage. What can be unpacked before the damage is given
first; then the damage is reported.
"""

from __future__ import annotations

import io
from itertools import chain
from typing import TYPE_CHECKING, Final

from isal import igzip_lib

from analyzer.errors import InputError
from analyzer.sources.limits import BOMB, IN_MEMORY, MIB, most_bytes
from analyzer.sources.packed import Frames, is_packed, unpacked
from analyzer.sources.source import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from analyzer.sources.source import Source

GZIP: Final = b"\x1f\x8b"
BLOCK: Final = 256 * 1024
_JOINED: Final = 8 * MIB  # from here on blocks are not kept apart
_SMALL: Final = 4 * 1024
_LARGE: Final = (
    8 << 20
)  # a block of a source that is read whole: most CloudTrail files are one, and need no joining
_DAMAGED: type[Exception] = igzip_lib.IsalError  # type: ignore[assignment]  # isal's stub lacks `type[...]`


def blocks(source: Source, size: int = BLOCK) -> Iterator[bytes]:
    """The bytes of `source` in blocks of at most `size`, by default 256 KiB, unpacked where they are packed.

    Raises:
        InputError: the source cannot be opened or read, or its gzip data is cut or damaged; the blocks before
            that have been given. So for the other ways of packing; and where it is a bomb.
    """
    with source.open() as stream:
        try:
            first = stream.read(BLOCK)
            chunks = chain((first,), iter(lambda: stream.read(BLOCK), b""))
            if is_packed(first):
                yield from _no_bomb(source, unpacked(source.name, first, chunks))
            elif first.startswith(GZIP):
                yield from _no_bomb(source, _gunzip(source, chunks, size))
            else:
                yield from chunks
        except UnreadableError as error:
            raise InputError(source.name, error.reason) from error
        except OSError as error:
            raise InputError(source.name, (error.strerror or "cannot be read").lower()) from error


def _no_bomb(source: Source, pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The blocks, as long as they are not too many for what is stored."""
    left = most_bytes(source.size())
    for block in pieces:
        left -= len(block)
        if left < 0:
            raise InputError(source.name, f"{BOMB}: only what comes before was read")
        yield block


def read_whole(
    source: Source,
    cap: int = IN_MEMORY,
    enough: Callable[[bytes], bool] | None = None,
    spend: Callable[[int], None] | None = None,
) -> tuple[bytes, list[str]]:
    """All bytes of `source`, unpacked, and what went wrong in words; no bytes if there are more than `cap`.

    Damage does not raise: the bytes before it are given. The first block alone is given where `enough` says so of it.
    `spend` gets how many bytes were unpacked.
    """
    problems: list[str] = []
    whole = _Whole()
    for step in (_LARGE, _SMALL):  # again in small steps, to come as near to the damage as can be
        whole, problems = _Whole(), []
        try:
            if not _fill(whole, _with_errors(blocks(source, step), spend), cap, enough):
                return b"", [f"holds more than {cap // MIB} MiB: not read"]
            break
        except InputError as error:
            problems = [error.reason]
    return whole.value(), problems


class _Whole:
    """Blocks that become one. Many are joined as they come: a list of them and the whole would be twice as much."""

    def __init__(self) -> None:
        self.size = 0
        self._parts: list[bytes] = []
        self._joined: io.BytesIO | None = None

    def add(self, block: bytes) -> None:
        self.size += len(block)
        self._parts.append(block)
        if self._joined is not None or self.size > _JOINED:
            self._joined = self._joined or io.BytesIO()
            self._joined.writelines(self._parts)
            self._parts.clear()

    def value(self) -> bytes:
        return b"".join(self._parts) if self._joined is None else self._joined.getvalue()


def _with_errors(pieces: Iterable[bytes], spend: Callable[[int], None] | None) -> Iterator[bytes]:
    for block in pieces:
        if spend:
            spend(len(block))
        yield block


def _fill(whole: _Whole, pieces: Iterable[bytes], cap: int, enough: Callable[[bytes], bool] | None) -> bool:
    """Puts the blocks into `whole`; False if they are more than `cap`."""
    for block in filter(None, pieces):
        is_first = whole.size == 0
        if whole.size + len(block) > cap:
            return False
        whole.add(block)
        if enough and is_first and enough(block):
            break
    return True


def _gunzip(source: Source, chunks: Iterable[bytes], size: int) -> Iterator[bytes]:
    """The members of a gzip stream, one after the other; NUL padding between and after them is allowed."""
    member: igzip_lib.IgzipDecompressor | None = None
    count = Frames(source.name)
    try:
        for chunk in chunks:
            data = count.take(chunk)
            while len(data := data if member else _past_padding(data)):
                if member is None:
                    if data[0] != GZIP[0]:
                        raise InputError(
                            source.name, "bytes after the end of the gzip data: these were not read"
                        )
                    count.begin()
                    member = igzip_lib.IgzipDecompressor(flag=igzip_lib.DECOMP_GZIP)
                piece = count.piece(data)
                yield member.decompress(piece, size)
                while not (member.eof or member.needs_input):
                    yield member.decompress(b"", size)
                data = data[len(piece) - (len(member.unused_data) if member.eof else 0) :]
                member = None if member.eof else member
    except _DAMAGED as error:
        raise InputError(source.name, "the gzip data is damaged: only what comes before was read") from error
    if member:
        raise InputError(source.name, "the gzip data is cut short: only what comes before was read")


def _past_padding(data: memoryview) -> memoryview:
    """`data` without the NUL bytes that it begins with."""
    while len(data) and data[0] == 0:
        head = bytes(data[:_SMALL])
        data = data[len(head) - len(head.lstrip(b"\0")) :]
    return data
