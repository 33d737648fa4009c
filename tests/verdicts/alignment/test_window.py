"""A window that a person gives, and an event log that several runs fit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.verdicts.alignment.align import Alignment, align
from analyzer.verdicts.alignment.window import Given
from tests.build import CI, Tape, at, deploys, writes
from tests.verdicts.alignment.laid import OTHER, offsets, route, row, site, state

if TYPE_CHECKING:
    from collections.abc import Sequence

SITE = ["aaaa:metadata"]
ROUTES = "rrrr:routes"


def two_runs() -> Tape:
    """The same writes at noon by one run, and 240 s later by another."""
    tape = Tape()
    for second, caller in ((0, CI), (240, OTHER)):
        tape.write(second, puts=SITE, caller=caller)
        tape.write(second + 8, puts=[ROUTES], caller=caller)
    return tape


def log(ahead: float, deploy: str = "d1") -> list[list[dict[str, object]]]:
    """A log of ten seconds whose clock is `ahead`: of the run at noon."""
    return [
        site(SITE, ahead - 1, ahead + 1, 1, deploy=deploy),
        route(ROUTES, ahead + 7, ahead + 9, 2, deploy=deploy),
    ]


def given(
    since: float | None, until: float | None, operations: Sequence[list[dict[str, object]]]
) -> Alignment:
    table = writes(*(one for operation in operations for one in operation))
    moments = [None if second is None else at(second) for second in (since, until)]
    known = deploys(*table["deploy"].unique(maintain_order=True))
    return align(table, known, two_runs().calls(), given=Given.of(*moments))


def test_the_run_that_alone_lies_in_the_window_is_taken() -> None:
    for since, until, writer, offset in (
        (-5, 60, CI, 120),
        (200, 300, OTHER, -120),
        (200, None, OTHER, -120),
    ):
        found = given(since, until, log(120))
        assert row(found)["state"] == "aligned"
        assert [one["session"] for one in row(found)["writers"]] == [writer.rpartition("/")[2]]
        assert offsets(found)[0][0] <= offset <= offsets(found)[0][1]
        assert "it alone lies in the window that was given" in row(found)["note"]


def test_a_window_is_a_claim_that_proves_no_drop_and_no_landing() -> None:
    found = state(given(-5, 60, log(120)))
    assert (found["basis"], found["tied"], found["far"]) == ("clock", True, True)


def test_a_window_that_holds_both_runs_or_a_part_of_one_or_neither_decides_nothing() -> None:
    for since, until in ((-5, 300), (4, 60), (-60, 4), (60, 200), (-3600, 244)):
        assert row(given(since, until, log(120)))["state"] == "ambiguous", (since, until)


def test_a_window_that_is_shorter_than_the_log_is_none() -> None:
    long = [*log(120), site("bbbb:metadata", 118, 300, 3)]
    assert row(given(-5, 60, long))["state"] != "aligned"


def test_a_window_beside_several_deploys_may_be_meant_for_another() -> None:
    found = given(-5, 60, [*log(120), *log(5000, "d2")])
    assert row(found)["state"] != "aligned"


def test_a_log_with_a_right_clock_keeps_its_place() -> None:
    """A person's guess is no better than the log's own times where these fit."""
    found = given(200, 300, log(0))
    assert [one["session"] for one in row(found)["writers"]] == [CI.rpartition("/")[2]]
