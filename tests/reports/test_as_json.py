"""The JSON report: valid, in order, complete, and without the values of keys."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator

from analyzer.reports.registry import render
from analyzer.tables import EVIDENCE, VERDICTS_OF
from analyzer.version import VERSION
from tests.reports import examples
from tests.reports.examples import at, report, write
from tests.schemas import published, strict

if TYPE_CHECKING:
    from collections.abc import Callable

    from analyzer.reports.report import Report

EXAMPLES = [
    examples.dropped,
    examples.in_doubt,
    examples.hostile,
    examples.healthy,
    examples.two_deploys,
    examples.nothing_found,
    examples.in_question,
]
SCHEMA = published("report-v1")
STRICT = strict("report-v1")


def document(made: Report) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(render(made, "json"))
    return loaded


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    Draft202012Validator.check_schema(STRICT)


@pytest.mark.parametrize("example", EXAMPLES)
def test_report_is_valid(example: Callable[[], Report]) -> None:
    made = document(example())
    for schema in (SCHEMA, STRICT):
        assert [error.message for error in Draft202012Validator(schema).iter_errors(made)] == []


@pytest.mark.parametrize(
    ("where", "member", "value"),
    [
        ((), "extra", 1),
        (("writes", 0), "value", "new"),
        (("writes", 0, "evidence", 0), "kind", "new"),
        (("writes", 0), "cause", "new"),
        (("writes", 0), "verdict", "fine"),
        (("findings", 0), "severity", "fatal"),
        (("deploys", 0), "tool", "cdk"),
        (("summary", "by_verdict"), "fine", 1),
        (("summary",), "exit_code", 5),
    ],
)
def test_a_later_version_may_add_members_and_values_and_this_one_does_not(
    where: tuple[str | int, ...], member: str, value: object
) -> None:
    made = changed(document(examples.dropped()), where, member, value)
    assert Draft202012Validator(SCHEMA).is_valid(made)
    assert not Draft202012Validator(STRICT).is_valid(made)


def test_a_report_of_before_the_clocks_is_valid() -> None:
    made = document(examples.dropped())
    del made["deploys"][0]["clock"]
    for name in ("leaning", "leaning_reason", "status", "healed_by", "settle"):
        del made["writes"][0][name]
    assert Draft202012Validator(SCHEMA).is_valid(made)


def changed(made: dict[str, Any], where: tuple[str | int, ...], member: str, value: object) -> dict[str, Any]:
    """`made` with one member set, anywhere in it."""
    place: Any = made
    for step in where:
        place = place[step]
    place[member] = value
    return made


@pytest.mark.parametrize(
    ("where", "member", "value"),
    [
        (("writes", 0), "store", ""),
        (("writes", 0), "verdict", None),
        (("deploys", 0), "clock", "ahead"),
        (("findings", 0), "fingerprint", "XYZ"),
        (("deploys", 0), "started_at", "2025-03-20 12:00"),
        (("summary", "by_verdict"), "landed", -1),
    ],
)
def test_the_schema_refuses(where: tuple[str | int, ...], member: str, value: object) -> None:
    assert not Draft202012Validator(SCHEMA).is_valid(
        changed(document(examples.dropped()), where, member, value)
    )


@pytest.mark.parametrize("example", EXAMPLES)
def test_members_stand_in_the_order_of_the_schema(example: Callable[[], Report]) -> None:
    made = document(example())
    defined = SCHEMA["$defs"]
    assert list(made) == list(SCHEMA["properties"])
    for part, name in {
        "deploys": "deploy",
        "writes": "write",
        "findings": "finding",
        "stores": "store",
    }.items():
        assert [list(item) for item in made[part]] == [list(defined[name]["properties"])] * len(made[part])


def test_the_clock_is_that_of_its_deploy_and_its_times_are_written_as_all_others() -> None:
    made = document(examples.in_question())
    first, second = (deploy["clock"] for deploy in made["deploys"])
    assert list(first) == list(SCHEMA["$defs"]["clock"]["properties"])
    assert (first["state"], first["offsets"]) == ("aligned", [{"low": 69, "high": 71}])
    assert first["writers"][0]["session"] == "GitHubActions"
    assert second["rivals"][0]["at"] == "2025-03-20T12:10:00Z"
    assert document(examples.dropped())["deploys"][0]["clock"] is None


def test_what_would_decide_stands_with_its_write_the_cheapest_first() -> None:
    made = document(examples.in_question())
    of_first, of_second, *_ = (row["settle"] for row in made["writes"])
    assert [step["when"] for step in of_first] == [None, "2025-03-20T12:33:11Z"]
    assert list(of_first[0]) == ["what", "command", "when"]
    assert of_second == []


def test_summary_counts_every_verdict_and_severity() -> None:
    made = document(examples.two_deploys())
    assert made["summary"] == {
        "writes": 3,
        "by_verdict": dict.fromkeys(VERDICTS_OF, 0) | {"lost": 1, "unfinished": 1, "unverifiable": 1},
        "findings": {"error": 2, "warning": 3, "note": 0},
        "suppressed": 0,
        "baseline": None,
        "exit_code": 1,
    }
    assert made["tool"] == {"name": "lostwrite", "version": VERSION}


def test_the_value_of_a_key_is_never_shown() -> None:
    assert "s3cr3t-value" not in render(report([write(1, value="s3cr3t-value")]), "json")


def test_times_keep_a_fraction_only_where_there_is_one() -> None:
    made = document(report([write(1, start=at(1).replace(microsecond=250000), end=None)]))
    assert made["writes"][0]["window"] == {"start": "2025-03-20T12:01:00.250Z", "end": None}


def test_evidence_keeps_its_order_and_its_write() -> None:
    rows = [
        {"write": number, "order": order, "kind": "log", "detail": f"{number} {order}"}
        for number, order in [("w2", 1), ("w1", 0), ("w2", 0)]
    ]
    made = document(report([write(1), write(2), write(3)], evidence=rows))
    assert [[proof["detail"] for proof in row["evidence"]] for row in made["writes"]] == [
        ["w1 0"],
        ["w2 0", "w2 1"],
        [],
    ]
    assert list(made["writes"][0]["evidence"][0]) == [
        name for name in EVIDENCE if name not in {"write", "order"}
    ]


def test_the_same_report_gives_the_same_text() -> None:
    assert render(examples.dropped(), "json") == render(examples.dropped(), "json")
