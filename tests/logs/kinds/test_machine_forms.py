"""The machine forms that are one JSON document: what each says, where, and that no value of a state is kept."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.errors import InputError
from analyzer.logs.read import read_logs
from analyzer.logs.registry import forms
from analyzer.sources.identify import identify
from analyzer.sources.input_stats import InputStats
from analyzer.sources.source import Source
from analyzer.tables import EVENTS

ID = "fe6aadedee0704c33ffb620d"
KEYS = "urn:pulumi:prod::shop::sst:aws:Router$pulumi-nodejs:dynamic:Resource::WebKvKeys.sst.aws.KvKeys"
SECRET = "hunter2-secret"  # noqa: S105 (what must not be kept)
STATE = {"urn": KEYS, "inputs": {"password": SECRET}, "outputs": {"password": SECRET}}

DIGEST = {
    "config": {"aws:secretKey": SECRET},
    "steps": [
        {"op": "create", "urn": KEYS, "newState": STATE, "detailedDiff": None},
        {"op": "same", "urn": "urn:pulumi:prod::shop::pulumi:pulumi:Stack::shop-prod", "newState": {}},
    ],
    "diagnostics": [
        {"urn": KEYS, "prefix": "<{%fg 1%}>error: ", "message": "no\n", "severity": "error"},
        {"message": SECRET, "severity": "debug"},
    ],
    "duration": 1_500_000_000,
    "changeSummary": {"create": 1, "same": 1},
    "maybeCorrupt": False,
}
SUMMARY = {
    "result": "failed",
    "duration": 9_125_000_000,
    "summary": {"create": 1},
    "resources": [
        {
            "urn": KEYS,
            "type": "pulumi-nodejs:dynamic:Resource",
            "name": "WebKvKeys.sst.aws.KvKeys",
            "op": "create",
        }
    ],
}
UPDATE = {
    "id": ID,
    "version": "3.9.17",
    "command": "deploy",
    "errors": [{"urn": KEYS, "message": "operation error X"}],
    "timeStarted": "2025-03-01T14:17:50.840Z",
    "timeCompleted": "2025-03-01T21:18:50.123456789+07:00",
}
LATEST = {
    "manifest": {"time": "2025-03-01T14:17:50Z", "version": "v3.146.0"},
    "resources": [STATE],
    "pending_operations": [{"resource": STATE, "type": "creating"}],
}
CHECKPOINT = {"version": 3, "checkpoint": {"stack": "organization/shop/prod", "latest": LATEST}}
DIFF = [{"op": "update", "urn": KEYS, "type": "pulumi-nodejs:dynamic:Resource", "old": STATE, "new": STATE}]
BEGAN = datetime(2025, 3, 1, 14, 17, 50, 840_000, UTC)


def read(
    value: object, name: str = "log", indent: int | None = None
) -> tuple[str, list[dict[str, Any]], InputStats]:
    """What a document is told to be, its rows without what is null, and its stats."""
    data = value if isinstance(value, bytes) else json.dumps(value, indent=indent).encode() + b"\n"
    source, stats = Source(name, None, data), InputStats(name)
    kind = identify(source).kind
    table = pl.concat([pl.DataFrame(schema=EVENTS), *forms()[kind].read(source, stats)])
    assert SECRET not in repr(table.to_dicts())
    counts = (stats.recognised or 0) + (stats.noise or 0) + (stats.unrecognised or 0)
    assert counts == stats.lines
    real = table.filter(pl.col("kind") != "unrecognised")
    assert real["seq"].to_list() == list(range(real.height))
    rows = [{key: said for key, said in row.items() if said is not None} for row in table.to_dicts()]
    return (
        kind,
        [{key: row[key] for key in row if key not in ("source", "seq", "urn")} for row in rows],
        stats,
    )


def facts(rows: list[dict[str, Any]]) -> dict[str, str]:
    return {row["fact"]: row["value"] for row in rows if "fact" in row}


def test_a_preview_digest() -> None:
    kind, rows, stats = read(DIGEST, indent=4)
    lines = json.dumps(DIGEST, indent=4).splitlines()
    first = lines.index('            "op": "create",')
    assert kind == "preview-digest"
    assert [row["kind"] for row in rows] == ["header", "done", "done", "diagnostic", "summary"]
    assert rows[1] == {
        "line": first,
        "kind": "done",
        "op": "create",
        "type": "pulumi-nodejs:dynamic:Resource",
        "name": "WebKvKeys.sst.aws.KvKeys",
        "outcome": "done",
        "planning": True,
    }
    assert (rows[3]["message"], rows[3]["severity"]) == ("error: no", "error")
    assert (rows[4]["seconds"], rows[4]["outcome"]) == (1.5, "failed")
    assert all(row["planning"] for row in rows)
    assert (stats.lines, stats.recognised, stats.problems) == (len(lines), len(lines), [])


def test_lines_of_other_programs_around_a_document_are_noise() -> None:
    data = b"$ npm run preview\nhint\n\n" + json.dumps(DIGEST, indent=2).encode() + b"\nDone in 2s\n"
    kind, rows, stats = read(data)
    assert kind == "preview-digest"
    assert (rows[0]["line"], stats.noise, stats.unrecognised) == (4, 4, 0)


def test_a_summary_of_pulumi_says_too_little_for_a_write() -> None:
    kind, rows, stats = read(SUMMARY)
    assert kind == "pulumi-summary"
    assert [(row["kind"], row["outcome"], row.get("planning")) for row in rows] == [
        ("started", "started", True),
        ("summary", "failed", None),
    ]
    assert (rows[1]["seconds"], facts(rows)) == (9.125, {"result": "failed"})
    assert stats.problems == [
        "this form does not show whether it was a preview or a deploy: no write is expected from it"
    ]


def test_an_update_object() -> None:
    kind, rows, _ = read(UPDATE, f"home/update/shop/prod/{ID}.json")
    assert kind == "sst-update"
    assert facts(rows) == {
        "tool": "sst", "update_id": ID, "tool_version": "3.9.17", "command": "deploy", "app": "shop", "stage": "prod",
        "result": "failed", "told_errors": "1",
    }  # fmt: skip
    assert rows[0]["at"] == BEGAN
    assert (rows[-2]["severity"], rows[-2]["name"]) == ("error", "WebKvKeys.sst.aws.KvKeys")
    assert (rows[-1]["outcome"], rows[-1]["at"]) == ("failed", datetime(2025, 3, 1, 14, 18, 50, 123_456, UTC))


def test_an_update_that_runs_or_was_killed_has_no_end() -> None:
    """Expected: interrupted, from when it began on; nobody knows until when."""
    told = {key: value for key, value in UPDATE.items() if key not in ("timeCompleted", "errors")}
    _, rows, _ = read(told)
    assert (rows[-1]["kind"], rows[-1]["outcome"], rows[-1].get("at")) == ("summary", "interrupted", None)
    assert "told_errors" not in facts(rows)
    deploy = read_logs([Source("update", None, json.dumps(told).encode())]).deploys.row(0, named=True)
    assert (deploy["result"], deploy["started_at"], deploy["ended_at"]) == ("interrupted", BEGAN, None)


def test_an_update_that_was_unlocked_by_force_is_interrupted_and_its_end_is_unknown() -> None:
    """Source: facts, 1.4: the object is written anew, without `timeStarted`; its id still says when it began."""
    said = "Update did not complete and was force unlocked with the `sst unlock` command"
    told = {key: value for key, value in UPDATE.items() if key != "timeStarted"}
    told |= {"errors": [{"urn": "", "message": said}], "timeCompleted": "2025-03-03T10:00:00Z"}
    deploy = read_logs([Source("update", None, json.dumps(told).encode())]).deploys.row(0, named=True)
    assert (deploy["result"], deploy["ended_at"]) == ("interrupted", None)
    assert deploy["started_at"] == datetime(2025, 3, 1, 14, 17, 50, 840_000, UTC)


def test_a_lock_names_the_update_that_holds_it() -> None:
    lock = {
        "created": "2025-03-01T14:17:50.84Z",
        "updateID": ID,
        "runID": "",
        "command": "deploy",
        "ignore": True,
    }
    kind, rows, _ = read(lock, "lock/shop/prod.json")
    assert (kind, facts(rows)["update_id"], facts(rows)["stage"]) == ("sst-update", ID, "prod")
    assert rows[-1]["message"] == "the stage is locked by this update"


def test_a_summary_object() -> None:
    summary = (
        {"updateID": ID} | {key: value for key, value in UPDATE.items() if key != "id"} | {"errors": None}
    )
    kind, rows, _ = read(summary)
    assert (kind, facts(rows)["update_id"], rows[-1]["kind"]) == ("sst-summary", ID, "summary")
    assert "result" not in facts(rows)


def test_an_update_without_errors_may_be_one_whose_pulumi_a_signal_killed() -> None:
    source = Source(f"update/shop/prod/{ID}.json", None, json.dumps(UPDATE | {"errors": None}).encode())
    deploy = read_logs([source]).deploys.row(0, named=True)
    assert (deploy["result"], deploy["ended_at"]) == (None, datetime(2025, 3, 1, 14, 18, 50, 123_456, UTC))


@pytest.mark.parametrize("state", [CHECKPOINT, {"version": 3, "deployment": LATEST}], ids=["home", "export"])
def test_a_state_tells_what_never_ended(state: dict[str, object]) -> None:
    kind, rows, _ = read(state, "app/shop/prod.json")
    assert (kind, facts(rows)) == (
        "sst-state",
        {"app": "shop", "stage": "prod", "pulumi_version": "v3.146.0"},
    )
    assert rows[-1]["message"] == "pending operation: interrupted while creating"
    assert rows[-1]["name"] == "WebKvKeys.sst.aws.KvKeys"
    assert {row["kind"] for row in rows} == {"header", "diagnostic"}


def test_a_diff_of_sst() -> None:
    kind, rows, _ = read(DIFF, indent=2)
    assert kind == "sst-diff"
    assert [(row["kind"], row.get("op"), row["planning"]) for row in rows] == [
        ("header", "preview", True),
        ("header", "preview", True),
        ("done", "update", True),
        ("summary", None, True),
    ]
    assert rows[2]["line"] == 2


@pytest.mark.parametrize(
    "value", [DIGEST, SUMMARY, UPDATE, CHECKPOINT, DIFF], ids=["digest", "summary", "update", "state", "diff"]
)
def test_a_document_that_is_cut_is_told(value: object) -> None:
    data = json.dumps(value, indent=1).encode()
    _, rows, stats = read(data[: len(data) - 9])
    assert {row["kind"] for row in rows} == {"unrecognised"}
    assert stats.unrecognised == len(rows)
    assert stats.undecodable == 1
    assert stats.problems[0].startswith("not read: the JSON is cut, damaged or of another shape")


@given(st.binary(max_size=200), st.sampled_from(sorted(forms())))
def test_every_line_is_accounted_for(data: bytes, kind: str) -> None:
    stats = InputStats("log")
    try:
        table = pl.concat(
            [pl.DataFrame(schema=EVENTS), *forms()[kind].read(Source("log", None, data), stats)]
        )
    except InputError:
        return  # refused with a sentence
    assert stats.lines == (stats.recognised or 0) + (stats.noise or 0) + (stats.unrecognised or 0)
    assert (table["kind"] == "unrecognised").sum() == stats.unrecognised
