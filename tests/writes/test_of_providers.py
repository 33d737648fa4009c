"""Intended writes of plain Pulumi, from each form of log."""

from __future__ import annotations

import json

import pytest

from analyzer.logs.read import read_logs
from analyzer.sources.source import Source
from analyzer.writes.intended import intended_writes

KEY = "aws:cloudfront/keyvaluestoreKey:KeyvaluestoreKey"
STORE = "aws:cloudfront/keyValueStore:KeyValueStore"
ARN = "arn:aws:cloudfront::111122223333:key-value-store/0f1e2d3c-0000-4000-8000-000000000001"
ERROR = (
    "operation error CloudFront KeyValueStore: PutKey, https response error StatusCode: 403, RequestID: r1, "
    "AccessDeniedException: no"
)


def writes(*logs: str) -> list[tuple[object, ...]]:
    read = read_logs([Source(f"log-{number}", None, log.encode()) for number, log in enumerate(logs)])
    columns = ("name", "type", "op", "action", "key", "pattern", "reported", "error_code")
    return intended_writes(read.events, read.deploys).select(columns).rows()


def urn(kind: str, name: str) -> str:
    return f"urn:pulumi:prod::edge::{kind}::{name}"


def event(number: int, **payload: object) -> str:
    return json.dumps({"sequence": number, "timestamp": 1_700_000_000 + number} | payload)


def step(kind: str, name: str) -> dict[str, object]:
    state = {"inputs": {"key": "config/limits", "keyValueStoreArn": ARN, "value": "5"}, "outputs": {}}
    return {"metadata": {"op": "create", "urn": urn(kind, name), "type": kind, "old": None, "new": state}}


def test_an_event_log_names_the_key() -> None:
    log = "\n".join(
        [
            event(0, resourcePreEvent=step(KEY, "limits")),
            event(1, resOutputsEvent=step(KEY, "limits")),
            event(2, summaryEvent={"durationSeconds": 1}),
        ]
    )
    assert writes(log) == [
        ("limits", KEY, "create", "put", "config/limits", False, "succeeded", None),
    ]


def test_an_error_is_that_of_the_resource_of_its_type() -> None:
    """The store may have the same name as its key."""
    log = "\n".join(
        [
            event(0, resourcePreEvent=step(KEY, "limits")),
            event(
                1, diagnosticEvent={"urn": urn(STORE, "limits"), "message": f"{ERROR}\n", "severity": "error"}
            ),
            event(2, resOpFailedEvent=step(KEY, "limits")),
            event(3, summaryEvent={"durationSeconds": 1, "result": "failed"}),
        ]
    )
    assert writes(log)[0][-2:] == ("failed", None)
    assert writes(log.replace(urn(STORE, "limits"), urn(KEY, "limits")))[0][-2:] == (
        "failed",
        "AccessDeniedException",
    )


ROWS = """Updating (prod):
    pulumi:pulumi:Stack edge-prod running
 +  aws:cloudfront:KeyvaluestoreKey limits creating (0s)
 +  aws:cloudfront:KeyvaluestoreKey limits created (1s)
 +  aws:cloudfront:KeyValueStore store created (1s)
    pulumi:pulumi:Stack edge-prod
Resources:
    + 2 created

Duration: 3s
"""


def test_rows_name_the_type_alone() -> None:
    assert writes(ROWS) == [("limits", KEY, "create", "put", "*", True, "succeeded", None)]


def test_rows_with_urns() -> None:
    rows = ROWS.replace("aws:cloudfront:KeyvaluestoreKey limits", urn(KEY, "limits"))
    assert [row[:5] for row in writes(rows)] == [("limits", KEY, "create", "put", "*")]


@pytest.mark.parametrize("parent", ["", "Site sst:aws:Astro → "])
def test_sst_shows_the_type(parent: str) -> None:
    log = (
        "SST 3.12.5  ready!\n\n➜  App:        edge\n   Stage:      prod\n\n~  Deploy\n\n"
        f"|  Created     {parent}limits aws:cloudfront:KeyvaluestoreKey (1.2s)\n\n✓  Complete\n"
    )
    assert writes(log) == [("limits", KEY, "create", "put", "*", True, "succeeded", None)]


def test_both_logs_of_one_deploy_are_one_write() -> None:
    log = "\n".join(
        [
            event(0, resourcePreEvent=step("pulumi:pulumi:Stack", "edge-prod")),
            event(1, resourcePreEvent=step(KEY, "limits")),
            event(2, resOutputsEvent=step(KEY, "limits")),
            event(3, summaryEvent={"durationSeconds": 1}),
        ]
    )
    assert [row[4] for row in writes(log, ROWS)] == ["config/limits"]


def test_a_refresh_in_text_writes_nothing_though_it_says_updated() -> None:
    """It says what became of the state: docs/facts/pulumi-output.md#11-operations."""
    done = f" ~  {KEY} limits updated (0.50s) [diff: ~value]\n"
    assert writes(f"Refreshing (prod):\n{done}") == []
    assert len(writes(f"Updating (prod):\n{done}")) == 1
