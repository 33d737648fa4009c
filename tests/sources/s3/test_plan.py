"""The plan of a listing: every object is read, or has the reason why not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.sources.s3.address import address
from analyzer.sources.s3.plan import AFTER, BEFORE, EARLIER, LATER, OTHER_REGION, Scope, plan
from analyzer.sources.s3.tables import LISTED
from tests.effort import examples

ROOT = "nested/prefix/AWSLogs/111122223333/CloudTrail"
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
moments = st.integers(-500, 500).map(lambda hours: BEGIN + timedelta(hours=9 * hours))


def listing(keys: list[str]) -> pl.DataFrame:
    columns = {"bucket": "bkt", "key": keys, "size": 5, "etag": '"e"', "modified": BEGIN}
    return pl.DataFrame(columns, schema=LISTED) if keys else LISTED.to_frame()


def test_what_a_prefix_hid_from_the_listing_is_left_out_by_the_same_rules() -> None:
    keys = [
        f"{ROOT}/us-east-1/2025/12/30/x.gz",
        f"{ROOT}/us-east-1/2025/12/31/x.gz",
        f"{ROOT}/us-east-1/2026/03/01/x.gz",
        f"{ROOT}/eu-west-1/2026/01/01/x.gz",
        "nested/pulumi.log",
    ]
    scope = Scope.of(address("s3://bkt/nested"), [(BEGIN, BEGIN)])
    planned = plan(listing(keys), scope)
    assert planned["why"].to_list() == [EARLIER, None, LATER, OTHER_REGION, None]
    assert planned["read"].to_list() == [False, True, False, False, True]


def test_between_two_deploys_no_day_is_left_out() -> None:
    """A call in between may take away what the first one wrote, or put it right: the reach would claim to know it."""
    year = timedelta(days=365)
    scope = Scope.of(address("s3://bkt"), [(BEGIN + year, BEGIN + year), (BEGIN, BEGIN)])
    keys = [f"{ROOT}/us-east-1/{BEGIN + timedelta(days=day):%Y/%m/%d}/x.gz" for day in range(-1, 365 + 32)]
    assert plan(listing(keys), scope)["read"].all()


@given(st.lists(st.tuples(moments, st.integers(0, 40)), min_size=1, max_size=4), st.integers(0, 30 * 24))
@settings(max_examples=examples(40))
def test_no_delivery_of_a_call_of_the_deploys_is_ever_left_out(
    runs: list[tuple[datetime, int]], late: int
) -> None:
    """Its delivery is at most 30 days later (docs/facts/cloudtrail.md#13-order-duplicates-delay)."""
    spans = [(start, start + timedelta(hours=hours)) for start, hours in runs]
    scope = Scope.of(address("s3://bkt"), spans)
    for start, end in spans:
        delivered = [
            start,
            end,
            end + timedelta(hours=late),
            start - BEFORE / 2,
            end + AFTER - timedelta(days=1),
        ]
        keys = [f"{ROOT}/us-east-1/{at:%Y/%m/%d}/{number}.gz" for number, at in enumerate(delivered)]
        assert plan(listing(keys), scope)["read"].all()
