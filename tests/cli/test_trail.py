"""`lostwrite trail`: whole outputs, read line by line; `REGOLD=1 pytest` writes them anew, to be read."""

from __future__ import annotations

import json
import os
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from jsonschema import Draft202012Validator

from analyzer.tables import CALLS
from tests.schemas import strict
from tests.trail.cloudtrail import HIDDEN, STORE, log, record
from tests.trail.signed import Bucket, hour, other_at, public_keys, put_selectors

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.conftest import Outcome

    Run = Callable[..., Outcome]

GOLDEN = Path(__file__).parent / "golden"
SECOND = STORE.replace("EXAMPLE1", "EXAMPLE2")


def call(at: float, event: str, match: str, etag: str | None, **fields: Any) -> dict[str, Any]:
    puts = [{"key": fields.pop("key", "7c62:a"), "value": HIDDEN}]
    parameters = {"kvsARN": fields.pop("store", STORE), "ifMatch": match, "puts": puts}
    return record(
        event,
        eventTime=f"{hour(at):%Y-%m-%dT%H:%M:%SZ}",
        requestParameters=parameters,
        responseElements={"eTag": etag} if etag else None,
        **fields,
    )


@pytest.fixture
def incident(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Six hours of a trail: two stores, an empty hour, a log file that was tampered with, one that is cut."""
    bucket = Bucket()
    bucket.deliver(hour(0.25), put_selectors(hour(0) + timedelta(minutes=10)), other_at(hour(0.1), 0))
    bucket.close(hour(0), hour(1), first=True)
    bucket.deliver(
        hour(1.25),
        call(1, "e1", "KV1", "KV2"),
        call(1.01, "e2", "KV1", None, errorCode="ValidationException", errorMessage="Pre-Condition failed"),
        call(1.02, "e3", "KV2", "KV3", key="7c62:b"),
        call(1.02, "e3", "KV2", "KV3", key="7c62:b"),
    )
    bucket.close(hour(1), hour(2))
    bucket.close(hour(2), hour(3))
    bucket.deliver(hour(3.25), call(3, "e4", "KV8", "KV9", store=SECOND, key="x"))
    tampered = bucket.deliver(hour(3.5), other_at(hour(3.4), 3))
    bucket.close(hour(3), hour(4))
    bucket.deliver(hour(4.25), call(4, "e5", "KV9", "KVA", store=SECOND, key="x"))
    bucket.close(hour(4), hour(5))
    bucket.deliver(hour(5.25), call(5, "e6", "KVF", "KVG", store=SECOND, key="y\x1b[2J"))
    cut = bucket.deliver(hour(5.5), other_at(hour(5.4), 5), other_at(hour(5.4), 6))
    bucket.close(hour(5), hour(6))
    bucket.files[tampered] = log(other_at(hour(3.4), 99))
    bucket.files[cut] = bucket.files[cut][:-50]
    bucket.write_to(tmp_path / "t")
    (tmp_path / "public-keys.json").write_bytes(public_keys())
    monkeypatch.chdir(tmp_path)
    return tmp_path


CASES = {
    "trail.txt": [],
    "trail.json": ["--format", "json"],
    "signed.txt": ["--public-keys", "public-keys.json"],
    "timeline.txt": ["--store", "11111", "--at", "2026-06-10T01:01"],
    "key.json": ["--key", "7c62:b", "--at", "2026-06-10T01:01", "--format", "json"],
    "calls.ndjson": ["--since", "2026-06-10T04:00", "--until", "2026-06-10", "--format", "ndjson"],
}


FORKED: dict[str, list[str]] = {"fork.txt": []}


@pytest.mark.usefixtures("incident")
@pytest.mark.parametrize("name", CASES)
def test_output_is_the_golden_one(lostwrite: Run, name: str) -> None:
    outcome = lostwrite("trail", "t", *CASES[name])
    assert (outcome.code, outcome.err) == (0, "")
    if os.environ.get("REGOLD") == "1":
        (GOLDEN / name).write_text(outcome.out, encoding="utf-8")
    assert outcome.out == (GOLDEN / name).read_text(encoding="utf-8")


@pytest.fixture
def contradicted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store that was imported, written to, forked by records that contradict each other, and deleted."""
    answer = {"keyValueStore": {"name": "shop", "arn": STORE}}
    asked = {"name": "shop", "importSource": {"sourceType": "S3", "sourceARN": "arn:aws:s3:::shop/keys.json"}}
    control = {"eventSource": "cloudfront.amazonaws.com", "resources": None}
    made = record(
        "b1", "CreateKeyValueStore", eventTime="2026-06-10T00:00:00Z", requestParameters=asked,
        responseElements=answer, **control,
    )  # fmt: skip
    gone = record(
        "b2", "DeleteKeyValueStore", eventTime="2026-06-10T09:00:00Z", requestParameters={"name": "shop"},
        responseElements=None, **control,
    )  # fmt: skip
    calls = [
        call(1, "e1", "KV1", "KV2"),
        call(2, "e2", "KV2", "KV3"),
        call(2.5, "e3", "KV2", "KV4"),
        call(3, "e4", "KV4", "KV5"),
    ]
    (tmp_path / "t.json").write_bytes(log(made, *calls, gone))
    monkeypatch.chdir(tmp_path)


@pytest.mark.usefixtures("contradicted")
@pytest.mark.parametrize("name", FORKED)
def test_a_fork_and_the_life_of_a_store(lostwrite: Run, name: str) -> None:
    outcome = lostwrite("trail", "t.json", *FORKED[name])
    assert (outcome.code, outcome.err) == (0, "")
    if os.environ.get("REGOLD") == "1":
        (GOLDEN / name).write_text(outcome.out, encoding="utf-8")
    assert outcome.out == (GOLDEN / name).read_text(encoding="utf-8")


@pytest.mark.usefixtures("contradicted")
def test_forks_and_changes_of_stores_satisfy_the_schema(lostwrite: Run) -> None:
    schema = strict("trail-v1")
    made = json.loads(lostwrite("trail", "t.json", "--format", "json").out)
    assert [error.message for error in Draft202012Validator(schema).iter_errors(made)] == []
    (store,) = made["stores"]
    assert store["chain"]["forks"] == [{"if_match": "KV2", "records": ["e2", "e3"]}]
    assert [change["made"] for change in store["births"]] == [True, False]


def test_every_golden_file_belongs_to_a_case() -> None:
    assert {path.name for path in GOLDEN.iterdir()} == {*CASES, *FORKED}


@pytest.mark.usefixtures("incident")
@pytest.mark.parametrize("words", [[], ["--store", "11111", "--at", "2026-06-10"], ["--store", "none"]])
def test_the_json_report_satisfies_its_schema(lostwrite: Run, words: list[str]) -> None:
    schema = strict("trail-v1")
    Draft202012Validator.check_schema(schema)
    made = json.loads(lostwrite("trail", "t", *words, "--format", "json").out)
    assert [error.message for error in Draft202012Validator(schema).iter_errors(made)] == []


def test_parquet_holds_the_calls(lostwrite: Run, incident: Path) -> None:
    outcome = lostwrite("trail", "t", "--format", "parquet", "--output", "calls.parquet")
    assert (outcome.code, outcome.out) == (0, "")
    table = pl.read_parquet(incident / "calls.parquet")
    shown = [name for name in CALLS.names() if name != "access_key"]
    assert table.columns == [*shown, "run", "position"]
    assert table["event_id"].to_list() == ["e1", "e2", "e3", "e4", "e5", "e6"]


@pytest.mark.usefixtures("incident")
def test_processes_and_selectors_reach_the_library(lostwrite: Run) -> None:
    plain = lostwrite("trail", "t").out
    assert lostwrite("trail", "t", "--jobs", "2").out == plain


def test_digests_where_logs_were_meant(lostwrite: Run, incident: Path) -> None:
    (folder,) = incident.glob("t/AWSLogs/*/CloudTrail-Digest")
    for words in (["trail", str(folder)], ["check", str(log_of(incident)), "--trail", str(folder)]):
        outcome = lostwrite(*words)
        assert (outcome.code, bool(outcome.out)) == (3, words[0] == "check")
        assert (
            "a digest, which lists log files and contains no records: name the log files too" in outcome.err
        )


def log_of(folder: Path) -> Path:
    """A deploy log."""
    path = folder / "pulumi.log"
    path.write_text(
        "Updating (prod):\n\n +  aws:s3:Bucket b creating (0s)\n +  aws:s3:Bucket b created (1s)\n"
    )
    return path


@pytest.mark.usefixtures("incident")
@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["t", "--format", "parquet"], 2, "--format parquet needs --output FILE"),
        (["t", "--at", "noon"], 2, "--at: 'noon' is not a time"),
        (["t", "--selectors-since", "noon"], 2, "--selectors-since: 'noon' is not a time"),
        (["t", "--output", "public-keys.json", "--public-keys", "public-keys.json"], 2, "is an input"),
        (["nowhere"], 3, "nowhere: no such file or directory"),
    ],
)
def test_wrong_words(lostwrite: Run, words: list[str], code: int, message: str) -> None:
    outcome = lostwrite("trail", *words)
    assert (outcome.code, outcome.out) == (code, "")
    assert message in outcome.err
