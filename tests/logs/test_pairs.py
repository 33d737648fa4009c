"""Renderings of one run give what its event stream gives, by the rules of the display that printed them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import polars as pl
import pytest

from analyzer.logs.kinds import pulumi_text
from analyzer.sources.input_stats import InputStats
from analyzer.sources.source import Source
from tests.effort import SEARCHING
from tests.logs import display
from tests.logs.final_steps import final_steps

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data" / "pulumi-display"
PAIRS = sorted(SHARED.glob("*/events.json"))
MODELS = {
    "non-interactive": display.rows,
    "interactive-plain": display.tree,
    "interactive-raw": display.tree,
    "diff": display.diff,
    "urns": display.diff,
}
_STEP = ("type", "name", "op", "outcome")

pytestmark = pytest.mark.skipif(not PAIRS, reason="shared data is absent")


def events_of(path: Path) -> list[display.Event]:
    return [json.loads(line) for line in path.read_text().splitlines() if line.strip()]


def read(path: Path) -> pl.DataFrame:
    stats = InputStats(path.name)
    frames = list(pulumi_text.read(Source(path.name, path), stats))
    assert stats.unrecognised == 0, path
    return pl.concat(frames)


def said(table: pl.DataFrame) -> display.Said:
    """The last that a reader says of each step."""
    steps = final_steps(table)
    return {(type_, name, op): outcome for type_, name, op, outcome in steps.select(_STEP).iter_rows()}


def plainly(said: display.Said) -> display.Said:
    return {(display.display_name(type_), name, op): outcome for (type_, name, op), outcome in said.items()}


def paths_of(rendering: str) -> list[Path]:
    """The runs that have it. Where the tests do not search: every second one, and of another rendering the others."""
    paths = [path for path in PAIRS if path.with_name(f"{rendering}.txt").exists()]
    return paths if SEARCHING else paths[list(MODELS).index(rendering) % 2 :: 2]


@pytest.mark.parametrize("rendering", MODELS)
def test_a_rendering_says_what_the_event_stream_says(rendering: str) -> None:
    differ = {}
    paths = paths_of(rendering)
    for path in paths:
        expected = plainly(MODELS[rendering](events_of(path)))
        found = said(read(path.with_name(f"{rendering}.txt")))
        if rendering in ("diff", "urns"):  # how the steps ended is below
            found = dict.fromkeys(found, "started")
        if found != expected:
            differ[path.parent.name] = (expected, found)
    print(f"{len(paths) - len(differ)} of {len(paths)} {rendering}")  # noqa: T201 (the count is the test's report)
    assert not differ


_SEQUENCES = {
    b"<%hide-cursor%>": b"\x1b[?25l",
    b"<%show-cursor%>": b"\x1b[?25h",
    b"<%clear-to-end%>": b"\x1b[K",
    b"\n": b"\r\n",
}


@pytest.mark.parametrize("size", [100, 4 << 20])
def test_a_capture_with_the_sequences_of_a_terminal(size: int) -> None:
    for path in SHARED.glob("*/interactive-raw.txt"):
        capture = re.sub(rb"<%cursor-up:(\d+)%>", b"\x1b[\\1A", path.read_bytes())
        for tag, sequence in _SEQUENCES.items():
            capture = capture.replace(tag, sequence)
        stats = InputStats("x")
        table = pl.concat(pulumi_text.read(Source("x", None, capture), stats, batch_bytes=size))
        assert stats.unrecognised == 0
        assert said(table) == plainly(display.tree(events_of(path.with_name("events.json")))), path


@pytest.mark.parametrize("rendering", ["diff", "urns"])
def test_what_a_diff_says_of_an_end_is_so(rendering: str) -> None:
    proven = steps = 0
    for path in paths_of(rendering):
        true = plainly(display.truth(events_of(path)))
        found = said(read(path.with_name(f"{rendering}.txt")))
        ended = {step: outcome for step, outcome in found.items() if outcome != "started"}
        assert {step: true.get(step) for step in ended} == ended, path
        proven, steps = proven + len(ended), steps + len(found)
    print(f"the end of {proven} of {steps} steps is proven by {rendering}")  # noqa: T201
    assert proven > steps * 0.9
