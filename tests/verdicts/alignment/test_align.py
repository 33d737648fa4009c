"""Where a deploy lies in the trail: the offset of its log's clock, and which calls tell it."""

from __future__ import annotations

import polars as pl

from analyzer.tables import CALLS, WRITES, empty
from analyzer.verdicts.alignment.align import align
from tests.build import CI, STORE, Tape, at, deploys, write, writes
from tests.verdicts.alignment.laid import (
    OTHER,
    ROUTES,
    SITE,
    laid,
    log,
    offsets,
    route,
    row,
    run,
    site,
    state,
)


def test_a_right_clock() -> None:
    tape = Tape()
    run(tape, 0)
    found = laid(tape, *log(0))
    assert (row(found)["state"], row(found)["matched"], row(found)["of"]) == ("aligned", 2, 2)
    assert row(found)["note"] is None


def test_a_clock_ten_minutes_ahead_is_told_by_keys_that_no_other_run_put() -> None:
    """KvKeys in [600, 601] and its call at 0: 599 to 602 s; the route in [619, 621], its call at 20: 598 to 602 s."""
    tape = Tape()
    run(tape, 0)
    found = laid(tape, *log(600))
    assert (row(found)["state"], row(found)["basis"], offsets(found)) == ("aligned", "own_keys", [(599, 602)])


def test_times_are_in_the_trails_time() -> None:
    """The middle of 599 and 602 is 600.5 s; both are at most 1.5 s away, which is 2 in whole seconds."""
    tape = Tape()
    run(tape, 0)
    times = laid(tape, *log(600)).times
    assert times.filter(pl.col("write") == "2-r:routes-d1").row(0)[1:] == (at(18.5), at(20.5), 2)


def test_one_operation_an_hour_away_may_be_anybodys() -> None:
    tape = Tape()
    tape.write(0, puts=SITE)
    assert row(laid(tape, site(SITE, 1800, 1801, 1)))["state"] == "ambiguous"


def test_calls_with_other_keys_too_are_not_the_operations() -> None:
    tape = Tape()
    tape.write(0, puts=[*SITE, "b:metadata"])
    assert row(laid(tape, site(SITE, 0, 1, 1)))["state"] == "unaligned"


def test_chunks_of_a_list_are_the_lists() -> None:
    tape = Tape()
    tape.write(0, puts=[ROUTES, "r:routes:0", "r:routes:1"])
    assert row(laid(tape, route(ROUTES, 0, 1, 1)))["state"] == "aligned"


def test_a_batch_each_of_many_keys() -> None:
    """60 keys take two calls."""
    keys = [f"a:/{number}" for number in range(60)]
    tape = Tape()
    tape.write(0, puts=keys[:50])
    tape.write(1, puts=keys[50:])
    found = row(laid(tape, site(keys, 0, 2, 1)))
    assert (found["state"], found["matched"], found["extras"]) == ("aligned", 1, 0)


def test_create_is_born_once() -> None:
    """Two creates of plain keys 90 s off: the namespaces' first calls."""
    tape = Tape()
    tape.write(90, puts=["a:metadata"])
    tape.write(110, puts=["b:metadata"])
    found = laid(tape, site("a:metadata", 0, 1, 1, op="create"), site("b:metadata", 20, 21, 2, op="create"))
    assert (row(found)["state"], row(found)["basis"], offsets(found)) == ("aligned", "births", [(-91, -88)])
    assert row(found)["note"] == (
        "The log's clock is 90 s behind CloudTrail's (88 to 91 s): 2 of 2 operations match calls by ci/deploy at that "
        "offset, and no other offset matches any."
    )


def test_a_dropped_write_does_not_switch_the_alignment_off() -> None:
    tape = Tape()
    tape.write(0, puts=SITE)
    tape.write(20, puts=[ROUTES])
    found = laid(tape, *log(60), site(["b:metadata", "b:/c"], 70, 71, 3))
    assert (row(found)["state"], row(found)["misses"]) == ("aligned", 1)


def test_refused_calls_of_failed_operations_vote() -> None:
    tape = Tape()
    tape.write(0, puts=SITE, error="AccessDeniedException")
    tape.write(20, puts=[ROUTES], error="AccessDeniedException")
    rows = [[one | {"reported": "failed"} for one in operation] for operation in log(0)]
    assert (row(laid(tape, *rows))["state"], row(laid(tape, *rows))["matched"]) == ("aligned", 2)


def test_a_refused_call_is_no_success() -> None:
    tape = Tape()
    tape.write(0, puts=SITE, error="AccessDeniedException")
    assert row(laid(tape, site(SITE, 0, 1, 1)))["state"] == "unaligned"


def test_refused_calls_at_another_time_name_the_offset_at_which_they_could_be_its_own() -> None:
    """They may be any bot's: the deploy is not aligned by them, and the note says at which offset they would be its."""
    tape = Tape()
    tape.write(0, puts=[ROUTES], error="AccessDeniedException")
    found = row(laid(tape, route(ROUTES, 30, 32, 1)))
    assert (found["state"], found["writers"]) == ("unaligned", [])
    assert found["note"] == (
        "Not aligned: no writer's calls match its operation within an hour; calls by ci/deploy that were refused do, "
        "if the log's clock is 31 s ahead of CloudTrail's (29 to 33 s), and these may be another run's or anybody's."
    )


def test_the_writer_that_also_read_the_list_is_named_before_others_that_were_refused() -> None:
    tape = Tape()
    tape.write(0, puts=[ROUTES], error="AccessDeniedException", caller=OTHER)
    tape.read(60, ROUTES)
    tape.write(61, puts=[ROUTES], error="AccessDeniedException")
    note = row(laid(tape, route(ROUTES, 0, 2, 1)))["note"]
    assert "calls by ci/deploy that were refused do, if the log's clock is 60 s behind" in note
    assert "ci/other" not in note


def test_refused_tries_before_the_success_are_the_operations_too() -> None:
    tape = Tape()
    tape.write(0, puts=[ROUTES], error="ValidationException")
    tape.write(1, puts=[ROUTES])
    found = row(laid(tape, route(ROUTES, 0, 2, 1)))
    assert (found["matched"], found["extras"]) == (1, 0)


def test_attempts_that_no_operation_explains_are_extra() -> None:
    tape = Tape()
    run(tape, 0)
    tape.write(10, puts=["z:metadata"])
    assert row(laid(tape, *log(0)))["extras"] == 1


def test_calls_of_unknown_outcome_only_confirm() -> None:
    """The site's call shows the offset; the route's is not held against the deploy, nor counted for it."""
    tape = Tape()
    run(tape, 0)
    calls = tape.calls().with_columns(ok=pl.when(pl.col("key") != ROUTES).then("ok"))
    found = row(laid(calls, *log(0)))
    assert (found["state"], found["matched"], found["misses"], found["extras"]) == ("aligned", 1, 0, 0)
    unknown = tape.calls().with_columns(ok=pl.lit(None, pl.Boolean))
    assert row(laid(unknown, *log(0)))["state"] == "unaligned"


def test_a_request_id_in_the_log_fixes_the_offset() -> None:
    """One call an hour away, which alone would be anybody's."""
    tape = Tape()
    tape.write(0, puts=[ROUTES], error="AccessDeniedException", request="r-1")
    failed = route(ROUTES, 3000, 3001, 1, reported="failed", request_id="r-1")
    found = laid(tape, failed)
    assert (row(found)["state"], row(found)["basis"], offsets(found)) == (
        "aligned",
        "request_id",
        [(2999, 3002)],
    )


def test_the_request_that_an_error_names_was_the_last_one() -> None:
    """Expected: a right clock. The tries before it would fit other offsets as well, for the operation took long."""
    tape = Tape()
    for second in range(2, 20, 2):
        tape.write(second, puts=[ROUTES], error="ThrottlingException", request=f"r-{second}")
    failed = route(ROUTES, 0, 19, 1, reported="failed", request_id="r-18")
    found = laid(tape, failed)
    assert offsets(found) == [(-3, 2)]


def test_a_request_id_of_a_read_fixes_it_too() -> None:
    tape = Tape()
    tape.read(0, ROUTES, error="AccessDeniedException")
    calls = tape.calls().with_columns(request_id=pl.lit("r-1"))
    found = laid(calls, route(ROUTES, 300, 301, 1, reported="failed", request_id="r-1"))
    assert (row(found)["state"], offsets(found), row(found)["matched"]) == ("aligned", [(299, 302)], 0)
    assert found.writers.rows() == [("d1", CI, None)]


def test_a_request_id_tells_of_no_step_where_no_operation_has_a_call() -> None:
    """The other operation's key was put a minute later, by whatever run; nothing was matched before that."""
    tape = Tape()
    tape.read(0, ROUTES, error="AccessDeniedException")
    tape.write(60, puts=["a:metadata"])
    calls = tape.calls().with_columns(
        request_id=pl.when(pl.col("api") == "GetKey").then(pl.lit("r-1")).otherwise("request_id")
    )
    failed = route(ROUTES, 0, 1, 1, reported="failed", request_id="r-1")
    found = laid(calls, failed, site("a:metadata", 5, 6, 2))
    assert (row(found)["state"], row(found)["matched"], found.states["stepped"].to_list()) == (
        "aligned",
        0,
        [False],
    )


def test_a_clock_that_steps_within_the_deploy_has_two_offsets() -> None:
    """132 s are lost after the second of four operations."""
    tape = Tape()
    for second, key in ((0, "a"), (20, "b"), (40, "c"), (60, "d")):
        tape.write(second, puts=[f"{key}:metadata", f"{key}:/{key}.js"])
    seconds = (0, 20, 172, 192)
    operations = [
        site(
            [f"{key}:metadata", f"{key}:/{key}.js"],
            second,
            second + 1,
            n,
            name=f"{key.upper()}KvKeys.sst.aws.KvKeys",
        )
        for n, (key, second) in enumerate(zip("abcd", seconds, strict=True))
    ]
    found = laid(tape, *operations)
    assert (state(found)["stepped"], len(offsets(found))) == (True, 2)
    assert "The clock stepped by 2 min 12 s within the deploy (after BKvKeys)" in row(found)["note"]
    assert found.times.height == 8


def test_the_own_read_of_a_list_shows_that_the_clock_did_not_step() -> None:
    """The route was read within its time and not written; a run 43 s later by the same principal wrote it."""
    tape = Tape()
    tape.write(0, puts=SITE)
    tape.read(20, ROUTES)
    tape.read(63, ROUTES)
    tape.write(64, puts=[ROUTES])
    found = state(laid(tape, *log(0)))
    assert (found["state"], found["stepped"], found["tied"]) == ("aligned", False, False)


def test_logs_of_one_machine_vote_together() -> None:
    """Plain keys, which tell no run from the next: the gaps between the deploys do."""
    tape = Tape()
    begins = (0, 400, 950, 1300)
    for begin in begins:
        run(tape, begin, keys=["a:metadata"])
    logs = [
        operation
        for number, begin in enumerate(begins)
        for operation in (
            site("a:metadata", begin + 582, begin + 583, 2 * number, deploy=f"d{number}"),
            route(ROUTES, begin + 601, begin + 603, 2 * number + 1, deploy=f"d{number}"),
        )
    ]
    assert row(laid(tape, *logs[:2]), "d0")["state"] == "ambiguous"
    found = laid(tape, *logs)
    assert found.table["state"].to_list() == ["aligned"] * 4
    assert set(found.table["basis"]) == {"group"}
    assert (
        "4 deploys of these logs share one offset: the machine's clock was 9 min 42 s ahead."
        in row(found, "d0")["note"]
    )


def test_text_with_a_namespace_matches_calls_in_any_store() -> None:
    tape = Tape()
    tape.write(0, puts=["ab12:metadata", "ab12:/x"])
    tape.write(20, puts=["cd34:routes"])
    text = {"pattern": True, "store": None, "exact": False}
    table = writes(*site("ab12:*", 100, 101, 1, op="create", **text), *route("*:routes", 119, 121, 2, **text))
    stamped = deploys("d1").with_columns(
        started_at=pl.lit(at(95)).cast(WRITES["start"]), ended_at=pl.lit(at(130)).cast(WRITES["start"])
    )
    found = align(table, stamped, tape.calls())
    assert (row(found)["state"], row(found)["matched"], offsets(found)) == ("aligned", 2, [(99, 102)])


def test_a_log_without_times_is_not_aligned_by_them() -> None:
    tape = Tape()
    tape.write(0, puts=["ab12:metadata"])
    found = laid(tape, [write("ab12:*", None, None, pattern=True, store=None, exact=False)])
    assert (row(found)["state"], row(found)["note"]) == ("unaligned", None)


def test_a_window_that_a_user_gave_is_no_clock() -> None:
    """An update id tells when it began; the end is the user's."""
    tape = Tape()
    tape.write(0, puts=["ab12:metadata"])
    table = writes(*site("ab12:*", 0, 120, 1, pattern=True, store=None, exact=False))
    begun = deploys("d1").with_columns(started_at=pl.lit(at(0)).cast(WRITES["start"]))
    assert row(align(table, begun, tape.calls()))["state"] == "unaligned"


def test_an_operation_that_wrote_nothing_takes_no_part() -> None:
    tape = Tape()
    run(tape, 0)
    assert row(laid(tape, *log(0), route("x:routes", 5, 6, 3, unset=True)))["of"] == 2


def test_calls_of_an_api_that_the_resource_does_not_make_are_not_its_own() -> None:
    tape = Tape()
    tape.write(0, puts=["a:metadata"])
    console = tape.calls().with_columns(api=pl.lit("PutKey"))
    assert row(laid(console, site("a:metadata", 0, 1, 1)))["state"] == "unaligned"


def test_a_call_on_another_store_is_not_its_own() -> None:
    tape = Tape(STORE + "-other")
    run(tape, 0)
    found = row(laid(tape, *log(0)))
    assert (found["state"], found["of"]) == ("unaligned", 2)
    assert found["note"] == (
        "Not aligned: no writer's calls match any of its 2 operations within an hour: the log's clock could not be "
        "laid over the trail. Either none of its writes is in this trail, or the trail is another account's."
    )


def test_a_trail_or_logs_without_anything() -> None:
    nothing = align(empty(WRITES), deploys("d1"), empty(CALLS))
    assert nothing.table.is_empty()
    assert laid(empty(CALLS), *log(0)).table["state"].to_list() == ["unaligned"]


def test_a_key_with_very_many_calls_only_confirms() -> None:
    """The list has a call each ten seconds, by another; the site's own keys tell the offset, the route confirms it."""
    tape = Tape()
    for second in range(-3600, 3600, 10):
        tape.write(second, puts=[ROUTES], caller=OTHER)
    run(tape, 0)
    found = row(laid(tape, *log(0)))
    assert (found["state"], found["matched"], found["basis"]) == ("aligned", 2, "own_keys")


def test_a_delete_takes_whatever_is_in_the_namespace() -> None:
    """The log knows of one key; the store had another one beside it."""
    tape = Tape()
    tape.write(0, deletes=["a:metadata", "a:/left-over"])
    found = row(laid(tape, site("a:metadata", 0, 1, 1, action="delete", op="delete")))
    assert (found["state"], found["matched"]) == ("aligned", 1)


def test_where_there_are_too_many_calls_only_the_clock_decides() -> None:
    """A call on the list each second, and no other key: nobody knows whose it is, but by the clock."""
    tape = Tape()
    for second in range(-3000, 3000):
        if abs(second) > 30:
            tape.write(second, puts=[ROUTES], caller=OTHER)
    tape.write(0, puts=[ROUTES])
    found = state(laid(tape, route(ROUTES, 0, 1, 1)))
    assert found["tied"] or found["state"] == "ambiguous"
