"""The bytes of a source, unpacked where they are gzip, zstandard, bzip2 or xz: by content, never by name, with a cap.

gzip comes in several members, with padding, cut short and damaged; what can be unpacked before the damage is
given, then the damage is told.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Final

from isal import igzip_lib

from analyzer.errors import InputError
from analyzer.sources.packed import is_packed, unpacked
from analyzer.sources.source import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from analyzer.sources.source import Source

GZIP: Final = b"\x1f\x8b"
BLOCK: Final = 256 * 1024
_SMALL: Final = 4 * 1024
_LARGE: Final = (
    8 << 20
)  # a block of a source that is read whole: most CloudTrail files are one, and need no joining
_DAMAGED: type[Exception] = igzip_lib.IsalError  # type: ignore[assignment]  # isal's stub lacks `type[...]`
CAP: Final = 1 << 30  # bytes of one source that is read whole: a CloudTrail log file is some MB


def blocks(source: Source, size: int = BLOCK) -> Iterator[bytes]:
    """The bytes of `source` in blocks of at most `size`, by default 256 KiB, unpacked where they are packed.

    Raises:
        InputError: the source cannot be opened or read, or its gzip data is cut or damaged; the blocks before
            that have been given. So for the other ways of packing.
    """
    with source.open() as stream:
        try:
            first = stream.read(BLOCK)
            chunks = chain((first,), iter(lambda: stream.read(BLOCK), b""))
            if is_packed(first):
                yield from unpacked(source.name, first, chunks)
            else:
                yield from _gunzip(source, chunks, size) if first.startswith(GZIP) else chunks
        except UnreadableError as error:
            raise InputError(source.name, error.reason) from error
        except OSError as error:
            raise InputError(source.name, (error.strerror or "cannot be read").lower()) from error


def read_whole(
    source: Source, cap: int = CAP, enough: Callable[[bytes], bool] | None = None
) -> tuple[bytes, list[str]]:
    """All bytes of `source`, unpacked, and what went wrong in words; nothing where there are more than `cap`.

    Damage does not raise: the bytes before it are given. The first block alone is given where `enough` says so of it.
    """
    problems: list[str] = []
    parts: list[bytes] = []
    for step in (_LARGE, _SMALL):  # again in small steps, to come as near to the damage as can be
        parts, problems = [], []
        try:
            if not _fill(parts, blocks(source, step), cap, enough):
                return b"", [f"holds more than {cap >> 20} MiB: not read"]
            break
        except InputError as error:
            problems = [error.reason]
    return b"".join(parts), problems


def _fill(
    parts: list[bytes], found: Iterable[bytes], cap: int, enough: Callable[[bytes], bool] | None
) -> bool:
    """Puts the blocks into `parts`; False where they are more than `cap`."""
    size = 0
    for block in found:
        size += len(block)
        if size > cap:
            return False
        if block:
            parts.append(block)
        if enough and len(parts) == 1 and enough(parts[0]):
            break
    return True


def _gunzip(source: Source, chunks: Iterable[bytes], size: int) -> Iterator[bytes]:
    """The members of a gzip stream, one after the other; NUL padding between and after them is allowed."""
    member: igzip_lib.IgzipDecompressor | None = None
    try:
        for chunk in chunks:
            data = chunk
            while data := data if member else data.lstrip(b"\0"):
                if not (member or data.startswith(GZIP[:1])):
                    raise InputError(source.name, "bytes after the end of the gzip data: these were not read")
                member = member or igzip_lib.IgzipDecompressor(flag=igzip_lib.DECOMP_GZIP)
                yield member.decompress(data, size)
                while not (member.eof or member.needs_input):
                    yield member.decompress(b"", size)
                if not member.eof:
                    break
                data, member = member.unused_data, None
    except _DAMAGED as error:
        raise InputError(source.name, "the gzip data is damaged: only what stands before was read") from error
    if member:
        raise InputError(source.name, "the gzip data is cut short: only what stands before was read")
