"""Pulumi text logs become events, and every line is accounted for."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.errors import InputError
from analyzer.grammar.files import samples
from analyzer.grammar.line import load
from analyzer.logs.interface import LogForm
from analyzer.logs.kinds import pulumi_text
from analyzer.sources.input_stats import InputStats
from analyzer.sources.source import Source
from analyzer.tables import EVENT_KINDS, OUTCOMES
from tests.effort import examples
from tests.logs.enough import assert_prefiltered_enough
from tests.logs.pulumi_logs import BUCKET, events, read

if TYPE_CHECKING:
    from typing import BinaryIO

SHARED = Path(__file__).resolve().parents[4] / "shared" / "data"
DISPLAY = sorted(SHARED.glob("pulumi-display/*/non-interactive.txt"))
SAMPLES = [line for _, line in samples(load("pulumi").text)]


DEPLOY = """\
Updating (prod):

@ updating......
    pulumi:pulumi:Stack shop-prod running Building kv namespace for RouterRoute/
    pulumi:pulumi:Stack shop-prod running entry: site,50f6,,/
 ~  pulumi-nodejs:dynamic:Resource SiteRoutesUpdate.sst.aws.KvRoutesUpdate updating (0s) [diff: ~entry]
 ~  pulumi-nodejs:dynamic:Resource SiteRoutesUpdate.sst.aws.KvRoutesUpdate updated (0.51s) [diff: ~entry]
 +  pulumi-nodejs:dynamic:Resource SiteKvKeys.sst.aws.KvKeys **creating failed** error: boom
    pulumi:pulumi:Stack shop-prod **failed** 1 error
Diagnostics:
  pulumi-nodejs:dynamic:Resource (SiteKvKeys.sst.aws.KvKeys):
    error: boom
    \tstatus code: 403, request id: abc
    warning: late

Outputs:
    url: "https://secret.example.com"
    deep: {
        inner: 1
    }

Resources:
    ~ 1 updated
    12 unchanged

Duration: 1m2s
error: update failed
what is this
"""


def test_a_whole_log() -> None:
    resource = {"type": "pulumi-nodejs:dynamic:Resource"}
    route = {**resource, "name": "SiteRoutesUpdate.sst.aws.KvRoutesUpdate", "op": "update"}
    keys = {**resource, "name": "SiteKvKeys.sst.aws.KvKeys"}
    stack = {"type": "pulumi:pulumi:Stack", "name": "shop-prod", "op": "same"}
    expected: list[dict[str, object]] = [
        {"line": 1, "kind": "header", "op": "update", "name": "prod", "message": "Updating (prod):"},
        {"line": 4, "kind": "console", **stack, "outcome": "started"}
        | {"message": "Building kv namespace for RouterRoute/"},
        {"line": 5, "kind": "console", **stack, "outcome": "started", "message": "entry: site,50f6,,/"},
        {
            "line": 6,
            "kind": "started",
            **route,
            "outcome": "started",
            "seconds": 0.0,
            "message": "[diff: ~entry]",
        },
        {"line": 7, "kind": "done", **route, "outcome": "done", "seconds": 0.51, "message": "[diff: ~entry]"},
        {"line": 8, "kind": "failed", **keys, "op": "create", "outcome": "failed", "message": "error: boom"},
        {"line": 9, "kind": "failed", **stack, "outcome": "failed", "message": "1 error"},
        {"line": 10, "kind": "summary", "message": "Diagnostics:"},
        {
            "line": 11,
            "kind": "summary",
            "message": "  pulumi-nodejs:dynamic:Resource (SiteKvKeys.sst.aws.KvKeys):",
        },
        {"line": 12, "kind": "diagnostic", **keys}
        | {"severity": "error", "message": "error: boom\n\tstatus code: 403, request id: abc"},
        {"line": 14, "kind": "diagnostic", **keys, "severity": "warning", "message": "warning: late"},
        {"line": 16, "kind": "summary", "message": "Outputs:"},
        {"line": 17, "kind": "output", "name": "url"},
        {"line": 18, "kind": "output", "name": "deep"},
        {"line": 19, "kind": "output"},
        {"line": 20, "kind": "output"},
        {"line": 22, "kind": "summary", "message": "Resources:"},
        {"line": 23, "kind": "summary", "message": "    ~ 1 updated"},
        {"line": 24, "kind": "summary", "message": "    12 unchanged"},
        {"line": 26, "kind": "summary", "outcome": "done", "seconds": 62.0},
        {"line": 27, "kind": "summary", "outcome": "failed", "message": "error: update failed"}
        | {"fact": "result", "value": "failed"},
    ]
    found = events(DEPLOY)
    real = [event for event in found if event["kind"] not in ("noise", "unrecognised")]
    seconds = {"tick": 3}  # all behind the one line of dots
    assert real == [{"seq": seq, **event, **(seconds if seq else {})} for seq, event in enumerate(expected)]
    assert [event for event in found if event["kind"] == "unrecognised"] == [
        {"line": 28, "kind": "unrecognised", "message": "what is this", **seconds}
    ]
    assert [event["line"] for event in found if event["kind"] == "noise"] == [2, 3, 15, 21, 25]


def test_the_account_of_a_whole_log() -> None:
    stats = read(DEPLOY)[1]
    assert (stats.kind, stats.bytes, stats.problems) == ("pulumi-text", len(DEPLOY), [])
    assert (stats.lines, stats.recognised, stats.noise, stats.unrecognised) == (28, 22, 5, 1)


def test_a_preview_plans() -> None:
    log = "Previewing update (prod):\n +  a:b:C n creating (0s)\n\nUpdating (prod):\n +  a:b:C n creating (0s)\n"
    table = read(log)[0].filter(pl.col("kind") != "noise")
    assert table["planning"].to_list() == [True, True, False, False]
    assert table["op"].to_list() == ["preview", "create", "update", "create"]


def test_a_planned_status_plans_without_a_header() -> None:
    (event,) = events(" ++ a:b:C n create replacement [diff: ~x]")
    assert (event["planning"], event["op"]) == (True, "create-replacement")


def test_what_the_program_prints_while_the_stack_is_created() -> None:
    (event,) = events(" +  pulumi:pulumi:Stack shop-prod creating (3s) entry: site,50f6,,/")
    assert (event["kind"], event["op"], event["message"]) == ("console", "create", "entry: site,50f6,,/")


def test_lines_that_look_like_rows_inside_a_section_are_its_body() -> None:
    log = "Diagnostics:\n  a:b:C (n):\n    http://x.y z  w\n    + 3 created\n    key: value\n"
    assert [event.get("message") for event in events(log)[2:]] == [
        "http://x.y z  w",
        "+ 3 created",
        "key: value",
    ]
    assert {event["name"] for event in events(log)[2:]} == {"n"}


def test_a_body_outside_of_all_sections_is_not_recognised() -> None:
    assert [event["kind"] for event in events("    key: value\n      more\n  a:b:C (n):\n")] == [
        "unrecognised"
    ] * 3


def test_configuration_and_outputs_keep_no_value() -> None:
    log = "Configuration:\n    aws:token: hunter2\nOutputs:\n    password: hunter2\n"
    assert "hunter2" not in str(events(log))


def test_rows_follow_the_configuration() -> None:
    log = (
        "Configuration:\n    aws:region: hunter2\n\n    aws:iam:Role eks\n    pulumi:pulumi:Stack s running\n"
    )
    log += "    pulumi:providers:aws default **failed** 1 error\n"
    found = [event for event in events(log) if "outcome" in event]
    assert [(event["kind"], event["name"]) for event in found] == [
        ("done", "eks"),
        ("started", "s"),
        ("failed", "default"),
    ]
    assert "hunter2" not in str(events(log))


def test_what_a_terminal_asks_is_recognised_everywhere() -> None:
    log = "Resources:\n    + 1 to create\n\nDo you want to perform this update? details\n> yes\n  no\n  details\n"
    log += "Enter your passphrase to unlock config/secrets\n    (set PULUMI_CONFIG_PASSPHRASE to remember):\n"
    assert {event["kind"] for event in events(log)} == {"summary", "noise"}


def test_a_header_of_2018() -> None:
    (header,) = events("Previewing update of stack 'acme/prod' in the Pulumi Cloud\n")
    assert (header["kind"], header["op"], header["name"], header["planning"]) == (
        "header",
        "preview",
        "acme/prod",
        True,
    )


def test_links_and_results_are_facts() -> None:
    log = "View Live: https://x.y/1\nerror: update canceled\nerror: preview failed\n"
    assert [(event["fact"], event["value"]) for event in events(log)] == [
        ("permalink", "https://x.y/1"),
        ("result", "interrupted"),
        ("result", "failed"),
    ]


@pytest.mark.parametrize("size", [1, 7, 50, 100])
def test_events_do_not_depend_on_the_batch(size: int) -> None:
    assert read(DEPLOY, size)[0].equals(read(DEPLOY)[0])
    assert read(DEPLOY, size)[1] == read(DEPLOY)[1]


def test_more_sections_than_are_looked_up_one_by_one() -> None:
    log = 'Outputs:\n    url: "x"\nConfiguration:\n    url: "x"\n' * 600
    found = read(log)[0]
    assert found["kind"].value_counts(sort=True).rows() == [("summary", 1800), ("output", 600)]


def test_one_endless_line_is_counted_and_said() -> None:
    table, stats = read(b"Duration: 1s\n" + b"x" * (9 << 20) + b"\nDuration: 2s\n")
    assert table["kind"].to_list() == ["summary", "unrecognised", "summary"]
    assert table["seconds"].to_list() == [1.0, None, 2.0]
    assert (stats.lines, stats.recognised, stats.unrecognised) == (3, 2, 1)
    assert stats.problems == ["1 line is longer than 1 MiB: not read"]


def test_what_is_not_utf8_is_repaired_and_said() -> None:
    table, stats = read(b" +  a:b:C n\xff created\nDuration: 1s\n")
    assert table["name"].to_list() == ["n�", None]
    assert stats.problems == ["1 line is not UTF-8: repaired with U+FFFD"]


def test_nothing() -> None:
    table, stats = read(b"")
    assert table.is_empty()
    assert (stats.lines, stats.recognised, stats.noise, stats.unrecognised) == (0, 0, 0, 0)


def test_a_missing_file() -> None:
    with pytest.raises(InputError, match="no such file"):
        list(pulumi_text.read(Source("gone.log", Path("/nowhere/gone.log")), InputStats("gone.log")))


class _Failing(io.BytesIO):
    def read(self, _size: int | None = -1) -> bytes:
        if self.tell():
            raise OSError(5, "Input/output error")
        return super().read(13)


class _FailingSource(Source):
    def open(self) -> BinaryIO:
        return _Failing(self.content)


def test_an_error_in_the_middle_keeps_what_was_read() -> None:
    stats = InputStats("x")
    frames = list(pulumi_text.read(_FailingSource("x", None, b"Duration: 1s\nDuration: 2s\n"), stats))
    assert pl.concat(frames)["seconds"].to_list() == [1.0]
    assert stats.problems == ["could not be read to its end: input/output error"]


@settings(max_examples=examples(24), deadline=None)
@given(
    st.lists(st.sampled_from(SAMPLES).map(str.encode) | st.binary(max_size=40), max_size=25).map(b"\n".join),
    st.sampled_from([16, 300, 1 << 20]),
)
def test_every_line_is_accounted_for(content: bytes, size: int) -> None:
    table, stats = read(content, size)
    lines = content.count(b"\n") + (not content.endswith(b"\n") and content != b"")
    recognised, noise, unrecognised = stats.recognised, stats.noise, stats.unrecognised
    assert None not in (recognised, noise, unrecognised)
    assert stats.lines == lines == (recognised or 0) + (noise or 0) + (unrecognised or 0)
    assert (table["kind"] == "noise").sum() == noise
    assert (table["kind"] == "unrecognised").sum() == unrecognised
    assert table["line"].is_sorted()
    proven = pl.col("kind").is_in(["done", "failed"])  # a line of totals tells of many steps
    assert table.filter(~proven)["line"].is_unique().all()
    silent = table.filter(pl.col("kind").is_in(["noise", "unrecognised"]))
    settled = proven & pl.col("urn").is_not_null()  # stands on the line after the totals, whatever that is
    assert table.join(silent, on="line", how="semi").filter(~settled).height == silent.height
    assert table["seq"].drop_nulls().to_list() == list(range(table["seq"].count()))
    assert set(table["kind"]) <= set(EVENT_KINDS)
    assert set(table["outcome"].drop_nulls()) <= set(OUTCOMES)


@pytest.mark.parametrize(
    "log",
    [
        "Outputs:\n    url: x\n +  a:b:C n created (1s)\n    url: x\n    + 1 created\n",
        "Diagnostics:\n  a:b:C (n):\n    error: x\n +  a:b:C n created (1s)\n  a:b:C (n):\n    error: x\n",
        "Resources:\n    + 1 created\n    a:b:C n\n    url: x\nUpdating (dev):\n    a:b:C n\n    url: x\n",
    ],
)
def test_a_line_has_one_event_also_below_the_row_that_ends_its_section(log: str) -> None:
    table, _ = read(log.encode())
    assert table["line"].to_list() == list(range(1, log.count("\n") + 1))


@pytest.mark.skipif(not DISPLAY, reason="shared data is absent")
def test_every_line_of_pulumis_own_display_tests_is_recognised() -> None:
    lines = 0
    for path in DISPLAY:
        stats = InputStats(path.parent.name)
        for _ in pulumi_text.read(Source(path.parent.name, path), stats):
            pass
        assert stats.unrecognised == 0, path
        lines += stats.lines or 0
    print(f"{lines} lines of {len(DISPLAY)} logs recognised")  # noqa: T201 (the count is the test's report)
    assert lines > 1000


def test_the_module_is_a_log_form() -> None:
    assert isinstance(pulumi_text, LogForm)


GOOD = (
    "Updating (prod):\n\n +  aws:s3:Bucket b creating (0s)\n +  aws:s3:Bucket b created (1s)\nDuration: 2s\n"
)


@pytest.mark.parametrize(
    "step",
    [
        " +  aws:s3:Bucket a created (1s)",
        " +  aws:s3:Bucket a **creating failed** 1 error",
        "    pulumi:pulumi:Stack shop-prod running",
        " +   └─ aws:s3:Bucket     b      creating",
        f"+ aws:s3:Bucket: (create)\n    [urn={BUCKET}]",
    ],
)
def test_a_header_below_steps_without_one_begins_another_deploy(step: str) -> None:
    """One deploy of both would be failed, or its stack the other's."""
    for log in (f"{step}\n\n@ updating...\n\n{GOOD}", f"\n{step}\n\nDuration: 1s\n\n{GOOD}"):
        for size in (4 << 20, 1):
            runs = read(log, size)[0].filter(pl.col("kind") != "noise")["run"].to_list()
            assert runs == sorted(runs)
            assert runs[-4:] == [2, 2, 2, 2]
            assert runs[0] == 1
        assert_prefiltered_enough(pulumi_text, log.encode())


@pytest.mark.parametrize(
    "line", ["> vite build", "✓ built in 1.32s", "    dist: ok", "warning: old", "Outputs:\n +  x"]
)
def test_a_header_below_lines_that_are_no_steps_is_of_the_first_deploy(line: str) -> None:
    assert read(f"{line}\n{GOOD}")[0]["run"].unique().to_list() == [1]


def test_each_further_header_begins_another_deploy_and_no_more() -> None:
    runs = read(GOOD * 3)[0]["run"].to_list()
    assert runs == [1] * 5 + [2] * 5 + [3] * 5
