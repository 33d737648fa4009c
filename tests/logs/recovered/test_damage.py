"""Damage is repaired where that is unmistakable, said, and nothing else is changed."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.grammar.files import read_grammar, samples
from analyzer.logs.recovered import letters, spacing
from analyzer.logs.recovered.damage import repairs_of
from analyzer.logs.recovered.text import Text
from tests.effort import combinations, examples, some
from tests.logs.recovered.damages import CUT, OF_BLANKS, OF_SIGNS, WHOLE, linked
from tests.logs.recovered.logs import LOGS, SST_LOGS, problems, said, scanned, steps
from tests.logs.recovered.wrappers import WRAPPERS
from tests.logs.terminal import DEPLOY

ROOT = Path(__file__).resolve().parents[3]
GRAMMARS = sorted(path.stem for path in (ROOT / "grammars").glob("*.lark"))


@pytest.mark.parametrize(
    ("damage", "log"), combinations(WHOLE, ["sst failed", "pulumi failed", "tree failed"], each=1)
)
def test_damage_that_loses_nothing_is_undone(damage: str, log: str) -> None:
    assert said(WHOLE[damage](LOGS[log])) == said(LOGS[log])


@pytest.mark.parametrize(("damage", "log"), combinations(OF_SIGNS, SST_LOGS, each=1))
def test_signs_that_became_others_are_known(damage: str, log: str) -> None:
    assert said(OF_SIGNS[damage](LOGS[log])) == said(LOGS[log])


@pytest.mark.parametrize(("log", "damage"), combinations(LOGS, list(OF_BLANKS), each=2))
def test_forms_get_their_blanks_back(damage: str, log: str) -> None:
    assert steps(OF_BLANKS[damage](LOGS[log])) == steps(LOGS[log])


@pytest.mark.parametrize("damage", OF_BLANKS)
def test_the_errors_of_a_log_without_its_blanks_are_told(damage: str) -> None:
    codes = {row[-1] for row in said(OF_BLANKS[damage](LOGS["pulumi failed"]))}
    assert "ConflictException" in codes


@pytest.mark.parametrize(("damage", "log"), combinations(CUT, ["sst failed", "pulumi failed"], each=1))
def test_lines_that_were_cut_are_joined(damage: str, log: str) -> None:
    assert said(CUT[damage](LOGS[log])) == said(LOGS[log])


@pytest.mark.parametrize("damage", OF_SIGNS)
def test_signs_are_known_however_many_lines_have_none(damage: str) -> None:
    rows = "".join(f"|  Created     Asset{n} aws:s3:BucketV2 (1.0s)\n" for n in range(60))
    log = LOGS["sst failed"].replace("|  Error", rows + "|  Error", 1)
    assert said(OF_SIGNS[damage](log)) == said(log)


def test_numbers_that_became_links_are_numbers() -> None:
    assert said(linked(LOGS["sst failed"])) == said(LOGS["sst failed"])


def test_what_was_repaired_is_said() -> None:
    assert problems(WHOLE["no-break blanks"](LOGS["sst"])) == ["repaired: blanks that do not break"]
    assert problems(OF_SIGNS["cp437"](LOGS["sst"])) == ["repaired: UTF-8 that was read as cp437"]
    assert problems(LOGS["sst"]) == []


def test_a_wrapped_log_may_be_damaged_too() -> None:
    damaged = WHOLE["escape lost"](LOGS["sst failed"])
    assert said(WRAPPERS["docker"](damaged.splitlines())) == said(LOGS["sst failed"])


@pytest.mark.parametrize("damage", [*WHOLE, *OF_BLANKS])
def test_an_event_stands_on_its_line_of_the_file(damage: str) -> None:
    table, _ = scanned((WHOLE | OF_BLANKS)[damage](LOGS["pulumi failed"]).encode())
    lines = LOGS["pulumi failed"].split("\n")
    failed = [n for n, line in enumerate(lines, 1) if "**creating failed**" in line]
    assert (
        table.filter((pl.col("kind") == "failed") & (pl.col("name") != "bakery-live"))["line"].to_list()
        == failed
    )


def test_an_event_of_a_joined_line_stands_where_that_begins() -> None:
    cut = CUT["wrapped at 72"](LOGS["pulumi failed"])
    line = next(n for n, line in enumerate(cut.split("\n"), 1) if "**creating" in line)
    table, _ = scanned(cut.encode())
    assert line in table.filter(pl.col("kind") == "failed")["line"].to_list()


def _unchanged() -> dict[str, str]:
    grammars = {name: "\n".join(line for _, line in samples(read_grammar(name))) for name in GRAMMARS}
    files = sorted((ROOT / "analyzer").rglob("*.py"))[::7]
    code = {path.name: path.read_text() for path in some(files, of=3)}
    docs = {path.name: path.read_text() for path in sorted((ROOT / "docs").glob("*.md"))}
    return LOGS | {"deploy": DEPLOY} | grammars | code | docs


UNCHANGED = _unchanged()


@pytest.mark.parametrize("name", UNCHANGED)
def test_a_text_that_is_whole_gets_no_repair(name: str) -> None:
    assert [step.name for step in repairs_of(pl.Series(UNCHANGED[name].split("\n")))] == []


WORDS = st.sampled_from(
    ["[31m", "x  Failed", "a -> b", "&gt;", "\xa0", "\t", "\xc3\xa9", "+ aws:s3:Bucket b", "[5](https://a.b/c)",
     "| Created", "pulumi:pulumi:Stack", "error: x", "? ", "Resources:", "1 errored"]
)  # fmt: skip


@settings(max_examples=examples(20), deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 40), st.lists(WORDS, min_size=1, max_size=4)), max_size=12),
    st.sampled_from(sorted(LOGS)),
)
def test_no_line_of_a_whole_log_changes_whatever_stands_between(
    noise: list[tuple[int, list[str]]], log: str
) -> None:
    own = [line for line in LOGS[log].split("\n") if line]
    lines = list(own)
    for place, words in noise:
        lines.insert(min(place, len(lines)), "printed: " + " ".join(words))
    series = pl.Series(lines)
    for step in repairs_of(series):
        series = step.apply(_text(series)).lines
    assert [line for line in series if not line.startswith("printed: ")] == own


def _text(lines: pl.Series) -> Text:
    return Text(lines, pl.int_range(1, len(lines) + 1, dtype=pl.Int64, eager=True))


def test_rows_of_another_program_without_blanks_are_no_rows_of_a_whole_log() -> None:
    foreign = "+ pulumi:pulumi:Stack other creating (0s)\n+ aws:s3:Bucket b **creating failed** 1 error\n"
    assert steps(LOGS["pulumi"] + foreign) == steps(LOGS["pulumi"])


@pytest.mark.parametrize("line", ["a [0] b", "ready![1]", "[12:00m", "[99m", "[31mx]"])
def test_brackets_that_are_no_colours(line: str) -> None:
    kept = {"[31mx]": "x]"}
    assert letters.escapes(pl.Series([line]))[0] == kept.get(line, line)


def test_repairs_leave_the_lines_that_they_were_given() -> None:
    lines = pl.Series(["|  Created     a&gt;b\t\xc3\xa9"])
    before = lines.to_list()
    for repair in (letters.entities, letters.MOJIBAKE["cp1252"], lambda some: spacing.expanded(8, some)):
        assert repair(lines)[0] != before[0]
    assert lines.to_list() == before
