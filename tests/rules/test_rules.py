"""Each rule as data: writes that fire it with the message they give, and writes that do not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import polars as pl
import pytest

from analyzer.reports.given import GivenWindow
from analyzer.rules.doubt import RULE_OF
from analyzer.rules.registry import run
from tests.reports.examples import DEPLOY, ROUTE, case, write

SITE = "Key 7c62:metadata (SiteKvKeys, store 5f1c0d2e)"
ENTRY = "Entry site,50f6,,/ of key 7c62:routes (SiteRoutesUpdate, store 5f1c0d2e)"


def unsure(cause: str, **differs: object) -> dict[str, object]:
    return {"verdict": "unverifiable", "cause": cause, "confidence": "low"} | differs


FIRES: list[tuple[str, str, str, dict[str, object]]] = [
    (
        "LW101",
        "error",
        f"{ENTRY} never landed: the deploy reports success, and no call ever made it.",
        {**ROUTE, "verdict": "dropped", "cause": "never_attempted"},
    ),
    (
        "LW101",
        "error",
        "The removal of entry site,50f6,,/ from key 7c62:routes (SiteRoutesUpdate, store 5f1c0d2e) never landed: "
        "the read before it failed, and the deploy took that for success.",
        {**ROUTE, "action": "remove", "verdict": "dropped", "cause": "read_failed"},
    ),
    (
        "LW101",
        "error",
        "An entry of a key like *:routes (SiteRoutesUpdate, store unknown) never landed: "
        "the deploy reports success, and no call ever made it.",
        {
            **ROUTE,
            "entry": None,
            "key": "*:routes",
            "pattern": True,
            "store": None,
            "verdict": "dropped",
            "cause": None,
        },
    ),
    (
        "LW102",
        "error",
        f"{SITE} failed, and the deploy reports success: AWS denied the call.",
        {"verdict": "errored", "cause": "access_denied"},
    ),
    (
        "LW103",
        "error",
        f"{SITE} failed: it exceeds a limit of the store (UpdateKeys: ServiceQuotaExceededException).",
        {
            "verdict": "errored",
            "cause": "quota",
            "reported": "failed",
            "error_api": "UpdateKeys",
            "error_code": "ServiceQuotaExceededException",
        },
    ),
    (
        "LW103",
        "error",
        f"{SITE} failed: AWS throttled the calls until the deploy gave up (ThrottlingException).",
        {
            "verdict": "errored",
            "cause": "throttled",
            "reported": "unfinished",
            "error_code": "ThrottlingException",
        },
    ),
    (
        "LW104",
        "error",
        f"{ENTRY} landed and was lost: a writer that had read the key before it landed overwrote it.",
        {**ROUTE, "verdict": "lost", "cause": "lost_update"},
    ),
    (
        "LW104",
        "error",
        f"{ENTRY}, or another whose calls fit as well, landed and was lost: a writer that had read the key before it "
        "landed overwrote it.",
        {**ROUTE, "verdict": "unverifiable", "cause": "lost_update"},
    ),
    (
        "LW101",
        "error",
        f"{ENTRY}, or another whose calls fit as well, never landed: the deploy reports success, and no call ever "
        "made it.",
        {**ROUTE, "verdict": "unverifiable", "cause": "never_attempted"},
    ),
    (
        "LW107",
        "warning",
        f"{ENTRY} has no known outcome: the deploy stopped first, and nothing shows that it landed.",
        {**ROUTE, "verdict": "unverifiable", "cause": "interrupted"},
    ),
    (
        "LW105",
        "error",
        f"{SITE} landed and is gone: the delete or purge of another resource with the same namespace deleted it too.",
        {"verdict": "lost", "cause": "namespace_collision"},
    ),
    (
        "LW105",
        "error",
        f"{SITE} landed and is gone: a later call deleted it.",
        {"verdict": "lost", "cause": None},
    ),
    ("LW106", "error", f"{SITE} holds another value than the deploy meant.", {"verdict": "mismatched"}),
    (
        "LW106",
        "error",
        f"{ENTRY} is not in the store, and no available evidence shows whether it ever landed.",
        {**ROUTE, "verdict": "mismatched", "cause": "missing"},
    ),
    (
        "LW106",
        "error",
        "The deletion of key 7c62:metadata (SiteKvKeys, store 5f1c0d2e) never took effect: what was to be removed "
        "is still in the store.",
        {"verdict": "mismatched", "cause": "still_there", "action": "delete"},
    ),
    (
        "LW105",
        "error",
        f"{SITE} landed and is gone: a later listing of the store does not contain it.",
        {"verdict": "lost", "cause": "missing"},
    ),
    (
        "LW107",
        "warning",
        "The deletion of key 7c62:metadata (SiteKvKeys, store 5f1c0d2e) has no known outcome: "
        "the deploy stopped first, and nothing shows that it landed.",
        {"verdict": "unfinished", "cause": "interrupted", "action": "delete", "reported": "unfinished"},
    ),
    ("LW108", "note", f"{SITE} landed after 1 failed call.", {"recovered": 1}),
    ("LW108", "note", f"{SITE} landed after 12 failed calls.", {"recovered": 12}),
    (
        "LW303",
        "warning",
        "1 write to a store that the log does not name remains in doubt: "
        "neither the log nor --since and --until give the time of the deploy.",
        unsure("no_window", store=None),
    ),
]

SILENT: list[dict[str, object]] = [
    {},
    {"verdict": "landed", "recovered": 0},
    {"verdict": "landed", "recovered": None},
    {"verdict": "landed", "reported": "failed", "cause": "access_denied"},
    {"verdict": "landed", "cause": "data_events_off"},
    {"verdict": "landed", "confidence": "high"},
]

OF_STORES = "1 write to store 5f1c0d2e remains in doubt: "
DOUBTS = [
    ("data_events_off", "LW301", "the trail records no data events of it, so a missing call proves nothing."),
    ("trail_gap", "LW302", "the chain of its ETags shows that a call is missing from the trail."),
    ("no_window", "LW303", "neither the log nor --since and --until give the time of the deploy."),
    ("wrong_trail", "LW305", "the trail is of another account or Region."),
    (
        "trail_too_early",
        "LW307",
        "the trail ends less than 30 minutes after the operation, so records may still be missing.",
    ),
    (
        "chain_not_closed",
        "LW307",
        "no later write of it is in the trail, so nothing shows that no call is missing.",
    ),
    ("no_trail", "LW308", "no trail was given, and the deploy log alone proves nothing."),
    ("not_covered", "LW309", "the files of the trail do not reach the time of the operation."),
    (
        "clocks_differ",
        "LW310",
        "nothing shows which calls in the trail are its own.",
    ),
    ("rivals", "LW311", "several runs in the trail fit this deploy, and nothing shows which of them it was."),
    (
        "other_writer",
        "LW312",
        "calls that fit were made by another principal, or by an API that the deploy does not use.",
    ),
    (
        "contested",
        "LW313",
        "there are fewer calls than operations that they fit, and nothing shows whose they are.",
    ),
    (
        "maybe_nothing",
        "LW314",
        "the log does not show whether there was anything to write, so no call need be missing.",
    ),
    (
        "form_lost",
        "LW315",
        "the form of the log or the trail lacks what is needed to join calls and operations.",
    ),
    ("degraded_form", "LW315", "the log or the trail does not show which calls belong to them."),
    ("outcome_unknown", "LW316", "the records of its calls do not show whether they succeeded."),
]
"""Each cause of doubt (docs/architecture.md#6-verdicts), the rule that reports it, and its clause."""


@pytest.mark.parametrize(("code", "severity", "message", "differs"), FIRES)
def test_rule_fires_alone_but_for_reasons_with_its_message(
    code: str, severity: str, message: str, differs: dict[str, object]
) -> None:
    found = run(case([write(1, **differs)]))
    reasons = found["code"].str.starts_with("LW2")
    assert found.filter(~reasons).select("code", "severity", "message").rows() == [(code, severity, message)]


@pytest.mark.parametrize("differs", SILENT)
def test_no_rule_fires(differs: dict[str, object]) -> None:
    assert run(case([write(1, **differs)])).is_empty()


@pytest.mark.parametrize(("cause", "code", "fact"), DOUBTS)
def test_each_cause_of_doubt_has_one_finding_and_it_is_a_warning(
    cause: str | None, code: str, fact: str
) -> None:
    found = run(case([write(1, verdict="unverifiable", cause=cause, confidence="low")]))
    assert found.select("code", "severity", "message").rows() == [(code, "warning", OF_STORES + fact)]


@pytest.mark.parametrize("cause", RULE_OF)
def test_a_doubt_that_is_said_to_have_a_rule_has_it(cause: str) -> None:
    found = run(case([write(1, verdict="unverifiable", cause=cause, confidence="low")]))
    assert [code for code in found["code"] if not code.startswith("LW2")] == [RULE_OF[cause]]


@pytest.mark.parametrize(
    ("leaning", "reason", "message"),
    [
        (
            "dropped",
            "other writes were logged and nothing came for 30 minutes",
            "probably never landed, though the deploy reports success: other writes were logged and nothing came "
            "for 30 minutes.",
        ),
        ("lost", "a later writer left it out", "probably landed and was lost: a later writer left it out."),
        ("errored", None, "probably failed: the evidence points to it, and does not prove it."),
    ],
)
def test_a_write_that_is_probably_not_in_place_is_a_warning_beside_its_doubt(
    leaning: str, reason: str | None, message: str
) -> None:
    likely = unsure("chain_not_closed", leaning=leaning, leaning_reason=reason)
    found = run(case([write(1, **likely), write(2, **unsure("chain_not_closed"))]))
    assert found.select("code", "severity", "write", "message").rows() == [
        ("LW109", "warning", "w1", f"{SITE} {message}"),
        ("LW307", "warning", None, f"2 writes to store 5f1c0d2e remain in doubt: {DOUBTS[5][2]}"),
    ]


def test_a_write_that_probably_landed_is_no_finding_of_its_own() -> None:
    found = run(
        case([write(1, **unsure("chain_not_closed", leaning="landed", leaning_reason="a call fits"))])
    )
    assert found["code"].to_list() == ["LW307"]


def test_one_of_several_that_is_certainly_dropped_is_not_called_likely_too() -> None:
    found = run(case([write(1, **unsure("never_attempted", leaning="dropped", leaning_reason="x"))]))
    assert found["code"].to_list() == ["LW101"]


@pytest.mark.parametrize(
    ("times", "fact"),
    [
        ({}, "nothing rules out a later removal or overwrite"),
        (
            {"started_at": None, "ended_at": None},
            "the log has no times, so the run in the trail may be another one",
        ),
    ],
)
def test_a_landing_of_low_confidence_is_a_warning(times: dict[str, object], fact: str) -> None:
    weak = {"confidence": "low"}
    found = run(case([write(1, **weak), write(2, **weak), write(3)], [DEPLOY | times]))
    assert found.select("code", "severity", "confidence", "message").rows() == [
        ("LW110", "warning", "low", f"2 writes to store 5f1c0d2e landed with low confidence: {fact}.")
    ]


def test_what_a_listing_shows_of_a_text_is_open_where_the_log_names_no_key_and_no_entry() -> None:
    by_text = {"confidence": "low", "pattern": True, "event_id": None, "listed": "there"}
    fact = "the log names no key, so a listing shows keys of the namespace, and not that they are all"
    found = run(case([write(1, **by_text, key="7c62:*", entry=None)]))
    assert found["message"].to_list() == [f"1 write to store 5f1c0d2e landed with low confidence: {fact}."]
    assert run(case([write(1, **by_text, key="*:routes", entry="site,50f6,,/")])).is_empty()


def test_a_trail_that_is_reported_as_a_wrong_input_is_reported_once() -> None:
    rows = {"kind": ["trail"], "source": ["t.json"], "store": [None], "reason": ["a"]}
    misfits = pl.DataFrame(rows, schema_overrides={"store": pl.String})
    found = run(replace(case([write(1, **unsure("wrong_trail"))]), misfits=misfits))
    assert found["message"].to_list() == ["The trail t.json is not used: a."]


def test_an_input_that_does_not_fit_is_told_as_such() -> None:
    rows = {
        "kind": ["keys", "trail"],
        "source": ["k.json", "t.json"],
        "store": ["arn", None],
        "reason": ["a", "b"],
    }
    found = run(replace(case([write(1)]), misfits=pl.DataFrame(rows)))
    assert found.select("code", "severity", "source", "message").rows() == [
        ("LW305", "warning", "k.json", "The listing k.json is not used: a."),
        ("LW305", "warning", "t.json", "The trail t.json is not used: b."),
    ]


def test_a_time_without_a_zone_is_told() -> None:
    noon = datetime(2025, 3, 20, 12, tzinfo=UTC)
    told = replace(case([write(1)]), window=GivenWindow(noon, None, zoneless=True))
    assert run(told).select("code", "severity", "message").rows() == [
        (
            "LW318",
            "note",
            "A time was given without a zone, and was read as UTC: --since 2025-03-20T12:00:00Z.",
        )
    ]
    assert run(replace(told, window=GivenWindow(noon, None, zoneless=False))).is_empty()


def test_finding_points_to_its_write() -> None:
    found = run(case([write(7, verdict="dropped", cause="never_attempted", confidence="high")]))
    wanted = {
        "write": "w7",
        "deploy": "d1",
        "source": "deploy/eventlog.json",
        "line": 47,
        "confidence": "high",
    }
    assert found.select(*wanted).row(0, named=True) == wanted
    assert found["suppressed"].to_list() == [False]


def test_doubts_are_counted_for_each_deploy_and_store() -> None:
    other = "arn:aws:cloudfront::111122223333:key-value-store/aaaabbbb-0000-0000-0000-000000000000"
    found = run(
        case(
            [
                write(1, **unsure("data_events_off")),
                write(2, **unsure("data_events_off", confidence="high")),
                write(3, **unsure("data_events_off", store=other, confidence="high")),
                write(4, **unsure("data_events_off", deploy="d2", start=None, end=None)),
                write(5, **unsure("trail_gap")),
            ]
        )
    )
    counted = found.select(
        "code", "deploy", "confidence", "write", "line", first=found["message"].str.slice(0, 26)
    )
    assert counted.rows() == [
        ("LW301", "d1", "low", None, None, "2 writes to store 5f1c0d2e"),
        ("LW301", "d1", "high", None, None, "1 write to store aaaabbbb "),
        ("LW301", "d2", "low", None, None, "1 write to store 5f1c0d2e "),
        ("LW302", "d1", "low", None, None, "1 write to store 5f1c0d2e "),
    ]
    assert found["fingerprint"].head(2).n_unique() == 2
