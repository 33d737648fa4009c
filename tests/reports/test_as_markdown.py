"""Markdown: the answer first, whole commands, and never more characters than a comment may have."""

from __future__ import annotations

import re
from dataclasses import replace

import polars as pl
import pytest

from analyzer.commands.kvs import Edit, update
from analyzer.reports.as_markdown import MOST
from analyzer.reports.registry import render
from tests.reports import examples
from tests.reports.made import LOG, READ_LOG, ROUTE, STORE, only, report, write
from tests.reports.pages import elements, fences, headings, links, tables


def test_the_answer_comes_first() -> None:
    page = render(examples.dropped(), "markdown")
    assert page.startswith("## lostwrite: 1 of 2 writes never landed: dropped (proven)\n")
    assert page.endswith("exit code 1.\n")


def test_what_is_not_in_place_is_a_table() -> None:
    not_in_place, _ = tables(render(examples.dropped(), "markdown"))
    assert not_in_place == [
        ["verdict", "confidence", "key", "resource", "cause", "status"],
        ["dropped", "proven", "7c62:routes", "SiteRoutesUpdate", "never attempted", "unknown"],
    ]


def test_the_command_is_whole_and_its_fence_is_longer_than_its_backticks() -> None:
    made = examples.dropped()
    remedy = made.writes["remedy"].drop_nulls()[0]
    assert fences(render(made, "markdown")) == [f"{remedy}\n"]


def test_one_command_for_a_store_stands_for_those_of_its_writes() -> None:
    edits = [Edit("7c62:routes", add=(entry,)) for entry in ("a,1,,/", "b,2,,/")]
    bad = [
        write(number, **(ROUTE | {"entry": edit.add[0]}), verdict="dropped", remedy=update(STORE, [edit]))
        for number, edit in enumerate(edits)
    ]
    whole = update(STORE, [Edit("7c62:routes", add=("a,1,,/", "b,2,,/"))])
    page = render(report(bad, stores=[{"arn": STORE, "remedy": whole}]), "markdown")
    assert fences(page) == [f"{whole}\n"]


def test_a_story_tells_the_effect_and_the_proof_with_its_place() -> None:
    page = render(examples.dropped(), "markdown")
    assert "- effect: Requests for /\\* do not reach what was deployed" in page
    assert f"- meant: 2025-03-20 12:01:12Z SiteRoutesUpdate created (0.51s) `{LOG}:42`" in page


def test_doubts_say_why_and_what_would_settle_them() -> None:
    page = render(examples.in_question(), "markdown")
    doubts = tables(page)[0]
    assert doubts[1] == ["7c62:routes", "SiteRoutesUpdate", "dropped", "no later write closes the chain"]
    assert "**1.** a listing of the store (2 writes)" in page
    assert f"{examples.LIST_KEYS}\n" in fences(page)
    assert "The log's clock is 70 s ahead of CloudTrail's." in page


def test_findings_link_to_their_rules() -> None:
    page = render(only(examples.dropped(), "LW101"), "markdown")
    (link,) = links(page)
    assert link.endswith("/docs/rules/LW101.md")
    assert re.search(
        r"- \*\*error\*\* \[LW101 dropped-write\]\([^)]*\): Entry .* `deploy/eventlog.json:42`", page
    )


def test_inputs_are_folded_and_what_was_not_read_is_not() -> None:
    page = render(replace(examples.in_doubt(), unread=(("none.log", "does not exist"),)), "markdown")
    before, _, folded = page.partition("<details>")
    assert "- `trail/cut.json.gz`: the gzip stream ends too early" in before
    assert "- `none.log`: does not exist" in before
    assert "| `trail/cut.json.gz` | unusable |" in folded
    assert list(elements(page)) == ["<details>", "<summary>", "</summary>", "</details>"]


def test_where_all_is_well_the_page_is_short() -> None:
    page = render(only(report([write(1)])), "markdown")
    assert headings(page) == ["lostwrite: The only write landed"]
    assert len(page) < 1000


def test_suppressed_findings_are_counted_and_known_ones_marked() -> None:
    made = only(examples.two_deploys(), "LW104", "LW107", "LW303")
    findings = made.findings.with_columns(
        suppressed=pl.Series([True, False, False]), baseline_state=pl.Series(["new", "unchanged", "new"])
    )
    page = render(replace(made, findings=findings), "markdown")
    assert "\n1 finding is suppressed.\n" in page
    assert "LW107.md) (known: the baseline has it):" in page
    assert "LW104.md" not in page


@pytest.mark.parametrize("name", ["k", "@" * 300, "`|<" * 100])
def test_a_page_of_any_report_has_room_for_its_end(name: str) -> None:
    bad = [
        write(number, verdict="dropped", key=f"{name}{number}", source=f"{name}{number}", remedy_note=name)
        for number in range(150)
    ]
    inputs = [READ_LOG | {"source": f"{name}{number}", "problems": [name]} for number in range(60)]
    page = render(report(bad, inputs=inputs), "markdown")
    assert len(page) <= MOST
    assert page.startswith("## lostwrite: 150 of 150 writes never landed")
    assert re.search(r"… and \d+ more writes; the JSON report has all\.", page)
    assert re.search(r"… and \d+ more findings; the JSON report has all\.|Left out: .*\d+ findings", page)
    assert "<details><summary>Inputs</summary>" in page
    assert page.count("<details>") == page.count("</details>")
    assert page.endswith("exit code 1.\n")


def test_a_command_that_has_no_room_is_left_out_whole_and_said() -> None:
    huge = f"echo {'x' * MOST}"
    page = render(report([write(1, **ROUTE, verdict="dropped", remedy=huge)]), "markdown")
    assert len(page) <= MOST
    assert fences(page) == []
    assert "Left out: 1 command; the JSON report has all." in page
