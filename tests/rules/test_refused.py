"""The rules about calls that AWS refused: denied, throttled, and over a limit."""

from __future__ import annotations

import json

import pytest

from tests.reports.made import STORE, write
from tests.rules.reasons import CI, OTHER, Row, aligned, call, cites, found, made, told

DENIED = {"verdict": "errored", "cause": "access_denied"}
ON_STORE = "on store 5f1c0d2e to this deploy: "


def statement(*actions: str, store: str = STORE) -> Row:
    return {
        "Effect": "Allow",
        "Action": [f"cloudfront-keyvaluestore:{action}" for action in actions],
        "Resource": store,
    }


def test_the_least_statement_allows_what_was_denied_on_that_store_and_no_more() -> None:
    known = made(
        [write(1, **DENIED, error_api="UpdateKeys", error_code="AccessDeniedException"), write(2)],
        calls=[call("e1"), call("e2", "GetKey"), call("e3", "ListKeys", caller="somebody")],
        evidence=[cites("w1", "e1"), cites("w1", "e2")],
    )
    (finding,) = found("LW206", known).to_dicts()
    assert finding["message"] == (
        f"AWS denied GetKey and UpdateKeys {ON_STORE}its role lacks cloudfront-keyvaluestore:GetKey and "
        "cloudfront-keyvaluestore:UpdateKeys."
    )
    assert json.loads(finding["help"]) == statement("GetKey", "UpdateKeys")
    assert (finding["severity"], finding["confidence"]) == ("warning", "proven")


@pytest.mark.parametrize(
    ("error", "reason", "helps"),
    [
        ({"error_message": None}, "its role lacks cloudfront-keyvaluestore:UpdateKeys.", ["UpdateKeys"]),
        (
            {
                "error_message": "User: x is not authorized to perform: cloudfront-keyvaluestore:GetKey on resource: y"
            },
            "its role lacks cloudfront-keyvaluestore:GetKey.",
            ["GetKey"],
        ),
        (
            {"error_message": "x:UpdateKeys with an explicit deny in a service control policy"},
            "a policy denies it explicitly, which no other policy can lift.",
            None,
        ),
        (
            {"error_message": "Authentication failed"},
            "its credentials, or their signature, were not accepted.",
            None,
        ),
        (
            {"error_code": "ExpiredTokenException"},
            "its credentials, or their signature, were not accepted.",
            None,
        ),
    ],
)
def test_only_a_missing_permission_has_a_statement(error: Row, reason: str, helps: list[str] | None) -> None:
    known = made([write(1, **DENIED)], calls=[call("e1") | error], evidence=[cites("w1", "e1")])
    (finding,) = found("LW206", known).to_dicts()
    assert finding["message"].endswith(f"{ON_STORE}{reason}")
    assert (None if finding["help"] is None else json.loads(finding["help"])) == (
        None if helps is None else statement(*helps)
    )


@pytest.mark.parametrize("store", [None, "arn:aws:iam::1:role/x", '"},{"Resource":"*'])
def test_no_statement_is_made_for_what_is_no_store(store: str | None) -> None:
    (finding,) = found("LW206", made([write(1, **DENIED, store=store)])).to_dicts()
    assert finding["help"] is None


def test_what_the_log_says_is_enough() -> None:
    error = {"error_api": "ListKeys", "error_code": "AccessDeniedException", "error_message": "no"}
    (finding,) = found("LW206", made([write(1, **DENIED, **error)])).to_dicts()
    assert json.loads(finding["help"]) == statement("ListKeys")


def test_a_denied_call_of_the_deploys_own_writer_is_told_though_no_write_hangs_on_it() -> None:
    calls = [call("e1", "ListKeys", None, store=OTHER), call("e2", "GetKey", caller=CI.replace("ci", "cd"))]
    known = made([write(1)], calls=calls, alignments=[aligned()])
    assert [json.loads(each) for each in found("LW206", known)["help"]] == [
        statement("ListKeys", store=OTHER)
    ]


def test_a_denied_call_is_nothing_where_nobody_knows_whose_it_is() -> None:
    assert told("LW206", made([write(1)], calls=[call("e1")])) == []


@pytest.mark.parametrize(
    ("alignments", "severity", "whom"),
    [
        ([], "note", "to this deploy, or to another caller at that time: its role"),
        ([aligned()], "warning", "to this deploy: its role"),
    ],
)
def test_a_denied_call_that_proves_nothing_of_a_write_is_the_deploys_only_where_its_caller_is_known(
    alignments: list[Row], severity: str, whom: str
) -> None:
    known = made(
        [write(1, verdict="unverifiable", cause="data_events_off", confidence="low")],
        calls=[call("e1", "GetKey")],
        evidence=[cites("w1", "e1")],
        alignments=alignments,
    )
    (finding,) = found("LW206", known).to_dicts()
    assert finding["severity"] == severity
    assert whom in finding["message"]


def test_throttled_calls_of_somebody_are_not_told_as_the_deploys() -> None:
    known = made(
        [write(1, verdict="unverifiable", cause="data_events_off", confidence="low")],
        calls=[call("e1", "GetKey") | SLOW],
        evidence=[cites("w1", "e1")],
    )
    assert told("LW207", known) == []


@pytest.mark.parametrize("action", ["*", "DeleteEverything", "PutKeyValueStorePolicy"])
def test_no_statement_allows_what_only_an_error_calls_an_action(action: str) -> None:
    said = f"not authorized to perform: cloudfront-keyvaluestore:{action} on resource: y"
    known = made(
        [write(1, **DENIED)],
        calls=[call("e1", "GetKey", error_message=said)],
        evidence=[cites("w1", "e1")],
    )
    assert [json.loads(each) for each in found("LW206", known)["help"]] == [statement("GetKey")]


SLOW = {"error_code": "ThrottlingException", "error_message": "Rate exceeded"}


@pytest.mark.parametrize(
    ("differs", "severity", "end"),
    [
        (
            {"verdict": "errored", "cause": "throttled"},
            "warning",
            "it gave up, and not all of its writes were made",
        ),
        (
            {"verdict": "dropped", "cause": "read_failed"},
            "warning",
            "it gave up, and not all of its writes were made",
        ),
        ({"recovered": 2}, "note", "it tried again, and went on"),
    ],
)
def test_throttled_calls_are_a_warning_where_the_deploy_gave_up(
    differs: Row, severity: str, end: str
) -> None:
    known = made([write(1, **differs)], calls=[call("e1", "GetKey", **SLOW)], evidence=[cites("w1", "e1")])
    message = f"AWS throttled GetKey of this deploy on store 5f1c0d2e: {end}."
    assert told("LW207", known) == [(severity, "proven", message)]
    assert told("LW206", known) == []


LIMIT = "Limit exceeded: Maximum size of the value in a key value pair"


def test_a_limit_is_told_by_its_name() -> None:
    error = {"error_code": "ServiceQuotaExceededException", "error_message": LIMIT}
    known = made([write(1, verdict="errored", cause="quota", error_api="UpdateKeys", **error)])
    message = 'AWS refused UpdateKeys on store 5f1c0d2e for the limit "Maximum size of the value in a key value pair".'
    assert told("LW208", known) == [("warning", "proven", message)]


def test_a_limit_without_a_name_is_told_too() -> None:
    known = made([write(1, verdict="errored", cause="quota")])
    assert [message for _, _, message in told("LW208", known)] == [
        "AWS refused a call on store 5f1c0d2e for a limit of the service."
    ]


@pytest.mark.parametrize(
    ("size", "verdict", "fires"),
    [(1024, "unverifiable", False), (1025, "unverifiable", True), (1025, "landed", False)],
)
def test_a_value_that_is_too_long_is_told_before_its_outcome_is_known(
    size: int, verdict: str, fires: bool
) -> None:
    messages = [
        message
        for _, _, message in told(
            "LW208", made([write(1, value="é" * (size // 2) + "x" * (size % 2), verdict=verdict)])
        )
    ]
    assert (
        messages
        == [
            f"Key 7c62:metadata (SiteKvKeys, store 5f1c0d2e) has a value of {size} bytes, and a store takes at most "
            "1024."
        ]
        * fires
    )
