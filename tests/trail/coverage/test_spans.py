"""COVERED: what selectors and digests show of a store's time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from analyzer.trail.calls.chain import chain
from analyzer.trail.coverage.spans import covered
from tests.trail.cloudtrail import STORE, log, read, record
from tests.trail.signed import BASIC, control, hour, put_selectors

if TYPE_CHECKING:
    from analyzer.trail.trail import Trail


def spans(trail: Trail) -> list[tuple[str, datetime | None, datetime | None]]:
    table = covered([STORE], trail.digests, trail.selectors, chain(trail.calls))
    return table.select("kind", "start", "end").rows()


def call(at: datetime, event: str = "e1") -> dict[str, object]:
    return record(event, eventTime=f"{at:%Y-%m-%dT%H:%M:%SZ}")


def test_the_time_before_data_events_were_switched_on_is_off() -> None:
    on = hour(2)
    trail = read(log(put_selectors(on), call(hour(3))))
    assert spans(trail) == [("off", None, on), ("logged", on, None)]
    assert trail.first == on


def test_not_where_the_store_was_recorded_before_or_nothing_was_switched_on() -> None:
    on = hour(2)
    assert spans(read(log(put_selectors(on), call(hour(1))))) == [("logged", on, None)]
    assert spans(read(log(call(hour(1))))) == []
    assert spans(read(log(put_selectors(on, selectors=BASIC), call(hour(3))))) == [("off", on, None)]


def test_only_the_first_change_of_a_trail_switches_it_on() -> None:
    first, second = hour(1), hour(2)
    trail = read(log(put_selectors(first), put_selectors(second), call(hour(3))))
    assert spans(trail) == [("off", None, first), ("logged", first, second), ("logged", second, None)]


def test_a_change_that_may_have_failed_shows_nothing() -> None:
    start = control(hour(2), "StartLogging")
    for name in ("eventVersion", "errorCode"):
        start.pop(name, None)
    trail = read(log(put_selectors(hour(1)), start, call(hour(3))))
    assert trail.selectors["state"].to_list() == ["selects", "unknown"]
    assert spans(trail)[-1] == ("logged", hour(1), hour(1) + timedelta(hours=1))
