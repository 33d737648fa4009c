"""What was read, in one sentence each for the logs, the trail and the listings."""

from __future__ import annotations

import pytest

from analyzer.reports.reading import reading
from analyzer.tables import INPUTS
from tests.reports.examples import READ_LOG, READ_TRAIL, table

READ_LISTING = {
    "source": "keys.json",
    "files": 1,
    "kind": "key-listing",
    "bytes": 80,
    "records": 1,
    "problems": [],
}
UNUSABLE = {"source": "x", "files": 1, "kind": "unusable", "bytes": 3}


@pytest.mark.parametrize(
    ("inputs", "wanted"),
    [
        ([], []),
        ([UNUSABLE], []),
        (
            [READ_LOG | {"lines": 1, "recognised": 1, "noise": 0}],
            ["Read 1 log, 1 line: 1 recognised, 0 noise, 0 unrecognised."],
        ),
        (
            [READ_LOG, READ_LOG, UNUSABLE, READ_TRAIL, READ_TRAIL | {"duplicates": 0, "undecodable": 3}],
            [
                "Read 2 logs, 240 lines: 236 recognised, 4 noise, 0 unrecognised.",
                "Read 2 trail files, 88 records: 2 repeated calls, 3 undecodable.",
            ],
        ),
        (
            [READ_LISTING, READ_TRAIL | {"duplicates": 1}],
            ["Read 1 trail file, 44 records: 1 repeated call, 0 undecodable.", "Read 1 listing, 1 key."],
        ),
        (
            [READ_TRAIL | {"duplicates": 1}],
            ["Read 1 trail file, 44 records: 1 repeated call, 0 undecodable."],
        ),
    ],
)
def test_reading(inputs: list[dict[str, object]], wanted: list[str]) -> None:
    assert reading(table(INPUTS, inputs)) == wanted
