"""Which objects of a state bucket are copied: those of the updates that are wanted; no other is listed or fetched."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from analyzer.bundle.writer import Writer
from analyzer.collect.home import gather_home, state_bucket
from analyzer.collect.interface import Means, RefusedError
from analyzer.collect.request import Home, Updates
from analyzer.sources.s3.answer import S3Error
from analyzer.sources.s3.words import Failure
from tests.collect.fake_trail import FakeCloud, FakeConnection

if TYPE_CHECKING:
    from pathlib import Path

    from analyzer.collect.home import Updated
    from analyzer.sources.s3.client import Page

BEGIN = datetime(2026, 3, 1, tzinfo=UTC)
SHOP = Home("shop", "prod")


def began(number: int) -> datetime:
    """When an update did: one an hour."""
    return BEGIN + timedelta(hours=number)


def id_of(number: int) -> str:
    """The complement of the milliseconds, in 12 digits, and 12 more (sst pkg/id/id.go, Descending)."""
    return f"{(1 << 48) - 1 - int(began(number).timestamp() * 1000):012x}{number:012x}"


class Bucket:
    """A state bucket, and what is gathered of it."""

    def __init__(self, folder: Path) -> None:
        self.connection = FakeConnection()
        self.objects: dict[str, bytes] = {}
        self.connection.buckets["state"] = self.objects
        self.connection.denied_bucket = "state"
        self.keep = Writer.open(folder)

    def ran(self, number: int, command: str = "deploy", kinds: str = "update eventlog snapshot") -> None:
        bodies = {
            "update": json.dumps({"id": id_of(number), "command": command}).encode(),
            "eventlog": gzip.compress(b'{"sequence":0}\n'),
            "snapshot": b"{}",
        }
        for kind in kinds.split():
            self.objects[f"{kind}/shop/prod/{id_of(number)}.json"] = bodies[kind]

    def gathered(self, updates: Updates) -> Updated:
        cloud: Any = FakeCloud()
        means = Means(cloud, self.connection, None, self.keep, lambda *_: None, BEGIN)
        return gather_home("state", SHOP, updates, means)

    @property
    def said(self) -> list[str]:
        refused = [f"{one.what}: {one.why}" for one in self.keep.refused]
        return refused + [f"{one.what}: {one.why}" for one in self.keep.open_ends]


@pytest.fixture
def bucket(tmp_path: Path) -> Bucket:
    """Ten deploys, of which the newest is number 9."""
    bucket = Bucket(tmp_path / "bundle")
    for number in range(10):
        bucket.ran(number)
    return bucket


@pytest.mark.parametrize(
    ("updates", "wanted"),
    [
        (Updates(last=1), [9]),
        (Updates(last=3), [9, 8, 7]),
        (Updates(id_of(4), 1), [4]),
        (Updates(id_of(4)[-8:], 1), [4]),
        (Updates(since=began(3), until=began(5)), [5, 4, 3]),
        (Updates(last=2, until=began(5)), [5, 4]),
        (Updates(since=began(8)), [9, 8]),
    ],
)
def test_the_updates_that_are_wanted_are_copied_whole(
    bucket: Bucket, updates: Updates, wanted: list[int]
) -> None:
    got = bucket.gathered(updates)
    assert got.ids == [id_of(number) for number in wanted]
    assert len(bucket.connection.gets) == 3 * len(wanted) == bucket.keep.files
    assert len(got.files) == 2 * len(wanted)  # event logs and updates; a snapshot says no more of a deploy
    assert bucket.said == []


def test_what_the_bundle_has_is_not_fetched_again(bucket: Bucket) -> None:
    bucket.gathered(Updates(last=2))
    bucket.connection.gets.clear()
    assert len(bucket.gathered(Updates(last=3)).files) == 6
    assert len(bucket.connection.gets) == 3


def test_a_command_that_writes_no_keys_is_passed_over(bucket: Bucket) -> None:
    bucket.ran(10, "refresh")
    got = bucket.gathered(Updates(last=1))
    assert (got.ids, got.others) == ([id_of(9)], 1)
    assert bucket.gathered(Updates(id_of(10), 1)).ids == [id_of(10)]  # but not where it is asked for


def test_an_update_without_its_log_is_said(bucket: Bucket) -> None:
    bucket.ran(10, kinds="update")
    assert bucket.gathered(Updates(last=1)).ids == [id_of(10)]
    (said,) = bucket.said
    assert said.startswith(
        f"s3://state/eventlog/shop/prod/{id_of(10)}.json: the state bucket has no event log"
    )


def test_a_log_without_its_update_is_enough(bucket: Bucket) -> None:
    bucket.ran(10, kinds="eventlog")
    assert bucket.gathered(Updates(last=1)).ids == [id_of(10)]
    assert bucket.said == []


def test_an_update_that_holds_the_lock_is_open(bucket: Bucket) -> None:
    bucket.ran(10, kinds="update")
    bucket.objects["lock/shop/prod.json"] = json.dumps({"updateID": id_of(10)}).encode()
    assert bucket.gathered(Updates(last=1)).running == id_of(10)
    assert bucket.said == [
        f"update {id_of(10)}: it holds the lock of the stage: it still runs, or it was ended from outside"
    ]


def test_an_object_that_is_denied_is_said_and_the_rest_goes_on(bucket: Bucket) -> None:
    denied = f"eventlog/shop/prod/{id_of(9)}.json"
    bucket.connection.denied = {denied}
    got = bucket.gathered(Updates(last=2))
    assert got.ids == [id_of(9), id_of(8)]
    assert len(got.files) == 3
    assert bucket.said == [f"s3://state/{denied}: access denied"]


def test_a_stage_without_updates_is_said(bucket: Bucket) -> None:
    bucket.objects.clear()
    assert bucket.gathered(Updates(last=1)).ids == []
    assert bucket.said[0].startswith("s3://state/update/shop/prod/: the state bucket has no such update")


def test_a_listing_that_was_refused_is_not_taken_for_an_empty_one(bucket: Bucket) -> None:
    connection = Unlisted("update/")
    connection.buckets, bucket.connection = bucket.connection.buckets, connection
    got = bucket.gathered(Updates(last=1))  # told by its event log alone
    assert (got.ids, got.unlisted) == ([id_of(9)], True), "a newer one, that was killed, has no event log"
    connection.refused = ""
    assert bucket.gathered(Updates(last=1)).ids == []
    assert {sentence.partition(": ")[2] for sentence in bucket.said} == {"access denied"}
    connection.refused = "eventlog/"
    assert bucket.gathered(Updates(last=1)).ids == [id_of(9)]
    assert not any("pruned" in sentence for sentence in bucket.said)


class Unlisted(FakeConnection):
    """A bucket that does not list what begins with `refused`."""

    def __init__(self, refused: str) -> None:
        super().__init__()
        self.refused = refused

    def page(self, bucket: str, prefix: str, **options: Any) -> Page:
        if prefix.startswith(self.refused):
            raise S3Error(Failure("access denied"))
        return super().page(bucket, prefix, **options)


@pytest.mark.parametrize(
    "value", ["", "[]", '{"state": 1}', '{"state": "../x"}', '{"state": "a/b"}', "[" * 100_000]
)
def test_a_parameter_that_names_no_bucket_is_refused(value: str) -> None:
    class Cloud(FakeCloud):
        def parameter(self, name: str) -> str:
            assert name == "/sst/bootstrap"
            return value

    with pytest.raises(RefusedError, match="names no bucket"):
        state_bucket(Cloud())
