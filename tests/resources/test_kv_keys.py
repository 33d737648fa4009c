"""KvKeys: which keys each operation means, by the table of docs/facts/sst-output.md#42-calls-per-operation."""

from __future__ import annotations

import json
from typing import Any

import polars as pl
import pytest

from analyzer.resources import kv_keys
from analyzer.resources.namespace import namespace

Said = tuple[str, str | None, str, str | None]
Had = set[tuple[str, str, str | None]]


def side(
    *, where: str = "inputs", store: str | None = "arn:s", ns: str = "7c62", **more: Any
) -> dict[str, Any]:
    return {where: {"store": store, "namespace": ns} | more}


def drafts(op: str, new: dict[str, Any] | None = None, old: dict[str, Any] | None = None) -> pl.DataFrame:
    operations = pl.DataFrame(
        {
            "operation": [0],
            "op": [op],
            "new": [json.dumps(new) if new else None],
            "old": [json.dumps(old) if old else None],
        },
        schema_overrides={"new": pl.String, "old": pl.String},
    )
    return kv_keys.exact(operations)


def meant(op: str, new: dict[str, Any] | None = None, old: dict[str, Any] | None = None) -> set[Said]:
    """(action, store, key, value) of the writes that the operation means."""
    return set(drafts(op, new, old).select("action", "store", "key", "value").iter_rows())


def had(op: str, new: dict[str, Any] | None = None, old: dict[str, Any] | None = None) -> Had:
    """(action, key, value before) of the writes that the operation means."""
    return set(drafts(op, new, old).select("action", "key", "was").iter_rows())


def test_what_a_key_held_is_that_of_the_old_outputs() -> None:
    old = side(where="outputs", entries={"metadata": "1", "/gone": "s3"})
    new = side(entries={"metadata": "2", "/new": "s3"}, purge=True)
    assert had("update", new, old) == {
        ("put", "7c62:metadata", "1"),
        ("put", "7c62:/new", None),
        ("delete", "7c62:/gone", "s3"),
    }
    assert had("delete", None, old) == {("delete", "7c62:metadata", "1"), ("delete", "7c62:/gone", "s3")}
    assert had("create", new) == {("put", "7c62:metadata", None), ("put", "7c62:/new", None)}
    moved = side(entries={"metadata": "2"}, ns="beef")
    assert had("update", moved, old) == {("put", "beef:metadata", None)}


@pytest.mark.parametrize("op", ["create", "create-replacement"])
def test_a_create_puts_every_entry(op: str) -> None:
    new = side(entries={"metadata": "{}", "/a.js": "s3"})
    assert meant(op, new) == {
        ("put", "arn:s", "7c62:metadata", "{}"),
        ("put", "arn:s", "7c62:/a.js", "s3"),
    }


def test_an_update_puts_what_differs_from_the_old_outputs() -> None:
    old = side(where="outputs", entries={"metadata": "1", "/a": "s3"})
    new = side(entries={"metadata": "2", "/a": "s3", "/b": "s3"})
    assert meant("update", new, old) == {
        ("put", "arn:s", "7c62:metadata", "2"),
        ("put", "arn:s", "7c62:/b", "s3"),
    }


def test_an_update_that_changes_no_key_is_no_write() -> None:
    old = side(where="outputs", entries={"metadata": "1"})
    assert meant("update", side(entries={"metadata": "1"}), old) == set()


def test_keys_that_went_are_deleted_only_with_purge() -> None:
    old = side(where="outputs", entries={"metadata": "1", "/gone": "s3"})
    assert meant("update", side(entries={"metadata": "1"}), old) == set()
    assert meant("update", side(entries={"metadata": "1"}, purge=True), old) == {
        ("delete", "arn:s", "7c62:/gone", None)
    }


@pytest.mark.parametrize("moved", [{"store": "arn:new"}, {"ns": "beef"}])
def test_a_new_store_or_namespace_means_every_key(moved: dict[str, str]) -> None:
    """SST itself puts nothing on a changed namespace (4.5 S2): then every one of these is a write that was dropped."""
    old = side(where="outputs", entries={"metadata": "1", "/gone": "s3"})
    found = meant("update", side(entries={"metadata": "1"}, purge=True, **moved), old)
    assert found == {("put", moved.get("store", "arn:s"), f"{moved.get('ns', '7c62')}:metadata", "1")}


def test_an_update_without_old_outputs_means_every_key() -> None:
    assert (
        len(meant("update", side(entries={"metadata": "1", "/a": "s3"}), {"outputs": {"__provider": True}}))
        == 2
    )


@pytest.mark.parametrize("op", ["delete", "delete-replaced"])
def test_a_delete_deletes_what_the_resource_had_put(op: str) -> None:
    old = side(where="outputs", entries={"metadata": "1", "/a": "s3"})
    assert meant(op, None, old) == {
        ("delete", "arn:s", "7c62:metadata", None),
        ("delete", "arn:s", "7c62:/a", None),
    }


def test_a_delete_of_a_resource_without_a_store_calls_nothing() -> None:
    assert meant("delete", None, side(where="outputs", store=None, entries={"metadata": "1"})) == set()


def test_what_is_retained_is_not_deleted() -> None:
    old = side(where="outputs", entries={"metadata": "1"}) | {"retainOnDelete": True}
    assert meant("delete", None, old) == set()


def test_entries_that_are_secret_are_a_pattern_and_not_none() -> None:
    secret = {
        "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
        "ciphertext": "[secret]",
    }
    assert meant("create", side(entries=secret)) == {("put", "arn:s", "7c62:*", None)}
    assert meant("create", side(entries={"metadata": secret})) == {("put", "arn:s", "7c62:metadata", None)}


@pytest.mark.parametrize("mask", ["[secret]", "***", '{"key":"[secret]"}', "https://***/x"])
def test_a_value_that_is_masked_is_not_known(mask: str) -> None:
    """Pulumi and CI systems replace what equals a secret, within a text too: the store holds another value.

    Source: docs/facts/pulumi-output.md#12-ends-of-steps.
    """
    assert meant("create", side(entries={"metadata": mask})) == {("put", "arn:s", "7c62:metadata", None)}
    old = side(where="outputs", entries={"metadata": mask})
    assert had("update", side(entries={"metadata": "2"}), old) == {("put", "7c62:metadata", None)}


def derived(
    op: str, message: str | None = None, name: str = "WebKvKeys.sst.aws.KvKeys", old: str | None = None
) -> list[tuple[str, str]]:
    columns = {"operation": 0, "op": op, "name": name, "stack": "shop-prod", "message": message, "old": old}
    operations = pl.DataFrame([columns], schema_overrides={"message": pl.String, "old": pl.String})
    drafts = kv_keys.derived(operations)
    assert drafts["pattern"].all()
    return list(zip(drafts["action"], drafts["key"], strict=True))


@pytest.mark.parametrize(
    ("name", "base"),
    [
        ("WebKvKeys.sst.aws.KvKeys", "Web"),
        ("RouterRoute/KvKeys.sst.aws.KvKeys", "RouterRoute/"),
        ("RouterRoute/apiRouteKey.sst.aws.KvKeys", "RouterRoute/api"),
        ("RouterRouteapi.example.com/fooRouteKey.sst.aws.KvKeys", "RouterRouteapi.example.com/foo"),
    ],
)
def test_text_gives_the_namespace_and_not_the_keys(name: str, base: str) -> None:
    assert derived("create", None, name) == [("put", f"{namespace('shop-prod', base)}:*")]


def test_the_namespace_is_the_one_that_sst_hashes() -> None:
    """md5("shop-prod-Web") begins with ec35 (computed with md5sum)."""
    assert namespace("shop-prod", "Web") == "ec35"


def test_a_text_update_counts_only_where_its_diff_can_change_a_key() -> None:
    assert derived("update", "[diff: ~__provider]") == []
    assert len(derived("update", "[diff: ~__provider,entries]")) == 1
    assert len(derived("update", None)) == 1
    assert derived("delete", "[diff: ]")[0][0] == "delete"
    assert derived("delete", old='{"retainOnDelete":true}') == []
