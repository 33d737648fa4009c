"""Several live stores: each is listed, at the same time, and what cannot be is a failure and no empty listing."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import msgspec
import pytest

from analyzer.errors import ExtraError, InputError, UsageError
from analyzer.store.lister import AT_ONCE, MOST, OPTION, list_stores
from analyzer.store.listing import read_listings
from analyzer.store.live import GoneError

if TYPE_CHECKING:
    from pathlib import Path

ACCOUNT = "arn:aws:cloudfront::111122223333:key-value-store/"
ONE, TWO, THREE = (ACCOUNT + name for name in ("one", "two", "three"))


def listing(arn: str, clock: str | None = "server") -> bytes:
    return msgspec.json.encode(
        {
            "schema": "lostwrite.keys/v1",
            "store": arn,
            "listed_at": "2025-03-20T12:00:00Z",
            "etag": "E1",
            "item_count": 1,
            "items": [{"key": "k", "value": arn}],
            "clock": clock,
        }
    )


def never(_: str) -> bool:
    return False


def test_each_store_is_a_listing_of_the_order_in_which_they_were_named() -> None:
    live = list_stores(listing, [TWO, ONE, TWO], never)
    assert [source.name for source in live.sources] == [TWO, ONE]
    assert live.failures == ()
    listed = read_listings([], live=live)
    wanted = {
        "source": TWO,
        "store": TWO,
        "store_by": "file",
        "at_by": "file",
        "etag": "E1",
        "live": "server",
    }
    assert listed.table.select(*wanted).row(0, named=True) == wanted
    assert listed.keys["value"].to_list() == [TWO, ONE]


def test_a_listing_of_another_program_is_by_the_clock_of_this_computer() -> None:
    live = list_stores(lambda arn: listing(arn, None), [ONE], never)
    assert read_listings([], live=live).table["live"].to_list() == ["local"]


def test_a_file_is_not_live(tmp_path: Path) -> None:
    path = tmp_path / "k.json"
    path.write_bytes(listing(ONE))
    assert read_listings([path]).table["live"].to_list() == [None]


def test_stores_are_listed_at_the_same_time() -> None:
    together = threading.Barrier(AT_ONCE)

    def lister(arn: str) -> bytes:
        together.wait(10)  # raises where fewer come
        return listing(arn)

    stores = [f"{ACCOUNT}s{number}" for number in range(AT_ONCE)]
    assert len(list_stores(lister, stores, never).sources) == AT_ONCE


def test_a_store_that_cannot_be_listed_does_not_keep_the_others_from_it() -> None:
    def lister(arn: str) -> bytes:
        if arn == TWO:
            raise InputError(arn, "cannot be listed: AccessDeniedException: no")
        return listing(arn)

    live = list_stores(lister, [ONE, TWO, THREE], never)
    assert [source.name for source in live.sources] == [ONE, THREE]
    assert live.failures == ((TWO, "cannot be listed: AccessDeniedException: no"),)
    inputs = read_listings([], live=live).inputs.select("source", "kind").rows()
    assert inputs == [(TWO, "unusable"), (ONE, "key-listing"), (THREE, "key-listing")]


def test_a_library_that_is_not_installed_is_one_failure_for_all_stores() -> None:
    def lister(_: str) -> bytes:
        raise ExtraError("it is not installed")

    assert list_stores(lister, [ONE, TWO], never).failures == ((OPTION, "it is not installed"),)


def test_wrong_usage_is_raised() -> None:
    def lister(_: str) -> bytes:
        raise UsageError("no URL")

    with pytest.raises(UsageError, match="no URL"):
        list_stores(lister, [ONE], never)


def test_what_a_log_calls_a_store_and_is_none_is_not_asked_for() -> None:
    asked: list[str] = []

    def lister(arn: str) -> bytes:
        asked.append(arn)
        return listing(arn)

    live = list_stores(lister, ["arn:aws:s3:::x", ONE, f"{ONE}/../y"], never)
    assert asked == [ONE]
    assert [store for store, _ in live.failures] == ["arn:aws:s3:::x", f"{ONE}/../y"]


def test_no_more_stores_are_listed_than_a_stack_has() -> None:
    stores = [f"{ACCOUNT}s{number}" for number in range(MOST + 1)]
    live = list_stores(listing, stores, never)
    assert len(live.sources) == MOST
    assert live.failures == (
        (OPTION, f"the logs name {MOST + 1} stores, and no more than {MOST} are listed"),
    )


def gone(arn: str) -> bytes:
    raise GoneError(arn, "cannot be listed: ResourceNotFoundException: no")


def test_a_store_that_is_not_there_is_a_failure() -> None:
    live = list_stores(gone, [ONE], never)
    assert (live.sources, live.failures) == (
        (),
        ((ONE, "cannot be listed: ResourceNotFoundException: no"),),
    )


def test_a_store_that_the_deploy_deleted_is_empty() -> None:
    live = list_stores(gone, [ONE, TWO], lambda arn: arn == TWO)
    assert (live.gone, [store for store, _ in live.failures]) == ((TWO,), [ONE])
    listed = read_listings([], live=live)
    assert listed.table.select("store", "items", "etag", "problem").rows() == [(TWO, 0, None, None)]
    (problems,) = listed.inputs.filter(source=TWO)["problems"].to_list()
    assert problems == ["there is no such store any more, as the deploy deleted it: it is taken for empty"]
