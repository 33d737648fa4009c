"""`read_whole`, `blocks` and `lines`: bytes, unpacked."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.errors import InputError
from analyzer.sources.lines import Line, lines
from analyzer.sources.source import Source
from analyzer.sources.unpack import BLOCK, blocks, read_whole


def source(data: bytes) -> Source:
    return Source("x", None, data)


@given(st.lists(st.binary(max_size=2_000), min_size=1, max_size=4), st.integers(0, 9))
def test_gzip_members_and_padding(members: list[bytes], padding: int) -> None:
    packed = (b"\0" * padding).join(gzip.compress(member) for member in members) + b"\0" * padding
    assert read_whole(source(packed)) == (b"".join(members), [])


def test_what_is_larger_than_a_block_is_whole() -> None:
    data = bytes(range(256)) * (BLOCK // 64)
    assert read_whole(source(data)) == (data, [])
    assert read_whole(source(gzip.compress(data, 0) + gzip.compress(b"end"))) == (data + b"end", [])


def test_gzip_that_is_cut_gives_what_stands_before() -> None:
    data = bytes(range(256)) * 100
    whole, problems = read_whole(source(gzip.compress(data, 0)[:9_000]))
    assert 0 < len(whole) < 9_000
    assert data.startswith(whole)
    assert problems == ["the gzip data is cut short: only what comes before was read"]


@pytest.mark.parametrize(
    "packed",
    [
        b"\x1f\x8b garbage",
        gzip.compress(b"abcdef" * 9, mtime=0)[:-8] + bytes(8),  # a wrong checksum
    ],
)
def test_gzip_that_is_damaged_is_told(packed: bytes) -> None:
    assert read_whole(source(packed))[1] == ["the gzip data is damaged: only what comes before was read"]


def test_what_stands_before_damage_is_given_up_to_it() -> None:
    """Blocks are large where nothing is wrong; a damaged file must not lose the megabytes before the damage."""
    data = bytes(range(256)) * 8_000
    packed = bytearray(gzip.compress(data, 0))
    packed[1_500_000] ^= 1
    for spoiled in (packed[:-8] + bytes(8), packed[:1_500_000] + gzip.compress(data)[:900]):
        whole, problems = read_whole(source(bytes(spoiled)))
        assert len(whole) > 1_400_000
        assert data.startswith(whole[:1_400_000])
        assert len(problems) == 1


def test_bytes_after_gzip_are_told() -> None:
    whole, problems = read_whole(source(gzip.compress(b"abc") + b"garbage"))
    assert (whole, problems) == (b"abc", ["bytes after the end of the gzip data: these were not read"])


def test_a_bomb_is_not_unpacked() -> None:
    bomb = gzip.compress(bytes(3 << 20))
    assert read_whole(source(bomb), cap=1 << 20) == (b"", ["holds more than 1 MiB: not read"])


def test_lines_have_numbers_and_no_ends() -> None:
    data = b"\xef\xbb\xbfone\r\n\n three\nfour"
    assert list(lines(source(data))) == [
        Line(1, b"one"),
        Line(2, b""),
        Line(3, b"three"),
        Line(4, b"four", ended=False),
    ]


@given(st.lists(st.binary(max_size=20).filter(lambda line: b"\n" not in line), max_size=20))
def test_lines_are_those_of_a_split(given_lines: list[bytes]) -> None:
    data = b"x" + b"".join(line + b"\n" for line in given_lines)
    expected = [line.strip() for line in data.split(b"\n")]
    expected = expected if data.split(b"\n")[-1] else expected[:-1]
    assert [line.data for line in lines(source(data))] == expected


def test_a_line_over_the_cap_is_told_and_the_next_is_read() -> None:
    found = list(lines(source(b"a" * 3_000 + b"\nb\n"), cap=1_000))
    assert found == [Line(1, b"", whole=False), Line(2, b"b")]


def test_lines_before_damage_are_given() -> None:
    data = b"".join(b"line %d\n" % number for number in range(5_000))
    found: list[bytes] = []
    with pytest.raises(InputError, match="cut short"):
        found.extend(line.data for line in lines(source(gzip.compress(data, 0)[:-9_000])))
    assert 3_000 < len(found) < 5_000
    assert found[:-1] == [b"line %d" % number for number in range(len(found) - 1)]


def test_blocks_of_a_file_that_is_not_there() -> None:
    with pytest.raises(InputError, match="no such file"):
        next(blocks(Source("gone", Path("/nonexistent/gone"))))


def test_no_more_is_read_where_the_beginning_is_enough() -> None:
    data = b"\0\1\2" * (4 << 20)
    asked: list[int] = []

    def enough(head: bytes) -> bool:
        asked.append(len(head))
        return True

    whole, problems = read_whole(source(gzip.compress(data, 1)), enough=enough)
    assert (data.startswith(whole), problems) == (True, [])
    assert len(whole) < len(data)
    assert asked == [len(whole)]
