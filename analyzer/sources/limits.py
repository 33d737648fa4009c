"""All limits on what is read of untrusted inputs, in one place (SECURITY.md lists them).

Each limit is far above what logs and trails reach, and bounds the cost of an input by its size as stored.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import os

MIB: Final = 1 << 20

# Bytes that are held.
IN_MEMORY: Final = 512 * MIB
"""Of a file that is read whole; of a member of a trail's archive; of all members of logs' archives together."""
HELD: Final = 256 * MIB
"""Of deploy logs in S3, which are read several times; what is beyond is fetched again each time."""
LISTING_BYTES: Final = 64 * MIB
"""Of a key listing, of selectors, of public keys: a store holds at most 5 MB (CloudFront quotas)."""
MESSAGE: Final = 64 * MIB
"""Of a packed message of CloudWatch Logs, unpacked: Lambda takes 6 MB, packed."""
EVENT: Final = 64 * MIB
"""Of a line of engine events; what is longer is counted as unrecognised."""
TEXT_LINE: Final = MIB
"""Of a line of text; what is longer is counted as unrecognised."""
CELL: Final = 16 * MIB
"""Characters of a cell of a table: a record is 256 KB at most."""
WINDOW: Final = 128 * MIB
"""Of what a decompressor looks back on: `zstd --ultra -22` and `xz -9` ask for 128 MiB and 64 MiB."""
HEADER: Final = MIB
"""Of a tar archive's extended header, which holds names."""
SEARCHED: Final = 32 * MIB
"""Of a text, for a line that shows what it is: a build may talk for long before it deploys."""

# Decompression bombs.
BOMB_SIZE: Final = 32 * MIB
"""Bytes that anything may unpack to."""
BOMB_RATIO: Final = 200
"""Beyond that, bytes for each byte as stored: deflate reaches 1,032, logs some 10, one line again and again 200."""
BOMB_LINES: Final = 1_000_000
"""Lines that a packed log may hold."""
LINES_PER_BYTE: Final = 4
"""Beyond that, lines for each byte as stored: a log whose every line is the same holds 2."""
TOTAL: Final = 64 << 30
"""Bytes of all that one archive holds, whatever its size."""
FRAMES: Final = 10_000
"""Packed frames (gzip members) of one file that may be smaller than `FRAME` on average."""
FRAME: Final = 64

# Structure.
NESTED: Final = 3
"""Archives in each other; layers of packing around each other."""
LOG_MEMBERS: Final = 50_000
"""Entries of an archive of logs, and of all within it."""
TRAIL_MEMBERS: Final = 1_000_000
"""Entries of an archive of a trail, and of all within it: a file of a trail costs a hundredth of a log."""
VALUES: Final = 1_000_000
"""JSON values, or cells of a table, that a file may hold however small they are,"""
BYTES_PER_VALUE: Final = 16
"""and the bytes that each must have on average in a larger one: CloudTrail's have 30."""
BYTES_PER_CELL: Final = 4
"""The same between the commas of a table: most cells of a wide table, an export of all fields, may be empty."""
UNCOUNTED: Final = 8 * MIB
"""Bytes of a file whose values are not counted: the densest one (`[],` again and again) costs 200 MB."""
COLUMNS: Final = 10_000
"""Columns of a table."""
YAML_DEPTH: Final = 40
"""Maps and lists in each other in YAML; anchors, aliases and tags are not read at all."""
WRAPPERS: Final = 4
"""Wrappers around a record: a text, a list, a log file and an EventBridge event are four."""
VALUE_LINES: Final = 200_000
"""Lines over which one engine event may be printed."""
BATCH_LINES: Final = 200_000
"""Lines of text that are worked on at a time."""
RESCANS: Final = 8
"""How often a damaged file is read again from its damages on, in multiples of its size."""

BOMB: Final = (
    f"a decompression bomb: more than {BOMB_SIZE // MIB} MiB, and more than {BOMB_RATIO} times its size"
)
LINE_BOMB: Final = (
    f"a decompression bomb: more than {BOMB_LINES:,} lines, and {LINES_PER_BYTE} for each byte stored"
)
DENSE: Final = (
    f"more than {VALUES:,} values of less than {BYTES_PER_VALUE} bytes each (of a table {BYTES_PER_CELL}),"
    " which no log or trail contains"
)


def read_in_vain(error: Exception, at: int, size: int) -> int:
    """How many of `size` characters were read from `at` on before a JSON value turned out to be damaged."""
    where = getattr(error, "pos", size)
    return size - at if str(error).startswith("Unterminated") else max(1, where - at)


def most_bytes(stored: int) -> int:
    """How many bytes may come out of `stored` bytes that are packed."""
    return min(TOTAL, max(BOMB_SIZE, BOMB_RATIO * stored))


def most_lines(stored: int) -> int:
    """How many lines may come out of `stored` bytes that are packed."""
    return max(BOMB_LINES, LINES_PER_BYTE * stored)


def is_dense(data: bytes) -> bool:
    """Whether `data` holds so many values for its size that to hold them would cost many times as much.

    JSON values, cells and rows are parted by commas and line ends, objects begin with a brace, lists with a bracket.
    Empty cells count half: a table of all fields has hundreds in each row, and all of them are one empty text.
    """
    if len(data) <= UNCOUNTED:
        return False
    import stringzilla

    is_json = data[:64].lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"["))
    between_commas = BYTES_PER_VALUE if is_json else BYTES_PER_CELL
    marks = {b",": between_commas, b"\n": BYTES_PER_VALUE, b"{": BYTES_PER_VALUE, b"[": BYTES_PER_VALUE}
    most = {mark: max(VALUES, len(data) // each) for mark, each in marks.items()}
    counts = {mark: stringzilla.count(data, mark) for mark in marks}
    if counts[b","] > most[b","] and not is_json:
        counts[b","] -= stringzilla.count(data, b",,", allowoverlap=True) // 2
    return any(counts[mark] > most[mark] for mark in marks)


def is_sparse(status: os.stat_result) -> bool:
    """Whether a file claims far more bytes than its file system holds of it."""
    blocks = getattr(status, "st_blocks", None)
    return blocks is not None and status.st_size > max(BOMB_SIZE, BOMB_RATIO * blocks * 512)
