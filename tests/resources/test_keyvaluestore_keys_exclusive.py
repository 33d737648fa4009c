"""KeyvaluestoreKeysExclusive: all keys of a store, as terraform-provider-aws keys_exclusive.go brings them about."""

from __future__ import annotations

import json
from typing import Any

import polars as pl
import pytest

from analyzer.resources import keyvaluestore_keys_exclusive

SECRET = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "[secret]"}


def holding(store: str = "arn:s", **values: Any) -> dict[str, Any]:
    pairs = [{"__defaults": [], "key": key, "value": value} for key, value in values.items()]
    return {"keyValueStoreArn": store, "resourceKeyValuePairs": pairs}


def meant(op: str, new: dict[str, Any] | None = None, old: dict[str, Any] | None = None) -> set[Any]:
    operations = pl.DataFrame(
        {
            "operation": [0],
            "op": [op],
            "new": [json.dumps({"inputs": new}) if new else None],
            "old": [json.dumps({"outputs": old}) if old else None],
        },
        schema_overrides={"new": pl.String, "old": pl.String},
    )
    columns = ("action", "store", "key", "value", "was", "pattern", "unsure")
    return set(keyvaluestore_keys_exclusive.exact(operations).select(columns).rows())


def test_a_create_puts_each_pair_that_the_store_does_not_hold() -> None:
    assert meant("create", holding(a="1", b="2")) == {
        ("put", "arn:s", "a", "1", None, False, True),
        ("put", "arn:s", "b", "2", None, False, True),
    }


@pytest.mark.parametrize("op", ["update", "create-replacement"])
def test_what_changed_is_put_and_what_went_is_deleted(op: str) -> None:
    """A pair with another key is a replacement of the whole set, which the new one brings about on the same store."""
    assert meant(op, holding(a="1", b="2", c="3"), holding(a="1", b="1", d="4")) == {
        ("put", "arn:s", "b", "2", "1", False, True),
        ("put", "arn:s", "c", "3", None, False, True),
        ("delete", "arn:s", "d", None, "4", False, False),
    }


def test_another_store_means_every_pair() -> None:
    assert meant("create-replacement", holding("arn:new", a="1"), holding(a="1", b="2")) == {
        ("put", "arn:new", "a", "1", None, False, True)
    }


@pytest.mark.parametrize("op", ["delete", "delete-replaced"])
def test_a_delete_leaves_the_keys(op: str) -> None:
    assert meant(op, None, holding(a="1")) == set()


def test_a_set_of_no_pairs_empties_the_store() -> None:
    assert meant("update", {"keyValueStoreArn": "arn:s"}, holding(a="1")) == {
        ("delete", "arn:s", "a", None, "1", False, False)
    }


def test_secret_pairs_are_a_pattern_and_not_none() -> None:
    anything = {("put", "arn:s", "*", None, None, True, True)}
    assert meant("create", holding() | {"resourceKeyValuePairs": SECRET}) == anything
    assert meant("create", holding() | {"resourceKeyValuePairs": [{"key": SECRET, "value": "1"}]}) == anything


def test_a_secret_value_may_have_changed() -> None:
    assert meant("update", holding(a=SECRET), holding(a=SECRET)) == {
        ("put", "arn:s", "a", None, None, False, True)
    }


def test_text_says_neither_the_store_nor_the_keys() -> None:
    operations = pl.DataFrame(
        {
            "operation": [0, 1, 2],
            "op": ["create", "update", "delete"],
            "message": [None, "[diff: ~__defaults]", None],
            "old": [None, None, None],
        },
        schema_overrides={"old": pl.String},
    )
    found = keyvaluestore_keys_exclusive.derived(operations)
    assert found.select("operation", "action", "store", "key", "pattern", "unsure").rows() == [
        (0, "put", None, "*", True, True)
    ]
