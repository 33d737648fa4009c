"""What a search believes to be a prefix, and what it refuses."""

from __future__ import annotations

import polars as pl
import pytest

from analyzer.prefixes.search import Search, search
from analyzer.prefixes.strip import strip
from tests.sweep.logs import LOGS

DEPLOY = LOGS["sst failed"].splitlines()
ROW = "|  Created     Quay sst:aws:Astro → QuayKvKeys sst:aws:KvKeys"


def of(lines: list[str]) -> pl.Series:
    return pl.Series("line", lines).str.strip_chars_end(" \t\r")


def bare(lines: list[str]) -> list[str]:
    prefixes = search([of(lines)]).prefixes
    assert prefixes is not None
    return strip(of(lines), prefixes).text.to_list()


@pytest.mark.parametrize(
    "prefix",
    ["> ", "a.b[7]: ", "[x][y] ", "a\\d+ ", "(.*) | ", "$^ ", "0.0s", "🚀 ", "12:00:01 \x07", "é: ", "<a> "],
)
def test_no_character_of_a_prefix_means_anything_to_a_pattern(prefix: str) -> None:
    assert bare([prefix + line for line in DEPLOY]) == [line.rstrip() for line in DEPLOY]


def test_levels_that_fill_up_a_width() -> None:
    levels = ("INFO ", "ERROR", "WARN ")
    assert bare([f"{levels[n % 3]} {line}" for n, line in enumerate(DEPLOY)]) == DEPLOY


def test_a_level_that_no_anchor_has() -> None:
    lines = [f"INFO  {line}" for line in DEPLOY]
    assert bare([*lines, "ERROR it failed"])[-1] == "it failed"


def test_counters_that_stand_at_the_right() -> None:
    assert bare([f"{n:6}\t{line}" for n, line in enumerate(DEPLOY, start=95)]) == DEPLOY


@pytest.mark.parametrize(
    "lines",
    [
        [f'x = "{line}' for line in DEPLOY],  # quoted
        [f"then {word} {ROW}" for word in ("came", "went", "stood", "fell")],  # prose
        [f"> {ROW}", f"> {ROW}"],  # one anchor
        [f"> {ROW.replace('Quay ', f'Quay{n} ')}" for n in range(9)],  # neither header nor end
        ["> SST 3.17.10  ready!", f"> {ROW}", *["other"] * 40, "> ✓  Complete"],  # too few lines have it
    ],
)
def test_what_is_not_believed(lines: list[str]) -> None:
    assert search([of(lines)]).prefixes is None


def test_the_closing_block_alone_is_believed() -> None:
    lines = [
        "web > Resources:",
        "web >     + 3 created",
        "web >     4 changes. 1 unchanged",
        "web > Duration: 3s",
    ]
    assert bare(lines)[1] == "    + 3 created"


def test_a_bare_log_is_not_searched_further() -> None:
    found = Search()
    found.add(of(DEPLOY))
    assert found.is_bare
    assert found.found().prefixes is None


def test_a_line_without_the_prefix_goes_on() -> None:
    lines = [f"12:00:01 deploy: {line}" for line in DEPLOY]
    text = bare([*lines, "    at f (a.ts:1:2)", "12:00:02 Job ended", " " * 17 + "    deeper"])[-3:]
    assert text == ["    at f (a.ts:1:2)", "Job ended", "    deeper"]


def test_batches_do_not_matter() -> None:
    lines = of([f"[12:00:01 INF] {line}" for line in DEPLOY])
    assert search([lines]) == search([lines[:5], lines[5:9], lines[9:]])
