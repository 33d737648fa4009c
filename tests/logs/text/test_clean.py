"""Bytes become clean lines."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.logs.text.clean import batches, clean, split


@given(st.lists(st.binary(max_size=30), max_size=12).map(b"\n".join), st.integers(1, 40))
def test_batches_are_the_stream_cut_at_line_ends(content: bytes, size: int) -> None:
    runs = list(batches(io.BytesIO(content), size, longest=1000))
    assert b"".join(runs) == content
    assert all(run.endswith(b"\n") for run in runs[:-1])


@given(
    st.lists(st.binary(max_size=60).map(lambda line: line.replace(b"\n", b"")), max_size=8),
    st.integers(1, 50),
)
def test_a_long_line_is_cut_and_known_to_be_long(lines: list[bytes], size: int) -> None:
    content = b"\n".join(lines)
    runs = list(batches(io.BytesIO(content), size, longest=10))
    found = b"".join(runs).split(b"\n")
    expected = content.split(b"\n")
    if content and found[-1] == b"" and len(expected[-1]) > 10:
        found.pop()  # the last line was cut, and ends with a line end of ours
    assert len(found) == len(expected)
    for got, line in zip(found, expected, strict=True):
        assert line.startswith(got)
        assert got == line or len(got) > 10


@given(st.lists(st.binary(max_size=30), max_size=12).map(b"\n".join), st.integers(1, 40), st.integers(5, 20))
def test_a_file_is_cut_where_its_lines_end(content: bytes, size: int, longest: int) -> None:
    with tempfile.NamedTemporaryFile() as file:
        file.write(content)
        file.flush()
        with Path(file.name).open("rb") as stream:
            runs = list(batches(stream, size, longest))
    assert all(run.endswith(b"\n") for run in runs[:-1])
    assert max(map(len, runs), default=0) <= size + 2 * longest + 1
    told, lines = (pieces(each, longest + 1) for each in (b"".join(runs), content))
    assert told == lines


def pieces(content: bytes, longest: int) -> list[bytes]:
    """The beginning of each line."""
    return [line[:longest] for line in content.removesuffix(b"\n").split(b"\n")]


def test_a_batch_never_grows_with_the_line() -> None:
    content = b"x" * 100_000 + b"\nlast\n"
    runs = list(batches(io.BytesIO(content), 1000, longest=100))
    assert max(len(run) for run in runs) <= 1100
    assert b"".join(runs) == b"x" * 101 + b"\nlast\n"


def test_invalid_utf8_is_repaired_and_counted() -> None:
    lines, repaired = split(b"good\n\xff bad \xfe\n\xef\xbf\xbd was there\ncut \xe2\x82\n")
    assert lines.to_list() == ["good", "� bad �", "� was there", "cut �"]
    assert repaired == 2


def cleaned(content: bytes) -> list[str]:
    lines: list[str] = clean(split(content)[0], content).to_list()
    return lines


def test_colour_tags_ansi_redraws_and_trailing_blanks_go() -> None:
    assert cleaned(b" <{%bold%}><{%fg 10%}>++<{%reset%}> x <{%reset%}> ") == [" ++ x"]
    assert cleaned(b"\x1b[2K\x1b[1;31mred\x1b[0m\x1b[?25l end \t") == ["red end"]
    assert cleaned(b"10%\r50%\rdone\r\nnext\r\n") == ["done", "next"]
    assert cleaned(b"  kept  inside  ") == ["  kept  inside"]


def test_lines_are_text_even_when_there_is_one() -> None:
    lines, _ = split(b"\n")
    assert lines.to_list() == [""]
    assert lines.dtype == pl.String


@pytest.mark.parametrize("magic", [b"\x1f\x8b", b"(\xb5/\xfd", b"x^", b"x\x01", b"x\x9c", b"BZh9"])
def test_a_text_that_begins_as_compressed_data_does_is_not_unpacked(magic: bytes) -> None:
    lines, _ = split(magic + b"\nand more\n")
    assert lines.to_list() == [magic.decode(errors="replace"), "and more"]
