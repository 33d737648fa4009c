"""KeyvaluestoreKey: one key, as terraform-provider-aws cloudfrontkeyvaluestore/key.go writes it."""

from __future__ import annotations

import json
from typing import Any

import polars as pl
import pytest

from analyzer.resources import keyvaluestore_key

HERE = {"keyValueStoreArn": "arn:s", "key": "config/limits", "value": "5"}
SECRET = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "[secret]"}


def drafts(op: str, new: dict[str, Any] | None = None, old: dict[str, Any] | None = None) -> pl.DataFrame:
    operations = pl.DataFrame(
        {
            "operation": [0],
            "op": [op],
            "new": [json.dumps({"inputs": new}) if new else None],
            "old": [json.dumps(old) if old else None],
        },
        schema_overrides={"new": pl.String, "old": pl.String},
    )
    return keyvaluestore_key.exact(operations)


def meant(op: str, new: dict[str, Any] | None = None, old: dict[str, Any] | None = None) -> list[Any]:
    columns = ("action", "store", "key", "value", "was", "pattern", "unsure")
    return drafts(op, new, old).select(columns).rows()


@pytest.mark.parametrize("op", ["create", "create-replacement"])
def test_a_create_puts_the_key(op: str) -> None:
    assert meant(op, HERE) == [("put", "arn:s", "config/limits", "5", None, False, False)]


def test_an_update_puts_another_value() -> None:
    old = {"outputs": HERE | {"value": "4"}}
    assert meant("update", HERE, old) == [("put", "arn:s", "config/limits", "5", "4", False, False)]


def test_an_update_of_the_same_value_makes_no_call() -> None:
    assert meant("update", HERE, {"outputs": HERE}) == []


def test_an_update_of_a_secret_value_may_make_none() -> None:
    secret = HERE | {"value": SECRET}
    assert meant("update", secret, {"outputs": secret}) == [
        ("put", "arn:s", "config/limits", None, None, False, True)
    ]


@pytest.mark.parametrize("op", ["delete", "delete-replaced"])
def test_a_delete_deletes_the_key_unless_it_is_retained(op: str) -> None:
    assert meant(op, None, {"outputs": HERE}) == [
        ("delete", "arn:s", "config/limits", None, "5", False, False)
    ]
    assert meant(op, None, {"outputs": HERE, "retainOnDelete": True}) == []


def test_an_empty_value_is_a_value() -> None:
    assert meant("create", HERE | {"value": ""})[0][3] == ""


@pytest.mark.parametrize("key", ["*:menu", "menu:*"])
def test_a_key_with_a_star_is_no_pattern(key: str) -> None:
    assert not drafts("create", HERE | {"key": key})["pattern"].any()


def test_a_secret_key_is_a_pattern() -> None:
    assert meant("create", HERE | {"key": SECRET}) == [("put", "arn:s", "*", "5", None, True, False)]


def test_text_says_neither_the_store_nor_the_key() -> None:
    operations = pl.DataFrame(
        {
            "operation": [0, 1, 2, 3, 4],
            "op": ["create", "delete", "update", "update", "delete"],
            "message": [None, None, None, "[diff: ~__defaults]", None],
            "old": [None, None, None, None, '{"retainOnDelete":true}'],
        }
    )
    found = keyvaluestore_key.derived(operations)
    assert found.select("operation", "action", "store", "key", "pattern", "unsure").rows() == [
        (0, "put", None, "*", True, False),
        (1, "delete", None, "*", True, False),
        (2, "put", None, "*", True, True),
    ]
