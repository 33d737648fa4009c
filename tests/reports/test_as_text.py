"""The text report: never cut, never obeyed by a terminal, coloured only when asked."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.reports.registry import render
from tests.reports import examples
from tests.reports.examples import READ_LOG, report, write

if TYPE_CHECKING:
    from collections.abc import Callable

    from analyzer.reports.report import Report

EXAMPLES = [examples.dropped, examples.in_doubt, examples.hostile, examples.two_deploys]
WIDTHS = [60, 61, 77, 100, 200]


def squeezed(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("example", EXAMPLES)
def test_only_commands_are_wider_than_the_width(example: Callable[[], Report], width: int) -> None:
    made = example()
    commands = {line for remedy in made.writes["remedy"].drop_nulls() for line in remedy.splitlines()}
    lines = render(made, "text", width=width).splitlines()
    assert [line for line in lines if len(line) > width and line not in commands] == []


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_is_cut(width: int) -> None:
    made = examples.dropped()
    text = squeezed(render(made, "text", width=width))
    dropped = made.evidence.filter(made.evidence["write"] == "w2")
    for told in [
        *dropped["detail"],
        *dropped["source"],
        "7c62:routes",
        "SiteRoutesUpdate",
        "never",
        "attempted",
    ]:
        assert squeezed(told) in text


@pytest.mark.parametrize("width", WIDTHS)
def test_a_command_is_printed_as_it_is(width: int) -> None:
    made = examples.dropped()
    (remedy,) = made.writes["remedy"].drop_nulls()
    assert f"\n{remedy}\n" in render(made, "text", width=width)
    above, _, _ = render(made, "text", width=width).partition("   to put it right:\n" + remedy)
    assert squeezed("; ".join(made.writes["remedy_needs"].drop_nulls().item())) in squeezed(above)


@given(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=200),
    st.integers(min_value=60, max_value=200),
)
@settings(max_examples=60, deadline=None)
def test_no_text_of_an_input_moves_the_terminal(hostile: str, width: int) -> None:
    made = report(
        [
            write(
                1,
                key=hostile,
                name=hostile,
                source=hostile,
                verdict="lost",
                cause="deleted",
                remedy_note=hostile,
            )
        ],
        evidence=[{"write": "w1", "order": 0, "kind": "log", "source": hostile, "detail": hostile}],
        inputs=[READ_LOG | {"problems": [hostile]}],
    )
    for text in (render(made, "text", width=width), render(made, "json")):
        assert re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text) is None


@pytest.mark.parametrize("example", EXAMPLES)
def test_no_colour_unless_asked(example: Callable[[], Report], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "20")
    plain = render(example(), "text", width=100, color=False)
    assert "\x1b" not in plain
    monkeypatch.setenv("NO_COLOR", "1")
    colored = render(example(), "text", width=100, color=True)
    assert "\x1b[1;31m" in colored or "\x1b[1;33m" in colored
    uncolored = re.sub(r"\x1b\[[0-9;]*m", "", colored)
    assert [line.rstrip() for line in uncolored.splitlines()] == plain.splitlines()


def test_rows_and_stories_are_bounded_and_say_so() -> None:
    made = report(
        [write(n, key=f"7c62:/{n}", verdict="dropped", cause="never_attempted") for n in range(130)]
    )
    text = render(made, "text")
    assert text.startswith("130 of 130 writes never landed: 130 dropped (proven)\n")
    assert "... and 30 more writes; --format json has all" in text
    assert "... and 120 more stories; --format json has all" in text
    assert "10. SiteKvKeys: to write 7c62:/9\n" in text
    assert "11. " not in text
