"""Packed bytes, sparse files, files that change: each limit, and a good log beside it that is read."""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
import struct
import zlib
from functools import partial
from typing import TYPE_CHECKING

import pytest
from backports import zstd

from analyzer import api
from analyzer.errors import InputError
from analyzer.logs.read import LogScan
from analyzer.sources import limits
from analyzer.sources.contain import contents
from analyzer.sources.find import find
from analyzer.sources.lines import lines
from analyzer.sources.source import Source, Stamp
from analyzer.sources.unpack import blocks, read_whole
from analyzer.trail.coverage.user_files import read_selector_files
from tests.sources.hostile import LOG

if TYPE_CHECKING:
    from collections.abc import Callable, Sized
    from pathlib import Path

BEFORE = "only what comes before was read"
PACKINGS = pytest.mark.parametrize(
    "pack",
    [gzip.compress, zstd.compress, bz2.compress, lzma.compress],
    ids=["gzip", "zstandard", "bzip2", "xz"],
)


def parsed(data: bytes) -> dict[str, object]:
    """The stats of a log."""
    scan = LogScan(*contents([Source("x", None, data)]))
    for _ in scan:
        pass
    return scan.inputs.row(0, named=True)


@PACKINGS
def test_a_bomb_by_its_size(pack: Callable[[bytes], bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "BOMB_SIZE", 1 << 20)
    source = Source("x", None, pack(LOG + b"\0" * (4 << 20)))
    found: list[Sized] = []
    with pytest.raises(InputError, match="a decompression bomb"):
        found.extend(blocks(source))
    assert sum(map(len, found)) <= 1 << 20
    assert read_whole(Source("x", None, pack(LOG + os.urandom(2 << 20))))[1] == []


@pytest.mark.parametrize("line", [b"\n", b"a\n", b"{\n"])
def test_a_bomb_of_short_lines(line: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each line costs some hundred bytes of an event, so that few bytes of them are much."""
    monkeypatch.setattr(limits, "BOMB_LINES", 300_000)
    stats = parsed(gzip.compress(LOG + line * 600_000))
    assert stats["problems"] == [f"could not be read to its end: {limits.LINE_BOMB}: {BEFORE}"]
    assert 100_000 < int(str(stats["lines"])) <= 300_000


@PACKINGS
def test_lines_are_counted_however_they_are_packed(
    pack: Callable[[bytes], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "BOMB_LINES", 300_000)
    (bomb, good), _ = contents(
        [Source("x", None, pack(b"\n" * 600_000)), Source("y", None, pack(LOG * 3_000))]
    )
    with bomb.open() as stream, pytest.raises(OSError, match="more than 1,000,000 lines"):
        list(iter(partial(stream.read, 1 << 16), b""))
    with good.open() as stream:
        assert stream.read() == LOG * 3_000


@PACKINGS
def test_frames_that_hold_nothing(pack: Callable[[bytes], bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("analyzer.sources.packed.FRAMES", 200)
    if pack is not bz2.compress and pack is not lzma.compress:
        assert (
            "packed pieces of less than 64 bytes"
            in read_whole(Source("x", None, pack(LOG) + pack(b"") * 300))[1][0]
        )
    line = os.urandom(60)
    assert read_whole(Source("x", None, pack(line) * 300)) == (line * 300, [])


def test_an_xz_file_that_asks_for_a_giant_dictionary() -> None:
    data = bytearray(lzma.compress(LOG))
    end = 12 + (data[12] + 1) * 4  # of the block's header: its filter's dictionary is 4 GiB
    assert data[14] == 0x21
    data[16] = 40
    data[end - 4 : end] = struct.pack("<I", zlib.crc32(bytes(data[12 : end - 4])))
    assert read_whole(Source("x", None, bytes(data)))[1] == [
        "the xz data needs more than 128 MiB of memory: only what comes before was read"
    ]
    large = lzma.compress(LOG, preset=9 | lzma.PRESET_EXTREME)
    assert read_whole(Source("x", None, large)) == (LOG, [])


def test_a_zstandard_frame_with_a_giant_window() -> None:
    def frame(log: int) -> bytes:
        block = struct.pack("<I", len(LOG) << 3 | 1)[:3] + LOG
        return b"\x28\xb5\x2f\xfd" + bytes([0, (log - 10) << 3]) + block

    assert read_whole(Source("x", None, frame(27))) == (LOG, [])
    (problem,) = read_whole(Source("x", None, frame(31)))[1]
    assert "more than 128 MiB of memory" in problem


def test_a_sparse_file(tmp_path: Path) -> None:
    path = tmp_path / "sparse.log"
    with path.open("wb") as file:
        file.write(LOG)
        file.truncate(100 << 30)
    if path.stat().st_blocks * 512 > 1 << 30:
        pytest.skip("the file system has no sparse files")
    with pytest.raises(InputError, match="sparse"):
        Source("x", path).open()
    (tmp_path / "good.log").write_bytes(LOG)
    scan = api.scan_logs([tmp_path])
    assert sum(map(len, scan)) == 3
    told = dict(scan.inputs.select("source", "problems").rows())
    assert "a sparse file" in told[str(path)][0]


def test_a_file_of_proc_has_no_size_and_is_read() -> None:
    with Source("x", "/proc/self/status").open() as stream:
        assert b"Name:" in stream.read()


def test_a_device_and_a_pipe_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    (stats,) = find(["/dev/zero"])[1]
    assert stats.problems == ["not a regular file"]
    monkeypatch.setattr("analyzer.sources.find.IN_MEMORY", 1 << 20)
    (stats,) = find(["-"], lambda: bytes((1 << 20) + 1))[1]
    assert "from a pipe" in stats.problems[0]
    ((source,), unread) = find(["-"], lambda: LOG)
    assert (source.content, unread) == (LOG, [])
    with pytest.raises(InputError, match="holds more than"):
        read_selector_files(["/dev/zero"], None)


def test_a_file_that_grows_is_cut_or_replaced(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    path.write_bytes(LOG)
    stamp = Source("x", path).stamp()
    assert stamp is not None
    assert stamp.change(Source("x", path).stamp()) is None
    changes = [
        (Stamp(stamp.file, stamp.size + 5, 0), "grew from"),
        (Stamp(stamp.file, stamp.size - 5, 0), "was cut from"),
        (Stamp(stamp.file, stamp.size, 0), "was changed"),
        (Stamp((0, 0), stamp.size, stamp.changed), "was replaced"),
        (None, "was replaced or removed"),
    ]
    for now, words in changes:
        assert words in str(stamp.change(now))


@pytest.mark.parametrize("change", [b"more\n", None], ids=["grows", "is cut"])
def test_a_log_that_changes_while_it_is_read_is_reported(tmp_path: Path, change: bytes | None) -> None:
    path, good = tmp_path / "a.log", tmp_path / "b.log"
    path.write_bytes(LOG + b"    line\n" * 100)
    good.write_bytes(LOG)
    scan = api.scan_logs([path, good])
    batches = iter(scan)
    next(batches)
    with path.open("ab") as file:
        if change:
            file.write(change)
        else:
            file.truncate(20)
    for _ in batches:
        pass
    first, second = scan.inputs["problems"].to_list()
    assert "while it was read" in first[-1]
    assert second == []


def test_a_line_without_end_is_not_held() -> None:
    source = Source("x", None, b"a" * 5_000_000 + b"\nshort\n")
    long, short = lines(source, cap=1_000_000)
    assert (long.data, long.whole, short.data) == (b"", False, b"short")


def test_blank_lines_are_counted_in_bulk() -> None:
    found = list(lines(Source("x", None, b"a\n" + b"\n" * 3_000_000 + b"b\n")))
    assert len(found) < 600_000
    assert found[-1].data == b"b"
    assert found[-1].number == 3_000_002
    assert sum(line.blanks or 1 for line in found) == 3_000_002
