"""What a listing says: noon is the deploy, ten past noon the listing, unless a test is about time."""

from __future__ import annotations

import json

import polars as pl
import pytest

from analyzer.commands.kvs import Put, update
from analyzer.tables import KEYS, LISTINGS, from_columns
from analyzer.trail.calls.chain import chain
from analyzer.verdicts.judge import judge
from tests.build import STORE, Tape, at, deploys, write, writes
from tests.verdicts.listing import (
    KEY,
    LISTED,
    ROUTES,
    UNKNOWN,
    A,
    B,
    Verdict,
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


@pytest.mark.parametrize(
    ("row", "held", "verdict", "detail"),
    [
        (put(), {KEY: "meant"}, ("landed", None, "high"), "the key holds the value that was meant"),
        (
            put(),
            {KEY: "else"},
            ("mismatched", "other_value", "proven"),
            "the key holds another value (4 bytes, and 5 were meant)",
        ),
        (put(), {"other": "x"}, ("mismatched", "missing", "proven"), "no such key among 1"),
        (put(), {}, ("mismatched", "missing", "proven"), "no such key among 0"),
        (
            put(value=None),
            {KEY: "x"},
            UNKNOWN,
            "the key is there; the log does not have its value, so it cannot be compared",
        ),
        (put(value=None), {}, ("mismatched", "missing", "proven"), "no such key among 0"),
        (
            put(),
            {KEY: None},
            UNKNOWN,
            "the key is there; its value is masked in the listing, so it cannot be compared",
        ),
        (delete(), {KEY: None}, ("mismatched", "still_there", "proven"), "the key is still there"),
        (
            append(),
            {ROUTES: None},
            UNKNOWN,
            "its value is masked in the listing, so the entry cannot be looked for",
        ),
        (append(), routes(B, A), ("landed", None, "high"), "the list of 2 entries contains the entry"),
        (
            append(),
            routes(B),
            ("mismatched", "missing", "proven"),
            "the list of 1 entry does not contain the entry",
        ),
        (append(), {}, ("mismatched", "missing", "proven"), "no such key among 0: there is no list"),
        (append(), {ROUTES: "[1]"}, UNKNOWN, "its value is no JSON list of routes: cut or damaged"),
        (remove(), routes(B), ("landed", None, "high"), "the list of 1 entry does not contain the entry"),
        (remove(), {}, ("landed", None, "high"), "no such key among 0: there is no list"),
        (
            remove(),
            routes(A),
            ("mismatched", "still_there", "proven"),
            "the list of 1 entry still contains the entry",
        ),
        (delete(), {}, ("landed", None, "high"), "no such key among 0"),
        (delete(), {KEY: "x"}, ("mismatched", "still_there", "proven"), "the key is still there"),
    ],
)
def test_without_a_trail_the_listing_tells_what_is_there(
    row: dict[str, object], held: dict[str, str | None], verdict: Verdict, detail: str
) -> None:
    judgement = judged([row], held)
    assert verdicts(judgement) == [verdict]
    assert shown(judgement) == f"a listing of the store: {detail}"


def test_where_it_is_shown_can_be_opened() -> None:
    (row,) = judged([append()], {}).evidence.filter(kind="keys").to_dicts()
    assert (row["source"], row["at"]) == (f"keys.json#{ROUTES}", at(LISTED))


def test_a_list_in_parts_is_put_together() -> None:
    text = json.dumps([f"site,50f6,,/{number:04}" for number in range(80)] + [A], separators=(",", ":"))
    held = {ROUTES: '{"parts":2}', f"{ROUTES}:0": text[:1000], f"{ROUTES}:1": text[1000:]}
    judgement = judged([append(A), append(B)], held)
    assert verdicts(judgement) == [("landed", None, "high"), ("mismatched", "missing", "proven")]
    assert "the list of 81 entries (in 2 parts) contains" in (shown(judgement) or "")
    del held[f"{ROUTES}:1"]
    damaged = judged([append(A), append(B)], held)
    assert verdicts(damaged) == [UNKNOWN, UNKNOWN]
    assert "7c62:routes:1 is not there" in (shown(damaged) or "")


@pytest.mark.parametrize("second", [0, 11, 14])
def test_a_listing_before_or_during_the_write_says_nothing(second: float) -> None:
    for held in ({}, {KEY: "meant"}, {KEY: "else"}):
        judgement = judged([put()], held, second=second)
        assert verdicts(judgement) == [UNKNOWN]
        assert "when the write may not have ended yet" in (shown(judgement) or "")


@pytest.mark.parametrize(
    ("row", "held", "second", "expected"),
    [
        (put(was="old"), {KEY: "meant"}, 11, ("landed", None, "high")),
        (put(was="old"), {KEY: "old"}, 11, UNKNOWN),
        (put(was="meant"), {KEY: "meant"}, 11, UNKNOWN),
        (put(was="old"), {KEY: "meant"}, -60, UNKNOWN),
        (delete(was="old"), {}, 11, UNKNOWN),
        (append(), routes(A), 11, UNKNOWN),
    ],
    ids=["new value", "old value", "the same value", "before it", "delete", "entry"],
)
def test_a_listing_during_the_write_that_shows_its_new_value_shows_that_it_was_put(
    row: dict[str, object], held: dict[str, str], second: float, expected: Verdict
) -> None:
    """By the log's old outputs the key held another value before. A key or entry that is there may be older."""
    assert verdicts(judged([row], held, second=second)) == [expected]


def test_a_masked_value_overrides_no_landing() -> None:
    """What a call put is there, and the listing says no more: nothing is to be repaired."""
    found = judged([put()], {KEY: None}, landed_tape())
    assert verdicts(found) == [("landed", None, "proven")]
    assert found.verdicts["listed"].to_list() == ["present"]
    assert found.remedies.is_empty()


def test_a_write_without_times_and_one_of_another_store_are_not_judged() -> None:
    assert verdicts(judged([write(KEY, None, None, action="put")], {})) == [UNKNOWN]
    other = judged([put()], {}, store="arn:aws:cloudfront::111122223333:key-value-store/other")
    assert verdicts(other) == [UNKNOWN]
    assert shown(other) is None


@pytest.mark.parametrize(
    ("at_by", "store_by", "confidence"),
    [
        ("file", "file", "proven"),
        ("user", "user", "high"),
        ("user", "keys", "low"),
        ("mtime", "keys", "low"),
    ],
)
def test_it_is_as_sure_as_its_time_and_its_store(at_by: str, store_by: str, confidence: str) -> None:
    judgement = judged([put()], {}, at_by=at_by, store_by=store_by)
    assert verdicts(judgement) == [("mismatched", "missing", confidence)]
    assert ("the file's last change" in (shown(judgement) or "")) == (at_by == "mtime")
    assert ("names no store" in (shown(judgement) or "")) == (store_by == "keys")
    there = judged([put()], {KEY: "meant"}, at_by=at_by, store_by=store_by)
    assert verdicts(there) == [("landed", None, "low" if confidence == "low" else "high")]


def test_what_landed_and_is_not_listed_is_lost() -> None:
    assert verdicts(judged([put()], {KEY: "meant"}, landed_tape())) == [("landed", None, "proven")]
    assert verdicts(judged([put()], {}, landed_tape())) == [("lost", "missing", "proven")]
    by_copy = judged([put()], {}, landed_tape(), at_by="mtime")
    assert verdicts(by_copy) == [("mismatched", "missing", "low")], "no loss is a guess"
    assert verdicts(judged([put()], {KEY: "else"}, landed_tape())) == [
        ("mismatched", "other_value", "proven")
    ]


def test_a_lost_entry_is_told_where_the_reads_are_not_logged() -> None:
    """Two routes in parallel, SST 3.11.1: counting calls shows nothing, nor does a trail without reads."""
    tape = Tape()
    for second in (1, 11, 13):
        tape.write(second, puts=[ROUTES])
    tape.write(30, puts=["x"])
    rows = [append(A, 10, 12), append(B, 10, 14)]
    assert verdicts(judged(rows, routes(A, B), tape)) == [("landed", None, "high")] * 2
    assert verdicts(judged(rows, routes(B), tape)) == [
        ("lost", "missing", "proven"),
        ("landed", None, "high"),
    ]


def dropped_tape(*others: int) -> Tape:
    tape = Tape()
    for second in sorted((-4000, *others, 4000)):
        tape.write(second, puts=[f"x{second}"])
    return tape


def test_what_a_chain_proves_dropped_stays_so_and_needs_nothing_if_it_is_there() -> None:
    """Calls of the deploy before and after it show that its clock is right."""
    others = [put(0, 1, key="x1", op="update"), put(20, 21, key="x21", op="update")]
    rows, rest = [put(), *others], {"x1": "meant", "x21": "meant"}
    gone = judged(rows, rest, dropped_tape(1, 21))
    there = judged(rows, {KEY: "meant"} | rest, dropped_tape(1, 21))
    assert verdicts(gone)[0] == verdicts(there)[0] == ("dropped", "never_attempted", "proven")
    assert gone.remedies["remedy"].null_count() == 0
    assert there.remedies.is_empty()


def test_the_remedy_of_a_proven_drop_never_takes_a_mask_for_what_is_to_be_replaced() -> None:
    """The key is there, and masked: what may be replaced is what the log says was there before."""
    others = [put(0, 1, key="x1", op="update"), put(20, 21, key="x21", op="update")]
    held = {"x1": "meant", "x21": "meant", KEY: None}
    found = judged([put(was="old"), *others], held, dropped_tape(1, 21))
    assert verdicts(found)[0] == ("dropped", "never_attempted", "proven")
    assert found.remedies["remedy"].to_list() == [update(STORE, [Put(KEY, "meant", ("old",))])]


def test_a_drop_that_no_call_of_the_deploy_supports_gives_way_to_the_listing() -> None:
    gone, there = judged([put()], {}, dropped_tape()), judged([put()], {KEY: "meant"}, dropped_tape())
    assert verdicts(gone) == [("dropped", "never_attempted", "high")]
    assert verdicts(there) == [("landed", None, "high")]


def test_a_drop_that_rests_on_a_refused_call_gives_way_to_the_listing() -> None:
    """The refused read may have been another process's; the listing was made by hand.

    The deploy's other write tells whose reads are its own.
    """
    tape = Tape()
    tape.write(-30, puts=["x"])
    tape.read(11, KEY, error="AccessDeniedException")
    tape.write(12, puts=["7c62:other"])
    rows = [put(), put(11, 13, None, key="7c62:other")]
    assert verdicts(judged(rows, {}, tape))[0] == ("dropped", "read_failed", "high")
    assert verdicts(judged(rows, {KEY: "meant"}, tape))[0] == ("landed", None, "high")


def test_an_unfinished_write_that_is_there_landed() -> None:
    row = put(reported="unfinished")
    assert verdicts(judged([row], {KEY: "meant"})) == [("landed", None, "low")]
    assert verdicts(judged([row], {})) == [("unfinished", "interrupted", "low")]


def test_a_write_of_a_failed_operation_that_is_there_landed_and_the_others_stay_errored() -> None:
    """Its batch was sent before the one that failed."""
    row = put(reported="failed")
    assert verdicts(judged([row], {KEY: "meant"})) == [("landed", None, "low")]
    assert verdicts(judged([row], {}))[0][0] == "errored"
    assert verdicts(judged([row], {KEY: "else"}))[0][0] == "errored"


def test_what_the_key_held_before_shows_nothing_of_a_failed_write() -> None:
    row = put(reported="failed", was="meant")
    assert verdicts(judged([row], {KEY: "meant"}))[0][0] == "errored"


def test_a_failed_write_that_a_later_deploy_made_stays_errored() -> None:
    rows = [put(reported="failed"), put(100, 102, deploy="d2")]
    assert verdicts(judged(rows, {KEY: "meant"})) == [
        ("errored", "service_error", "high"),
        ("landed", None, "high"),
    ]


def test_a_write_whose_own_call_failed_stays_errored_whatever_is_listed() -> None:
    tape = Tape()
    tape.write(1, puts=["x"])
    tape.write(11, puts=[KEY], error="ThrottlingException")
    assert verdicts(judged([put(reported="failed")], {KEY: "meant"}, tape))[0][0] == "errored"


def outlived_tape(*, deletes: float | None = None) -> Tape:
    tape = landed_tape()
    if deletes is not None:
        tape.write(deletes, deletes=[KEY], caller="somebody")
    tape.write(LISTED + 600, puts=["x"])
    return tape


def test_a_listing_does_not_override_an_unbroken_chain() -> None:
    judgement = judged([put()], {"other": "x"}, outlived_tape())
    assert verdicts(judgement) == [("landed", None, "proven")]
    assert "contradicts the trail" in (shown(judgement) or "")


def test_a_chain_with_a_gap_before_the_listing_contradicts_nothing() -> None:
    tape = landed_tape()
    tape.write(100, deletes=[KEY], recorded=False)
    tape.write(LISTED + 600, puts=["x"])
    assert verdicts(judged([put()], {"other": "x"}, tape)) == [("lost", "missing", "proven")]


def test_a_listing_of_a_guessed_store_makes_nothing_of_what_landed() -> None:
    found = judged([put()], {"7c62:other": "x"}, landed_tape(), at_by="user", store_by="keys")
    assert verdicts(found) == [("landed", None, "proven")]
    assert "names no store" in (shown(found) or "")


def test_the_newest_listing_speaks() -> None:
    calls = Tape().calls()
    listings: dict[str, list[object]] = {
        "listing": [1, 2],
        "source": ["new.json", "old.json"],
        "pages": [1, 1],
        "store": [STORE] * 2,
        "store_by": ["file"] * 2,
        "at": [at(900), at(600)],
        "at_by": ["file"] * 2,
        "items": [0, 1],
    }
    judgement = judge(
        writes(put()),
        deploys("d1"),
        calls,
        chain(calls),
        reach=None,
        has_trail=False,
        listings=from_columns(listings, LISTINGS),
        keys=pl.DataFrame([(2, KEY, "meant")], schema=KEYS, orient="row"),
    )
    assert verdicts(judgement) == [("mismatched", "missing", "proven")]


@pytest.mark.parametrize(("second", "confidence"), [(600, "low"), (3500, "low")])
def test_a_listing_soon_after_a_deploy_that_no_call_fits_may_be_older_than_it(
    second: float, confidence: str
) -> None:
    # The trail has calls of the store, none of which is the deploy's: the log's clock may be an hour slow.
    tape = Tape()
    tape.write(3000, puts=["somebody's"])
    assert verdicts(judged([put()], {}, tape, second=second)) == [("mismatched", "missing", confidence)]


@pytest.mark.parametrize("second", [600, 3500])
def test_a_listing_soon_after_a_deploy_of_which_the_trail_shows_nothing_may_be_older_than_it(
    second: float,
) -> None:
    """The trail has no call of the store at all: nothing shows the log's clock to be right."""
    of_another = Tape(STORE[:-1] + "0")
    of_another.write(3000, puts=["somebody's"])
    assert verdicts(judged([put()], {}, of_another, second=second)) == [("mismatched", "missing", "low")]


@pytest.mark.parametrize(("before", "expected"), [(500, ("mismatched", "missing", "proven")), (598, UNKNOWN)])
def test_what_the_log_shows_after_an_operation_began_after_it_whatever_its_stamps_say(
    before: int, expected: Verdict
) -> None:
    """The clock was set back between the two: the second ended after the first began, which the listing may precede."""
    found = judged([append(start=before, end=before + 1), put(10, 12)], routes(A))
    assert verdicts(found)[1] == expected


@pytest.mark.parametrize(
    ("second", "expected"), [(600, ("unverifiable", "clocks_differ")), (3000, ("mismatched", "missing"))]
)
def test_a_listing_before_a_run_that_may_be_the_deploy_decides_nothing(
    second: int, expected: tuple[str, str]
) -> None:
    """The one call that fits was made 20 minutes after the log's time: the clock may be wrong by that, or not.

    Expected: nothing by a listing of ten past noon; by a later one the entry is missing, whenever it was written, `low`
    because the deploy may have run at another time still.
    """
    tape = Tape()
    tape.write(-60, puts=["x"])
    tape.write(1211, puts=[ROUTES])
    found = judged([append()], routes(B), tape, second=second)
    verdict, cause, confidence = verdicts(found)[0]
    assert (found.alignments["state"][0], confidence) == ("ambiguous", "low")
    assert (verdict, cause) == expected
