"""What stands together as one row, and what never does."""

from __future__ import annotations

import polars as pl

from analyzer.reports.page.groups import blocks, group_row
from tests.build import at


def changes(count: int, breaks: tuple[int, ...] = ()) -> pl.DataFrame:
    """`line` of so many changes, with a missing link before each place of `breaks`."""
    return pl.DataFrame(
        {
            "place": list(range(count)),
            "event_id": [f"e{number}" for number in range(count)],
            "at": [at(number) for number in range(count)],
            "caller": ["arn:aws:sts::1:assumed-role/nightly/run"] * count,
            "effects": [["put"]] * count,
            "keys": [[f"k{number}"] for number in range(count)],
            "count": [1] * count,
            "linked": [number not in breaks for number in range(count)],
        }
    )


def sizes(parted: pl.DataFrame) -> list[int]:
    """How many changes each row stands for."""
    found: list[int] = []
    for members in parted.partition_by("block", maintain_order=True):
        found += [1] * members.height if members["alone"].all() else [members.height]
    return found


def test_up_to_24_rows_all_stand_alone() -> None:
    assert sizes(blocks(changes(24), {"e3"}, (), 0)) == [1] * 24


def test_beyond_that_two_changes_on_each_side_of_what_is_in_play_stay() -> None:
    assert sizes(blocks(changes(30), {"e10"}, (), 0)) == [8, 1, 1, 1, 1, 1, 17]


def test_rows_that_are_no_changes_count_as_well() -> None:
    assert sizes(blocks(changes(20), {"e10"}, (), 5)) == [8, 1, 1, 1, 1, 1, 7]


def test_fewer_than_four_are_not_worth_a_group() -> None:
    assert sizes(blocks(changes(30), {"e5"}, (), 0))[:8] == [1] * 8


def test_no_group_goes_over_a_missing_link_or_over_another_row() -> None:
    parted = blocks(changes(40, breaks=(20,)), {"e2"}, (30,), 1)
    assert sizes(parted) == [1, 1, 1, 1, 1, 15, 10, 10]


def test_a_group_says_whose_writes_it_stands_for() -> None:
    row = group_row(changes(300), {"e1": (50, 50), "e2": (3, 3)}, several=False)
    assert row.group is not None
    assert row.group.count == 300
    assert row.group.summary == "2 writes by this deploy (53 keys, all landed), 298 writes by nightly/run"
    assert row.group.span == "12:00:00 to 12:04:59"
    assert (len(row.group.lines), row.group.left) == (200, 100)
    assert row.group.lines[0] == "12:00:00 put k0 nightly/run"
