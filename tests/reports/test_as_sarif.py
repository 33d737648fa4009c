"""SARIF: valid by its schema, with all that code scanning needs to show a finding and to know it again."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from jsonschema import Draft4Validator

from analyzer.reports import as_sarif
from analyzer.reports.registry import render
from analyzer.rules.page import markdown, page, url
from analyzer.rules.registry import rule
from tests.reports import examples
from tests.reports.attacks import attacked
from tests.reports.made import STORE, only

if TYPE_CHECKING:
    from collections.abc import Callable

    from analyzer.reports.report import Report

SCHEMA = json.loads((Path(__file__).parent / "schemas" / "sarif-2.1.0.json").read_text(encoding="utf-8"))
EXAMPLES = [
    examples.dropped,
    examples.in_doubt,
    examples.hostile,
    examples.healthy,
    examples.two_deploys,
    examples.nothing_found,
    examples.in_question,
    attacked,
]


def run(report: Report) -> dict[str, Any]:
    loaded = json.loads(render(report, "sarif"))
    (made,) = loaded["runs"]
    found: dict[str, Any] = made
    return found


@pytest.mark.parametrize("example", EXAMPLES)
def test_it_is_valid(example: Callable[[], Report]) -> None:
    made = json.loads(render(example(), "sarif"))
    assert [error.message for error in Draft4Validator(SCHEMA).iter_errors(made)] == []


def test_a_result_says_what_where_and_how_sure() -> None:
    made = only(examples.dropped(), "LW101")
    (result,) = run(made)["results"]
    fingerprint = made.findings["fingerprint"][0]
    assert result == {
        "ruleId": "LW101",
        "ruleIndex": 0,
        "kind": "fail",
        "level": "error",
        "message": {"text": made.findings["message"][0]},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": "deploy/eventlog.json", "uriBaseId": "%SRCROOT%"},
                    "region": {"startLine": 42},
                },
                "logicalLocations": [
                    {"kind": "resource", "fullyQualifiedName": "SiteRoutesUpdate.sst.aws.KvRoutesUpdate"},
                    {"kind": "key", "fullyQualifiedName": "7c62:routes"},
                    {"kind": "store", "fullyQualifiedName": STORE},
                ],
            }
        ],
        "partialFingerprints": {
            "lostwrite/v1": fingerprint,
            "primaryLocationLineHash": f"{fingerprint}:1",
        },
        "suppressions": [],
        "properties": {
            "confidence": "proven",
            "deploy": "d1",
            "app": "shop",
            "stage": "prod",
            "write": "w2",
            "store": STORE,
            "resource": "SiteRoutesUpdate.sst.aws.KvRoutesUpdate",
            "action": "append",
            "key": "7c62:routes",
            "entry": "site,50f6,,/",
            "verdict": "dropped",
            "cause": "never_attempted",
        },
    }


def test_the_rules_that_fired_are_described() -> None:
    rules = run(only(examples.two_deploys(), "LW104", "LW107", "LW303"))["tool"]["driver"]["rules"]
    assert [one["id"] for one in rules] == ["LW104", "LW107", "LW303"]
    known = rule("LW104")
    assert known is not None
    first = rules[0]
    assert first["help"] == {"text": page(known), "markdown": markdown(known)}
    assert (first["name"], first["helpUri"]) == ("lost-update", url(known))
    assert first["defaultConfiguration"] == {"level": "error"}
    assert first["properties"]["problem.severity"] == "error"
    assert "\n" not in first["shortDescription"]["text"] + first["fullDescription"]["text"]


def test_a_result_names_its_rule_by_place() -> None:
    made = run(examples.in_question())
    rules = made["tool"]["driver"]["rules"]
    assert [rules[one["ruleIndex"]]["id"] for one in made["results"]] == [
        one["ruleId"] for one in made["results"]
    ]


def test_suppressions_and_the_baseline_are_marked_and_nothing_is_left_out() -> None:
    made = only(examples.two_deploys(), "LW104", "LW107", "LW303")
    findings = made.findings.with_columns(
        suppressed=pl.Series([True, True, False]),
        suppression=pl.Series(["known since May", None, None]),
        baseline_state=pl.Series(["new", "unchanged", "new"]),
    )
    results = run(replace(made, findings=findings))["results"]
    assert [one["suppressions"] for one in results] == [
        [{"kind": "external", "justification": "known since May"}],
        [{"kind": "external"}],
        [],
    ]
    assert [one["baselineState"] for one in results] == ["new", "unchanged", "new"]


def test_a_finding_without_a_place_gets_the_log_of_its_deploy_and_says_so() -> None:
    made = only(examples.dropped(), "LW101")
    nowhere = made.findings.with_columns(
        source=pl.lit(None, dtype=pl.String), line=pl.lit(None, dtype=pl.Int64)
    )
    (result,) = run(replace(made, findings=nowhere))["results"]
    (location,) = result["locations"]
    assert location["physicalLocation"] == {
        "artifactLocation": {"uri": "deploy/eventlog.json", "uriBaseId": "%SRCROOT%"}
    }
    assert location["message"]["text"].startswith("The finding has no place of its own")


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ("a/b c.log", {"uri": "a/b%20c.log", "uriBaseId": "%SRCROOT%"}),
        ("./a.log", {"uri": "a.log", "uriBaseId": "%SRCROOT%"}),
        ("C:é#?%.log", {"uri": "C%3A%C3%A9%23%3F%25.log", "uriBaseId": "%SRCROOT%"}),
        ("/var/log/a b", {"uri": "file:///var/log/a%20b"}),
        ("-", {"uri": "stdin", "uriBaseId": "%SRCROOT%"}),
    ],
)
def test_files_are_uris(source: str, wanted: dict[str, str]) -> None:
    assert as_sarif.artifact(source) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("key a[0] of {x}", "key a[0] of {x}"),
        ("[a](javascript:b)", "\\[a\\](javascript:b)"),
        ("\\[a](b)", "\\\\\\[a\\](b)"),
        ("{0} {x}", "{{0}} {{x}}"),
        ("a\nb", "a\\nb"),
    ],
)
def test_messages_hold_no_links_or_placeholders(text: str, wanted: str) -> None:
    assert as_sarif.message(text) == wanted


def test_the_run_says_how_it_ended_and_what_was_not_read() -> None:
    made = replace(examples.in_doubt(), unread=(("trail/none", "does not exist"),), exit_code=3)
    (invocation,) = run(made)["invocations"]
    assert (invocation["exitCode"], invocation["executionSuccessful"]) == (3, False)
    assert [
        (note["level"], note["message"]["text"]) for note in invocation["toolExecutionNotifications"]
    ] == [
        ("error", "trail/none: does not exist"),
        ("warning", "trail/cut.json.gz: the gzip stream ends too early"),
    ]
    (well,) = run(only(examples.dropped(), "LW101"))["invocations"]
    assert (well["exitCode"], well["executionSuccessful"]) == (1, True)


def test_no_more_results_than_github_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(as_sarif, "MOST", 2)
    made = run(only(examples.two_deploys(), "LW104", "LW107", "LW303"))
    assert [one["ruleId"] for one in made["results"]] == ["LW104", "LW107"]
    (note,) = made["invocations"][0]["toolExecutionNotifications"]
    assert note["message"]["text"].startswith("1 more findings are left out")
