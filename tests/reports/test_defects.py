"""The known defects by cause and version, and what removes each cause (docs/facts/sst-output.md#44-fixes)."""

from __future__ import annotations

import pytest

from analyzer.advisories.advisories import advisories
from analyzer.reports.defects import cure, defect
from tests.reports.examples import ROUTE, STORE, write


def dropped(cause: str, **differs: object) -> dict[str, object]:
    row: dict[str, object] = {"error_api": None, **write(1, verdict="dropped", cause=cause, **differs)}
    return row


FIRST = advisories()["first-route-never-written"].what
LOST = advisories()["lost-update"].what
READ = advisories()["failed-read-taken-for-success"].what
BEFORE = "has a known defect. The log does not say which version ran."


@pytest.mark.parametrize(
    ("cause", "version", "known", "prevention"),
    [
        (
            "never_attempted",
            "3.10.0",
            f"SST 3.10.0 has a known defect, fixed in 3.10.1. {FIRST}",
            "Update SST to 3.10.1 or later.",
        ),
        ("never_attempted", "3.10.1", None, None),
        (
            "never_attempted",
            None,
            f"SST from 3.10.0 to before 3.10.1 {BEFORE} {FIRST}",
            "Update SST, if it is older than 3.10.1.",
        ),
        (
            "lost_update",
            "3.11.1",
            f"SST 3.11.1 has a known defect, fixed in 3.11.2. {LOST}",
            "Update SST to 3.11.2 or later.",
        ),
        ("lost_update", "3.11.2", None, "Let one deploy at a time change the list."),
        (
            "read_failed",
            "4.14.3",
            f"SST 4.14.3 has a known defect, not fixed so far. {READ}",
            f"Allow cloudfront-keyvaluestore:GetKey on {STORE} to the role that deploys, and let fewer deploys run at "
            "the same time.",
        ),
        (
            "read_failed",
            None,
            f"SST from 3.12.5 on {BEFORE} {READ}",
            f"Allow cloudfront-keyvaluestore:GetKey on {STORE} to the role that deploys, and let fewer deploys run at "
            "the same time.",
        ),
        ("other", "3.10.0", None, None),
    ],
)
def test_a_defect_is_named_only_for_versions_that_have_it(
    cause: str, version: str | None, known: str | None, prevention: str | None
) -> None:
    row = dropped(cause, **ROUTE)
    assert (defect(row, version), cure(row, [], version)) == (known, prevention)


def test_what_the_log_admits_is_no_silent_defect() -> None:
    assert defect(dropped("precondition_failed") | {"verdict": "errored"}, "3.10.0") is None


def test_the_first_route_is_lost_where_it_is_added_and_not_where_it_is_removed() -> None:
    assert defect(dropped("never_attempted", **ROUTE | {"action": "remove"}), "3.10.0") is None


@pytest.mark.parametrize(
    ("evidence", "named", "action"),
    [
        (
            ["UpdateKeys failed: not authorized to perform: cloudfront-keyvaluestore:DeleteKey on"],
            None,
            "DeleteKey",
        ),
        ([], "GetKey", "GetKey"),
        ([], None, "UpdateKeys"),
    ],
)
def test_a_denial_names_the_action_to_allow(evidence: list[str], named: str | None, action: str) -> None:
    wanted = f"Allow cloudfront-keyvaluestore:{action} on {STORE} to the role that deploys."
    assert cure(dropped("access_denied") | {"error_api": named}, evidence, None) == wanted


@pytest.mark.parametrize(
    ("error", "wanted"),
    [
        ("ThrottlingException (Rate exceeded)", "Let fewer deploys use the store at the same time."),
        (
            "AccessDeniedException",
            f"Allow cloudfront-keyvaluestore:GetKey on {STORE} to the role that deploys.",
        ),
    ],
)
def test_what_helps_against_a_failed_read_follows_its_error(error: str, wanted: str) -> None:
    assert cure(dropped("read_failed", **ROUTE), [f"GetKey failed: {error}"], None) == wanted


@pytest.mark.parametrize(
    ("key", "named"), [("7c62:routes", "7c62:routes"), ("a'; rm -rf /", "KEY"), (None, "KEY")]
)
def test_a_command_within_a_sentence_names_only_a_plain_key(key: str | None, named: str) -> None:
    assert cure(dropped("missing") | {"key": key}, [], None) == (
        f"Find out who changed the key: lostwrite trail PATH --key {named}."
    )


def test_a_collision_names_the_namespace() -> None:
    assert cure(dropped("namespace_collision"), [], None) == (
        "Rename a component, the app or a stage: two of them hash to the namespace 7c62."
    )


def test_braces_in_an_input_are_no_places_to_fill() -> None:
    assert "{read}" in str(cure(dropped("access_denied") | {"error_api": "{read}"}, [], None))


BY_CI = "arn:aws:sts::111122223333:assumed-role/deployer/ci-2"


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("then deleted by SiteKvKeys under its old URN", "Keep the names of components: "),
        (
            "then removed from the list by SiteRoutesUpdate, whose entry is the same",
            "Keep the names of components: ",
        ),
        (
            f"then deleted by {BY_CI}",
            f"Ask why {BY_CI} deleted it: a later deploy without it, and sst remove, do so",
        ),
        (
            f"then deleted by {BY_CI}, with Terraform",
            "Give Terraform's exclusive set of keys a store of its own, ",
        ),
        ("then deleted by SiteKvKeys of stack shop-dev", f"Ask why {BY_CI} deleted it: "),
    ],
)
def test_what_prevents_a_deletion_follows_from_who_deleted(line: str, wanted: str) -> None:
    row = dropped("deleted") | {"verdict": "lost", "taken_by": BY_CI}
    assert str(cure(row, [line], None)).startswith(wanted)
