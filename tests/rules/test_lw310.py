"""LW310: what is known of the clocks is said, and no more."""

from __future__ import annotations

import pytest

from tests.reports.made import write
from tests.rules.reasons import made, told

UNSURE = {"verdict": "unverifiable", "cause": "clocks_differ", "confidence": "low"}


@pytest.mark.parametrize(
    ("state", "offset", "fact"),
    [
        (
            "unaligned",
            None,
            "no run in the trail matches enough of the log's operations, so nothing shows which calls are its own",
        ),
        (
            "ambiguous",
            (-1, 2),
            "the calls that fit may be another log's or run's, and nothing shows whose they are",
        ),
        (
            "ambiguous",
            (60, 63),
            "the calls that fit are at another time: another run made them, or the log's clock is wrong",
        ),
        (
            "aligned",
            (0, 0),
            "the log's clock may have been set while the deploy ran, so the times do not show which call is whose",
        ),
    ],
)
def test_what_is_known_of_the_clock_is_said(state: str, offset: tuple[int, int] | None, fact: str) -> None:
    """A log whose operation made no call, and two logs of one key at one time, have clocks that are right."""
    offsets = [] if offset is None else [{"low": offset[0], "high": offset[1]}]
    known = made([write(1, **UNSURE)], alignments=[{"deploy": "d1", "state": state, "offsets": offsets}])
    message = f"1 write to store 5f1c0d2e remains in doubt: {fact}."
    assert told("LW310", known) == [("warning", "low", message)]
