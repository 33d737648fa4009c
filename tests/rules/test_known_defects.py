"""LW209: the version alone, and the signatures of defects."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from analyzer.advisories.advisories import advisories
from analyzer.rules.signatures import seen
from tests.reports.made import DEPLOY, LOG, ROUTE, write
from tests.rules.reasons import Row, call, cites, found, keys, made, step, told

if TYPE_CHECKING:
    from analyzer.rules.interface import Case

UNKNOWN = DEPLOY | {"tool_version": None}
DROPPED = {**ROUTE, "verdict": "dropped", "cause": "never_attempted"}


def by(version: str | None, *writes: Row, **tables: list[Row]) -> Case:
    return made(list(writes), deploys=[DEPLOY | {"tool_version": version}], **tables)


@pytest.mark.parametrize(
    ("version", "message"),
    [
        ("4.17.0", None),
        ("4.2.1", None),
        ("4.2.0", "SST 4.2.0 has a known defect that SST 4.2.1 has not: promise-leak."),
        ("dev", None),
        (None, None),
        (
            "v3.11.1",
            "SST 3.11.1 has 2 known defects that SST 4.1.3 has not: write-by-another-process, false-interrupted.",
        ),
    ],
)
def test_a_version_is_warned_of_once_with_the_version_to_go_to(
    version: str | None, message: str | None
) -> None:
    wanted = [] if message is None else [("warning", "high", message)]
    assert told("LW209", by(version, write(1))) == wanted


def test_only_defects_of_resources_that_the_deploy_changes_count() -> None:
    routes = told("LW209", by("3.11.1", write(1, **ROUTE)))[0][2]
    assert "lost-update, list-too-long" in routes
    unchanged = step("SiteRoutesUpdate", op="same")
    (kept,) = told("LW209", by("3.11.1", write(1), events=[unchanged]))
    assert "lost-update" not in kept[2]


def test_where_no_step_is_known_every_defect_counts() -> None:
    assert "lost-update" in told("LW209", by("3.11.1"))[0][2]


def test_a_version_of_pulumi_is_none_of_sst() -> None:
    pulumi = DEPLOY | {"tool": "pulumi", "tool_version": "3.11.1"}
    assert told("LW209", made([write(1, **ROUTE)], deploys=[pulumi])) == []


def absent(*writes: Row, version: str | None) -> Case:
    read = call("e1", "GetKey", "7c62:routes", error_code="ResourceNotFoundException")
    return by(version, *writes, calls=[read], evidence=[cites("w1", "e1")])


def test_a_defect_that_struck_is_an_error_at_its_write() -> None:
    errors = found("LW209", absent(write(1, **DROPPED), version="3.10.0")).filter(severity="error")
    assert errors.select("write", "line", "confidence", "message").rows() == [
        (
            "w1",
            41,
            "proven",
            "SST 3.10.0 has the defect first-route-never-written (fixed in 3.10.1), and it struck: SiteRoutesUpdate, "
            "as the trail shows.",
        )
    ]


def test_without_a_version_it_is_a_note_and_never_proven() -> None:
    assert told("LW209", absent(write(1, **DROPPED), version=None)) == [
        (
            "note",
            "high",
            "It looks like SST's defect first-route-never-written (since 3.10.0, fixed in 3.10.1; no log says which "
            "version ran): SiteRoutesUpdate, as the trail shows.",
        )
    ]


@pytest.mark.parametrize(
    ("event", "severity"),
    [({"fact": "promise_leak"}, "error"), ({"message": "failed to unmarshal event: x"}, "note")],
)
def test_a_signature_that_touches_no_write_does_not_fail_a_gate(event: Row, severity: str) -> None:
    severities = [
        each
        for each, _, message in told("LW209", by("4.2.0", events=[LOG_LINE | event]))
        if "struck" in message
    ]
    assert severities == [severity]


def test_a_preview_deploys_nothing() -> None:
    preview = DEPLOY | {"tool_version": "3.10.0", "command": "preview"}
    assert told("LW209", made([write(1)], deploys=[preview])) == []


def test_a_version_that_has_the_defect_no_longer_shows_another_one() -> None:
    assert told("LW209", absent(write(1, **DROPPED), version="4.17.0")) == []


def test_a_defect_that_strikes_often_is_told_once() -> None:
    both = absent(write(1, **DROPPED), write(2, **DROPPED | {"entry": "site,50f6,,/b"}), version=None)
    assert len(told("LW209", both)) == 1


LOG_LINE = {"deploy": "d1", "source": LOG, "line": 7, "kind": "diagnostic", "severity": "error"}
UPDATED = step("SiteKvKeys", new=keys("aa01", {"a": "1"}), old=keys("7c62", {"a": "1"}))
SIGNATURES: list[tuple[str, list[Row], list[Row]]] = [
    ("keys-not-retried", [write(1, verdict="errored", cause="precondition_failed")], []),
    ("batches-forgotten", [write(1, verdict="dropped", cause="precondition_failed")], []),
    ("lost-update", [write(1, **ROUTE, verdict="lost", cause="lost_update")], []),
    ("lost-update", [write(1, **ROUTE, verdict="unverifiable", cause="lost_update")], []),
    ("list-too-long", [write(1, **ROUTE, verdict="errored", cause="quota")], []),
    ("failed-read-taken-for-success", [write(1, **ROUTE, verdict="dropped", cause="read_failed")], []),
    ("failed-read-taken-for-success", [write(1, **ROUTE, verdict="unverifiable", unset=True)], []),
    ("promise-leak", [], [LOG_LINE | {"fact": "promise_leak"}]),
    ("event-lines-lost", [], [LOG_LINE | {"message": "failed to unmarshal event: x"}]),
    ("namespace-change-ignored", [write(1, key="aa01:a", verdict="dropped")], [UPDATED]),
    (
        "deleted-after-created",
        [write(1, verdict="lost", cause="deleted")],
        [step("OldKvKeys", old=keys("7c62"), line=60)],
    ),
]


@pytest.mark.parametrize(("advisory", "writes", "events"), SIGNATURES)
def test_a_signature_is_seen_in_writes_and_events(
    advisory: str, writes: list[Row], events: list[Row]
) -> None:
    assert seen(made(writes, events=events))["advisory"].to_list() == [advisory]


@pytest.mark.parametrize(
    ("writes", "events"),
    [
        ([write(1, **DROPPED)], []),
        ([write(1, **ROUTE | {"was": ROUTE["entry"]}, verdict="unverifiable", unset=True)], []),
        ([write(1, verdict="lost", cause="lost_update")], []),
        ([write(1, verdict="landed")], [UPDATED]),
        ([], [LOG_LINE | {"message": "error: something else"}]),
    ],
    ids=["no read is known", "nothing was to change", "keys are no list", "it landed", "another error"],
)
def test_no_signature_is_seen(writes: list[Row], events: list[Row]) -> None:
    assert seen(made(writes, events=events)).is_empty()


def test_every_signature_is_of_an_advisory() -> None:
    assert {name for name, _, _ in SIGNATURES} <= set(advisories())


@pytest.mark.parametrize(
    ("kind", "shown_by"), [(None, "log"), ("log", "log"), ("call", "trail"), ("chain", "trail")]
)
def test_an_error_that_the_log_alone_has_is_shown_by_no_trail(kind: str | None, shown_by: str) -> None:
    failed = write(
        1, **ROUTE | {"verdict": "errored", "cause": "quota", "error_code": "ServiceQuotaExceeded"}
    )
    proofs = [] if kind is None else [cites("w1", "e1") | {"kind": kind}]
    assert seen(by("3.11.1", failed, evidence=proofs))["shown_by"].to_list() == [shown_by]


def test_what_a_listing_alone_shows_is_shown_by_no_trail() -> None:
    lost = write(1, **ROUTE | {"verdict": "lost", "cause": "lost_update"})
    proofs = [cites("w1", "e1") | {"kind": "keys"}]
    assert seen(by("3.11.1", lost, evidence=proofs))["shown_by"].to_list() == ["listing"]
