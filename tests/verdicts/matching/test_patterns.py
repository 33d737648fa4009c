"""Writes of text logs, which name a resource and not its keys: the calls that fit their pattern."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from analyzer.tables import CALLS, from_columns
from tests.build import STORE, at, deploys, write, writes
from tests.verdicts.judging import OTHER, ROUTES, bracketed, closed, found, judged, judged_calls, text

if TYPE_CHECKING:
    from collections.abc import Sequence


def test_one_call_does_not_land_the_routes_of_two_text_logs() -> None:
    """Expected: neither landed (degraded_form): two operations, one call, and text cannot tell whose.

    Source: docs/architecture.md#6-verdicts.
    """
    tape = bracketed()
    tape.write(60, puts=[ROUTES])
    verdicts = found(closed(tape), text("*:routes"), text("*:routes", deploy="d2"))
    assert [row[0] for row in verdicts].count("landed") < 2


def test_one_call_does_not_land_a_route_of_an_inferred_store_and_one_of_any() -> None:
    """Expected: at most one landed: the entry of one route is known, that of the other is not; the call is one."""
    tape = bracketed()
    tape.write(50, puts=["7c62:metadata"])
    tape.write(60, puts=[ROUTES])
    rows = [text("*:routes", entry="site,7c62,,/"), text("*:routes")]
    assert [row[0] for row in found(closed(tape), *rows)].count("landed") < 2


def test_one_call_does_not_land_two_routes_whose_times_the_dots_tell_apart() -> None:
    """Expected: at most one landed: the times overlap, and one call may be either's."""
    tape = bracketed()
    tape.write(3, puts=["7c62:metadata"])
    tape.write(11, puts=[ROUTES])
    rows = [
        text("7c62:*", action="put", tick_start=2, tick_end=4, operation=1),
        text("*:routes", name="a", tick_start=10, tick_end=12, operation=2),
        text("*:routes", name="b", tick_start=11, tick_end=13, operation=3),
    ]
    known = deploys("d1").with_columns(form=pl.lit("text"), ticks=pl.lit(20, pl.Int64))
    verdicts = judged_calls(closed(tape).calls(), writes(*rows), stacks=known).verdicts["verdict"].to_list()
    assert verdicts[0] == "landed"
    assert verdicts[1:].count("landed") < 2


def test_one_call_does_not_land_two_resources_of_an_unknown_stack() -> None:
    """Expected: at most one landed: both are `*:*`, and one call of one namespace is of one resource."""
    tape = bracketed()
    tape.write(60, puts=["7c62:metadata"])
    rows = [text("*:*", action="put", name="a"), text("*:*", action="put", name="b")]
    assert [row[0] for row in found(closed(tape), *rows)].count("landed") < 2


def test_what_text_names_can_be_lost_too() -> None:
    """Expected: lost.

    docs/architecture.md#6-verdicts: landed only where nothing shows that it was lost later; the purge is available.
    """
    tape = bracketed()
    tape.write(60, puts=["7c62:metadata"])
    tape.write(900, deletes=["7c62:metadata"], caller=OTHER)
    assert found(tape, text("7c62:*", action="put"))[0][:2] == ("lost", "deleted")


def test_the_list_that_another_deploy_wrote_is_not_this_ones() -> None:
    """Expected: in doubt. The deploy read its list and was refused; the one write in its minutes is another's."""
    tape = bracketed()
    tape.read(50, "aa11:routes", error="ThrottlingException")
    tape.read(55, ROUTES, caller=OTHER)
    tape.write(60, puts=[ROUTES], caller=OTHER)
    assert found(closed(tape), text("*:routes"))[0][0] == "unverifiable"


def test_more_calls_than_operations_are_somebody_elses_too() -> None:
    """Expected: in doubt. One route was to be added, two calls by one writer fit it, and nothing ties him to it.

    Where two were to be added, the second leans to landed: the log names no component that would show whose calls they
    are. The first has no leaning: the second call may have been made from a list that was read before it.
    """
    tape = bracketed()
    tape.write(50, puts=[ROUTES])
    tape.write(60, puts=[ROUTES])
    assert found(closed(tape), text("*:routes"))[0][0] == "unverifiable"
    both = judged(closed(tape), writes(text("*:routes"), text("*:routes", name="b"))).verdicts
    assert both.select("verdict", "leaning").rows() == [("unverifiable", None), ("unverifiable", "landed")]


def test_a_deploys_writer_is_known_by_its_failed_calls_too() -> None:
    """Expected: errored, and the list in doubt: who was refused the deploy's own key did not write that list."""
    tape = bracketed()
    tape.write(40, puts=["7c62:metadata"], error="ServiceQuotaExceededException")
    tape.write(60, puts=[ROUTES], caller=OTHER)
    rows = [text("7c62:*", action="put", reported="failed"), text("*:routes")]
    assert [row[0] for row in found(closed(tape), *rows)] == ["errored", "unverifiable"]


def test_of_two_writers_of_a_deploys_own_keys_nothing_tells_which_is_its() -> None:
    """Expected: in doubt. Two stacks share the namespace (16 bits), and both deploys ran in these minutes."""
    tape = bracketed()
    tape.write(40, puts=["7c62:metadata"])
    tape.write(50, puts=["7c62:metadata"], caller=OTHER)
    assert found(closed(tape), text("7c62:*", action="put"))[0][:2] == ("unverifiable", "other_writer")


def test_a_put_key_is_no_deploys() -> None:
    """Expected: in doubt, and no leaning: somebody put the key at the console, and no call of SST's is available.

    Without a run of its own the deploy is not aligned with the trail, so that nothing shows a drop either.
    """
    tape = bracketed()
    tape.write(40, puts=["7c62:metadata"])
    calls = (
        closed(tape)
        .calls()
        .with_columns(api=pl.when(pl.col("key") == "7c62:metadata").then(pl.lit("PutKey")).otherwise("api"))
    )
    table = judged_calls(calls, writes(text("7c62:*", action="put"))).verdicts
    assert table.select("verdict", "leaning").rows() == [("unverifiable", None)]


def test_an_operation_whose_outputs_were_never_set_needs_no_call() -> None:
    """Expected: dropped, and the other one has the one call: S1 of docs/facts/sst-output.md is certain."""
    tape = bracketed()
    tape.write(30, puts=["7c62:metadata"])
    tape.write(60, puts=[ROUTES])
    rows = [
        text("7c62:*", action="put"),
        text("*:routes", name="a", unset=True, line=1, entry="site,7c62,,/"),
        text("*:routes", name="b", line=2, entry="site,7c62,,/b"),
    ]
    assert [row[0] for row in found(closed(tape), *rows)] == ["landed", "dropped", "landed"]


def test_a_call_of_unknown_outcome_in_its_time_may_be_the_write() -> None:
    """Expected: in doubt. No record says whether the call on the list succeeded (an export without its columns)."""
    tape = bracketed()
    tape.write(30, puts=["7c62:metadata"])
    tape.write(60, puts=[ROUTES])
    calls = (
        closed(tape)
        .calls()
        .with_columns(
            ok=pl.when(pl.col("key") != ROUTES).then("ok"), etag=pl.when(pl.col("key") != ROUTES).then("etag")
        )
    )
    rows = [text("7c62:*", action="put"), text("*:routes", entry="site,7c62,,/")]
    table = judged_calls(calls, writes(*rows)).verdicts
    assert table.select("verdict", "cause").row(1) == ("unverifiable", "outcome_unknown")


def test_of_two_operations_without_an_end_one_call_lands_neither() -> None:
    """Expected: both in doubt: one of them made the call, and nothing tells which."""
    tape = bracketed()
    tape.write(30, puts=["7c62:metadata"])
    tape.write(60, puts=[ROUTES])
    rows = [
        text("7c62:*", action="put"),
        text("*:routes", reported="unfinished", name="a"),
        text("*:routes", reported="unfinished", name="b"),
    ]
    assert found(closed(tape), *rows)[1:] == [("unverifiable", "interrupted", "low")] * 2


def test_a_call_after_the_last_line_of_a_log_that_was_cut_leaves_doubt() -> None:
    """Expected: in doubt, not unfinished: the process lived on for some seconds after the log's last line."""
    tape = bracketed()
    tape.write(1, puts=["7c62:metadata"])
    tape.write(8, puts=[ROUTES])
    rows = [
        write("7c62:metadata", 0, 1, action="put", id="w1"),
        write(ROUTES, 1, 2, op="create", reported="unfinished", id="w2"),
    ]
    assert found(closed(tape), *rows)[1] == ("unverifiable", "interrupted", "low")


def test_many_patterns_stay_cheap() -> None:
    """Expected: the pairs of a text log grow with what fits, not with patterns times calls."""
    count = 20_000
    columns: dict[str, Sequence[object]] = {
        "store": [STORE] * count,
        "event_id": [f"e{n}" for n in range(count)],
        "at": [at(n % 120) for n in range(count)],
        "api": ["UpdateKeys"] * count,
        "effect": ["put"] * count,
        "key": [f"{n % 500:04x}:metadata" for n in range(count)],
        "ok": [True] * count,
        "if_match": [f"KV{n}" for n in range(count)],
        "etag": [f"KV{n + 1}" for n in range(count)],
        "source": ["trail.json"] * count,
        "form": ["s3-log"] * count,
    }
    rows = [text(f"{n:04x}:*", action="put", name=f"s{n}") for n in range(500)]
    assert (judged_calls(from_columns(columns, CALLS), writes(*rows)).verdicts["verdict"] == "landed").all()


def test_where_a_spare_call_fits_an_entry_need_not_be_the_one_that_was_lost() -> None:
    """Expected: in doubt. Of the two calls in the window one is another's, and only the first was taken away."""
    tape = bracketed()
    tape.write(1, puts=["7c62:metadata"])
    tape.write(2, puts=["50f6:routes"])
    tape.write(3, deletes=["50f6:routes"], caller=OTHER)
    tape.write(4, puts=["50f6:routes"])
    site, one, two = text("7c62:*", action="put"), text("*:routes", name="a"), text("*:routes", name="b")
    said = judged(closed(tape), writes(site, one)).verdicts
    assert said.select("verdict", "cause", "leaning").rows()[1] == ("unverifiable", "rivals", "lost")
    assert judged(tape, writes(site, one, two)).verdicts["cause"].to_list() == [None, "deleted", "deleted"]


def test_of_two_calls_on_a_namespace_one_operation_made_one_and_the_loss_may_be_the_others() -> None:
    """Expected: in doubt. The site put two keys at most: its one call is either of the two, each less than a batch.

    What is deleted afterwards is of the first, and the second one's own purge would do that. Source:
    docs/facts/sst-output.md#42-calls-per-operation.
    """
    tape = bracketed()
    tape.write(60, puts=["7c62:metadata", "7c62:/old.txt"])
    tape.write(62, puts=["7c62:metadata", "7c62:/new.txt"])
    tape.write(63, deletes=["7c62:/old.txt"])
    assert found(closed(tape), text("7c62:*", action="put"))[0][:2] == ("unverifiable", "rivals")


def test_the_batches_of_one_operation_are_its_own_and_can_be_lost() -> None:
    """Expected: lost: 50 keys and 2 are what one operation of 52 puts, and a stranger deleted one of them."""
    tape = bracketed()
    tape.write(60, puts=[f"7c62:/{n}.txt" for n in range(50)])
    tape.write(61, puts=["7c62:metadata", "7c62:/50.txt"])
    tape.write(900, deletes=["7c62:/7.txt"], caller=OTHER)
    assert found(closed(tape), text("7c62:*", action="put"))[0][:2] == ("lost", "deleted")
