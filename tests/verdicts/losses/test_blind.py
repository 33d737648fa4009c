"""Lists that somebody wrote, whole or in part, without having read them: what the write left of them is hidden."""

from __future__ import annotations

import polars as pl
import pytest

from analyzer.trail.calls.chain import chain
from analyzer.verdicts.judge import judge
from tests.build import Tape, at, deploys, write, writes
from tests.verdicts.judging import HOUR, OTHER, ROUTES, bracketed, closed, found, judged

PIECES = [ROUTES, f"{ROUTES}:0", f"{ROUTES}:1"]


def landed(*, puts: list[str] | None = None) -> Tape:
    """A tape on which a deploy reads its list and writes it."""
    tape = bracketed()
    tape.read(1, ROUTES)
    tape.write(2, puts=puts or [ROUTES])
    return tape


def blindly(tape: Tape, second: float = 900, api: str = "PutKey") -> Tape:
    tape.write(second, puts=[ROUTES], caller=OTHER, api=api)
    return closed(tape)


@pytest.mark.parametrize("api", ["PutKey", "UpdateKeys"])
def test_who_writes_a_list_unread_may_have_taken_every_entry_away(api: str) -> None:
    """Expected: landed, but `low`, with the call that may have done it, however long ago the entry was written."""
    judgement = judged(blindly(landed(), api=api), writes(write(ROUTES, 0, 3, op="create")))
    assert judgement.verdicts.select("verdict", "confidence").rows() == [("landed", "low")]
    assert judgement.evidence["detail"].str.contains("no record shows that its writer had read it").any()


def test_who_had_read_the_list_after_the_entry_landed_keeps_it() -> None:
    tape = landed()
    tape.read(500, ROUTES, caller=OTHER)
    assert found(blindly(tape), write(ROUTES, 0, 3, op="create")) == [("landed", None, "high")]


def test_who_had_read_the_list_long_before_that_does_not() -> None:
    tape = bracketed()
    tape.read(-900, ROUTES, caller=OTHER)
    tape.read(1, ROUTES)
    tape.write(2, puts=[ROUTES])
    assert found(blindly(tape), write(ROUTES, 0, 3, op="create")) == [("landed", None, "low")]


def test_where_reads_are_not_logged_a_call_as_sst_makes_it_is_no_sign() -> None:
    """Expected: no doubt: a deploy of which no log is available reads the list first, and that is not logged here."""
    tape = bracketed()
    tape.write(2, puts=[ROUTES])
    assert found(blindly(tape, api="UpdateKeys"), write(ROUTES, 0, 3)) == [("landed", None, "high")]


def test_an_entry_that_was_removed_does_not_come_back_by_it() -> None:
    row = write(ROUTES, 0, 3, action="remove", op="delete")
    assert found(blindly(landed()), row) == [("landed", None, "high")]


def test_where_no_reads_are_logged_it_may() -> None:
    """Somebody at the console may have read the list before the entry was removed, and put that copy back."""
    tape = bracketed()
    tape.write(2, puts=[ROUTES])
    row = write(ROUTES, 0, 3, action="remove", op="delete")
    assert found(blindly(tape), row) == [("landed", None, "low")]


def test_who_read_the_list_before_another_call_of_the_role_may_bring_it_back() -> None:
    """Two jobs of one role: of the one read that is available nothing tells whose it was."""
    tape = landed()
    tape.write(2, puts=[ROUTES])
    row = write(ROUTES, 0, 3, action="remove", op="delete")
    assert found(closed(tape), row) == [("landed", None, "low")]


def test_of_two_writes_of_one_resource_the_later_is_in_doubt() -> None:
    tape = landed()
    tape.read(499, ROUTES)
    tape.write(500, puts=[ROUTES])
    calls = blindly(tape).calls()
    rows = writes(
        write(ROUTES, 0, 3, name="a", op="create", entry="one"),
        write(ROUTES, 498, 501, name="a", op="update", entry="two", was="one", deploy="d2"),
    )
    one_stack = deploys("d1", "d2").with_columns(stack=pl.lit("shop-d1"))
    said = judge(rows, one_stack, calls, chain(calls), reach=at(HOUR), has_trail=True).verdicts
    assert said["confidence"].to_list() == ["high", "low"]


def test_a_list_that_has_lost_one_of_its_pieces_is_lost() -> None:
    """Expected: lost, as the order of the chain proves: without one piece the list cannot be read."""
    tape = landed(puts=PIECES)
    tape.write(900, deletes=[PIECES[2]], caller=OTHER)
    assert found(closed(tape), write(ROUTES, 0, 3, op="create")) == [("lost", "deleted", "proven")]


def test_what_was_put_into_a_piece_is_a_doubt() -> None:
    tape = landed(puts=PIECES)
    tape.write(900, puts=[PIECES[1]], caller=OTHER, api="PutKey")
    assert found(closed(tape), write(ROUTES, 0, 3, op="create")) == [("landed", None, "low")]


def test_a_key_that_is_no_piece_of_the_list_any_more_is_not_missed() -> None:
    """The list fitted into one key again when this entry was written."""
    tape = landed()
    tape.write(900, deletes=[PIECES[2]], caller=OTHER)
    assert found(closed(tape), write(ROUTES, 0, 3, op="create")) == [("landed", None, "high")]


def test_sst_takes_pieces_away_itself_where_the_list_gets_shorter() -> None:
    tape = landed(puts=PIECES)
    tape.read(899, ROUTES)
    tape.write(900, puts=[ROUTES], deletes=PIECES[1:])
    assert found(closed(tape), write(ROUTES, 0, 3, op="create")) == [("landed", None, "high")]


def test_a_read_of_an_earlier_call_is_not_one_of_the_next() -> None:
    """The same person read the list for what was written then; of the second call nothing shows a copy."""
    tape = landed()
    tape.read(500, ROUTES, caller=OTHER)
    tape.write(510, puts=[ROUTES], caller=OTHER, api="PutKey")
    assert found(blindly(tape), write(ROUTES, 0, 3, op="create")) == [("landed", None, "low")]


def test_a_read_of_days_ago_says_nothing() -> None:
    tape = landed()
    tape.read(500, ROUTES, caller=OTHER)
    calls = closed(blindly(tape, second=300_000)).calls()
    table = writes(write(ROUTES, 0, 3, op="create"))
    verdicts = judge(table, deploys(), calls, chain(calls), reach=at(400_000), has_trail=True).verdicts
    assert verdicts.select("verdict", "confidence").rows() == [("landed", "low")]


def test_a_harmless_blind_call_of_later_does_not_hide_who_may_have_had_an_old_copy() -> None:
    """Two routes of one deploy are read and written at once; after the next deploy somebody writes them unread."""
    tape = bracketed()
    tape.read(2, ROUTES)
    tape.read(2, ROUTES)
    tape.write(2, puts=[ROUTES])
    tape.write(2, puts=[ROUTES])
    tape.read(1001, ROUTES)
    tape.write(1002, puts=[ROUTES])
    tape.read(1003, ROUTES)
    tape.write(1004, puts=[ROUTES])
    sites = {"a": "A.sst.aws.KvRoutesUpdate", "b": "B.sst.aws.KvRoutesUpdate"}
    first = [write(ROUTES, 1, 3, name=name, entry=f"site,{short},,/") for short, name in sites.items()]
    again = [
        write(
            ROUTES,
            began,
            began + 1,
            deploy="d2",
            name=name,
            entry=f"site,{short},,/v2",
            was=f"site,{short},,/",
        )
        for began, (short, name) in zip((1001, 1003), sites.items(), strict=True)
    ]
    stacks = deploys("d1", "d2").with_columns(
        stack=pl.lit("shop-prod"), tool=pl.lit("sst"), tool_version=pl.lit("3.10.0")
    )
    for end in (tape, blindly(tape)):
        calls = closed(end).calls()
        judged = judge(
            writes(*first, *again), stacks, calls, chain(calls), reach=at(5000), has_trail=True
        ).verdicts
        assert "low" in judged["confidence"].head(2).to_list()
