"""Steps of `--diff` above the first header are planned where what follows proves a preview."""

from __future__ import annotations

import polars as pl
import pytest

from analyzer.logs.kinds import pulumi_text
from analyzer.logs.read import read_logs
from analyzer.sources.source import Source
from tests.logs.enough import assert_prefiltered_enough
from tests.logs.pulumi_logs import BUCKET, read

STEP = f"    + aws:s3/bucket:Bucket: (create)\n        [urn={BUCKET}]\n"
TO_CREATE = "Resources:\n    + 1 to create\n\n"
ASKED = "Do you want to perform this update? yes\n"
CREATED = "Resources:\n    + 1 created\n\n"
DURATION = "Duration: 2s\n"
UPDATE = "Updating (prod):\n" + STEP + CREATED + DURATION


@pytest.mark.parametrize(
    ("below", "expected"),
    [
        (TO_CREATE, [True]),
        (ASKED, [True]),
        (TO_CREATE + ASKED, [True]),
        (TO_CREATE + ASKED + UPDATE, [True, False]),
        ("", [False]),
        (CREATED + DURATION, [False]),
        (CREATED + DURATION + ASKED, [False]),
        (UPDATE + "Previewing update (prod):\n" + STEP + TO_CREATE, [False, False, True]),
    ],
)
@pytest.mark.parametrize("size", [1, 4 << 20])
def test_what_follows_tells_whether_steps_are_planned(below: str, expected: list[bool], size: int) -> None:
    table = read(STEP + below, size)[0]
    assert table.filter(pl.col("kind") == "started")["planning"].to_list() == expected
    assert_prefiltered_enough(pulumi_text, (STEP + below).encode())


def test_steps_below_a_header_are_what_it_says() -> None:
    table = read("Updating (prod):\n" + STEP + ASKED)[0]
    assert table.filter(pl.col("kind") == "started")["planning"].to_list() == [False]


def test_a_preview_that_lost_its_header_is_a_deploy_of_its_own() -> None:
    log = STEP + TO_CREATE + ASKED + UPDATE
    deploys = read_logs([Source("log", None, log.encode())]).deploys
    assert deploys.select("command", "result").rows() == [("preview", "succeeded"), ("update", "succeeded")]
