"""Bytes packed with zstandard, bzip2 or xz; gzip, the commonest by far, has its own fast way in `unpack`."""

from __future__ import annotations

import bz2
import lzma
import re
import sys
from typing import TYPE_CHECKING, Final, Protocol

from analyzer.errors import InputError
from analyzer.sources.source import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_BLOCK: Final = 256 * 1024
# bzip2's own beginning could be that of a text: its first block's mark, or that of its end, must follow.
_MAGIC: Final = re.compile(
    rb"(?P<zstandard>\x28\xb5\x2f\xfd)|(?P<xz>\xfd7zXZ\x00)|(?P<bzip2>BZh[1-9](?:1AY&SY|\x17rE8P\x90))"
)


class _Decompressor(Protocol):
    """What the decompressors of the standard library have in common."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int = -1) -> bytes: ...


def is_packed(head: bytes) -> bool:
    """Whether `head`, the first bytes of a source, begins such data."""
    return _name(head) is not None


def unpacked(source: str, head: bytes, chunks: Iterable[bytes]) -> Iterator[bytes]:
    """What `chunks` hold, in blocks of at most 256 KiB: all frames, one after the other.

    Args:
        source: the name, for errors.
        head: the first of the chunks.
        chunks: all of them.

    Raises:
        InputError: the data is damaged or cut; the blocks before that have been given.
    """
    name = _name(head) or ""
    frame: _Decompressor | None = None
    try:
        for chunk in chunks:
            data = chunk
            while data:
                frame = frame or _decompressor(name)
                yield frame.decompress(data, _BLOCK)
                while not (frame.eof or frame.needs_input):
                    yield frame.decompress(b"", _BLOCK)
                if not frame.eof:
                    break
                data, frame = frame.unused_data, None
    except UnreadableError:
        raise
    except (OSError, ValueError, EOFError, lzma.LZMAError, _zstd_error()) as error:
        reason = f"the {name} data is damaged: only what stands before was read"
        raise InputError(source, reason) from error
    if frame:
        raise InputError(source, f"the {name} data is cut short: only what stands before was read")


def _name(head: bytes) -> str | None:
    found = _MAGIC.match(head)
    return found.lastgroup if found else None


def _decompressor(name: str) -> _Decompressor:
    if name == "bzip2":
        return bz2.BZ2Decompressor()
    if name == "xz":
        return lzma.LZMADecompressor()
    if sys.version_info >= (3, 14):
        from compression import zstd
    else:
        from backports import zstd
    return zstd.ZstdDecompressor()


def _zstd_error() -> type[Exception]:
    if sys.version_info >= (3, 14):
        from compression import zstd
    else:
        from backports import zstd
    return zstd.ZstdError
