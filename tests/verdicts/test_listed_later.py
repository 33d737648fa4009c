"""What a listing says of a write after which others came: a loss that was mended, a later deploy, a removal."""

from __future__ import annotations

import pytest

from tests.build import Tape
from tests.verdicts.judging import OTHER
from tests.verdicts.listing import (
    KEY,
    ROUTES,
    UNKNOWN,
    A,
    B,
    append,
    delete,
    judged,
    landed_tape,
    put,
    remove,
    routes,
    shown,
    verdicts,
)


def test_a_loss_that_was_mended_before_the_listing_is_none() -> None:
    tape = landed_tape()
    tape.write(100, deletes=[KEY], caller=OTHER)
    tape.write(200, puts=[KEY])
    assert verdicts(judged([put()], {KEY: "meant"}, tape)) == [("landed", None, "high")]
    assert verdicts(judged([put()], {}, tape)) == [("lost", "deleted", "proven")]


def test_a_loss_after_the_listing_stands() -> None:
    tape = landed_tape()
    tape.write(700, deletes=[KEY], caller=OTHER)
    assert verdicts(judged([put()], {KEY: "meant"}, tape)) == [("lost", "deleted", "proven")]


def test_a_later_deploys_value_explains_the_difference() -> None:
    rows = [put(), put(100, 102, "newer", deploy="d2")]
    found = judged(rows, {KEY: "newer"})
    assert verdicts(found) == [UNKNOWN, ("landed", None, "high")]
    assert "a later write explains that" in (shown(found, 1) or "")
    assert verdicts(judged(rows, {KEY: "third"})) == [UNKNOWN, ("mismatched", "other_value", "proven")]


def test_an_earlier_deploys_value_explains_nothing() -> None:
    rows = [put(), put(100, 102, "newer", deploy="d2")]
    assert verdicts(judged(rows, {KEY: "meant"}))[1] == ("mismatched", "other_value", "proven")


def test_a_later_deploy_that_the_listing_precedes_explains_nothing() -> None:
    rows = [put(), put(1500, 1502, "newer", deploy="d2")]
    assert verdicts(judged(rows, {KEY: "newer"})) == [("mismatched", "other_value", "proven"), UNKNOWN]


def test_two_puts_at_once_explain_each_other() -> None:
    rows = [put(10, 12, "one"), put(11, 13, "two", name="Other")]
    assert verdicts(judged(rows, {KEY: "three"})) == [UNKNOWN, UNKNOWN]


def test_a_recorded_call_explains_the_difference() -> None:
    tape = landed_tape()
    tape.write(100, puts=[KEY], caller="somebody")
    assert verdicts(judged([put()], {KEY: "else"}, tape)) == [("landed", None, "proven")]
    late = landed_tape()
    late.write(700, puts=[KEY], caller="somebody")
    assert verdicts(judged([put()], {KEY: "else"}, late)) == [("mismatched", "other_value", "proven")]


def test_a_later_removal_explains_a_missing_entry() -> None:
    rows = [append(), remove(start=100, end=102, deploy="d2")]
    assert verdicts(judged(rows, routes(B), stack="shop-prod")) == [UNKNOWN, ("landed", None, "high")]
    assert verdicts(judged(rows, routes(A))) == [
        ("landed", None, "high"),
        ("mismatched", "still_there", "proven"),
    ]


def test_a_removal_by_another_resource_explains_no_missing_entry() -> None:
    """The old URN, or another resource with the same entry, takes it away from both.

    Source: docs/facts/sst-output.md#s3-delete-after-create.
    """
    missing = [("mismatched", "missing", "proven"), ("landed", None, "high")]
    moved = [append(urn="new"), remove(start=13, end=15, urn="old")]
    assert verdicts(judged(moved, routes(B), stack="shop-prod")) == missing
    other = [append(), remove(start=100, end=102, deploy="d2", name="Another")]
    assert verdicts(judged(other, routes(B), stack="shop-prod")) == missing


def test_a_route_that_its_own_resource_changed_later_is_not_missing() -> None:
    rows = [append(A, name="Route"), append(B, 100, 102, deploy="d2", name="Route")]
    held = routes(B)
    assert verdicts(judged(rows, held, stack="shop-prod")) == [UNKNOWN, ("landed", None, "high")]
    others = [append(A, name="Route"), append(B, 100, 102, deploy="d2", name="Another")]
    assert verdicts(judged(others, held, stack="shop-prod"))[0] == ("mismatched", "missing", "proven")
    again = [append(A, name="Route"), append(A, 100, 102, deploy="d2", name="Route")]
    assert verdicts(judged(again, held, stack="shop-prod")) == [("mismatched", "missing", "proven")] * 2


def test_an_entry_that_came_back_explains_one_that_is_still_there() -> None:
    rows = [remove(), append(start=100, end=102, deploy="d2")]
    assert verdicts(judged(rows, routes(A))) == [UNKNOWN, ("landed", None, "high")]


def test_a_key_made_anew_beside_its_delete_is_not_to_be_deleted() -> None:
    """A component moves: its key is created under the new URN, and deleted under the old one.

    Source: docs/facts/sst-output.md#s3-delete-after-create.
    """
    rows = [put(10, 12, urn="new"), delete(13, 15, urn="old")]
    there = judged(rows, {KEY: "meant"})
    assert verdicts(there) == [("landed", None, "high"), UNKNOWN]
    assert there.remedies.is_empty()
    assert verdicts(judged(rows, {})) == [("mismatched", "missing", "proven"), ("landed", None, "high")]


def test_a_delete_by_the_same_resource_later_explains_a_missing_key() -> None:
    rows = [put(), delete(100, 102, deploy="d2")]
    assert verdicts(judged(rows, {}, stack="shop-prod")) == [UNKNOWN, ("landed", None, "high")]
    assert verdicts(judged(rows, {})) == [("mismatched", "missing", "proven"), ("landed", None, "high")]


DAYS = 2 * 24 * 3600
UNSEEN = "a call that the trail does not have: the ETag of the listing is that of no available call"


@pytest.mark.parametrize(
    ("etag", "status"),
    [("KV9", ("maybe_repaired", UNSEEN)), (None, ("open", None))],
)
def test_a_listing_after_calls_without_a_record_may_show_what_a_later_deploy_meant(
    etag: str | None, status: tuple[str, str | None]
) -> None:
    # The trail in hand is that of the deploy's hours. Two days later the key is gone, or holds another value.
    for held in ({}, {KEY: "newer"}):
        found = judged([put()], held, landed_tape(), second=DAYS, etag=etag)
        assert found.verdicts.select("status", "healed_by").row(0) == status
        asked = "look first" in (found.remedies["remedy_note"].item() or "")
        assert asked == (status[0] == "maybe_repaired")


@pytest.mark.parametrize(("second", "status"), [(DAYS, "maybe_repaired"), (600, "open")])
def test_a_listing_long_after_a_deploy_of_which_no_call_is_available_may_show_a_later_one(
    second: float, status: str
) -> None:
    for held in ({}, {KEY: "newer"}):
        assert judged([put()], held, second=second).verdicts["status"].to_list() == [status]


def test_a_call_after_the_listing_that_may_have_taken_the_entry_away_leaves_its_doubt() -> None:
    """Somebody put the list at the console unread: what a listing before that shows says nothing of it."""
    tape = Tape()
    tape.read(11, ROUTES)
    tape.write(11, puts=[ROUTES])
    tape.write(700, puts=[ROUTES], caller=OTHER, api="PutKey")
    row = append(op="create")
    assert verdicts(judged([row], routes(A), tape)) == [("landed", None, "low")]
    assert verdicts(judged([row], routes(A), tape, second=900)) == [("landed", None, "high")]


def test_what_a_listing_alone_calls_landed_may_be_otherwise_after_a_later_call() -> None:
    """The deploy's own call is not available, and somebody wrote the list after the listing that shows its entry."""
    tape = Tape()
    tape.write(-4000, puts=[ROUTES])
    tape.write(11, puts=[KEY])
    tape.write(11, puts=[ROUTES], recorded=False)
    tape.write(700, puts=[ROUTES], caller=OTHER, api="PutKey")
    rows = [append(op="create"), put()]
    held = {KEY: "meant", **routes(A)}
    assert verdicts(judged(rows, held, tape))[0] == ("landed", None, "low")
    assert verdicts(judged(rows, held, tape, second=900))[0] == ("landed", None, "high")


def test_what_a_listing_shows_long_after_an_older_log_may_be_of_a_deploy_without_one() -> None:
    """No trail reaches the listing of two days later: somebody may have changed or removed the key on purpose."""
    assert verdicts(judged([put()], {KEY: "newer"}, second=DAYS)) == [("mismatched", "other_value", "low")]
    assert verdicts(judged([put()], {}, landed_tape(), second=DAYS)) == [("mismatched", "missing", "low")]
    assert verdicts(judged([put()], {KEY: "meant"}, second=DAYS)) == [("landed", None, "high")]


def test_an_unbroken_chain_to_beyond_the_listing_rules_that_out() -> None:
    """Every call until then is available, and none but the deploy's own put the key."""
    tape = landed_tape()
    tape.write(DAYS + 100, puts=["other"])
    assert verdicts(judged([put()], {KEY: "newer"}, tape, second=DAYS)) == [
        ("mismatched", "other_value", "proven")
    ]


def test_where_the_trail_reaches_the_listing_one_call_may_still_be_missing() -> None:
    row = put(-200, -198)
    tape = Tape()
    tape.write(-4000, puts=["other"])
    tape.write(-199, puts=[KEY])
    assert verdicts(judged([row], {KEY: "newer"}, tape, second=3500)) == [
        ("mismatched", "other_value", "high")
    ]


@pytest.mark.parametrize(("second", "confidence"), [(60, "low"), (600, "proven")])
def test_a_listing_right_after_a_log_whose_clock_nothing_confirms_may_be_older_than_the_deploy(
    second: float, confidence: str
) -> None:
    """The clocks of two machines may be a minute apart: what the listing lacks may have come after it."""
    assert verdicts(judged([put()], {}, second=second)) == [("mismatched", "missing", confidence)]


def test_a_deploy_of_the_same_entry_that_ended_last_does_not_hide_that_another_replaced_it() -> None:
    """Of the third deploy's operation the log shows only that it ran at some time around both others."""
    rows = [
        append(A, name="Route"),
        append(B, 100, 102, deploy="d2", name="Route"),
        append(A, -100, 500, deploy="d3", name="Route"),
    ]
    assert verdicts(judged(rows, routes(B), stack="shop-prod")) == [
        UNKNOWN,
        ("landed", None, "high"),
        UNKNOWN,
    ]
