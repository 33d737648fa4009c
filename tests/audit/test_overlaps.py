"""Deploys that ran at the same time: on one stage, past SST's lock, or on one store, which has none."""

from __future__ import annotations

from datetime import timedelta
from itertools import combinations

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from analyzer.audit.overlaps import MOST, overlaps
from analyzer.audit.tables import OVERLAPS
from analyzer.tables import DEPLOYS, TIME, empty, from_columns
from tests.build import STORE, at

OTHER = STORE[:-1] + "2"
NO_WRITES = pl.DataFrame(schema={"deploy": pl.String, "store": pl.String})
Run = tuple[str, str, str, float | None, float | None]


def ran(*runs: Run, **more: list[object]) -> pl.DataFrame:
    """DEPLOYS of (id, app, stage, seconds at which it began and ended)."""
    ids, apps, stages, starts, ends = zip(*runs, strict=True)
    times = {
        name: [None if second is None else at(second) for second in seconds]
        for name, seconds in (("started_at", starts), ("ended_at", ends))
    }
    return from_columns({"id": ids, "app": apps, "stage": stages, **times, **more}, DEPLOYS)


def written(**stores: str) -> pl.DataFrame:
    return pl.DataFrame({"deploy": list(stores), "store": list(stores.values())})


def pairs(found: pl.DataFrame) -> list[tuple[str, str]]:
    return found.select("deploy", "other").rows()


def test_two_that_pass_the_lock_overlap_for_the_time_that_both_ran() -> None:
    found = overlaps(ran(("b", "shop", "prod", 10, 40), ("a", "shop", "prod", 0, 25)), NO_WRITES)
    assert found.schema == OVERLAPS
    assert found.rows() == [("a", "b", None, at(10), at(25), True)]


def test_one_that_begins_in_the_second_in_which_another_ends_came_after_it() -> None:
    assert overlaps(ran(("a", "shop", "prod", 0, 10), ("b", "shop", "prod", 10, 20)), NO_WRITES).is_empty()


def test_the_same_stage_of_two_apps_is_two_stages() -> None:
    assert overlaps(ran(("a", "shop", "prod", 0, 30), ("b", "blog", "prod", 5, 20)), NO_WRITES).is_empty()


def test_stages_that_share_a_store_have_no_lock_between_them() -> None:
    two = ran(("a", "shop", "prod", 0, 30), ("b", "shop", "dev", 5, 20))
    assert overlaps(two, written(a=STORE, b=STORE)).rows() == [("a", "b", STORE, at(5), at(20), False)]
    assert overlaps(two, written(a=STORE, b=OTHER)).is_empty()


def test_a_pair_of_one_stage_and_one_store_is_said_of_both() -> None:
    two = ran(("a", "shop", "prod", 0, 30), ("b", "shop", "prod", 5, 20))
    found = overlaps(two, written(a=STORE, b=STORE))
    assert found.select("store", "same_stage").rows() == [(None, True), (STORE, True)]


def test_three_at_once_are_three_pairs() -> None:
    three = ran(("a", "s", "p", 0, 30), ("b", "s", "p", 5, 40), ("c", "s", "p", 10, 20))
    found = overlaps(three, NO_WRITES)
    assert pairs(found) == [("a", "b"), ("a", "c"), ("b", "c")]
    assert found["end"].to_list() == [at(30), at(20), at(20)]


def test_a_long_one_overlaps_with_those_behind_a_short_one() -> None:
    found = overlaps(ran(("a", "s", "p", 0, 100), ("b", "s", "p", 1, 2), ("c", "s", "p", 50, 60)), NO_WRITES)
    assert pairs(found) == [("a", "b"), ("a", "c")]


def test_one_without_an_end_overlaps_only_with_what_ran_when_it_began() -> None:
    """It was killed at an unknown time: a year later nobody says that it still ran."""
    three = ran(("a", "s", "p", 0, 30), ("killed", "s", "p", 10, None), ("later", "s", "p", 500, 600))
    assert pairs(overlaps(three, NO_WRITES)) == [("a", "killed")]


def test_two_that_began_at_once_overlap_though_both_were_killed() -> None:
    two = ran(("a", "s", "p", 7, None), ("b", "s", "p", 7, None))
    assert pairs(overlaps(two, NO_WRITES)) == [("a", "b")]


def test_one_without_a_beginning_overlaps_with_nothing() -> None:
    assert overlaps(ran(("a", "s", "p", None, 30), ("b", "s", "p", 10, 20)), NO_WRITES).is_empty()


def test_a_preview_is_no_deploy() -> None:
    two = ran(("a", "s", "p", 0, 30), ("b", "s", "p", 10, 20), command=["preview", "update"])
    assert overlaps(two, NO_WRITES).is_empty()


def test_nothing_gives_nothing() -> None:
    assert overlaps(empty(DEPLOYS), NO_WRITES).equals(empty(OVERLAPS))


SPANS = st.lists(
    st.tuples(st.sampled_from("xy"), st.integers(0, 12), st.none() | st.integers(0, 6)), max_size=9
)


@given(SPANS)
def test_every_pair_that_overlaps_is_found_once(spans: list[tuple[str, int, int | None]]) -> None:
    """The oracle compares each with each, as the module's text has it: a run takes a microsecond at least."""
    if not spans:
        return
    runs: list[Run] = [
        (f"d{n}", "app", stage, start, None if took is None else start + took)
        for n, (stage, start, took) in enumerate(spans)
    ]
    moment = timedelta(microseconds=1)
    lasted = {
        name: (
            stage,
            at(start or 0),
            max(at(start or 0) + moment, at(end if end is not None else start or 0)),
        )
        for name, _, stage, start, end in runs
    }
    expected = {
        frozenset((one, other))
        for one, other in combinations(lasted, 2)
        if lasted[one][0] == lasted[other][0]
        and max(lasted[one][1], lasted[other][1]) < min(lasted[one][2], lasted[other][2])
    }
    found = overlaps(ran(*runs), NO_WRITES)
    assert sorted(map(sorted, map(frozenset, pairs(found)))) == sorted(map(sorted, expected))
    assert found["start"].dtype == TIME
    assert (found["start"] < found["end"]).all()


def test_a_long_history_takes_no_product() -> None:
    """Deploys of a stage in a row, and one whose clock says that it ran all the time: the first of these are named."""
    number = 5 * MOST
    runs: list[Run] = [(f"d{n}", "s", "p", 60 * n, 60 * n + 30) for n in range(number)]
    runs.append(("all", "s", "p", -1, 60 * number))
    assert pairs(overlaps(ran(*runs), NO_WRITES)) == [("all", f"d{n}") for n in range(MOST)]
