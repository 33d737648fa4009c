"""Which updates are taken along as context: those after the deploys that were asked for, and never one of these."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from analyzer.collect.context import After, gather_context
from analyzer.collect.deploys import Deploys, Ran
from analyzer.collect.gather import _last_of
from analyzer.collect.home import Updated, time_part
from analyzer.collect.interface import Means
from analyzer.collect.request import Home, Request
from tests.collect.fake_trail import FakeCloud
from tests.collect.test_home import BEGIN, SHOP, Bucket, began, id_of

if TYPE_CHECKING:
    from pathlib import Path

NOON = datetime(2026, 5, 6, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
NEWEST = time_part(NOON) + "0123456789ab"
"""The update that the home gave."""


def deploys(**stages: Ran) -> Deploys:
    return Deploys(
        1, 1, (), (), (), (), True, lambda _: False, {f"shop/{name}": ran for name, ran in stages.items()}, ()
    )


def last_of(updated: Updated, **stages: Ran) -> dict[str, After]:
    return _last_of(deploys(**stages), Request(home=Home.of("shop/prod")), updated)


def test_a_text_beside_the_updates_may_be_older_than_they_are() -> None:
    found = last_of(Updated(ids=[NEWEST]), prod=Ran(NOON, None, ("1a2b3c4d",)))
    assert found == {"shop/prod": After(NEWEST, ("1a2b3c4d",))}


@pytest.mark.parametrize(
    ("end", "update"), [(NOON + MINUTE, NEWEST), (NOON - MINUTE, time_part(NOON - MINUTE))]
)
def test_of_event_logs_the_oldest_end_counts(end: datetime, update: str) -> None:
    assert last_of(Updated(ids=[NEWEST]), prod=Ran(end, end, ())) == {"shop/prod": After(update)}


def test_each_stage_has_its_own_last_deploy() -> None:
    found = last_of(Updated(ids=[NEWEST]), dev=Ran(NOON, NOON + MINUTE, ()))
    assert found == {"shop/dev": After(time_part(NOON + MINUTE)), "shop/prod": After(NEWEST)}


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (After(id_of(3)), {4, 5}),
        (After("", (id_of(3)[-8:],)), {4, 5}),
        (After(id_of(4), (id_of(2)[-8:],)), {3, 4, 5}),
        (After(id_of(2), (id_of(4)[-8:],)), {3, 5}),
        (After("", (id_of(2)[-8:], id_of(4)[-8:])), {3, 5}),
        (After("", (None,)), "names no update"),
        (After("", (id_of(4)[-8:], None)), "names no update"),
        (After("", ("0" * 8,)), "not among the newest"),
        (After("", (id_of(7)[-8:],)), "not among the newest"),
    ],
)
def test_the_own_update_of_a_text_log_is_no_context(
    tmp_path: Path, after: After, expected: set[int] | str
) -> None:
    """A stage that is deployed every hour, up to the end of the trail at five. The clock of a text log says nothing.

    What is between two logs that were asked for may be taken along too; without the ids of all texts nothing is.
    """
    bucket = Bucket(tmp_path)
    for number in range(1, 8):
        bucket.ran(number)
    cloud: Any = FakeCloud()
    means = Means(cloud, bucket.connection, None, bucket.keep, lambda *_: None, BEGIN)
    gather_context("state", SHOP, after, began(5) + MINUTE, means)
    items = bucket.keep.paths("log")
    taken = {number for number in range(1, 8) if any(id_of(number) in str(path) for path in items)}
    if isinstance(expected, str):
        assert taken == set()
        assert [line for line in bucket.said if expected in line]
    else:
        assert taken == expected
        assert not bucket.said
