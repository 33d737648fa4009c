"""What became of writes that were missed, in the deploys after them, and which of these are one loss."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.audit.follow import follow
from analyzer.audit.losses import losses
from analyzer.audit.tables import AUDIT_DEPLOYS, AUDIT_WRITES, FOLLOWED
from analyzer.tables import STORE_LIVES
from tests.audit.made import DOCS, SHOP, deploy, on, write
from tests.effort import examples
from tests.reports.made import table

if TYPE_CHECKING:
    from datetime import datetime

Row = dict[str, object]

FIRST, SECOND, THIRD = (deploy(name, on(3, day)) for name, day in (("a", 1), ("b", 8), ("c", 15)))
DROPPED: Row = {
    "verdict": "dropped",
    "cause": "never_attempted",
    "status": "open",
    "missing_since": on(3, 1, 10, 2),
}


def followed(
    *rows: Row, of: tuple[Row, ...] = (FIRST, SECOND, THIRD), lives: list[Row] | None = None
) -> pl.DataFrame:
    known = None if lives is None else table(STORE_LIVES, lives)
    found = follow(table(AUDIT_WRITES, [*rows]), table(AUDIT_DEPLOYS, [*of]), known)
    assert found.schema == FOLLOWED
    return found


def first(
    *rows: Row, of: tuple[Row, ...] = (FIRST, SECOND, THIRD), lives: list[Row] | None = None
) -> dict[str, Any]:
    """What is said of the first row."""
    return followed(*rows, of=of, lives=lives).row(0, named=True)


def end(*rows: Row, **others: Any) -> tuple[str, str | None, str | None, datetime | None]:
    row = first(*rows, **others)
    return row["state"], row["healed_how"], row["healer"], row["missing_until"]


OPEN = ("open", None, None, None)


@pytest.mark.parametrize("verdict", ["dropped", "lost", "errored", "mismatched", "unfinished"])
def test_each_write_that_is_not_in_place_is_followed(verdict: str) -> None:
    row = first(write(FIRST, 1, **DROPPED | {"verdict": verdict, "taken_by": "x"}))
    assert (row["write"], row["deploy"], row["state"], row["loss"]) == ("a:1", "a", "open", "a:1")
    assert (row["missing_since"], row["taken_by"]) == (on(3, 1, 10, 2), "x")
    assert first(write(FIRST, 1, verdict=verdict))["state"] == "open", "nothing is known of it"


def test_what_landed_or_leans_to_nothing_is_not() -> None:
    doubt: Row = {"verdict": "unverifiable", "leaning": None}
    assert followed(
        write(FIRST, 1), write(FIRST, 2, **doubt), write(FIRST, 3, **doubt | {"leaning": "landed"})
    ).is_empty()


def test_what_only_leans_is_a_doubt_unless_it_is_healed() -> None:
    likely = DROPPED | {"verdict": "unverifiable", "leaning": "dropped"}
    assert end(write(FIRST, 1, **likely)) == ("doubt", None, None, None)
    assert end(write(FIRST, 1, **likely | {"status": "maybe_repaired", "healed_how": "call"}))[0] == "doubt"
    healed = {"status": "healed", "healed_how": "deploy", "healer": "b", "healed_at": on(3, 8)}
    assert end(write(FIRST, 1, **likely | healed)) == ("healed", "deploy", "b", on(3, 8))


def test_what_is_perhaps_repaired_is_missing_until_nobody_knows_when() -> None:
    maybe = DROPPED | {
        "status": "maybe_repaired",
        "healed_how": "call",
        "healer": "ops",
        "healed_at": on(3, 2),
    }
    assert end(write(FIRST, 1, **maybe)) == ("maybe_repaired", "call", "ops", None)


def test_a_heal_that_seems_to_come_before_the_loss_came_at_once() -> None:
    """A call in the minute in which the deploy missed it: nobody missed it for less than no time."""
    healed = {"status": "healed", "healed_how": "listing", "healed_at": on(3, 1, 10, 1)}
    assert end(write(FIRST, 1, **DROPPED | healed))[3] == on(3, 1, 10, 2)


def test_a_key_that_a_later_deploy_removed_is_no_open_loss() -> None:
    removed = ("healed", "removal", "b", on(3, 8, 10, 1))
    missed = write(FIRST, 1, **DROPPED)
    assert end(missed, write(SECOND, 1, action="delete")) == removed
    route: Row = {
        "action": "append",
        "key": "7c62:routes",
        "entry": "site,a,,/",
        "name": "R",
        "type": "sst:aws:KvRoutesUpdate",
    }
    gone = write(SECOND, 1, **route | {"action": "remove"})
    assert end(write(FIRST, 1, **DROPPED | route), gone) == removed
    assert end(write(FIRST, 1, **DROPPED | route | {"entry": "site,b,,/"}), gone) == OPEN


def test_it_is_wanted_no_more_whether_or_not_the_delete_was_made() -> None:
    """The state has no such key any more; whether it is still there is a question about the delete."""
    delete = write(SECOND, 1, **DROPPED | {"action": "delete", "missing_since": on(3, 8, 10, 2)})
    put, other = followed(write(FIRST, 1, **DROPPED), delete).rows(named=True)
    assert (put["state"], other["state"]) == ("healed", "open")
    assert put["loss"] != other["loss"]


@pytest.mark.parametrize(
    "differs",
    [
        {"reported": "failed"},
        {"reported": "unfinished"},
        {"key": "7c62:other"},
        {"place": DOCS},
        {"name": "OtherKvKeys.sst.aws.KvKeys"},
        {"action": "put"},
        {"deployed_at": on(2, 1), "start": on(2, 1)},
        {"deployed_at": on(3, 1)},
    ],
)
def test_what_is_no_removal_of_it_leaves_it_open(differs: Row) -> None:
    """A delete that failed, or of another key, store or resource (it may share the namespace), or before it."""
    assert end(write(FIRST, 1, **DROPPED), write(SECOND, 1, **{"action": "delete"} | differs)) == OPEN


def test_another_stack_removes_nothing_of_this_one() -> None:
    other = deploy("b", on(3, 8), "shop/dev")
    assert end(write(FIRST, 1, **DROPPED), write(other, 1, action="delete"), of=(FIRST, other)) == OPEN


@pytest.mark.parametrize("reported", ["succeeded", "failed", "unfinished"])
@pytest.mark.parametrize("op", ["delete-replaced", "delete"])
def test_a_replacement_removes_nothing(op: str, reported: str) -> None:
    """Also one whose create failed: the key is still wanted."""
    gone = write(SECOND, 1, action="delete", op=op)
    made = write(SECOND, 2, op="create-replacement", reported=reported)
    assert end(write(FIRST, 1, **DROPPED), gone, made) == OPEN


def test_a_key_that_no_log_names_is_not_that_of_another_step() -> None:
    any_key: Row = {"key": "7c62:*", "pattern": True}
    assert end(write(FIRST, 1, **DROPPED | any_key), write(SECOND, 1, **any_key, action="delete")) == OPEN


def test_the_end_of_the_resource_is_that_of_keys_that_the_log_does_not_name() -> None:
    missed = write(FIRST, 1, **DROPPED | {"key": "7c62:/index.html"})
    gone: Row = {"action": "delete", "key": "7c62:*", "pattern": True}
    assert end(missed, write(SECOND, 1, **gone | {"op": "delete"}))[:3] == ("healed", "removal", "b")
    assert end(missed, write(SECOND, 1, **gone | {"op": "update"})) == OPEN


def test_a_delete_that_was_missed_is_over_when_the_key_is_meant_again() -> None:
    missed = write(FIRST, 1, **DROPPED | {"action": "delete"})
    assert end(missed, write(SECOND, 1)) == ("healed", "deploy", "b", on(3, 8, 10, 1))


def test_a_store_that_was_deleted_misses_nothing() -> None:
    life: list[Row] = [{"store": SHOP, "deleted_at": on(3, 20)}]
    missed = write(FIRST, 1, **DROPPED)
    assert end(missed, lives=life) == ("healed", "removal", None, on(3, 20))
    assert end(missed, lives=[{"store": SHOP, "deleted_at": on(2, 1)}]) == OPEN
    assert end(missed, lives=[{"store": DOCS, "deleted_at": on(3, 20)}]) == OPEN
    replaced = write(FIRST, 1, **DROPPED | {"verdict": "lost", "cause": "replaced_store"})
    assert end(replaced, lives=life) == OPEN, "its successor lacks the key"


def test_what_came_first_ended_it() -> None:
    healed = {"status": "healed", "healed_how": "deploy", "healer": "c", "healed_at": on(3, 15)}
    missed = write(FIRST, 1, **DROPPED | healed)
    assert end(missed, write(SECOND, 1, action="delete"))[:3] == ("healed", "removal", "b")
    assert end(missed, lives=[{"store": SHOP, "deleted_at": on(3, 20)}]) == (
        "healed",
        "deploy",
        "c",
        on(3, 15),
    )


def in_a_row(*ends: Row) -> pl.DataFrame:
    """The same key, missed by three deploys, each with what became of it."""
    rows = [
        write(of, 1, **DROPPED | {"missing_since": of["started_at"] + timedelta(minutes=2)} | what)  # type: ignore[operator] # a time
        for of, what in zip((FIRST, SECOND, THIRD), ends, strict=True)
    ]
    return followed(*rows)


def test_the_same_key_missed_three_times_in_a_row_is_one_loss() -> None:
    found = in_a_row({}, {}, {})
    assert found["loss"].to_list() == ["a:1"] * 3
    (loss,) = losses(found, of_writes(found)).rows(named=True)
    assert (loss["deploys"], loss["writes"], loss["latest"]) == (["a", "b", "c"], 3, "c:1")
    assert (loss["state"], loss["missing_since"], loss["missing_until"]) == ("open", on(3, 1, 10, 2), None)


def test_all_of_them_are_over_when_the_last_one_is() -> None:
    healed = {"status": "healed", "healed_how": "deploy", "healer": "d", "healed_at": on(3, 20)}
    found = in_a_row(healed, healed, healed)
    (loss,) = losses(found, of_writes(found)).rows(named=True)
    assert (loss["state"], loss["missing_since"], loss["missing_until"]) == (
        "healed",
        on(3, 1, 10, 2),
        on(3, 20),
    )


def test_what_was_healed_in_between_is_another_loss() -> None:
    healed = {"status": "healed", "healed_how": "deploy", "healer": "x", "healed_at": on(3, 3)}
    assert in_a_row(healed, {}, {})["loss"].to_list() == ["a:1", "b:1", "b:1"]


def test_a_doubt_joins_no_losses() -> None:
    """Whether anything was missing from the doubt on is not known; the loss began with what is known."""
    doubt: Row = {"verdict": "unverifiable", "leaning": "dropped"}
    assert in_a_row(doubt, {}, {})["loss"].to_list() == ["a:1", "b:1", "b:1"]
    assert in_a_row({}, doubt, {})["loss"].to_list() == ["a:1", "b:1", "a:1"]


def test_other_things_are_other_losses() -> None:
    rows = [
        write(FIRST, 1, **DROPPED),
        write(FIRST, 2, **DROPPED | {"key": "7c62:b"}),
        write(FIRST, 3, **DROPPED | {"place": DOCS}),
        write(FIRST, 4, **DROPPED | {"entry": "a", "action": "append"}),
        write(FIRST, 5, **DROPPED | {"action": "delete"}),
        write(FIRST, 6, **DROPPED | {"key": "7c62:*", "pattern": True}),
        write(FIRST, 7, **DROPPED | {"key": "7c62:*", "pattern": True, "name": "other"}),
    ]
    assert followed(*rows)["loss"].n_unique() == len(rows)


def test_nothing_at_all_is_followed_to_nothing() -> None:
    assert followed().is_empty()
    assert followed(write(deploy("z", None), 1, **DROPPED | {"missing_since": None}), of=()).height == 1


def of_writes(found: pl.DataFrame) -> pl.DataFrame:
    rows = [write(FIRST, 1, **DROPPED) | {"id": name} for name in found["write"]]
    return table(AUDIT_WRITES, rows)


@st.composite
def histories(draw: st.DrawFn) -> list[Row]:
    """Writes of few keys by three deploys, with any verdict and any end."""
    day = st.integers(1, 28)
    times = st.one_of(st.none(), day.map(lambda number: on(3, number)))
    made = []
    for number in range(draw(st.integers(0, 12))):
        of = draw(st.sampled_from([FIRST, SECOND, THIRD]))
        differs = {
            "key": draw(st.sampled_from(["k", "l", None])),
            "action": draw(st.sampled_from(["put", "delete"])),
            "verdict": draw(st.sampled_from(["landed", "dropped", "lost", "unverifiable"])),
            "leaning": draw(st.sampled_from([None, "dropped", "landed"])),
            "status": draw(st.sampled_from([None, "open", "maybe_repaired", "healed"])),
            "healed_at": draw(times),
            "missing_since": draw(times),
        }
        made.append(write(of, number, **differs))
    return made


@given(histories())
@settings(max_examples=examples(40))
def test_each_missed_write_has_one_row_and_one_loss(rows: list[Row]) -> None:
    writes = table(AUDIT_WRITES, rows)
    found = follow(writes, table(AUDIT_DEPLOYS, [FIRST, SECOND, THIRD]))
    missed = [
        row["id"]
        for row in rows
        if row["verdict"] in ("dropped", "lost")
        or (row["verdict"] == "unverifiable" and row["leaning"] == "dropped")
    ]
    assert found["write"].to_list() == missed
    assert found["loss"].null_count() == 0
    assert set(found["loss"]) <= set(missed)
    assert found.filter((pl.col("state") != "healed") & pl.col("missing_until").is_not_null()).is_empty()
    assert found.filter(pl.col("missing_until") < pl.col("missing_since")).is_empty()
    of = losses(found, writes)
    assert of["writes"].sum() == len(missed)
    assert of["loss"].n_unique() == of.height
