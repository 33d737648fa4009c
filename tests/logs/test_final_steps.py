"""One row per step, in one form for texts and event streams."""

from __future__ import annotations

import polars as pl
import pytest

from analyzer.logs.kinds import pulumi_text
from analyzer.sources.input_stats import InputStats
from analyzer.sources.source import Source
from analyzer.tables import EVENTS, empty, from_columns
from tests.logs import display
from tests.logs.final_steps import STEPS, display_name, final_steps

TYPES = (
    "aws:s3/bucket:Bucket",
    "aws:s3/bucketV2:BucketV2",
    "aws:s3/other:Bucket",
    "kubernetes:apps/v1:Deployment",
    "aws:a/b/bucket:Bucket",
    "pulumi:providers:aws",
    "pulumi:pulumi:Stack",
    "eks:index:Cluster",
    "prog",
    "",
    "a:b/:",
)


@pytest.mark.parametrize("token", TYPES)
def test_types_as_rows_print_them(token: str) -> None:
    assert pl.select(display_name(pl.lit(token))).item() == display.display_name(token)


def test_the_last_end_counts() -> None:
    said = [
        ("started", "a", "create", "started"),
        ("started", "b", "create", "started"),
        ("done", "a", "create", "done"),
        ("started", "a", "create", "started"),  # the row again, for a late message
        ("failed", "c", "update", "interrupted"),
        ("console", "d", "create", "started"),
        ("summary", "e", None, "done"),
    ]
    kinds, names, ops, outcomes = zip(*said, strict=True)
    columns = {
        "kind": kinds,
        "name": names,
        "op": ops,
        "outcome": outcomes,
        "type": ["aws:s3/bucket:Bucket"] * 7,
    }
    steps = final_steps(from_columns(columns | {"line": list(range(1, 8))}, EVENTS))
    assert steps.schema == STEPS
    assert steps.select("type", "name", "op", "outcome", "line").rows() == [
        ("aws:s3:Bucket", "a", "create", "done", 3),
        ("aws:s3:Bucket", "b", "create", "started", 2),
        ("aws:s3:Bucket", "c", "update", "interrupted", 5),
    ]


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        (["started", "done", "failed"], "done"),  # a second registration of its URN, say
        (["started", "done", "started", "failed"], "failed"),
        (["started", "failed"], "failed"),
    ],
)
def test_an_error_that_is_said_after_the_end_takes_nothing_back(outcomes: list[str], expected: str) -> None:
    columns = {
        "kind": outcomes,
        "outcome": outcomes,
        "name": ["a"] * len(outcomes),
        "type": ["a:b:C"] * len(outcomes),
    }
    steps = final_steps(from_columns(columns | {"op": ["create"] * len(outcomes)}, EVENTS))
    assert steps["outcome"].to_list() == [expected]


ROW = "    pkg:m:T a  warning: deprecated\n"
TOTALS = "Resources:\n    1 unchanged\n"


@pytest.mark.parametrize(
    ("log", "expected"),
    [
        (ROW + TOTALS, [("same", "done")]),  # else its row would stand once more at the end
        (ROW, [("same", "started")]),
        (" ~  pkg:m:T a refreshing\n" + ROW + TOTALS, [("refresh", "started"), ("same", "done")]),
        (ROW + " +  pkg:m:T a created\n" + TOTALS, [("same", "started"), ("create", "done")]),
        (ROW + "    pkg:m:T a **failed** 1 error\n" + TOTALS, [("same", "failed")]),
        (
            "  pkg:m:T: (same)\n    [urn=urn:pulumi:d::s::pkg:m:T::a]\n"
            "  pkg:m:T: (same)\n    [urn=urn:pulumi:d::s::pkg:m:T::b]\n" + TOTALS,
            [("same", "started"), ("same", "started")],
        ),
    ],
)
def test_what_stays_as_it_is_and_warns_is_over_at_the_end(log: str, expected: list[tuple[str, str]]) -> None:
    table = pl.concat(list(pulumi_text.read(Source("x", None, log.encode()), InputStats("x"))))
    assert final_steps(table).select("op", "outcome").rows() == expected


def test_runs_are_apart() -> None:
    columns = {"kind": ["done"] * 2, "name": ["a"] * 2, "op": ["create"] * 2, "outcome": ["done"] * 2}
    assert final_steps(from_columns(columns | {"run": [1, 2], "type": ["t"] * 2}, EVENTS)).height == 2


def test_nothing() -> None:
    assert final_steps(empty(EVENTS)).schema == STEPS
