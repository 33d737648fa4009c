"""KvRoutesUpdate: one write on `<namespace>:routes` for each operation that must make a call."""

from __future__ import annotations

import json
from typing import Any

import polars as pl
import pytest

from analyzer.resources import kv_routes_update

HERE = {"store": "arn:s", "namespace": "50f6", "key": "routes", "entry": "site,7c62,,/"}


def meant(
    op: str, new: dict[str, Any] | None = None, old: dict[str, Any] | None = None
) -> list[tuple[Any, ...]]:
    operations = pl.DataFrame(
        {
            "operation": [0],
            "op": [op],
            "new": [json.dumps({"inputs": new}) if new else None],
            "old": [json.dumps(old) if old else None],
        },
        schema_overrides={"new": pl.String, "old": pl.String},
    )
    return kv_routes_update.exact(operations).select("action", "store", "key", "entry", "pattern").rows()


@pytest.mark.parametrize("op", ["create", "create-replacement"])
def test_a_create_appends(op: str) -> None:
    assert meant(op, HERE) == [("append", "arn:s", "50f6:routes", "site,7c62,,/", False)]


def test_an_update_appends_the_new_entry_in_one_call() -> None:
    new = HERE | {"entry": "site,7c62,,/docs"}
    assert meant("update", new, {"outputs": HERE}) == [
        ("append", "arn:s", "50f6:routes", "site,7c62,,/docs", False)
    ]


@pytest.mark.parametrize("moved", [{"store": "arn:new"}, {"namespace": "beef"}, {"key": "other"}])
def test_an_update_that_moves_removes_from_the_old_place_first(moved: dict[str, str]) -> None:
    new = HERE | moved
    assert meant("update", new, {"outputs": HERE}) == [
        ("remove", "arn:s", "50f6:routes", "site,7c62,,/", False),
        ("append", new["store"], f"{new['namespace']}:{new['key']}", "site,7c62,,/", False),
    ]


def test_outputs_that_a_swallowed_error_wiped_are_no_old_place() -> None:
    """After S1 the state holds only `__provider`: there is nothing to remove the entry from."""
    assert len(meant("update", HERE, {"outputs": {"__provider": True}})) == 1


def test_a_delete_removes_unless_retained() -> None:
    assert meant("delete", None, {"outputs": HERE}) == [
        ("remove", "arn:s", "50f6:routes", "site,7c62,,/", False)
    ]
    assert meant("delete", None, {"outputs": HERE, "retainOnDelete": True}) == []


def test_an_unknown_namespace_is_a_pattern() -> None:
    assert meant("create", {"store": "arn:s", "entry": "e"}) == [("append", "arn:s", "*:routes", "e", True)]


def test_text_knows_the_pattern_and_perhaps_the_entry() -> None:
    operations = pl.DataFrame(
        {
            "operation": [0, 1, 2],
            "op": ["create", "delete", "delete"],
            "entry": ["site,7c62,,/", None, None],
            "old": [None, None, '{"retainOnDelete":true}'],
        },
    )
    drafts = kv_routes_update.derived(operations)
    assert drafts.select("action", "store", "key", "entry", "pattern").rows() == [
        ("append", None, "*:routes", "site,7c62,,/", True),
        ("remove", None, "*:routes", None, True),
    ]
