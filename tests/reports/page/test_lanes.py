"""Bars that ran at one time stand side by side; those that merely touch do not."""

from __future__ import annotations

import re
from importlib.resources import files
from typing import TYPE_CHECKING

import polars as pl
import pytest

from analyzer.reports.page.build import build
from analyzer.reports.page.lanes import Bar, bars
from analyzer.reports.page.picture import Picture
from analyzer.reports.page.rows import Row
from analyzer.reports.page.shapes import lane_x
from analyzer.reports.page.steps import Step
from tests.build import STORE, at
from tests.reports.page.pages import sample

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analyzer.reports.report import Report

STYLE = files("analyzer.reports.page").joinpath("templates", "page.css").read_text(encoding="utf-8")


def step(number: int, begin: float, finish: float, *, joined: bool = True) -> Step:
    return Step(
        number, "d1", f"S{number}", "shop-prod", at(begin), at(finish), joined, "said “created”", True, ()
    )


def drawn_lanes(report: Report) -> list[int]:
    """Of each picture of a report the lanes that a phone shows."""
    return [frame.lanes for frame in build(report).frames]


def drawn(steps: Sequence[Step], order: Sequence[int], kind: str = "write") -> list[Bar]:
    """The bars of a picture in which row n is of the step at `order[n]`."""
    rows = [
        Row(
            kind,
            at(place),
            (float(place), 0, 0),
            mark="step" if kind == "write" else "ring",
            step=steps[which],
        )
        for place, which in enumerate(order)
    ]
    nothing = pl.DataFrame()
    picture = Picture(
        STORE, rows, [], [], nothing, {one.number: one for one in steps}, nothing, tail="none", several=False
    )
    return bars(picture)


@pytest.mark.parametrize(
    ("second", "lanes"),
    [
        ((10, 12), [0, 0]),  # begins in the second in which the first ends
        ((9, 12), [0, 1]),
        ((0, 12), [0, 1]),
        ((20, 21), [0, 0]),
    ],
)
def test_a_new_lane_is_only_for_steps_that_ran_at_one_time(second: tuple[int, int], lanes: list[int]) -> None:
    found = drawn([step(0, 5, 10), step(1, *second)], [0, 1])
    assert [bar.lane for bar in found] == lanes


def test_steps_whose_rows_cross_do_not_share_a_lane_whatever_their_times_say() -> None:
    assert [bar.lane for bar in drawn([step(0, 5, 6), step(1, 6, 7)], [0, 1, 0])] == [0, 1]


def test_a_lane_is_used_again_when_it_is_free() -> None:
    found = drawn([step(0, 0, 10), step(1, 5, 12), step(2, 12, 14)], [0, 1, 2])
    assert [bar.lane for bar in found] == [0, 1, 0]


def test_of_more_than_four_lanes_only_bars_in_play_are_left() -> None:
    assert drawn([step(number, 0, 10) for number in range(6)], range(6)) == []


def test_a_phone_shows_the_lanes_up_to_the_last_in_which_a_write_is_not_in_place() -> None:
    assert drawn_lanes(sample("racing-routes")) == [2], "the one that was lost, and the one that took it away"
    assert drawn_lanes(sample("first-route-never-written")) == [1]
    assert drawn_lanes(sample("healthy")) == [1]


@pytest.mark.parametrize("lanes", [2, 3, 4])
def test_a_phone_has_room_for_each_lane_and_its_ladder(lanes: int) -> None:
    (cut,) = re.findall(rf"\.w{lanes}{{--x:(\d+)px}}", STYLE)
    assert int(cut) <= lane_x(lanes - 1) - 6, "half the width of a ladder"


def test_a_step_that_is_not_joined_to_the_trail_has_no_bar() -> None:
    assert drawn([step(0, 5, 10, joined=False)], [0]) == []


def test_a_bar_says_by_its_look_that_nothing_came_of_the_step() -> None:
    assert [bar.look for bar in drawn([step(0, 0, 1)], [0], kind="absent")] == ["bad"]
    assert [bar.look for bar in drawn([step(0, 0, 1)], [0], kind="unclear")] == ["doubt"]
    assert [bar.look for bar in drawn([step(0, 0, 1)], [0])] == ["ok"]
