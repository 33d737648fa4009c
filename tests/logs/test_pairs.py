"""Renderings of one run give what its event stream gives, by the rules of the display that printed them."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import polars as pl
import pytest

from analyzer.logs import pulumi_text
from analyzer.sources.account import Account
from analyzer.sources.source import Source
from tests.logs import display

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data" / "pulumi-display"
PAIRS = sorted(SHARED.glob("*/events.json"))
MODELS = {
    "non-interactive": display.rows,
    "interactive-plain": display.tree,
    "interactive-raw": display.tree,
    "diff": display.diff,
    "urns": display.diff,
}

pytestmark = pytest.mark.skipif(not PAIRS, reason="shared data is absent")


def events_of(path: Path) -> list[display.Event]:
    return [json.loads(line) for line in path.read_text().splitlines() if line.strip()]


def read(path: Path) -> pl.DataFrame:
    account = Account(path.name)
    frames = list(pulumi_text.read(Source(path.name, path), account))
    assert account.unrecognised == 0, path
    return pl.concat(frames)


def said(table: pl.DataFrame) -> display.Said:
    """The last that a reader says of each step."""
    steps = table.filter(pl.col("kind").is_in(["started", "done", "failed"]))
    return display.last_said(
        [
            ((display.display_name(type_), name, op), outcome)
            for type_, name, op, outcome in steps.select("type", "name", "op", "outcome").iter_rows()
        ]
    )


@pytest.mark.parametrize("rendering", MODELS)
def test_a_rendering_says_what_the_event_stream_says(rendering: str) -> None:
    agree, differ = 0, {}
    for path in PAIRS:
        text = path.with_name(f"{rendering}.txt")
        if not text.exists():
            continue
        expected = MODELS[rendering](events_of(path))
        found = said(read(text))
        if rendering in ("diff", "urns"):
            found = dict.fromkeys(found, "started")
            expected = {
                (display.display_name(type_), name, op): s for (type_, name, op), s in expected.items()
            }
        if found == expected:
            agree += 1
        else:
            differ[path.parent.name] = (expected, found)
    print(f"{agree} of {agree + len(differ)} {rendering}")  # noqa: T201 (the count is the test's report)
    assert not differ
