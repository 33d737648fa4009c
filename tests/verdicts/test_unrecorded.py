"""Writes of a deploy in the middle of which a trail was told to record the store's data events no more."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from analyzer.tables import COVERED, from_columns
from analyzer.trail.calls.chain import chain
from analyzer.trail.coverage.spans import IN_FORCE_AFTER
from analyzer.verdicts.judge import judge
from analyzer.verdicts.unrecorded import unrecorded
from tests.build import STORE, Tape, at, deploys, write, writes
from tests.verdicts.judging import HOUR, bracketed

if TYPE_CHECKING:
    import polars as pl

SWITCHED = 20
OFF = ("unverifiable", "data_events_off", None)
OPEN = ("unverifiable", "chain_not_closed", "dropped")


def selectors(*, other_trail: bool = False) -> pl.DataFrame:
    """COVERED: what a trail was told until `SWITCHED`, and since; another one may still be told to record."""
    spans: list[tuple[str, str, float | None, float | None]] = [
        ("audit", "logged", None, SWITCHED),
        ("audit", "off", SWITCHED, None),
        *([("other", "logged", None, None)] if other_trail else []),
    ]
    columns: dict[str, list[object]] = {
        "store": [STORE] * len(spans),
        "trail": [trail for trail, *_ in spans],
        "kind": [kind for _, kind, *_ in spans],
        "start": [None if start is None else at(start) for *_, start, _ in spans],
        "end": [None if end is None else at(end) for *_, end in spans],
        "why": ["PutEventSelectors"] * len(spans),
    }
    return from_columns(columns, COVERED)


@pytest.mark.parametrize(
    ("start", "other_trail", "expected"), [(18, False, OFF), (10, False, OPEN), (18, True, OPEN)]
)
def test_a_write_without_a_call_that_may_have_ended_after_that_is_not_likely_dropped(
    start: int, other_trail: bool, expected: tuple[str, str, str | None]
) -> None:
    tape = bracketed()
    tape.write(1, puts=["ns:a"])
    calls = tape.calls()
    rows = [write(key, second, second + 3, name=key) for key, second in (("ns:a", 0), ("ns:b", start))]
    table = judge(
        writes(*(row | {"action": "put"} for row in rows)),
        deploys(),
        calls,
        chain(calls),
        reach=at(2 * HOUR),
        has_trail=True,
        covered=selectors(other_trail=other_trail),
    ).verdicts
    assert table.select("verdict", "cause", "leaning").row(1) == expected


@pytest.mark.parametrize(("late", "stores"), [(timedelta(seconds=-1), [STORE]), (timedelta(0), [])])
def test_a_call_that_is_recorded_later_shows_that_they_still_are(late: timedelta, stores: list[str]) -> None:
    """A change of a trail takes minutes to be in force: until then calls are recorded as before."""
    tape = Tape()
    tape.write(SWITCHED + (IN_FORCE_AFTER + late).total_seconds(), puts=["other"])
    assert unrecorded(selectors(), chain(tape.calls()))["store"].to_list() == stores
