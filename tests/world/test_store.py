"""The store compares and swaps, and refuses as AWS does."""

from __future__ import annotations

import pytest

from tests.world.calls import Call, Refused
from tests.world.chance import seeded
from tests.world.store import PAGE, Store

ARN = "arn:aws:cloudfront::111122223333:key-value-store/one"


def a_store(**values: str) -> Store:
    return Store(ARN, seeded(1), values)


def put(store: Store, *puts: tuple[str, str], etag: str | None = None) -> Call:
    return Call("UpdateKeys", ARN, if_match=etag or store.etag, puts=puts)


def test_a_write_returns_the_next_etag_and_the_census() -> None:
    store = a_store(a="1")
    before = store.etag
    reply = store.answer(Call("UpdateKeys", ARN, if_match=before, puts=(("b", "22"),), deletes=("a",)))
    assert reply.etag == store.etag != before
    assert (reply.item_count, reply.size) == (1, 3)
    assert store.values == {"b": "22"}


def test_a_stale_etag_changes_nothing() -> None:
    store = a_store(a="1")
    old = store.etag
    store.answer(put(store, ("a", "2")))
    with pytest.raises(Refused) as refused:
        store.answer(put(store, ("a", "3"), etag=old))
    assert (refused.value.code, refused.value.status) == ("ValidationException", 400)
    assert "Pre-Condition failed" in refused.value.message
    assert store.values == {"a": "2"}


@pytest.mark.parametrize(
    ("puts", "text"),
    [
        (tuple((f"k{n}", "v") for n in range(51)), "Maximum number of keys"),
        ((("k" * 513, "v"),), "Maximum size of the key in"),
        ((("k", "v" * 1025),), "Maximum size of the value in a key value pair"),
    ],
)
def test_the_limits_are_a_402(puts: tuple[tuple[str, str], ...], text: str) -> None:
    store = a_store()
    with pytest.raises(Refused) as refused:
        store.answer(put(store, *puts))
    assert (refused.value.code, refused.value.status) == ("ServiceQuotaExceededException", 402)
    assert text in refused.value.message
    assert store.values == {}


def test_a_store_holds_five_megabytes() -> None:
    store = a_store(**{f"k{n}": "v" * 1024 for n in range(5100)})
    with pytest.raises(Refused, match="Limit exceeded"):
        store.answer(put(store, *((f"new{n}", "v" * 1024) for n in range(50))))


def test_keys_are_listed_in_pages() -> None:
    store = a_store(**{f"k{n:03}": "v" for n in range(PAGE + 3)})
    first = store.answer(Call("ListKeys", ARN))
    last = store.answer(Call("ListKeys", ARN, token=first.token or 0))
    assert (len(first.keys), len(last.keys), last.token) == (PAGE, 3, None)


@pytest.mark.parametrize(
    ("api", "code", "status"),
    [("DescribeKeyValueStore", "ConflictException", 409), ("GetKey", "ResourceNotFoundException", 404)],
)
def test_a_deleted_store_refuses_everything(api: str, code: str, status: int) -> None:
    store = a_store(a="1")
    store.deleted_at = 0.0
    with pytest.raises(Refused) as refused:
        store.answer(Call(api, ARN, key="a"))
    assert (refused.value.code, refused.value.status) == (code, status)
