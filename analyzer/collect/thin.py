"""A stand-in until trails are merged: copies every file of the days of the deploys."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from analyzer.collect.copies import copied, keys_after
from analyzer.collect.interface import RefusedError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from typing import Any

    from analyzer.collect.interface import Means


def find_trails(means: Means) -> Sequence[Mapping[str, Any]]:
    """The trails, as DescribeTrails says them."""
    try:
        return means.cloud.describe_trails()
    except RefusedError as error:
        means.keep.refuse(error.source, error.reason)
        return []


def fetch_trail(
    trails: Sequence[Mapping[str, Any]],
    stores: Sequence[str],
    spans: Sequence[tuple[datetime, datetime]],
    means: Means,
) -> int:
    """How many files of the days of the deploys were copied."""
    count = 0
    days = {
        f"{start + timedelta(days=ahead):%Y/%m/%d}"
        for start, end in spans
        for ahead in range((end - start).days + 2)
    }
    for trail in trails:
        for account in {store.split(":")[4] for store in stores}:
            for day in sorted(days):
                prefix = f"AWSLogs/{account}/CloudTrail/us-east-1/{day}/"
                try:
                    found = [
                        ("trail", each)
                        for each in keys_after(means.connection, trail["S3BucketName"], prefix)
                    ]
                    for _, path in copied(means.connection, trail["S3BucketName"], found, means.keep):
                        count += path is not None
                except RefusedError as error:
                    means.keep.refuse(error.source, error.reason)
    return count
