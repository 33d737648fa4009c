"""The trail's selectors ask for what is logged, and for nothing else."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from tests.world.chance import seeded
from tests.world.trail import Condition, files_of


def test_they_ask_for_no_store_that_is_not_logged() -> None:
    """Else the trail would claim to hold what it does not: a selector of a kind logs every store of it."""
    condition = Condition(digests=True, logged_since=100.0, not_logged={"arn:theirs"})
    files = files_of([], condition, datetime(2026, 7, 1, tzinfo=UTC), 600.0, seeded(1))
    changes = [
        json.dumps(record["requestParameters"])
        for file in files
        for record in file.records
        if record["eventName"] == "PutEventSelectors"
    ]
    assert changes
    assert all('{"field": "resources.ARN", "notEquals": ["arn:theirs"]}' in change for change in changes)
