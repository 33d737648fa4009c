"""Whether a deploy deleted the store itself: only then is a store that is not there what was meant."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from analyzer.tables import EVENTS, STORE_LIVES, empty, from_columns
from analyzer.writes.deleted import deleted_stores, with_deletions
from tests.build import STORE, deploys, write, writes

RAN = deploys("d0", "d1", "d2")
AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATE = AT + timedelta(hours=1)
OTHER = "arn:aws:cloudfront::111122223333:key-value-store/other"


def events(
    type: str = "aws:cloudfront/keyValueStore:KeyValueStore",  # noqa: A002 - the column's name
    op: str = "delete",
    kind: str = "done",
    *,
    planning: bool = False,
) -> pl.DataFrame:
    row: dict[str, list[object]] = {
        "deploy": ["d1"],
        "type": [type],
        "op": [op],
        "kind": [kind],
        "planning": [planning],
    }
    return from_columns(row, EVENTS)


def goes(action: str = "delete", **other: object) -> dict[str, object]:
    return write("7c62:a", 1, 2, action=action, op="delete") | other


@pytest.mark.parametrize(
    ("found", "wanted"),
    [
        (events(), True),
        (events("aws:cloudfront:KeyValueStore", "delete-replaced"), True),
        (events(op="create"), False),
        (events(kind="failed"), False),
        (events(planning=True), False),
        (events("aws:cloudfront/keyvaluestoreKey:KeyvaluestoreKey"), False),
    ],
)
def test_a_delete_of_a_store_that_was_done_says_it(found: pl.DataFrame, wanted: bool) -> None:
    assert deleted_stores(found, RAN, writes(goes()))(STORE) is wanted


def test_a_store_into_which_the_deploy_also_wrote_was_not_deleted() -> None:
    assert not deleted_stores(events(), RAN, writes(goes(), goes("put")))(STORE)


def test_a_store_of_which_the_deploy_says_nothing_was_not_deleted() -> None:
    assert not deleted_stores(events(), RAN, writes(goes()))(OTHER)


def test_what_an_earlier_deploy_wrote_went_with_the_store() -> None:
    assert deleted_stores(events(), RAN, writes(goes("put", deploy="d0"), goes()))(STORE)


def test_what_a_later_deploy_wrote_did_not() -> None:
    assert not deleted_stores(events(), RAN, writes(goes(), goes("put", deploy="d2")))(STORE)


@pytest.mark.parametrize(
    ("command", "result", "wanted"),
    [
        ("destroy", "succeeded", True),
        ("update", "succeeded", False),
        ("destroy", "failed", False),
        (None, None, False),
    ],
)
def test_a_stack_that_was_removed_took_its_store_along(
    command: str | None, result: str | None, *, wanted: bool
) -> None:
    ran = deploys("d1").with_columns(command=pl.lit(command, pl.String), result=pl.lit(result, pl.String))
    assert deleted_stores(empty(EVENTS), ran, writes(goes()))(STORE) is wanted


def lived(
    *more: dict[str, object], stores: int = 1, last_at: datetime | None = AT, **other: object
) -> list[datetime | None]:
    """When the store was deleted: `d0` wrote to it, and `d1` removed the stack with so many stores, at LATE."""
    every = [events().with_columns(at=pl.lit(LATE), urn=pl.lit(f"s{n}")) for n in range(stores)]
    found = pl.concat([empty(EVENTS), *every])
    ran = deploys("d0", "d1", "d2").with_columns(
        stack=pl.Series(["shop/prod", "shop/prod", "shop/dev"]),
        started_at=pl.Series([AT, LATE, LATE + timedelta(hours=1)]),
        command=pl.Series(["update", "destroy", "update"]),
        result=pl.lit("succeeded"),
    )
    ran = ran.with_columns(**{name: pl.lit(value) for name, value in other.items()})
    meant = writes(goes("put", deploy="d0"), goes(), *more).with_columns(place="store")
    known = from_columns({"store": [STORE], "last_at": [last_at]}, STORE_LIVES)
    lives = with_deletions(known, found, ran, meant)
    assert lives.schema == STORE_LIVES
    return lives.filter(pl.col("store") == STORE)["deleted_at"].to_list()


def test_the_removal_of_the_only_stack_that_wrote_to_a_store_ends_its_life() -> None:
    assert lived() == [LATE]


@pytest.mark.parametrize(
    "more",
    [
        goes("put"),  # it also wrote
        goes("put", deploy="d2"),  # so did another stack
        goes(store=OTHER),  # one of two stores was deleted: which, nobody knows
        goes(store=None),
    ],
)
def test_where_the_store_may_be_anothers_it_lives_on(more: dict[str, object]) -> None:
    assert lived(more) == [None]


def test_a_failed_removal_or_a_later_call_ends_nothing() -> None:
    assert lived(result="failed") == lived(command="update") == lived(stores=0) == [None]
    assert lived(last_at=LATE + timedelta(seconds=1)) == [None]


def test_all_stores_of_a_stack_end_with_it_also_those_without_a_call() -> None:
    assert lived(goes(store=OTHER), stores=2) == [LATE]
