"""What a listing says of a write that a deploy whose clock may be wrong may have superseded."""

from __future__ import annotations

import pytest

from tests.build import STORE, Tape
from tests.verdicts.judging import OTHER
from tests.verdicts.listing import (
    KEY,
    ROUTES,
    A,
    B,
    Verdict,
    append,
    judged,
    landed_tape,
    put,
    routes,
    shown,
    verdicts,
)

CREATED: dict[str, object] = {"op": "create"}
LOST: Verdict = ("lost", "missing", "proven")


def test_a_later_deploy_whose_clock_is_wrong_may_have_come_before_the_listing() -> None:
    """Its log says that it began after the listing; where the store's calls are recorded, none of them is its own."""
    rows = [put(), put(1500, 1502, "newer", deploy="d2")]
    found = judged(rows, {KEY: "newer"}, landed_tape())
    assert verdicts(found)[0] == ("landed", None, "low")
    assert "another deploy's write may explain that" in (shown(found) or "")


def updated(was: str) -> dict[str, object]:
    return {"op": "update", "was": was}


def unplaced(start: float) -> list[dict[str, object]]:
    """Other writes of the deploy d2, of which no call is recorded."""
    return [
        put(start - 5 * n, start - 5 * n + 2, deploy="d2", key=f"{n}:metadata", name=f"Site{n}")
        for n in (1, 2, 3)
    ]


def beside_another_clock(
    tape: Tape,
    start: float = -100,
    *,
    first: dict[str, object] = CREATED,
    second: dict[str, object],
    held: tuple[str, ...] = (B,),
) -> Verdict:
    """The verdict on entry A of an aligned deploy, where the listing shows B, of one that no recorded call fits.

    Both are of one route: `first` and `second` say how each came to it, and `start` when B did by its log.
    """
    rows = [
        append(A, 12, 14, name="Route") | first,
        put(),
        append(B, start, start + 2, deploy="d2", name="Route") | second,
        *unplaced(start),
    ]
    found = judged(rows, {KEY: "meant", **routes(*held)}, tape, stack="shop-prod")
    assert found.alignments["state"].to_list() == ["aligned", "unaligned"]
    return verdicts(found)[0]


@pytest.mark.parametrize(("start", "expected"), [(-100, ("landed", None, "low")), (-3800, LOST)])
def test_an_unaligned_deploy_may_have_replaced_an_entry_after_an_aligned_one(
    start: float, expected: Verdict
) -> None:
    """A log may be an hour off, and no recorded call is the second deploy's: its update may have come last."""
    tape = landed_tape()
    tape.write(13, puts=[ROUTES])
    assert beside_another_clock(tape, start, second=updated(A)) == expected


def test_an_unaligned_deploy_that_made_the_entry_which_an_aligned_one_replaced_came_first() -> None:
    """The update from B to A followed the creation of B, whatever the clocks say: A is lost, and B is back."""
    tape = landed_tape()
    tape.write(13, puts=[ROUTES])
    assert beside_another_clock(tape, first=updated(B), second=CREATED) == LOST


def test_an_unaligned_deploy_that_replaced_the_entry_itself_may_have_come_last() -> None:
    """A rollback: the aligned deploy put A in the place of B, and another one put B in the place of A."""
    tape = landed_tape()
    tape.write(13, puts=[ROUTES])
    assert beside_another_clock(tape, first=updated(B), second=updated(A)) == ("landed", None, "low")


def test_an_unaligned_deploy_whose_own_entry_is_not_there_explains_no_missing_one() -> None:
    """The list holds neither A nor B: whoever came last, its entry is lost."""
    tape = landed_tape()
    tape.write(13, puts=[ROUTES])
    assert beside_another_clock(tape, second=updated(A), held=("site,else,,/x",)) == LOST


@pytest.mark.parametrize(("start", "expected"), [(2900, ("landed", None, "low")), (3400, LOST)])
def test_a_log_that_begins_more_than_an_hour_after_the_listing_explains_nothing(
    start: float, expected: Verdict
) -> None:
    """A log may be an hour off, and no more. The listing is of ten minutes before noon."""
    tape = Tape()
    for second, key in ((-3000, "x"), (-1989, KEY), (-1987, ROUTES)):
        tape.write(second, puts=[key])
    early = [append(A, -1988, -1986, name="Route", op="create"), put(-1990, -1988)]
    late = [append(B, start, start + 2, deploy="d2", name="Route", was=A), *unplaced(start)]
    found = judged([*early, *late], {KEY: "meant", **routes(B)}, tape, second=-600, stack="shop-prod")
    assert found.alignments["state"].to_list() == ["aligned", "unaligned"]
    assert verdicts(found)[0] == expected


@pytest.mark.parametrize(
    ("value", "held", "expected"),
    [
        ("meant", {}, LOST),
        ("meant", {KEY: "third"}, ("mismatched", "other_value", "proven")),
        ("second", {KEY: "third"}, ("mismatched", "other_value", "proven")),
        ("second", {KEY: "second"}, ("landed", None, "low")),
        (None, {KEY: "third"}, ("landed", None, "low")),
        (None, {}, LOST),
    ],
)
def test_a_put_of_an_unaligned_deploy_explains_only_the_value_that_it_meant(
    value: str | None, held: dict[str, str], expected: Verdict
) -> None:
    """No put makes a key missing, and none leaves another value than its own; one that the log hides may be it."""
    rows = [put(), put(0, 2, key="x", name="X"), put(-97, -95, value, deploy="d2"), *unplaced(-100)]
    found = judged(rows, {"x": "meant", **held}, landed_tape(), stack="shop-prod")
    assert found.alignments["state"].to_list() == ["aligned", "unaligned"]
    assert verdicts(found)[0] == expected


def test_two_unaligned_puts_do_not_explain_a_third_value_to_each_other() -> None:
    """The chain has a gap, in which both deploys may have run: the store holds what neither meant."""
    tape = Tape()
    for second, key in ((-300, "x"), (-200, "y"), (300, "z")):
        tape.write(second, puts=[key], recorded=key != "y")
    rows = [put(10, 12, "a"), put(100, 102, "b", deploy="d2")]
    found = judged(rows, {KEY: "third"}, tape, stack="shop-prod", second=1000)
    assert found.alignments["state"].to_list() == ["unaligned", "unaligned"]
    assert verdicts(found)[1] == ("mismatched", "other_value", "low")


def test_a_call_that_an_aligned_deploy_made_is_not_an_unaligned_ones() -> None:
    """The chain is unbroken to beyond the listing, and its one later put of the list is another route's own."""
    tape = landed_tape()
    for second, key in ((13, ROUTES), (99, "k3"), (100, ROUTES), (700, "x")):
        tape.write(second, puts=[key])
    other = "site,third,,/c"
    theirs = [
        append(other, 99, 101, deploy="d3", name="Other", op="create"),
        put(98, 100, deploy="d3", key="k3", name="K3"),
    ]
    rows = [append(A, 12, 14, name="Route") | CREATED, put(), *theirs]
    rows += [append(B, -100, -98, deploy="d2", name="Route") | updated(A), *unplaced(-100)]
    held = {KEY: "meant", "k3": "meant", **routes(B, other)}
    found = judged(rows, held, tape, stack="shop-prod")
    assert found.alignments["state"].to_list() == ["aligned", "unaligned", "aligned"]
    assert verdicts(found)[0] == LOST


@pytest.mark.parametrize(
    ("api", "expected"),
    [("PutKey", LOST), ("UpdateKeys", ("landed", None, "low"))],
    ids=["PutKey", "UpdateKeys"],
)
def test_an_unaligned_deploy_replaced_no_entry_without_a_call_of_its_kind(
    api: str, expected: Verdict
) -> None:
    """The chain is unbroken to beyond the listing: one call wrote the list later, and SST makes no PutKey."""
    tape = landed_tape()
    tape.write(13, puts=[ROUTES])
    tape.write(100, puts=[ROUTES], caller=OTHER, api=api)
    tape.write(700, puts=["x"])
    assert beside_another_clock(tape, second=updated(A)) == expected


def test_of_two_puts_of_an_unaligned_deploy_the_later_one_is_not_excused_by_the_earlier() -> None:
    """One clock orders both, however far it is off."""
    tape = Tape()
    tape.write(1, puts=["x"])
    found = judged([put(10, 12, "one"), put(100, 102, "two")], {KEY: "one"}, tape)
    assert found.alignments["state"].to_list() == ["unaligned"]
    assert verdicts(found)[1] == ("mismatched", "other_value", "low")


def test_where_no_call_of_the_store_is_recorded_two_logs_are_in_their_own_order() -> None:
    """Without a recorded call nothing shows that a clock is wrong: the later log's entry is not there."""
    elsewhere = Tape(STORE.replace("0f1e2d3c", "0f1e2d3d"))
    elsewhere.write(11, puts=[KEY])
    rows = [append(B, name="Route"), append(A, 100, 102, deploy="d2", name="Route")]
    found = judged(rows, routes(B), elsewhere, stack="shop-prod")
    assert found.alignments["state"].to_list() == ["unaligned", "unaligned"]
    assert verdicts(found)[1][:2] == ("mismatched", "missing")
