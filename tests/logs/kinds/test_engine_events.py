"""The reader of engine events: every line becomes a row, and nothing that is secret is kept."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from analyzer.logs.interface import LogForm
from analyzer.logs.kinds import engine_events
from analyzer.logs.registry import forms
from analyzer.sources.input_stats import InputStats
from analyzer.sources.packed import is_packed
from analyzer.sources.source import Source
from analyzer.tables import EVENTS

if TYPE_CHECKING:
    from collections.abc import Callable

DATA = Path(__file__).parents[4] / "shared" / "data"
KEYS = "urn:pulumi:prod::shop::sst:aws:Router$sst:aws:KvKeys$pulumi-nodejs:dynamic:Resource::WebKeys.sst.aws.KvKeys"
BUCKET = "urn:pulumi:prod::shop::aws:s3/bucket:Bucket::Assets"
TYPE = "pulumi-nodejs:dynamic:Resource"


def event(sequence: int = 0, timestamp: float = 1_700_000_000, **payload: object) -> str:
    return json.dumps({"sequence": sequence, "timestamp": timestamp, **payload})


def step(op: str = "create", urn: str = KEYS, **more: object) -> dict[str, object]:
    return {"metadata": {"op": op, "urn": urn, "type": TYPE, "old": None, "new": None, **more}}


def read(data: str | bytes) -> tuple[list[dict[str, Any]], InputStats]:
    stats = InputStats("log")
    content = data.encode() if isinstance(data, str) else data
    frames = list(engine_events.read(Source("log", None, content), stats))
    table = pl.concat(frames) if frames else pl.DataFrame(schema=EVENTS)
    assert table.schema == EVENTS
    counts = (stats.recognised or 0) + (stats.noise or 0) + (stats.unrecognised or 0)
    assert counts == stats.lines == table.height
    return table.to_dicts(), stats


def row(**payload: object) -> dict[str, Any]:
    rows, stats = read(event(**payload) + "\n")  # type: ignore[arg-type]
    assert stats.problems == []
    return {name: value for name, value in rows[0].items() if value is not None}


AT = datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)
PLACE = {"source": "log", "line": 1, "seq": 0, "at": AT}
RESOURCE = {"urn": BUCKET, "name": "Assets", "type": TYPE, "planning": False}


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        ({"preludeEvent": {"config": {"aws:region": "x"}}}, {"kind": "header"}),
        (
            {"resourcePreEvent": step("create", BUCKET)},
            {"kind": "started", "outcome": "started", "op": "create", **RESOURCE},
        ),
        (
            {"resOutputsEvent": {**step("update", BUCKET), "planning": True}},
            {"kind": "done", "outcome": "done", "op": "update", **RESOURCE, "planning": True},
        ),
        (
            {"resOpFailedEvent": {**step("delete-replaced", BUCKET), "status": 0, "steps": 3}},
            {"kind": "failed", "outcome": "failed", "op": "delete-replaced", **RESOURCE},
        ),
        (
            {
                "diagnosticEvent": {
                    "urn": BUCKET,
                    "prefix": "<{%fg 1%}>error: <{%reset%}>",
                    "message": "\x1b[1mno\x1b[0m <{%x%}>way\n",
                    "color": "raw",
                    "severity": "error",
                }
            },
            {
                "kind": "diagnostic",
                "urn": BUCKET,
                "name": "Assets",
                "message": "error: no way",
                "severity": "error",
            },
        ),
        (
            {"diagnosticEvent": {"message": "no prefix", "severity": "warning"}},
            {"kind": "diagnostic", "message": "warning: no prefix", "severity": "warning"},
        ),
        (
            {"diagnosticEvent": {"urn": BUCKET, "message": "entry: site,50f6,,/\n", "severity": "info#err"}},
            {
                "kind": "console",
                "urn": BUCKET,
                "name": "Assets",
                "message": "entry: site,50f6,,/",
                "severity": "info",
            },
        ),
        (
            {"stdoutEvent": {"message": "^C received; cancelling...\n"}},
            {"kind": "console", "message": "^C received; cancelling..."},
        ),
        (
            {"errorEvent": {"error": "engine broke"}},
            {"kind": "diagnostic", "message": "error: engine broke", "severity": "error"},
        ),
        (
            {"summaryEvent": {"durationSeconds": 12, "resourceChanges": {"same": 1}, "PolicyPacks": {}}},
            {"kind": "summary", "outcome": "done", "seconds": 12.0},
        ),
        (
            {"summaryEvent": {"durationSeconds": 1, "result": "failed", "isPreview": True}},
            {
                "kind": "summary",
                "outcome": "failed",
                "seconds": 1.0,
                "planning": True,
                "fact": "result",
                "value": "failed",
            },
        ),
        (
            {"summaryEvent": {"result": "canceled"}},
            {"kind": "summary", "outcome": "interrupted", "fact": "result", "value": "canceled"},
        ),
    ],
)
def test_each_payload_gives_its_row(payload: dict[str, object], expected: dict[str, object]) -> None:
    assert row(**payload) == PLACE | expected


@pytest.mark.parametrize(
    "payload",
    [
        {"cancelEvent": {}},
        {"policyEvent": {"message": "m"}},
        {"policyLoadEvent": {}},
        {"progressEvent": {"id": "x"}},
        {"startDebuggingEvent": {}},
        {"diagnosticEvent": {"severity": "debug", "message": "TOKEN=secret"}},
    ],
)
def test_what_says_nothing_is_noise(payload: dict[str, object]) -> None:
    assert row(**payload) == {"source": "log", "line": 1, "kind": "noise"}


def test_the_state_of_key_value_resources_alone_is_kept() -> None:
    new = {
        "type": TYPE,
        "id": "entries",
        "inputs": {"store": "arn", "entries": {"k": "v"}, "__provider": "CODE"},
        "outputs": {"store": "arn"},
        "provider": "p",
    }
    old = {
        "id": "entries",
        "retainOnDelete": True,
        "inputs": {},
        "outputs": {"nested": [{"__provider": {"CODE": 1}}]},
    }
    kept = row(resOutputsEvent=step("update", KEYS, new=new, old=old))
    assert json.loads(kept["new"]) == {
        "inputs": {"store": "arn", "entries": {"k": "v"}, "__provider": True},
        "outputs": {"store": "arn"},
        "id": "entries",
    }
    assert json.loads(kept["old"]) == {
        "inputs": {},
        "outputs": {"nested": [{"__provider": True}]},
        "id": "entries",
        "retainOnDelete": True,
    }
    other = row(resOutputsEvent=step("update", BUCKET, new=new, old=old))
    assert not {"new", "old"} & set(other)


def test_no_secret_reaches_the_table() -> None:
    secret = "hunter2-secret"  # noqa: S105 (what must not be kept)
    state = {"id": "x", "inputs": {"environment": {"PASSWORD": secret}}, "outputs": {"token": secret}}
    provider = {"id": "x", "inputs": {"__provider": f"exports.x = '{secret}'"}, "outputs": {}}
    log = "\n".join(
        [
            event(preludeEvent={"config": {"aws:secretKey": secret}}),
            event(resourcePreEvent=step(urn=BUCKET, new=state)),
            event(resOutputsEvent=step(urn=BUCKET, new=state, old=state)),
            event(resOutputsEvent=step(urn=KEYS, new=provider, old=provider)),
            event(diagnosticEvent={"severity": "debug", "message": secret}),
            event(newKindEvent={"secret": secret}),
            '{"sequence":1,"timestamp":"' + secret + '"}',
            '{"broken": "' + secret,
        ]
    )
    rows, stats = read(log)
    assert len(rows) == 8
    assert secret not in repr(rows)
    assert secret not in repr(stats)


def test_what_is_not_understood_is_counted_and_named() -> None:
    lines = [
        event(0, preludeEvent={}),
        "",
        event(1, futureEvent={}),
        event(2, futureEvent={}),
        "[1]",
        event(3, summaryEvent={})[:40],
    ]
    rows, stats = read("\n".join(lines))
    assert [row["kind"] for row in rows] == ["header", "noise"] + ["unrecognised"] * 4
    assert (stats.recognised, stats.noise, stats.unrecognised, stats.undecodable) == (1, 1, 4, 2)
    unknown, fifth, last = stats.problems
    assert unknown == "2 event(s) of the unknown kind 'futureEvent'"
    assert fifth.startswith("line 5: not an engine event")
    assert last.startswith("line 6: the last line is cut; not an engine event")


def test_many_bad_lines_are_named_and_then_counted() -> None:
    _, stats = read("{nonsense\n" * 9)
    assert [problem.split(":")[0] for problem in stats.problems[:5]] == [f"line {n}" for n in range(1, 6)]
    assert stats.problems[5:] == ["4 more lines could not be read"]


def test_bom_crlf_gzip_and_the_old_envelope_read_the_same() -> None:
    lines = [event(0, preludeEvent={}), event(1, resourcePreEvent=step()), event(2, cancelEvent={})]
    plain, _ = read("\n".join(lines) + "\n")
    assert read(b"\xef\xbb\xbf" + "\r\n".join(lines).encode() + b"\r\n")[0] == plain
    assert read(gzip.compress("\n".join(lines).encode()))[0] == plain
    assert read("\n".join(line[:-1] + ',"Error":null}' for line in lines))[0] == plain


def test_a_gzip_that_is_cut_gives_the_lines_before() -> None:
    log = "".join(event(n, stdoutEvent={"message": str(n)}) + "\n" for n in range(500)).encode()
    rows, stats = read(gzip.compress(log, 0)[:9_000])
    assert len(rows) > 50
    assert stats.problems[-1] == "the gzip data is cut short: only what comes before was read"


def test_a_line_of_50_mb_is_read() -> None:
    huge = event(0, resOutputsEvent=step(urn=BUCKET, new={"inputs": {"text": "x" * (50 << 20)}}))
    rows, stats = read(huge + "\n" + event(1, cancelEvent={}) + "\n")
    assert [row["kind"] for row in rows] == ["done", "noise"]
    assert stats.problems == []


@pytest.mark.parametrize(
    "line",
    [
        b'{"sequence":1,"timestamp":1,"x":' + b"[" * 100_000,
        b'{"sequence":1,"timestamp":1,"resOutputsEvent":{"metadata":5}}',
        b'{"sequence":1,"timestamp":1e999,"preludeEvent":{}}',
        b"\x00\xff\xfe",
        b"null",
    ],
)
def test_a_hostile_line_is_counted_and_the_next_is_read(line: bytes) -> None:
    rows, stats = read(line + b"\n" + event(1, summaryEvent={}).encode() + b"\n")
    assert rows[1]["kind"] == "summary"
    assert stats.lines == 2


def test_invalid_utf8_is_replaced_and_told() -> None:
    data = event(stdoutEvent={"message": "a?b"}).encode().replace(b"?", b"\xff")
    rows, stats = read(data)
    assert rows[0]["message"] == "a\ufffdb"
    assert stats.problems == ["1 line(s) with invalid UTF-8, which was replaced"]


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ('# with a trailing "Error":null', "noise"),
        ("hint: use {braces} or [brackets] with care", "noise"),
        ("\x1b[32m✓\x1b[0m built in 1.32s", "noise"),
        ('ions are done."}}', "unrecognised"),
        ('{"sequence":5,"time', "unrecognised"),
        ('urn":"urn:pulumi:p::s::t::n","type":"t","ol', "unrecognised"),
        ('"metadata":{"op', "unrecognised"),
        ("\x00\x00\x00", "unrecognised"),
    ],
)
def test_what_is_left_of_an_event_is_no_noise(line: str, kind: str) -> None:
    """Expected: lines of other programs are noise; an event that was cut is counted as such, whichever part is left."""
    rows, _ = read(event(0, preludeEvent={}) + "\n" + line + "\n")
    assert rows[1]["kind"] == kind


def test_invalid_utf8_in_a_state_that_is_kept_is_replaced_too() -> None:
    """Found by fuzzing: the state is decoded after the event."""
    new = {"inputs": {"store": "arn", "entries": {"k": "a?b"}}, "outputs": {}}
    rows, stats = read(event(resOutputsEvent=step(new=new)).encode().replace(b"a?b", b"a\x99b"))
    assert json.loads(rows[0]["new"])["inputs"]["entries"] == {"k": "a\ufffdb"}
    assert stats.problems == ["1 line(s) with invalid UTF-8, which was replaced"]


@pytest.mark.parametrize(
    ("timestamp", "expected"), [(0, None), (-5, None), (1e300, None), (1.5, AT.fromtimestamp(1.5, UTC))]
)
def test_times(timestamp: float, expected: datetime | None) -> None:
    assert read(event(0, timestamp, preludeEvent={}))[0][0]["at"] == expected


def test_batches_hold_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_events, "BATCH", 3)
    rows, _ = read("".join(event(n, stdoutEvent={"message": str(n)}) + "\n\n" for n in range(5)))
    assert [row["line"] for row in rows] == list(range(1, 11))
    assert [row["seq"] for row in rows if row["kind"] == "console"] == list(range(5))


@given(
    st.lists(
        st.one_of(st.binary(max_size=60), st.sampled_from([b'{"sequence":1,"timestamp":2,"cancelEvent":{}}']))
    )
)
def test_every_line_is_accounted_for(lines: list[bytes]) -> None:
    data = b"".join(line.replace(b"\n", b" ") + b"\n" for line in lines)
    assume(not (data.startswith(b"\x1f\x8b") or is_packed(data)))  # and broken, then: no lines at all
    rows, _ = read(data)
    assert len(rows) == len(lines)


@pytest.mark.parametrize(("begin", "name"), [(b"\x1f\x8b", "gzip"), (b"(\xb5/\xfd", "zstandard")])
def test_what_begins_as_packed_data_and_is_none_is_said(begin: bytes, name: str) -> None:
    rows, stats = read(begin + b"\n")
    assert rows == []
    assert stats.problems == [f"the {name} data is cut short: only what comes before was read"]


@pytest.mark.parametrize(
    "pack",
    [
        lambda events: "\n".join(json.dumps(json.loads(event), indent=4) for event in events),
        lambda events: json.dumps([json.loads(event) for event in events], indent=2) + "\n",
        lambda events: "[\n" + ",\n".join(events) + "\n]\n",
        "".join,
        lambda events: "npm start\n\n" + "\nhint: wait\n".join(events) + "\nbye\n",
        lambda events: "\n".join(f"2026-06-10T00:00:00.0000000Z {event}" for event in events),
    ],
    ids=["indented", "a list", "a list of lines", "one line", "among other lines", "behind a prefix"],
)
def test_events_that_are_laid_out_otherwise(pack: Callable[[list[str]], str]) -> None:
    events = [
        event(0, preludeEvent={"config": {}}),
        event(1, resourcePreEvent=step("create", BUCKET)).replace(" ", ""),
        event(2, stdoutEvent={"message": 'a "{[ text\\\\'}).replace(" ", ""),
        event(3, summaryEvent={"durationSeconds": 1}).replace(" ", ""),
    ]
    events[0] = events[0].replace(" ", "")
    stats = InputStats("log")
    frames = list(engine_events.read(Source("log", None, pack(events).encode()), stats))
    rows = pl.concat(frames).filter(pl.col("kind") != "noise")
    assert rows["kind"].to_list() == ["header", "started", "console", "summary"]
    assert (stats.problems, stats.unrecognised) == ([], 0)
    assert stats.lines == len(pack(events).splitlines())
    assert stats.lines == (stats.recognised or 0) + (stats.noise or 0)


def test_an_event_that_never_ends_does_not_take_the_next_with_it() -> None:
    rows, stats = read('{"sequence": 1,\n "timestamp": 2,\n' + event(3, summaryEvent={}) + "\n")
    assert [row["kind"] for row in rows] == ["unrecognised", "unrecognised", "summary"]
    assert stats.undecodable == 2


def test_logs_that_were_put_together_are_told_apart() -> None:
    first = [event(0, preludeEvent={}), event(1, stdoutEvent={"message": "a"}), event(2, cancelEvent={})]
    cut = [event(0, preludeEvent={}), event(1, stdoutEvent={"message": "b"})]
    unnumbered = [event(0, preludeEvent={}), event(0, cancelEvent={})] * 2
    rows, _ = read("\n".join(first + cut + first + unnumbered))
    assert [row["run"] or 1 for row in rows] == [1, 1, 1, 2, 2, 3, 3, 3, 4, 4, 5, 5]


def test_leaked_promises_are_a_fact() -> None:
    said = "The Pulumi runtime detected that 412 promises were still active\nat the time that the process exited."
    rows, _ = read(event(diagnosticEvent={"message": said, "severity": "error"}))
    assert (rows[0]["fact"], rows[0]["value"]) == ("promise_leak", "412")


def test_the_registry_finds_it() -> None:
    assert forms()["engine-events"] is engine_events
    assert all(isinstance(form, LogForm) for form in forms().values())


@pytest.mark.skipif(not DATA.exists(), reason="the shared data is not here")
@pytest.mark.parametrize(
    "path", sorted(DATA.glob("pulumi-display/*/events.json")), ids=lambda path: path.parent.name
)
def test_real_logs(path: Path) -> None:
    rows, stats = read(path.read_bytes())
    assert stats.problems == []
    assert stats.unrecognised == 0
    events = [json.loads(line) for line in path.read_text().splitlines() if line.strip()]
    steps = [row["op"] for row in rows if row["kind"] in ("started", "done", "failed")]
    payloads = [payload for line in events for payload in line.values() if isinstance(payload, dict)]
    assert steps == [payload["metadata"]["op"] for payload in payloads if "metadata" in payload]


@pytest.mark.skipif(not DATA.exists(), reason="the shared data is not here")
def test_the_event_log_of_sst_before_3_7() -> None:
    text = next(DATA.glob("sst-logs/038*")).read_text()
    rows, stats = read("".join(line for line in text.splitlines(keepends=True) if not line.startswith("#")))
    assert (stats.lines, stats.noise, stats.problems) == (len(rows), len(rows), [])
