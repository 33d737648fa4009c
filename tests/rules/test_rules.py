"""Each rule as data: writes that fire it with the message they give, and writes that do not."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

from analyzer.rules.registry import run
from tests.reports.examples import ROUTE, case, write

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
        "LW301",
        "warning",
        "1 write to store 5f1c0d2e remains in doubt: "
        "the trail records no data events of it, so a missing call proves nothing.",
        unsure("data_events_off"),
    ),
    (
        "LW302",
        "warning",
        "1 write to store 5f1c0d2e remains in doubt: "
        "the chain of its ETags shows that a call is missing from the trail.",
        unsure("trail_gap"),
    ),
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
    unsure("no_trail"),
    unsure("trail_too_early"),
    unsure("degraded_form"),
    unsure("data_events_off") | {"verdict": "landed"},
]


@pytest.mark.parametrize(("code", "severity", "message", "differs"), FIRES)
def test_rule_fires_alone_with_its_message(
    code: str, severity: str, message: str, differs: dict[str, object]
) -> None:
    found = run(case([write(1, **differs)]))
    assert found.select("code", "severity", "message").rows() == [(code, severity, message)]


@pytest.mark.parametrize("differs", SILENT)
def test_no_rule_fires(differs: dict[str, object]) -> None:
    assert run(case([write(1, **differs)])).is_empty()


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
                write(4, **unsure("data_events_off", deploy="d2")),
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
