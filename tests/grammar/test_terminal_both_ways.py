"""The compiled patterns and Lark give one answer on the languages of a terminal's log, as on Pulumi's."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.grammar.files import samples
from analyzer.grammar.line import load
from analyzer.logs.text.clean import clean, split
from tests.effort import examples
from tests.grammar.agree import SHARED, assert_agree

NAMES = ("sst", "slog", "ci", "runner")
SAMPLES = {name: [line.rstrip(" ") for _, line in samples(load(name).text)] for name in NAMES}
EVERY = [line for lines in SAMPLES.values() for line in lines]
CORPUS = sorted(SHARED.glob("sst-logs/*.txt"))
PARTS = (
    *("|  ", "   ", "  ", " ", "\t", "→", " → ", "~  ", "✓  ", "✕  ", "➜  ", "⠋  ", "+  ", "* ", "---"),
    *(
        "Created     ",
        "Error       ",
        "Creating    ",
        "Deploy",
        "Failed",
        "Complete",
        "No changes",
        " ready!",
    ),
    *("Site ", "sst:aws:Astro", "SiteKvKeys ", "sst:aws:KvKeys", "example:com/foo:sst:aws:KvKeys", " (1.2s)"),
    *(
        "aws:s3:BucketV2",
        "a:b",
        ":",
        ": ",
        "=",
        " = ",
        '"',
        "\\",
        "time=2025-03-28T02:12:00.794Z ",
        "level=INFO",
    ),
    *(
        " msg=",
        'msg="a b"',
        " app=x",
        "2025-03-20T12:00:00.1234567Z ",
        "00O",
        "+",
        "[0] ",
        "web:deploy: ",
        "…",
    ),
    *(
        "operation error ",
        "S3: PutObject, ",
        "CONTEXT(",
        "): ",
        "resolveURN(resource:",
        "[",
        "]",
        "##[error]",
        "> ",
    ),
)


def mutations(line: str) -> st.SearchStrategy[str]:
    places = st.integers(0, len(line))
    cut = st.builds(lambda a, b: line[: min(a, b)] + line[max(a, b) :], places, places)
    insert = st.builds(lambda a, part: line[:a] + part + line[a:], places, st.sampled_from(PARTS))
    return cut | insert


LINES = st.one_of(
    st.lists(st.sampled_from(PARTS), max_size=8).map("".join),
    st.sampled_from(EVERY).flatmap(mutations),
    st.sampled_from(EVERY).flatmap(mutations).flatmap(mutations),
    st.text(st.characters(exclude_characters="\n", codec="utf-8"), max_size=40),
)


@pytest.mark.parametrize("name", NAMES)
def test_lines_of_the_other_languages(name: str) -> None:
    assert_agree(name, EVERY)


@pytest.mark.skipif(not CORPUS, reason="shared data is absent")
@pytest.mark.parametrize("name", NAMES)
def test_real_logs(name: str) -> None:
    lines = []
    for path in CORPUS:
        content = path.read_bytes()
        lines += clean(split(content)[0], content).to_list()
    assert len(lines) > 100
    assert_agree(name, lines)


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=examples(10), deadline=None)
@given(lines=st.lists(LINES, min_size=20, max_size=40))
def test_generated_lines(name: str, lines: list[str]) -> None:
    # Polars costs by the call, so each example is many lines.
    assert_agree(name, lines)


def test_an_arrow_follows_a_root_alone() -> None:
    line = (
        "|  Error       Site sst:aws:Astro → aws:cloudfront:CachePolicy CloudFront: DeleteCachePolicy, in use"
    )
    assert_agree("sst", [line])


def test_blanks_alone_are_no_text() -> None:
    lines = ["⠋  ", "|  Info   ", "|  Error    ", "|  Log          ", "|  Warning   ", "|  Build Error  "]
    assert_agree("sst", lines)


def test_the_verb_has_the_blanks_before_an_arrow_without_a_root() -> None:
    lines = ["|  Created   → 0 0", "⠋  Creating   → a b:c", "|  Error       → a b:c:D", "|  Updated     → a"]
    assert_agree("sst", lines)
