"""A listing that the check made itself: younger than every write of the logs, whatever the clocks say."""

from __future__ import annotations

from functools import partial

import polars as pl
import pytest

from tests.verdicts.listing import KEY, UNKNOWN, append, delete, landed_tape, put, routes, shown, verdicts
from tests.verdicts.listing import judged as judged_by_file

judged = partial(judged_by_file, live="server")

END = 12.0
"""The second in which the writes ended."""


@pytest.mark.parametrize("second", [END, END + 1, END - 300])
def test_it_decides_at_once_and_with_a_clock_that_is_ahead(second: float) -> None:
    """Margins are for calls: a file of the same second may be older than the end of the write, a live one is not."""
    assert verdicts(judged([put(), append()], {KEY: "meant"} | routes(), second=second)) == [
        ("landed", None, "high"),
        ("mismatched", "missing", "proven"),
    ]
    by_file = judged_by_file([put(), append()], {KEY: "meant"} | routes(), second=second)
    assert verdicts(by_file) == [UNKNOWN, UNKNOWN]


def test_the_evidence_has_the_time_at_which_it_was_made_and_says_by_whose_clock() -> None:
    found = judged([put()], {KEY: "meant"}, second=END - 300)
    (line,) = found.evidence.filter(kind="keys").to_dicts()
    assert line["at"].minute == 55, "five minutes before noon, as the server said"
    assert "listed live, at this time by the server's clock" in line["detail"]
    by_own_clock = shown(judged([put()], {KEY: "meant"}, live="local"))
    assert by_own_clock is not None
    assert "by the clock of this computer" in by_own_clock


def test_a_delete_is_shown_by_absence() -> None:
    assert verdicts(judged([delete()], {}, second=END)) == [("landed", None, "high")]
    assert verdicts(judged([delete()], {KEY: "x"}, second=END)) == [("mismatched", "still_there", "proven")]


def test_a_deploy_that_stopped_is_unfinished_unless_the_key_is_there() -> None:
    stopped = put() | {"reported": "unfinished", "end": None}
    assert verdicts(judged([stopped], {}, second=END))[0][0] == "unfinished"
    assert verdicts(judged([stopped], {KEY: "meant"}, second=END)) == [("landed", None, "low")]


def test_it_does_not_excuse_itself_where_no_call_fits_the_deploy() -> None:
    """A file within the hour may be older than a deploy with a wrong clock; a live listing is not."""
    tape = landed_tape()
    far = put(start=-4000, end=-3990)
    by_file = judged_by_file([far], {"other": "x"}, tape, second=-3900)
    live = judged([far], {"other": "x"}, tape, second=-3900)
    assert [row[2] for row in verdicts(by_file)] == ["low"]
    assert verdicts(live) == [("mismatched", "missing", "proven")]


def test_without_a_trail_nothing_is_said_of_an_alignment() -> None:
    assert judged([put()], {KEY: "meant"}).alignments.is_empty()
    assert not judged([put()], {KEY: "meant"}, landed_tape()).alignments.is_empty()


def test_what_the_listing_shows_is_a_column_of_the_verdicts() -> None:
    found = judged([put(), append()], {KEY: "meant"} | routes())
    assert found.verdicts.select(pl.col("listed")).to_series().to_list() == ["there", "missing"]
