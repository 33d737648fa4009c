"""Anchors are forms of the grammars, found where they begin, whatever stands before them."""

from __future__ import annotations

from typing import Final

import polars as pl
import pytest

from analyzer.grammar.files import read_grammar, samples
from analyzer.prefixes.anchors import anchors, distinct_anywhere, distinct_at_start
from tests.effort import combinations

_ANCHORED: Final = {
    "timed_row": "row",
    "urn_row": "row",
    "ui_child_step": "row",
    "ui_step": "row",
    "ui_error_of": "row",
    "ui_change": "row",
    "stack_running": "support",
    "group": "support",
    "ui_app": "support",
    "ui_stage": "support",
    "count": "end",
    "duration": "end",
    "ui_failed": "end",
    "ui_interrupted": "end",
    "header": "opener",
    "ui_header": "opener",
}


def anchored() -> list[tuple[str, str]]:
    """Form and line of the samples of forms that are anchors as a rule."""
    found = samples(read_grammar("pulumi")) + samples(read_grammar("sst"))
    return [(form, line) for form, line in found if form in _ANCHORED]


# Forms of these that other programs print too, or that are of free depth.
_NONE: Final = {
    "Duration: XXs",  # a time that its test run masks
    "*  Bucket aws:s3:BucketV2",
    "|  Created     zone example",
    "|  Created     Landing sst:aws:Nextjs → LandingKvKeys sst:aws:KvKeys (1.",
    "  aws:s3:Bucket (a (strange): name):",
}


@pytest.mark.parametrize(
    ("sample", "prefix"),
    combinations(
        [(form, line) for form, line in anchored() if line not in _NONE],
        ["", "[19:54:45 INF] ", "web  | ", "   ", "0.5s"],
        each=2,
    ),
)
def test_a_form_is_found_where_it_begins(sample: tuple[str, str], prefix: str) -> None:
    form, line = sample
    found = anchors(pl.Series(["", f"{prefix}{line}"])).rows(named=True)
    assert [(row["row"], row["start"], row["kind"]) for row in found] == [(1, len(prefix), _ANCHORED[form])]
    assert found[0]["text"] == line[:200]


@pytest.mark.parametrize(
    "line",
    [
        "error: update failed",
        "Updating (a b):",
        "  + aws:s3/bucket:Bucket: (create)",
        " +  aws:s3:Bucket assets creating",
        'print("SST 3.17.10  ready!")',
        "✓  Complete.",
        "",
    ],
)
def test_what_others_print_too_is_no_anchor(line: str) -> None:
    assert anchors(pl.Series([line])).is_empty()


def test_an_anchor_behind_more_than_a_prefix_can_be_is_none() -> None:
    assert anchors(pl.Series(["x" * 401 + "SST 3.17.10  ready!"])).is_empty()


def test_counts_of_different_anchors() -> None:
    lines = pl.Series(["SST 3.17.10  ready!", "> ~  Deploy", "> ~  Deploy", "✓  Complete", "other", None])
    assert distinct_anywhere(lines) == 3
    assert distinct_at_start(lines) == 2
