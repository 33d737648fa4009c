"""Parts of a page under a limit: whole items, and what is left out is said."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.reports.bounded import Part, fitted
from tests.effort import examples

_ITEMS = st.lists(st.text(max_size=60), max_size=12)
_PARTS = st.lists(st.builds(Part, st.just("things"), _ITEMS, st.just("<b>"), st.just("</b>")), max_size=5)


def test_all_is_shown_where_there_is_room() -> None:
    made = fitted([Part("a", ["1", "2"], "A\n", "z\n"), Part("b", []), Part("c", ["3"])], 1000)
    assert (made.text, made.missing) == ("A\n1\n2\nz\n3\n", [])


def test_what_has_no_room_is_counted_within_the_part() -> None:
    made = fitted([Part("writes", ["x" * 50] * 10, "W\n", "end\n")], 300)
    assert (
        made.text
        == f"W\n{'x' * 50}\n" + f"{'x' * 50}\n" * 3 + "\n… and 6 more writes; the JSON report has all.\nend\n"
    )


def test_a_part_of_which_nothing_fits_is_named() -> None:
    made = fitted(
        [Part("commands", ["x" * 500]), Part("steps", ["y" * 500] * 2), Part("notes", ["short"])], 600
    )
    assert (made.text, made.missing) == ("short\n", ["1 command", "2 steps"])


def test_a_long_part_leaves_room_for_the_next() -> None:
    made = fitted([Part("rows", ["x" * 9] * 1000), Part("commands", ["y" * 200])], 1000)
    assert "y" * 200 in made.text


def test_a_part_takes_what_the_next_do_not_need() -> None:
    made = fitted([Part("rows", ["x" * 700]), Part("notes", ["y"])], 1000)
    assert made.text == "x" * 700 + "\ny\n"


def test_no_more_than_the_most_is_shown() -> None:
    made = fitted([Part("rows", ["x"] * 5, most=2)], 1000)
    assert made.text == "x\nx\n\n… and 3 more rows; the JSON report has all.\n"


@settings(max_examples=examples(20))
@given(_PARTS, st.integers(0, 2000))
def test_the_limit_holds_and_parts_are_whole(parts: list[Part], room: int) -> None:
    made = fitted(parts, room)
    assert len(made.text) <= room
    assert len(made.missing) <= len(parts)
