"""Bytes packed with zstandard, bzip2 or xz; gzip, the commonest by far, has its own fast way in `unpack`."""

from __future__ import annotations

import bz2
import lzma
import re
import sys
from typing import TYPE_CHECKING, Final, Protocol

from analyzer.errors import InputError
from analyzer.sources.limits import FRAME, FRAMES, MIB, WINDOW
from analyzer.sources.source import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_BLOCK: Final = 256 * 1024
_FEW: Final = 100  # frames that are given all that is read,
_PIECE: Final = 16 * 1024  # and bytes that one of more frames is given at a time
_ZSTD_WINDOW: Final = WINDOW.bit_length() - 1
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
    def decompress(self, data: bytes | memoryview, max_length: int = -1) -> bytes: ...


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
    count = Frames(source)
    try:
        for chunk in chunks:
            data = count.take(chunk)
            while data:
                if frame is None:
                    count.begin()
                    frame = _decompressor(name)
                piece = count.piece(data)
                yield frame.decompress(piece, _BLOCK)
                while not (frame.eof or frame.needs_input):
                    yield frame.decompress(b"", _BLOCK)
                data = data[len(piece) - (len(frame.unused_data) if frame.eof else 0) :]
                frame = None if frame.eof else frame
    except UnreadableError:
        raise
    except (OSError, ValueError, EOFError, MemoryError, lzma.LZMAError, _zstd_error()) as error:
        if "emory" in str(error):  # liblzma's "Memory usage limit", zstandard's "too much memory"
            reason = f"the {name} data needs more than {WINDOW // MIB} MiB of memory: only what comes before was read"
            raise InputError(source, reason) from error
        reason = f"the {name} data is damaged: only what comes before was read"
        raise InputError(source, reason) from error
    if frame:
        raise InputError(source, f"the {name} data is cut short: only what comes before was read")


class Frames:
    """Counts the frames of packed data: many of them that hold nothing cost time, and a bound is put to that."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._read = 0
        self._count = 0

    def take(self, chunk: bytes) -> memoryview:
        """The next bytes of the source."""
        self._read += len(chunk)
        return memoryview(chunk)

    def begin(self) -> None:
        """Another frame.

        Raises:
            InputError: there are too many of them that hold nothing.
        """
        self._count += 1
        if self._count > FRAMES and self._read < self._count * FRAME:
            reason = f"more than {FRAMES:,} packed pieces of less than {FRAME} bytes: the rest was not read"
            raise InputError(self._source, reason)

    def piece(self, data: memoryview) -> memoryview:
        """What a frame is given of `data`: all, or little where frames are many, as what they leave is copied."""
        return data if self._count <= _FEW else data[:_PIECE]


def _name(head: bytes) -> str | None:
    match = _MAGIC.match(head)
    return match.lastgroup if match else None


def _decompressor(name: str) -> _Decompressor:
    if name == "bzip2":
        return bz2.BZ2Decompressor()
    if name == "xz":
        return lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=WINDOW)
    if sys.version_info >= (3, 14):
        from compression import zstd
    else:
        from backports import zstd
    return zstd.ZstdDecompressor(options={zstd.DecompressionParameter.window_log_max: _ZSTD_WINDOW})


def _zstd_error() -> type[Exception]:
    if sys.version_info >= (3, 14):
        from compression import zstd
    else:
        from backports import zstd
    return zstd.ZstdError
