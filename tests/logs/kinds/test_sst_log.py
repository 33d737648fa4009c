"""SST's own log becomes events: facts of the deploy, its end, errors; both ways of slog."""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.grammar.logfmt import attributes, unquoted
from analyzer.logs.interface import LogForm
from analyzer.logs.kinds import sst_log
from tests.logs.terminal import read, slog_events, unrecognised

AT = datetime(2025, 3, 28, 2, 12, 0, 794000, UTC)
TIME = "time=2025-03-28T02:12:00.794Z"


def test_it_is_a_log_form() -> None:
    assert isinstance(sst_log, LogForm)


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ('msg="initializing project" version=3.9.39', [("tool", "sst"), ("tool_version", "3.9.39")]),
        ('msg="loaded config" app=blog stage=prod', [("app", "blog"), ("stage", "prod")]),
        ('msg="INFO putting update app=blog stage=prod"', [("app", "blog"), ("stage", "prod")]),
        ('msg="INFO locking app=blog stage=prod"', [("app", "blog"), ("stage", "prod")]),
        ('msg="INFO unlocking app=blog stage=prod"', [("app", "blog"), ("stage", "prod")]),
        ('msg="INFO pulling state app=blog stage=prod out=/a/b.json"', [("app", "blog"), ("stage", "prod")]),
        ('msg="running stack command" service=project.run cmd=remove', [("command", "remove")]),
        (
            'msg="starting pulumi" service=project.run updateID=fe6aadedee0704c33ffb620d args="[a b]"',
            [("update_id", "fe6aadedee0704c33ffb620d")],
        ),
        (
            'msg="INFO pushing partial state updateID=fe6aadedee0704c33ffb620d"',
            [("update_id", "fe6aadedee0704c33ffb620d")],
        ),
    ],
)
def test_facts_with_the_records_time(record: str, expected: list[tuple[str, str]]) -> None:
    found = slog_events(f"{TIME} level=INFO {record}\n")
    assert [(event["fact"], event["value"]) for event in found] == expected
    assert {(event["kind"], event["at"]) for event in found} == {("header", AT)}


def test_a_fact_that_is_said_again_is_told_once() -> None:
    record = f'{TIME} level=INFO msg="INFO pushing partial state updateID=fe6aadedee0704c33ffb620d"\n'
    assert len(slog_events(record * 3)) == 1
    assert read(record * 3, sst_log)[1].recognised == 3


def test_the_next_deploy_tells_the_same_fact_anew() -> None:
    start = f'{TIME} level=INFO msg="initializing project" version=3.9.39\n'
    stage = f'{TIME} level=INFO msg="loaded config" stage=prod\n'
    events = read((start + stage * 2) * 2, sst_log)[0]
    facts = events.filter(pl.col("seq").is_not_null())
    assert facts.select("run", "line", "fact").rows() == [
        *((1, 1, "tool"), (1, 1, "tool_version"), (1, 2, "stage")),
        *((2, 4, "tool"), (2, 4, "tool_version"), (2, 5, "stage")),
    ]


@pytest.mark.parametrize("level", ["INFO", "WARN", "ERROR"])
def test_what_is_no_fact_is_told_as_often_as_it_is_said(level: str) -> None:
    record = f'{TIME} level={level} msg="rpc request" err=refused\n'
    assert [event["line"] for event in slog_events(record * 3)] == [1, 2, 3]


def test_header_words_are_pulumis_own() -> None:
    found = slog_events(f'{TIME} level=INFO msg="running stack command" cmd=diff\n')
    assert found[0]["op"] == "preview"
    found = slog_events(f'{TIME} level=INFO msg="loaded config" app=blog stage=prod\n')
    assert [event.get("name") for event in found] == [None, "prod"]


@pytest.mark.parametrize(
    ("record", "outcome"),
    [
        ('level=INFO msg="pulumi exited" err=<nil>', "done"),
        ('level=INFO msg="pulumi exited" service=project.run err="exit status 255"', "failed"),
        ('level=INFO msg="pulumi exited" service=project.run err="signal: killed"', "interrupted"),
        ('level=INFO msg="done running stack command" resources=3', "done"),
        ('level=ERROR msg="exited with error" err="stack run failed"', "failed"),
        ("level=INFO msg=interrupted", "interrupted"),
        ('level=INFO msg="sending interrupt"', "interrupted"),
    ],
)
def test_how_it_ended(record: str, outcome: str) -> None:
    found = [event for event in slog_events(f"{TIME} {record}\n") if event["kind"] == "summary"]
    assert [event["outcome"] for event in found] == [outcome]


@pytest.mark.parametrize(
    ("level", "severity"), [("DEBUG", "debug"), ("INFO", "info"), ("WARN", "warning"), ("ERROR+4", "error")]
)
def test_other_records_are_diagnostics_and_attributes_are_not_kept(level: str, severity: str) -> None:
    found = slog_events(f'{TIME} level={level} msg="rpc request" token=hunter2\n')
    assert found == [
        {"line": 1, "at": AT, "kind": "diagnostic", "severity": severity, "message": "rpc request"}
    ]


def test_an_error_says_why() -> None:
    found = slog_events(f'{TIME} level=ERROR msg="exited with error" err="a \\"b\\"\\nc"\n')
    assert [(event["kind"], event["message"]) for event in found] == [
        ("summary", "exited with error"),
        ("diagnostic", 'exited with error: a "b"\nc'),
    ]


def test_the_text_of_pulumi_inside_a_record_is_read() -> None:
    text = (
        r"failed to run update: exit status 255\ncode: 255\nstdout: Updating (prod):\n"
        r" +  aws:s3:Bucket b **creating failed** error: boom\nDiagnostics:\n  aws:s3:Bucket (b):\n"
        r"    error: boom\n\nstderr: \n"
    )
    found = slog_events(f'level=ERROR msg="stack run failed" error="{text}"\n')
    told = [(event["kind"], event.get("op"), event.get("name"), event.get("severity")) for event in found]
    assert told == [
        ("summary", None, None, None),
        ("diagnostic", None, None, "error"),
        ("header", "update", "prod", None),
        ("failed", "create", "b", None),
        ("summary", None, None, None),
        ("summary", None, None, None),
        ("diagnostic", None, "b", "error"),
    ]
    assert {event["line"] for event in found} == {1}


def test_what_is_no_record() -> None:
    assert unrecognised("time=now\nhello\n\n", sst_log) == ["time=now"]
    assert read("time=now\nhello\n\n", sst_log)[1].noise == 2


def test_steps_among_records_are_read() -> None:
    record = f'{TIME} level=INFO msg="rpc request" method=POST\n'
    step = "|  Created     Foo sst:aws:Nextjs → FooKvKeys sst:aws:KvKeys\n"
    found = [event for event in slog_events(record * 1000 + step + record) if event["kind"] == "done"]
    name = "FooKvKeys.sst.aws.KvKeys"
    assert found == [
        {"line": 1001, "kind": "done", "op": "create", "outcome": "done", "name": name}
        | {"type": "pulumi-nodejs:dynamic:Resource"}
    ]
    assert unrecognised(f"{record}|  Teleported  B a:b:C\n", sst_log) == ["|  Teleported  B a:b:C"]


def test_attributes() -> None:
    assert attributes(' a=1 b="x \\"y\\"\\t\\x1b" c= d.e=<nil>') == [
        ("a", "1"),
        ("b", 'x "y"\t\x1b'),
        ("c", ""),
        ("d.e", "<nil>"),
    ]
    assert attributes("INFO pulling state out=/a b/c.json x=1") == [("out", "/a b/c.json"), ("x", "1")]
    assert attributes("no pairs") == []


@given(st.text(st.characters(codec="utf-8", exclude_characters='"\\', exclude_categories=["C"])))
def test_quoted_text_comes_back(text: str) -> None:
    assert unquoted(f'"{text}"') == text
