"""A log in JSON records or in a table is read as its program printed it, with the records' times and lines."""

from __future__ import annotations

import json

import polars as pl
import pytest

from tests.effort import combinations
from tests.logs.recovered.logs import LOGS, problems, said, scanned
from tests.logs.recovered.wrappers import DOCUMENTS, LINES, TABLES, WRAPPERS, at


@pytest.mark.parametrize(
    ("wrapper", "log"), combinations(WRAPPERS, ["sst failed", "pulumi failed", "tree failed"], each=1)
)
def test_a_wrapped_log_says_what_the_bare_one_says(wrapper: str, log: str) -> None:
    assert said(WRAPPERS[wrapper](LOGS[log].splitlines())) == said(LOGS[log])


@pytest.mark.parametrize(
    ("log", "wrapper"), combinations(LOGS, ["docker", "loki", "insights csv", "nested"], each=1)
)
def test_every_language_may_be_wrapped(log: str, wrapper: str) -> None:
    assert said(WRAPPERS[wrapper](LOGS[log].splitlines())) == said(LOGS[log])


@pytest.mark.parametrize(
    "wrapper",
    [name for name in WRAPPERS if name not in ("whole", "chunks", "array of texts", "command error")],
)
def test_the_time_of_a_record_is_its_lines(wrapper: str) -> None:
    lines = LOGS["sst failed"].splitlines()
    failed = lines.index(next(line for line in lines if line.startswith("|  Error")))
    table, _ = scanned(WRAPPERS[wrapper](lines).encode())
    row = table.filter(pl.col("kind") == "failed").row(0, named=True)
    assert abs((row["at"] - at(failed)).total_seconds()) < 0.001


@pytest.mark.parametrize("wrapper", [*LINES, *DOCUMENTS, *TABLES])
def test_an_event_stands_on_the_line_of_the_file_that_holds_its_text(wrapper: str) -> None:
    data = WRAPPERS[wrapper](LOGS["sst failed"].splitlines())
    table, _ = scanned(data.encode())
    line = table.filter(pl.col("kind") == "failed")["line"][0]
    assert "Error       Shop" in data.split("\n")[line - 1]


def test_records_without_the_text_are_counted_as_noise() -> None:
    lines = LOGS["pulumi"].splitlines()
    records = [json.dumps({"msg": line}) + "\n" + json.dumps({"tick": 1}) + "\n" for line in lines]
    _, row = scanned("".join(records).encode())
    assert row["lines"] == 2 * len(lines)
    assert row["noise"] >= len(lines)


def test_lines_between_the_records_are_read_as_they_are() -> None:
    lines = LOGS["pulumi failed"].splitlines()
    mixed = [line if "Diagnostics" in line else json.dumps({"msg": line}) for line in lines]
    assert said("\n".join(mixed)) == said(LOGS["pulumi failed"])


def test_it_is_told_where_the_text_was() -> None:
    wrapped = WRAPPERS["dotnet"](LOGS["pulumi"].splitlines())
    assert "JSON lines: read from `State.Stdout`" in problems(wrapped)


def test_a_text_that_only_quotes_a_row_is_refused_and_the_field_is_named() -> None:
    row = " +  aws:s3:Bucket a created (1s)"
    records = [json.dumps({"level": "info", "Stdout": text}) for text in ("hello", row, "bye", row)]
    assert problems("\n".join(records)) == [
        "not a deploy log: JSON lines: the text seems to be in `Stdout`, but it shows no deploy"
    ]


def test_the_field_with_the_most_lines_of_a_deploy_is_read() -> None:
    lines = LOGS["sst failed"].splitlines()
    records = [{"summary": lines[0], "out": {"text": line}, "raw": f"[x] {line}"} for line in lines]
    assert said("\n".join(map(json.dumps, records))) == said(LOGS["sst failed"])


@pytest.mark.parametrize(
    "text",
    [
        '{"name": "shop", "scripts": {"deploy": "sst deploy", "say": "Updating (x): Duration: 3s"}}',
        "name,message\na,Updating\nb,ready!\n",
        "\n".join(json.dumps({"level": "info", "msg": f"Created order {n}"}) for n in range(50)),
        json.dumps([{"op": "update", "title": "|  Created     Order"}] * 3),
    ],
)
def test_records_without_a_deploy_stay_without_one(text: str) -> None:
    table, row = scanned(text.encode())
    assert table.is_empty() or set(table["kind"]) <= {"noise", "unrecognised"}
    assert row["problems"]


def test_engine_events_in_records_are_read() -> None:
    events = [
        {"sequence": 0, "timestamp": 1772600000, "preludeEvent": {"config": {}}},
        {"sequence": 1, "timestamp": 1772600001, "stdoutEvent": {"message": "hi", "color": "never"}},
        {"sequence": 2, "timestamp": 1772600002, "summaryEvent": {"durationSeconds": 2, "result": "failed"}},
    ]
    bare = "\n".join(json.dumps(event, separators=(",", ":")) for event in events)
    wrapped = "\n".join(json.dumps({"log": line + "\n", "stream": "stdout"}) for line in bare.split("\n"))
    assert said(wrapped) == said(bare)
    assert ("failed",) in {row[4:5] for row in said(wrapped)}


def test_records_of_slog_in_records_are_read() -> None:
    bare = "\n".join(
        f'time=2026-03-04T05:06:0{n}.000Z level=INFO msg="loaded config" app=a{n} stage=b' for n in range(4)
    )
    wrapped = "\n".join(json.dumps({"log": line}) for line in bare.split("\n"))
    assert said(wrapped) == said(bare)


def test_a_line_of_json_between_others_is_no_row() -> None:
    failed = '    "stderr": "Updating (x):\\n    pulumi:pulumi:Stack a **failed** 1 error"\n'
    quoted = failed + '    "pulumi:pulumi:Stack a": "x"\n'
    assert said(LOGS["pulumi"] + quoted) == said(LOGS["pulumi"])
