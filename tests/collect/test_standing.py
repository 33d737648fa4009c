"""A listing of now is held against the logs of a bundle only where no other deploy may have changed the store since."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from analyzer.collect.interface import Means
from analyzer.collect.request import Updates
from analyzer.collect.standing import NOT_NEWEST, OF_ANOTHER_RUN, why_not
from tests.collect.fake_trail import FakeCloud
from tests.collect.test_home import BEGIN, Bucket, id_of

if TYPE_CHECKING:
    from pathlib import Path

NEWER = NOT_NEWEST.format("shop/prod")


def why(bucket: Bucket, own: int = 0) -> str | None:
    cloud: Any = FakeCloud()
    means = Means(cloud, bucket.connection, None, bucket.keep, lambda *_: None, BEGIN)
    return why_not(bucket.keep.asked_logs(), own, None, "state", means)


@pytest.fixture
def bucket(tmp_path: Path) -> Bucket:
    """Five deploys, of which the newest is number 4."""
    made = Bucket(tmp_path / "bundle")
    for number in range(5):
        made.ran(number)
    return made


@pytest.mark.parametrize(
    ("chosen", "expected"), [(Updates(last=1), None), (Updates(last=3), None), (Updates(id_of(2), 1), NEWER)]
)
def test_the_newest_ones_are_of_now(bucket: Bucket, chosen: Updates, expected: str | None) -> None:
    bucket.gathered(chosen)
    assert why(bucket) == expected


def test_a_newer_update_that_writes_no_keys_does_not_count(bucket: Bucket) -> None:
    bucket.ran(5, "refresh")
    bucket.gathered(Updates(id_of(4), 1))
    assert why(bucket) is None


@pytest.mark.parametrize("number", [3, 5], ids=["between them", "the newest"])
def test_a_deploy_without_an_event_log_may_have_changed_it(bucket: Bucket, number: int) -> None:
    bucket.ran(5)
    del bucket.objects[f"eventlog/shop/prod/{id_of(number)}.json"]
    bucket.gathered(Updates(last=4))
    assert why(bucket) == NEWER


def test_the_logs_of_an_earlier_run_count_too(bucket: Bucket) -> None:
    """Number 4 of an earlier run; 5 and 6 came, and only 6 is asked for."""
    bucket.gathered(Updates(last=1))
    bucket.ran(5)
    bucket.ran(6)
    bucket.gathered(Updates(last=1))
    assert why(bucket) == NEWER
    bucket.gathered(Updates(last=2))
    assert why(bucket) is None


def test_a_log_that_was_given_to_an_earlier_run_is_of_another_time(bucket: Bucket) -> None:
    bucket.keep.put("log", "file:pulumi.log", b"text")
    bucket.gathered(Updates(last=1))
    assert why(bucket) == OF_ANOTHER_RUN
    assert why(bucket, own=1) is None


def test_updates_that_are_not_listed_may_be_newer(bucket: Bucket) -> None:
    bucket.gathered(Updates(last=1))
    for key in [key for key in bucket.objects if key.startswith("update/")]:
        del bucket.objects[key]
    assert why(bucket) == NEWER
