"""What stands beside a command: the question to ask first, and the cause's own remedy."""

from __future__ import annotations

from typing import Any

import pytest

from analyzer.tables import CALLS, from_columns
from analyzer.verdicts.remedies.advice import advised
from analyzer.verdicts.tables import FINAL_VERDICTS, REMEDIES, STATUS
from tests.build import CI, STORE


def note(
    remedy_note: str | None = None,
    *,
    status: str = "open",
    by: str | None = None,
    agent: str = "",
    **row: Any,
) -> str | None:
    known = {"id": "w1", "key": "7c62:routes", "store": STORE, "verdict": "dropped"} | row
    final = from_columns({name: [known.get(name)] for name in FINAL_VERDICTS}, FINAL_VERDICTS)
    remedies = from_columns({"write": ["w1"], "remedy_note": [remedy_note]}, REMEDIES)
    states = from_columns({"id": ["w1"], "status": [status], "healed_by": [by]}, STATUS)
    call = {"event_id": ["e9"], "api": [row.get("loss_api", "UpdateKeys")], "user_agent": [agent]}
    calls = from_columns({name: call.get(name, [None]) for name in CALLS}, CALLS)
    found: str | None = advised(remedies, final, states, calls)["remedy_note"].item()
    return found


def test_nothing_to_say_is_null() -> None:
    assert note(cause="never_attempted") is None
    assert note("the log does not have the value: see a:1", cause="never_attempted") == (
        "the log does not have the value: see a:1"
    )


def test_the_question_comes_first() -> None:
    by = f"UpdateKeys by {CI} at 2025-03-20 12:16:41Z"
    assert note(status="maybe_repaired", by=by, cause="lost_update") == (
        f"look first: this may have made it right, {by}; against the cause: SST 3.11.2 fixed that parallel writers of "
        "routes overwrite each other; upgrade"
    )


@pytest.mark.parametrize(
    ("row", "api"),
    [
        ({"cause": "access_denied"}, "UpdateKeys"),
        ({"cause": "access_denied", "error_api": "DescribeKeyValueStore"}, "DescribeKeyValueStore"),
        ({"cause": "access_denied", "error_api": "a;$(touch hit)"}, "UpdateKeys"),
        ({"cause": "read_failed", "read_failed_with": "AccessDeniedException"}, "GetKey"),
    ],
)
def test_a_refusal_names_the_action_to_allow(row: dict[str, Any], api: str) -> None:
    text = f"against the cause: allow the deploy's principal cloudfront-keyvaluestore:{api} on "
    assert note(**row) == text + STORE
    assert note(**row, store="arn:x\x1b[2J") == text + "the store"


def test_a_read_that_failed_otherwise_and_a_shared_namespace() -> None:
    assert "takes a failed read" in (note(cause="read_failed", read_failed_with="ThrottlingException") or "")
    assert "has the namespace 7c62 too; rename" in (note(cause="namespace_collision") or "")


TERRAFORM = "APN/1.0 HashiCorp/1.0 Terraform/1.9.0 terraform-provider-aws/5.90.0 aws-sdk-go-v2/1.36.3"


@pytest.mark.parametrize(
    ("agent", "api", "warned"),
    [
        (TERRAFORM, "UpdateKeys", True),
        (TERRAFORM, "DeleteKey", False),
        (f"{TERRAFORM} pulumi-aws/6.66.2", "UpdateKeys", False),
        ("aws-sdk-go-v2/1.32.5", "UpdateKeys", False),
    ],
)
def test_what_terraform_keeps_alone_it_deletes_again_at_its_next_run(
    agent: str, api: str, warned: bool
) -> None:
    """A set of keys that is exclusive; a single key's resource deletes only its own, and once."""
    told = note(agent=agent, cause="deleted", verdict="lost", loss_event_id="e9", loss_api=api)
    assert ((told or "").startswith("first see to Terraform")) == warned
