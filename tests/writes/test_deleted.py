"""Whether a deploy deleted the store itself: only then is a store that is not there what was meant."""

from __future__ import annotations

import polars as pl
import pytest

from analyzer.tables import EVENTS, empty, from_columns
from analyzer.writes.deleted import deleted_stores
from tests.build import STORE, deploys, write, writes

RAN = deploys("d0", "d1", "d2")
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
