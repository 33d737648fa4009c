"""Whose calls are a deploy's own: its writers, runs that are its rivals, and other logs that match the same calls."""

from __future__ import annotations

import pytest

from tests.build import CI, Tape, at
from tests.verdicts.alignment.laid import (
    OTHER,
    ROUTES,
    laid,
    log,
    route,
    row,
    run,
    site,
    state,
    with_keys,
)


def test_the_writers_are_named() -> None:
    tape = Tape()
    run(tape, 0)
    run(tape, 400, keys=["a:metadata", "a:/index.2e.js"], caller=OTHER)
    found = laid(tape, *log(0))
    assert found.writers.rows() == [("d1", CI, None)]
    assert [(one["principal"], one["session"]) for one in row(found)["writers"]] == [
        ("arn:aws:sts::111122223333:assumed-role/ci", "deploy")
    ]


def test_another_run_that_fits_as_well_is_a_tie_that_the_clock_breaks() -> None:
    tape = Tape()
    run(tape, 0, keys=["a:metadata"])
    run(tape, 90, keys=["a:metadata"], caller=OTHER)
    found = laid(tape, *log(0, keys=["a:metadata"]))
    assert (state(found)["state"], state(found)["basis"], state(found)["tied"]) == ("aligned", "clock", True)
    assert [(one["writer"], one["offset"], one["at"], one["matched"]) for one in row(found)["rivals"]] == [
        (OTHER, -90, at(90), 2)
    ]
    assert row(found)["note"] == (
        "Two runs match this log about equally well: 12:00:00 by ci/deploy (clocks agree) and 12:01:30 by ci/other "
        "(the log's clock 90 s behind). "
        "Taken: the first, because a right clock says so. The other log, or its update object, would settle it."
    )


def test_two_runs_that_fit_a_wrong_clock_are_both_named_and_none_is_taken() -> None:
    tape = Tape()
    run(tape, 0, keys=["a:metadata"])
    run(tape, 90, keys=["a:metadata"], caller=OTHER)
    found = laid(tape, *log(1000, keys=["a:metadata"]))
    assert (row(found)["state"], len(row(found)["rivals"])) == ("ambiguous", 1)
    assert found.times.is_empty()
    assert found.writers.is_empty()


def test_a_run_in_which_more_operations_match_is_not_overruled_by_the_clock() -> None:
    tape = Tape()
    tape.write(0, puts=["a:metadata"])
    run(tape, 90, keys=["a:metadata"], caller=OTHER)
    assert row(laid(tape, *log(0, keys=["a:metadata"])))["state"] == "ambiguous"


def test_another_principal_that_reads_the_list_makes_a_lone_operation_doubtful() -> None:
    tape = Tape()
    tape.read(0, ROUTES, caller=OTHER)
    tape.write(1, puts=[ROUTES])
    found = laid(tape, route(ROUTES, 0, 1, 1))
    assert row(found)["state"] == "ambiguous"
    assert row(found)["note"].startswith("Another principal read the list")


def test_an_access_key_that_is_renewed_within_the_deploy() -> None:
    tape = Tape()
    for second, key in ((0, "a"), (20, "b"), (40, "c"), (60, "d")):
        tape.write(second, puts=[f"{key}:metadata"])
    operations = [site(f"{key}:metadata", 20 * n, 20 * n + 1, n) for n, key in enumerate("abcd")]
    found = laid(with_keys(tape, "OLD", "OLD", "NEW", "NEW"), *operations)
    assert (row(found)["matched"], sorted(found.writers["access_key"])) == (4, ["NEW", "OLD"])


def test_another_run_of_one_session_name_is_another_writer() -> None:
    """Its call at the same time is not the deploy's: it has others of its own outside of it."""
    tape = Tape()
    for second, key in ((0, "a"), (20, "b"), (40, "c"), (60, "d"), (80, "e"), (400, "e")):
        tape.write(second, puts=[f"{key}:metadata"])
    operations = [site(f"{key}:metadata", 20 * n, 20 * n + 1, n) for n, key in enumerate("abcde")]
    found = laid(with_keys(tape, "OURS", "OURS", "OURS", "OURS", "THEIRS", "THEIRS"), *operations)
    assert (row(found)["misses"], found.writers["access_key"].to_list()) == (1, ["OURS"])


def test_one_operation_that_only_another_access_key_fits_is_not_the_deploys() -> None:
    """Its list, which many stacks share, was written by another run of the role; it itself wrote nothing there."""
    tape = Tape()
    for second, key in ((0, "a"), (20, "b"), (40, "c")):
        tape.write(second, puts=[f"{key}:metadata", f"{key}:/{key}.js"])
    tape.write(60, puts=[ROUTES])
    operations = [
        site([f"{key}:metadata", f"{key}:/{key}.js"], 20 * n, 20 * n + 1, n) for n, key in enumerate("abc")
    ]
    found = laid(with_keys(tape, "OURS", "OURS", "OURS", "THEIRS"), *operations, route(ROUTES, 60, 61, 4))
    assert (row(found)["state"], row(found)["misses"]) == ("aligned", 1)
    assert found.writers["access_key"].to_list() == ["OURS"]


def test_a_second_access_key_that_no_operation_needs_is_no_rival() -> None:
    """Another job of the same role writes the list in the same second: the deploy's own key explains all there is."""
    tape = Tape()
    sites = {key: [f"{key}:metadata", f"{key}:/{key}.js"] for key in "abc"}
    for second, keys in ((0, sites["a"]), (20, sites["b"]), (41, [ROUTES]), (41, [ROUTES])):
        tape.write(second, puts=keys)
    operations = [site(sites[key], 20 * n, 20 * n + 1, n) for n, key in enumerate("ab")]
    dropped = site(sites["c"], 50, 51, 4)
    found = laid(
        with_keys(tape, "OURS", "OURS", "THEIRS", "OURS"), *operations, route(ROUTES, 40, 42, 3), dropped
    )
    assert (row(found)["state"], row(found)["matched"], row(found)["rivals"]) == ("aligned", 3, [])
    assert found.writers["access_key"].to_list() == ["OURS"]


def test_an_aligned_deploy_claims_its_calls() -> None:
    """Two logs, one run: the log whose content it is takes it, and the other is not laid over the same calls."""
    tape = Tape()
    run(tape, 0)
    found = laid(tape, *log(0), *log(0, deploy="d2"))
    assert [row(found, deploy)["state"] for deploy in ("d1", "d2")] == ["ambiguous", "ambiguous"]
    assert row(found)["note"] == "Another log matches the same calls, and nothing tells whose they are."


def test_two_stacks_that_one_call_on_a_shared_list_fits_lie_where_their_own_keys_show() -> None:
    """One of the two wrote nothing to the list; the keys of both are their own, and so are their calls."""
    tape = Tape()
    operations = []
    for n, deploy in enumerate(("d1", "d2")):
        keys = [f"{n}:metadata", f"{n}:/index.js"]
        tape.write(10 + n, puts=keys)
        operations += site(keys, 9 + n, 11 + n, 1, deploy=deploy, op="create")
        operations += route(ROUTES, 13 + n, 16 + n, 2, deploy=deploy, op="create")
    tape.write(15, puts=[ROUTES])
    found = laid(tape, *([each] for each in operations))
    assert [row(found, deploy)["state"] for deploy in ("d1", "d2")] == ["aligned", "aligned"]


@pytest.mark.parametrize(("logs", "state"), [(3, "aligned"), (0, "ambiguous")])
def test_a_run_of_which_the_log_is_there_is_no_rival(logs: int, state: str) -> None:
    """25 min off, and one of three operations without a call. Three more runs wrote the list: three logs are theirs."""
    tape = Tape()
    keys = [[f"{n}:metadata", f"{n}:/index.js"] for n in range(5)]
    times = (0, 600, 1200, 2000)
    for second, site_keys in zip(times, keys, strict=False):
        tape.write(second, puts=site_keys)
        tape.write(second + 3, puts=[ROUTES])
    operations = [
        *site(keys[3], 500, 501, 1, deploy="late", op="create"),
        *route(ROUTES, 502, 504, 2, deploy="late"),
        *site(keys[4], 502, 504, 3, deploy="late"),
    ]
    for n, start in enumerate(times[:logs]):
        operations += site(keys[n], start, start + 1, 1, deploy=f"d{n}")
        operations += route(ROUTES, start + 2, start + 4, 2, deploy=f"d{n}")
    assert row(laid(tape, operations), "late")["state"] == state
