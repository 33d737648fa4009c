"""From bytes to clean lines, a batch at a time: the first step of every text log.

Memory stays flat: batches end at a line end, and a line longer than `LONGEST` is cut there.
"""

from __future__ import annotations

import codecs
import io
from typing import TYPE_CHECKING

import polars as pl
import stringzilla

from analyzer.sources.limits import BATCH_LINES, TEXT_LINE

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator
    from typing import BinaryIO

BATCH = 4 << 20
LARGE_BATCH = 2 * BATCH
"""Of logs of which most lines are only counted: fewer calls of polars for the same memory."""
LONGEST = TEXT_LINE
_COLOUR_TAG = r"<\{%.*?%\}>"  # Pulumi's own markup: sdk/go/common/diag/colors
_ANSI = r"\x1b\[[0-9;?]*[a-zA-Z]"
_REDRAWN = r"^.*\r"
_BLANKS = " \t\r"
_FIRST = 1000  # lines that tell whether it is worth while to strip all
_PACKED = (b"\x1f\x8b", b"(\xb5/\xfd", b"x")  # how gzip, zstd and zlib begin


def batches(stream: BinaryIO, size: int = BATCH, longest: int = LONGEST) -> Iterator[bytes]:
    """The bytes of `stream` in runs of whole lines; only the last may lack its line end.

    A line of more than `longest` bytes comes as its first `longest + 1` bytes: too long for the reader, and known
    to be so. A run has at most `size` bytes and two such lines: what has no line end goes with the last run.
    """
    if not (_is_file(stream) and (yield from _at_once(stream, size, longest))):
        yield from _streamed(stream, size, longest)


def parted(run: bytes, most: int = BATCH_LINES) -> Iterator[bytes]:
    """A run of whole lines in runs of at most `most`: a table of a line costs the same, however short the line is.

    White space alone stays together: it is counted, and no more.
    """
    if stringzilla.count(run, b"\n") <= most or run.isspace():
        yield run
        return
    half = len(run) // 2
    middle = run.find(b"\n", half, len(run) - 1) + 1 or run.rfind(b"\n", 0, half) + 1
    yield from parted(run[:middle], most)
    yield from parted(run[middle:], most)


def without_mark(runs: Iterable[bytes]) -> Iterator[bytes]:
    """`runs` of bytes without the byte order mark that editors put before a text; alone it is a blank line."""
    mark = codecs.BOM_UTF8
    for run in runs:
        yield run.removeprefix(mark) or b"\n"
        mark = b""


def _streamed(stream: BinaryIO, size: int, longest: int) -> Iterator[bytes]:
    whole = rest = b""
    skipping = False
    try:
        while block := stream.read(size):
            if skipping:
                _, found, block = block.partition(b"\n")  # the tail of a cut line goes
                skipping = not found
            end = block.rfind(b"\n") + 1
            if end:
                if whole:
                    yield whole
                whole = b"".join((rest, memoryview(block)[:end]))  # one copy: fresh memory costs the most
                rest = b""
            rest += block[end:]
            if len(rest) > longest:
                if whole:
                    yield whole
                yield rest[: longest + 1] + b"\n"
                whole, rest, skipping = b"", b"", True
    except OSError:
        if whole:
            yield whole
        raise
    if whole or rest:
        yield whole + rest


def _is_file(stream: BinaryIO) -> bool:
    """Whether it costs nothing to go back in `stream`."""
    return isinstance(stream, io.BufferedReader) and isinstance(stream.raw, io.FileIO) and stream.seekable()


def _at_once(stream: BinaryIO, size: int, longest: int) -> Generator[bytes, None, bool]:
    """The batches of a file, up to a line that must be cut: where each ends is sought first, so that none is copied.

    Returns:
        Whether all of the file was read.
    """
    while True:
        begins = stream.tell()
        stream.seek(begins + size)
        to_line_end = len(stream.readline(longest + 1))
        stream.seek(begins)
        if to_line_end > longest:
            return False
        batch = stream.read(size + to_line_end)
        if batch:
            yield batch
        if not batch.endswith(b"\n"):
            return True


def split(batch: bytes) -> tuple[pl.Series, int]:
    """The lines of a batch, and how many of them were not UTF-8 and were repaired with U+FFFD."""
    try:
        return _lines(batch), 0
    except pl.exceptions.ComputeError:  # not UTF-8
        batch += b"" if batch.endswith(b"\n") else b"\n"  # nothing may be left of the last line
        repaired = _lines(batch.decode(errors="replace").encode())
        without = _lines(batch.decode(errors="ignore").encode())
        return repaired, int((repaired.str.len_bytes() != without.str.len_bytes()).sum())


def clean(lines: pl.Series, batch: bytes) -> pl.Series:
    """`lines` without colour tags, ANSI sequences, redrawn text and trailing blanks.

    Args:
        lines: what `split` made of `batch`.
        batch: the bytes; a step runs only where they hold what it removes.
    """
    return redrawn(plain(lines, batch), batch)


def plain(lines: pl.Series, batch: bytes) -> pl.Series:
    """`lines` without colour tags, ANSI sequences and trailing blanks; the arguments are those of `clean`."""
    if b"{" in batch and b"<{%" in batch:  # one byte is found thirty times faster than three
        lines = lines.str.replace_all(_COLOUR_TAG, "")
    if b"\x1b" in batch:
        lines = lines.str.replace_all(_ANSI, "")
    if _ends_blank(lines.head(_FIRST)) or b"\r" in batch or b"\t" in batch or _ends_blank(lines):
        return lines.str.strip_chars_end(_BLANKS)
    return lines


def _ends_blank(lines: pl.Series) -> bool:
    return lines.str.ends_with(" ").any()


def redrawn(lines: pl.Series, batch: bytes) -> pl.Series:
    """`lines` without what a carriage return has put aside: the last text counts."""
    return lines.str.replace(_REDRAWN, "") if b"\r" in batch else lines


def _lines(text: bytes) -> pl.Series:
    # What begins as compressed data does, polars would unpack: a text may begin so too, but not behind an empty line.
    hidden = text.startswith(_PACKED)
    return pl.read_lines(b"\n" + text if hidden else text, name="text").to_series().slice(int(hidden))
