"""Workflow commands: what a job shows, with the place in the log, and never more than GitHub shows of a step."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.reports.as_github import MOST, command
from analyzer.reports.clean import clean
from analyzer.reports.registry import render
from tests.reports import examples
from tests.reports.made import only, report, write
from tests.reports.runner import commands


def test_a_finding_is_an_annotation_of_its_line() -> None:
    answer, annotation = render(only(examples.dropped(), "LW101"), "github").splitlines()
    assert answer == "1 of 2 writes never landed: dropped (proven)"
    (found,) = commands(annotation)
    assert found.name == "error"
    assert found.properties == {"file": "deploy/eventlog.json", "line": "42", "title": "LW101 dropped-write"}
    assert found.data.startswith(
        "Entry site,50f6,,/ of key 7c62:routes (SiteRoutesUpdate, store 5f1c0d2e) never"
    )
    assert found.data.endswith("\nMore: lostwrite explain LW101")


def test_where_all_is_well_there_is_one_line_and_no_annotation() -> None:
    assert render(only(report([write(1)])), "github") == "The only write landed\n"


def test_severities_are_those_of_github() -> None:
    found = commands(
        render(only(examples.two_deploys(), "LW104", "LW107", "LW303"), "github")
        + render(only(examples.healthy(), "LW108"), "github")
    )
    assert [(one.name, one.properties["title"]) for one in found] == [
        ("error", "LW104 lost-update"),
        ("warning", "LW107 unfinished-write"),
        ("warning", "LW303 no-window"),
        ("notice", "LW108 recovered-after-retries"),
    ]


def test_a_finding_without_a_line_names_the_file_and_one_of_stdin_nothing() -> None:
    of_log, of_stdin = (
        commands(
            render(only(report([write(1, verdict="dropped", source=source, line=None)]), "LW101"), "github")
        )[0]
        for source in ("a,b:c.log", "-")
    )
    assert of_log.properties == {"file": "a,b:c.log", "title": "LW101 dropped-write"}
    assert of_stdin.properties == {"title": "LW101 dropped-write"}


@pytest.mark.parametrize(
    ("message", "properties", "wanted"),
    [
        ("100% a\nb", {"title": "x"}, "::error title=x::100%25 a%0Ab"),
        ("a\r::b", {"title": "x"}, "::error title=x::a\\r::b"),
        ("m", {"file": "a:b,c%", "line": None}, "::error file=a%3Ab%2Cc%25::m"),
        ("m", {"file": "a\nb"}, "::error file=a\\nb::m"),
        ("x" * 5000, {"title": "x"}, "::error title=x::" + "x" * 4000 + "…"),
    ],
)
def test_a_command_is_escaped_as_the_toolkit_does(
    message: str, properties: dict[str, object], wanted: str
) -> None:
    assert command("error", message, **properties) == wanted


@settings(max_examples=60)
@given(st.text(st.sampled_from("ab%:,=\n\r \x1b\u202e0DA#[]"), min_size=1))
def test_a_command_is_read_back_as_one_command_with_the_text(text: str) -> None:
    (found,) = commands(command("error", text, title=f"({text})"))
    assert found.name == "error"
    assert found.data == "\n".join(clean(line) for line in text.split("\n"))
    assert found.properties == {"title": f"({clean(text)})"}


def test_no_more_than_github_shows_and_the_last_notice_says_how_many_more() -> None:
    bad = [write(number, verdict="dropped", key=f"k{number}") for number in range(13)]
    tried = [write(number, recovered=1, key=f"k{number}") for number in range(20, 32)]
    late = [write(number, verdict="unfinished", key=f"k{number}") for number in range(40, 51)]
    found = commands(render(only(report([*bad, *tried, *late]), "LW101", "LW107", "LW108"), "github"))
    kinds = [one.name for one in found]
    assert [kinds.count(kind) for kind in ("error", "warning", "notice")] == [MOST] * 3
    assert found[-1].data == (
        "Not shown: 3 more errors, 1 more warning, 3 more notices. A step shows 10 of a kind; the JSON report has all."
    )


def test_suppressed_findings_are_counted_and_not_shown() -> None:
    made = only(examples.dropped(), "LW101")
    made = replace(made, findings=made.findings.with_columns(suppressed=pl.lit(value=True)))
    assert render(made, "github").splitlines() == [
        "1 of 2 writes never landed: dropped (proven)",
        "1 finding suppressed, and not shown here.",
    ]


def test_what_the_baseline_has_is_a_notice() -> None:
    made = only(examples.two_deploys(), "LW104", "LW107")
    states = pl.Series("baseline_state", ["unchanged", "new"])
    found = commands(render(replace(made, findings=made.findings.with_columns(states)), "github"))
    assert [(one.name, one.properties["title"]) for one in found] == [
        ("warning", "LW107 unfinished-write"),
        ("notice", "LW104 lost-update (known: the baseline has it)"),
    ]


def test_an_input_that_could_not_be_used_is_an_error() -> None:
    made = replace(
        only(examples.healthy(), "LW108"), unread=(("trail/*.gz", "no file matches"),), exit_code=3
    )
    first, *_ = commands(render(made, "github"))
    assert (first.name, first.data) == ("error", "trail/*.gz: no file matches")
    assert first.properties == {"title": "lostwrite could not use an input"}
