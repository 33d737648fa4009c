"""A captured terminal: the last drawing counts, and no line is lost."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.logs.text.frames import last_frames


def shown(*batches: bytes) -> bytes:
    return b"".join(last_frames(batches))


def test_what_has_no_cursor_is_left_alone() -> None:
    assert list(last_frames([b"a\r\n", b"\x1b[1mb\x1b[0m"])) == [b"a\r\n", b"\x1b[1mb\x1b[0m"]


@pytest.mark.parametrize(
    ("hide", "up", "clear"),
    [(b"\x1b[?25l", b"\x1b[2A", b"\x1b[K"), (b"<%hide-cursor%>", b"<%cursor-up:2%>", b"<%clear-to-end%>")],
)
def test_a_tree_that_is_drawn_again(hide: bytes, up: bytes, clear: bytes) -> None:
    first = hide + b"\rhead" + clear + b"\na creating" + clear + b"\n"
    again = b"\r" + up + b"head  " + clear + b"\na created" + clear + b"\nb creating" + clear + b"\n"
    assert shown(b"before\n" + first + again + b"after\n") == (
        b"before\n" + b"\n\n" + b"head  \na created\nb creating\nafter\n"
    )
    assert shown(b"before\n" + first, again, b"after\n") == shown(b"before\n" + first + again + b"after\n")


def test_rows_that_are_written_one_by_one() -> None:
    """Before v3.40: up to the row, clear it, write it, down again."""
    update = b"\x1b[2A\x1b[2K\ra created\x1b[2B"
    assert shown(b"a creating\nb creating\n" + update + b"\rend\n") == b"a created\nb creating\nend\n"


def test_a_cleared_line_is_blank() -> None:
    assert shown(b"one\ntwo\n\x1b[2A\r\x1b[J\nthree\n") == b"\n\n\nthree\n"


def test_a_redraw_reaches_no_further_than_what_is_kept() -> None:
    lines = b"".join(b"%d\n" % number for number in range(5000))
    assert shown(b"\x1b[?25l" + lines, b"x\n", b"\x1b[9999Ay\n").count(b"\n") == 5002


@pytest.mark.parametrize(
    "unit",
    [
        b"\x1b[9999B",
        b"\x1b[9999A",
        b"\x1b[J\n",
        b"<",
        b"a<",
        b"\n\x1b[2A",
        b"\x1b[2K\r",
        b"x\n\x1b[9999A\x1b[J",
    ],
)
def test_hostile_captures_take_no_long_time(unit: bytes) -> None:
    capture = b"\x1b[?25l" + unit * (400_000 // len(unit))
    begun = time.process_time()
    assert shown(capture).count(b"\n") in (capture.count(b"\n"), capture.count(b"\n") + 1)
    assert time.process_time() - begun < 5


PARTS = (
    b"\n",
    b"\r",
    b"\x1b[2A",
    b"\x1b[3B",
    b"\x1b[K",
    b"\x1b[2K",
    b"\x1b[J",
    b"<%cursor-up:1%>",
    b"text",
    b"<",
    b"\xff",
)


@given(
    st.lists(
        st.lists(st.sampled_from(PARTS), max_size=12).map(b"".join).map(lambda line: line + b"\n"), max_size=6
    )
)
def test_every_line_stays_a_line(batches: list[bytes]) -> None:
    assert shown(*batches).count(b"\n") == sum(batch.count(b"\n") for batch in batches)


@given(st.lists(st.sampled_from(PARTS), max_size=30).map(b"".join), st.integers(0, 200))
def test_the_drawing_does_not_depend_on_the_batches(capture: bytes, cut: int) -> None:
    data = b"\x1b[?25l" + capture
    cut = data.rfind(b"\n", 0, cut) + 1
    assert shown(data[:cut], data[cut:]) == shown(data)
