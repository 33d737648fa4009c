"""The samples: each is whole and true in itself, and the command says of it what `expected.json` says.

`expected.json` was reasoned from the facts before any program output existed. The tests below the first two do not
need the analyser: they replay each trail, so that a sample cannot demand what its own records contradict.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import shlex
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.conftest import lostwrite

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.cli.conftest import Outcome

__all__ = ["lostwrite"]
ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "samples"
NAMES = (
    "chain-not-closed",
    "clock-behind",
    "console-lines-only",
    "data-events-off",
    "denied-and-swallowed",
    "exclusive-sets-erase-each-other",
    "failed-read-taken-for-success",
    "first-route-never-written",
    "healthy",
    "missing-route-by-listing",
    "plain-pulumi-keys",
    "precondition-recovered",
    "purged-by-namespace-collision",
    "racing-routes",
    "rerun-nearby",
    "trail-with-a-gap",
)
WITHOUT_SST = ("exclusive-sets-erase-each-other", "plain-pulumi-keys")
"""Samples of plain Pulumi: their keys have no namespace."""
OFFSETS = {"clock-behind": -90}
"""Seconds by which the logs of a sample are ahead of its trail, where that is known."""
GAPS = {"trail-with-a-gap": 1}
"""How many links the trail of a sample lacks; of all others none."""

README_LABELS = ("What happened", "SST version", "In the log", "In the trail", "Expected report")
VERDICTS = {"landed", "lost", "mismatched", "errored", "dropped", "unfinished", "unverifiable"}
KV_SOURCE = "edgekeyvaluestore.amazonaws.com"
WRITE_APIS = ("UpdateKeys", "PutKey", "DeleteKey")
HIDDEN = "HIDDEN_DUE_TO_SECURITY_REASONS"
LISTED = {"missing-route-by-listing": "keys.json"}
"""The listings of the samples that have one."""

LATEST_DELIVERY = timedelta(minutes=45)

Record = dict[str, Any]


@pytest.mark.parametrize("name", NAMES)
def test_the_command_reports_what_is_expected(
    name: str, lostwrite: Callable[..., Outcome], monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = _expected(name)
    command = (SAMPLES / name / "command").read_text().strip()
    monkeypatch.chdir(SAMPLES / name)
    outcome = lostwrite(*shlex.split(command), "--format", "json")
    assert outcome.code == expected["summary"]["exit_code"], outcome.err
    assert list(_differences(expected, json.loads(outcome.out), "report")) == []


def test_a_difference_is_told_whatever_its_depth() -> None:
    expected = {"writes": [{"key": "a", "cause": None}], "summary": {"writes": 1}}
    same = {"writes": [{"key": "a", "cause": None, "more": 1}], "summary": {"writes": 1}, "more": []}
    assert list(_differences(expected, same, "r")) == []
    other = {"writes": [{"key": "b"}, {}], "summary": {}}
    assert list(_differences(expected, other, "r")) == [
        "r.writes: 1 expected, 2 reported",
        "r.writes[0].key: 'a' expected, 'b' reported",
        "r.writes[0].cause: missing",
        "r.summary.writes: missing",
    ]


def test_all_are_there() -> None:
    assert tuple(sorted(folder.name for folder in SAMPLES.iterdir() if folder.is_dir())) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_the_readme_tells_the_story_in_five_lines(name: str) -> None:
    lines = (SAMPLES / name / "README.md").read_text().splitlines()
    assert len(lines) == len(README_LABELS)
    for line, label in zip(lines, README_LABELS, strict=True):
        start, _, text = line.partition(":** ")
        assert start == f"- **{label}"
        assert len(text) > 5


@pytest.mark.parametrize("name", NAMES)
def test_the_expectation_adds_up(name: str) -> None:
    expected = _expected(name)
    writes, findings, summary = expected["writes"], expected["findings"], expected["summary"]
    assert expected["deploys"]
    assert summary["writes"] == len(writes) > 0
    assert set(summary["by_verdict"]) == VERDICTS
    for verdict, count in summary["by_verdict"].items():
        assert count == sum(write["verdict"] == verdict for write in writes)
    for severity in ("error", "warning", "note"):
        assert summary["findings"][severity] == sum(finding["severity"] == severity for finding in findings)
    assert summary["exit_code"] == (1 if summary["findings"]["error"] else 0)
    for write in writes:
        assert (write["cause"] is None) == (write["verdict"] == "landed")


@pytest.mark.parametrize("name", NAMES)
def test_event_logs_are_in_sequence_and_hash_their_namespaces(name: str) -> None:
    for log in (SAMPLES / name).glob("deploy/**/eventlog.json"):
        events = [json.loads(line) for line in log.read_text().splitlines()]
        assert [event["sequence"] for event in events] == list(range(len(events)))
        times = [event["timestamp"] for event in events]
        assert times == sorted(times)
        assert "summaryEvent" in events[-2]
        assert "cancelEvent" in events[-1]
        hashed = dict(_namespaces(events))
        assert bool(hashed) == (name not in WITHOUT_SST)
        for text, namespace in hashed.items():
            assert hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()[:4] == namespace


@pytest.mark.parametrize("name", NAMES)
def test_the_trail_is_a_real_one_in_form(name: str) -> None:
    files = _files(name)
    assert len(files) > 1
    assert {path.suffix for path in files} == {".gz", ".json"}
    copies: dict[str, Record] = {}
    for path in files:
        assert re.fullmatch(
            r"111122223333_CloudTrail_us-east-1_\d{8}T\d{4}Z_[A-Za-z0-9]{16}\.json(\.gz)?", path.name
        )
        for record in _read(path):
            assert copies.setdefault(record["eventID"], record) == record
            assert record["recipientAccountId"] == "111122223333"
            assert _at(record) < _delivered(path)
    assert any(record["eventSource"] != KV_SOURCE for record in copies.values())
    hidden = (put["value"] for record in _calls(name) for put in _puts(record))
    assert all(value == HIDDEN for value in hidden)
    assert all(record["readOnly"] == (record["eventName"] not in WRITE_APIS) for record in _calls(name))


@pytest.mark.parametrize("name", NAMES)
def test_the_trail_reaches_past_the_deploys(name: str) -> None:
    newest = max(_at(record) for path in _files(name) for record in _read(path))
    assert newest >= _last_moment(name) + LATEST_DELIVERY


@pytest.mark.parametrize("name", NAMES)
def test_the_chain_replays(name: str) -> None:
    broken = 0
    for store in {record["requestParameters"]["kvsARN"] for record in _calls(name)}:
        calls = [record for record in _calls(name) if record["requestParameters"]["kvsARN"] == store]
        written = [r for r in calls if r["eventName"] in WRITE_APIS and "errorCode" not in r]
        chain, gaps = _chained(written)
        broken += gaps
        _assert_counts_move(chain)
        _assert_refused_writes_were_stale(calls, chain)
    assert broken == GAPS.get(name, 0)


@pytest.mark.parametrize("name", NAMES)
def test_what_landed_is_in_the_trail_and_what_was_dropped_is_not(name: str) -> None:
    """The naive view, by key alone; the windows and the order are for the analyser."""
    moments = _moments(name)
    touched = {
        item["key"]
        for record in _calls(name)
        if "errorCode" not in record and moments[0] <= _at(record) <= moments[1]
        for item in [*_puts(record), *_deletes(record)]
    }
    writes = _expected(name)["writes"]
    landed = {write["key"] for write in writes if write["verdict"] in ("landed", "lost")}
    for write in writes:
        pattern = re.escape(write["key"]).replace(r"\*", ".*")
        found = any(re.fullmatch(pattern, key) for key in touched)
        assert found == (write["key"] in landed), write


@pytest.mark.parametrize("name", LISTED)
def test_the_listing_is_the_store_as_the_trail_left_it(name: str) -> None:
    listing = json.loads((SAMPLES / name / LISTED[name]).read_text())
    written = [record for record in _calls(name) if record["eventName"] in WRITE_APIS]
    last = max(written, key=_at)
    assert listing["store"] == last["requestParameters"]["kvsARN"]
    assert listing["etag"] == last["responseElements"]["eTag"]
    assert listing["item_count"] == last["responseElements"]["itemCount"] == len(listing["items"])
    assert datetime.fromisoformat(listing["listed_at"]) > _at(last)
    put = {item["key"] for record in written for item in _puts(record)}
    assert put <= {item["key"] for item in listing["items"]}


def test_two_samples_at_least_hold_a_record_twice() -> None:
    twice = [
        name
        for name in NAMES
        if sum(len(_read(path)) for path in _files(name))
        > len({record["eventID"] for path in _files(name) for record in _read(path)})
    ]
    assert len(twice) > 1


def _expected(name: str) -> Record:
    parsed: Record = json.loads((SAMPLES / name / "expected.json").read_text())
    return parsed


def _differences(expected: object, actual: object, place: str) -> Iterator[str]:
    """What `actual` lacks of `expected`: objects on the keys that are expected, lists in full."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        for key, value in expected.items():
            if key in actual:
                yield from _differences(value, actual[key], f"{place}.{key}")
            else:
                yield f"{place}.{key}: missing"
    elif isinstance(expected, list) and isinstance(actual, list):
        if len(expected) != len(actual):
            yield f"{place}: {len(expected)} expected, {len(actual)} reported"
        for index, (one, other) in enumerate(zip(expected, actual, strict=False)):
            yield from _differences(one, other, f"{place}[{index}]")
    elif expected != actual:
        yield f"{place}: {expected!r} expected, {actual!r} reported"


def _files(name: str) -> list[Path]:
    return sorted(path for path in (SAMPLES / name / "trail").rglob("*") if path.is_file())


def _read(path: Path) -> list[Record]:
    content = path.read_bytes()
    text = gzip.decompress(content) if path.suffix == ".gz" else content
    records: list[Record] = json.loads(text)["Records"]
    return records


def _calls(name: str) -> list[Record]:
    """The key-value calls of the trail, each once."""
    every = (record for path in _files(name) for record in _read(path))
    return list({r["eventID"]: r for r in every if r["eventSource"] == KV_SOURCE}.values())


def _at(record: Record) -> datetime:
    return datetime.fromisoformat(record["eventTime"])


def _delivered(path: Path) -> datetime:
    return datetime.strptime(path.name.split("_")[3], "%Y%m%dT%H%MZ").replace(tzinfo=UTC)


def _moments(name: str) -> tuple[datetime, datetime]:
    """The first and the last moment of the deploys, as the trail has them: by their logs, else by the command."""
    times = [
        datetime.fromtimestamp(json.loads(line)["timestamp"] - OFFSETS.get(name, 0), UTC)
        for log in (SAMPLES / name).glob("deploy/**/eventlog.json")
        for line in log.read_text().splitlines()
    ]
    command = shlex.split((SAMPLES / name / "command").read_text())
    given = [
        datetime.fromisoformat(value)
        for option, value in pairwise(command)
        if option in ("--since", "--until")
    ]
    return min(times + given), max(times + given)


def _last_moment(name: str) -> datetime:
    return _moments(name)[1]


def _namespaces(events: list[Record]) -> Iterator[tuple[str, str]]:
    """(what is hashed, the namespace) of each KvKeys of an event log."""
    for event in events:
        metadata = event.get("resourcePreEvent", {}).get("metadata", {})
        urn = metadata.get("urn", "")
        if urn.endswith(".sst.aws.KvKeys"):
            root, app, _, name = urn.split("::", maxsplit=3)
            state = metadata["new"] or metadata["old"]
            component = re.sub(r"(KvKeys|RouteKey)\.sst\.aws\.KvKeys$", "", name)
            yield f"{app}-{root.removeprefix('urn:pulumi:')}-{component}", state["inputs"]["namespace"]


def _puts(record: Record) -> list[dict[str, str]]:
    params = record["requestParameters"]
    if record["eventName"] == "PutKey":
        return [{"key": params["key"], "value": params["value"]}]
    puts: list[dict[str, str]] = params.get("puts", [])
    return puts


def _deletes(record: Record) -> list[dict[str, str]]:
    params = record["requestParameters"]
    if record["eventName"] == "DeleteKey":
        return [{"key": params["key"]}]
    deletes: list[dict[str, str]] = params.get("deletes", [])
    return deletes


def _chained(written: list[Record]) -> tuple[list[list[Record]], int]:
    """The successful writes of one store as runs without a gap, in order, and the number of gaps."""
    after = {record["requestParameters"]["ifMatch"]: record for record in written}
    assert len(after) == len(written), "two writes succeeded on one ETag"
    made = {record["responseElements"]["eTag"] for record in written}
    assert len(made) == len(written), "two writes returned one ETag"
    runs = []
    for first in (r for r in written if r["requestParameters"]["ifMatch"] not in made):
        run = [first]
        while (following := after.get(run[-1]["responseElements"]["eTag"])) is not None:
            run.append(following)
        runs.append(run)
    runs.sort(key=lambda run: run[0]["eventTime"])
    times = [record["eventTime"] for run in runs for record in run]
    assert times == sorted(times), "the chain runs against the clock"
    assert len(times) == len(written)
    return runs, len(runs) - 1


def _assert_counts_move(runs: list[list[Record]]) -> None:
    """The itemCount moves as puts and deletes say: exactly where the key was seen before, else within bounds."""
    for run in runs:
        present: dict[str, bool] = {}
        before: int | None = None
        for record in run:
            low = high = 0
            for item in _puts(record):
                low += present.get(item["key"]) is False
                high += present.get(item["key"]) is not True
                present[item["key"]] = True
            for item in _deletes(record):
                assert present.get(item["key"]) is not False, "a key is deleted twice"
                low, high = low - 1, high - 1
                present[item["key"]] = False
            count = record["responseElements"]["itemCount"]
            assert count >= sum(present.values())
            if before is not None:
                assert low <= count - before <= high
            before = count


def _assert_refused_writes_were_stale(calls: list[Record], runs: list[list[Record]]) -> None:
    """A write refused for its ETag carried one that a success of the same second or before had used up."""
    used = {r["requestParameters"]["ifMatch"]: r["eventTime"] for run in runs for r in run}
    for record in calls:
        if "Pre-Condition failed" in record.get("errorMessage", ""):
            stale = record["requestParameters"]["ifMatch"]
            assert used[stale] <= record["eventTime"]
        elif record.get("errorCode") == "AccessDeniedException":
            assert record["responseElements"] is None
