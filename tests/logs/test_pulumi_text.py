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
from analyzer.logs import pulumi_text
from analyzer.logs.interface import LogForm
from analyzer.sources.account import Account
from analyzer.sources.source import Source
from analyzer.tables import EVENT_KINDS, EVENTS, OUTCOMES

if TYPE_CHECKING:
    from typing import BinaryIO

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"
DISPLAY = sorted(SHARED.glob("pulumi-display/*/non-interactive.txt"))
SAMPLES = [line for _, line in samples(load("pulumi").text)]


def read(content: bytes | str, size: int = 4 << 20) -> tuple[pl.DataFrame, Account]:
    data = content.encode() if isinstance(content, str) else content
    account = Account("pulumi.log")
    frames = list(pulumi_text.read(Source("pulumi.log", None, data), account, batch_bytes=size))
    return pl.concat([pl.DataFrame(schema=EVENTS), *frames]), account


def events(content: str) -> list[dict[str, object]]:
    """The events without what is null, and without the columns that are the same for all."""
    table = read(content)[0].drop("source", "run")
    return [
        {name: value for name, value in row.items() if value is not None and (name != "planning" or value)}
        for row in table.to_dicts()
    ]


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
    assert real == [{"seq": seq, **event} for seq, event in enumerate(expected)]
    assert [event for event in found if event["kind"] == "unrecognised"] == [
        {"line": 28, "kind": "unrecognised", "message": "what is this"}
    ]
    assert [event["line"] for event in found if event["kind"] == "noise"] == [2, 3, 15, 21, 25]


def test_the_account_of_a_whole_log() -> None:
    account = read(DEPLOY)[1]
    assert (account.kind, account.bytes, account.problems) == ("pulumi-text", len(DEPLOY), [])
    assert (account.lines, account.recognised, account.noise, account.unrecognised) == (28, 22, 5, 1)


@pytest.mark.parametrize(
    ("row", "kind", "op", "outcome", "seconds"),
    [
        (" +  a:b:C n creating (2s)", "started", "create", "started", 2.0),
        (" ++ a:b:C n created replacement (12s) [diff: ~x]", "done", "create-replacement", "done", 12.0),
        (" ++ a:b:C n **creating failed (0.05s)**", "failed", "create-replacement", "failed", 0.05),
        (" +- a:b:C n replaced", "done", "replace", "done", None),
        (" -- a:b:C n **deleting failed**", "failed", "delete-replaced", "failed", None),
        (" >> a:b:C n reading for replacement", "started", "read-replacement", "started", None),
        (" => a:b:C n imported replacement (1s)", "done", "import-replacement", "done", 1.0),
        (" << a:b:C n discarded original", "done", "discard-replaced", "done", None),
        (" ~  a:b:C n **refreshing failed**", "failed", "refresh", "failed", None),
        (" +  a:b:C n creating (interrupted)", "failed", "create", "interrupted", None),
    ],
)
def test_rows(row: str, kind: str, op: str, outcome: str, seconds: float | None) -> None:
    (event,) = events(row)
    assert (event["kind"], event["op"], event["outcome"], event.get("seconds")) == (
        kind,
        op,
        outcome,
        seconds,
    )
    assert (event["type"], event["name"]) == ("a:b:C", "n")
    assert "planning" not in event


def test_a_delete_that_keeps_the_thing_says_so() -> None:
    timed, bare = events(" -  a:b:C n deleted (0.5s)[retain]\n -  a:b:C n deleting[retain]")
    assert timed["old"] == bare["old"] == '{"retainOnDelete": true}'
    assert (timed["op"], timed["seconds"], bare["outcome"]) == ("delete", 0.5, "started")


def test_rows_with_urns() -> None:
    (event,) = events(" +  urn:pulumi:prod::shop::x:y:Z$aws:s3/bucket:Bucket::my::name created (1s)")
    assert event["urn"] == "urn:pulumi:prod::shop::x:y:Z$aws:s3/bucket:Bucket::my::name"
    assert (event["type"], event["name"]) == ("aws:s3/bucket:Bucket", "my::name")


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


def test_policies_are_about_a_resource() -> None:
    log = """\
Policies:
    ✅ acme@v1.0.0 (local: acme)
    ❌ other@v0.0.1
        - [mandatory] [severity: high]  no-x  (aws:s3:Bucket: my bucket)
          No x.

          At all.
        - [remediate]  tags  (3 resources)
Policy Violations:
    [advisory]  acme v0.0.1  no-x (a (b): aws:s3/bucket:Bucket)
    No x.
Diagnostics:
  aws:s3:Bucket (c):
    mandatory: [no-x] No x.
"""
    found = [event for event in events(log) if event["kind"] == "diagnostic"]
    assert [(event.get("severity"), event.get("type"), event.get("name")) for event in found] == [
        (None, None, None),
        (None, None, None),
        ("error", "aws:s3:Bucket", "my bucket"),
        (None, "aws:s3:Bucket", "my bucket"),
        ("info", None, None),
        ("warning", "aws:s3/bucket:Bucket", "a (b)"),
        ("error", "aws:s3:Bucket", "c"),
    ]
    assert (
        found[2]["message"]
        == "    - [mandatory] [severity: high]  no-x  (aws:s3:Bucket: my bucket)\n      No x."
    )


@pytest.mark.parametrize("size", [1, 7, 50, 100])
def test_events_do_not_depend_on_the_batch(size: int) -> None:
    assert read(DEPLOY, size)[0].equals(read(DEPLOY)[0])
    assert read(DEPLOY, size)[1] == read(DEPLOY)[1]


def test_more_sections_than_are_looked_up_one_by_one() -> None:
    log = 'Outputs:\n    url: "x"\nConfiguration:\n    url: "x"\n' * 600
    found = read(log)[0]
    assert found["kind"].value_counts(sort=True).rows() == [("summary", 1800), ("output", 600)]


def test_one_endless_line_is_counted_and_said() -> None:
    table, account = read(b"Duration: 1s\n" + b"x" * (9 << 20) + b"\nDuration: 2s\n")
    assert table["kind"].to_list() == ["summary", "unrecognised", "summary"]
    assert table["seconds"].to_list() == [1.0, None, 2.0]
    assert (account.lines, account.recognised, account.unrecognised) == (3, 2, 1)
    assert account.problems == ["1 line is longer than 1 MiB: not read"]


def test_what_is_not_utf8_is_repaired_and_said() -> None:
    table, account = read(b" +  a:b:C n\xff created\nDuration: 1s\n")
    assert table["name"].to_list() == ["n�", None]
    assert account.problems == ["1 line is not UTF-8: repaired with U+FFFD"]


def test_nothing() -> None:
    table, account = read(b"")
    assert table.is_empty()
    assert (account.lines, account.recognised, account.noise, account.unrecognised) == (0, 0, 0, 0)


def test_a_missing_file() -> None:
    with pytest.raises(InputError, match="no such file"):
        list(pulumi_text.read(Source("gone.log", Path("/nowhere/gone.log")), Account("gone.log")))


class _Failing(io.BytesIO):
    def read(self, _size: int | None = -1) -> bytes:
        if self.tell():
            raise OSError(5, "Input/output error")
        return super().read(13)


class _FailingSource(Source):
    def open(self) -> BinaryIO:
        return _Failing(self.content)


def test_an_error_in_the_middle_keeps_what_was_read() -> None:
    account = Account("x")
    frames = list(pulumi_text.read(_FailingSource("x", None, b"Duration: 1s\nDuration: 2s\n"), account))
    assert pl.concat(frames)["seconds"].to_list() == [1.0]
    assert account.problems == ["could not be read to its end: input/output error"]


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.sampled_from(SAMPLES).map(str.encode) | st.binary(max_size=40), max_size=25).map(b"\n".join),
    st.sampled_from([16, 300, 1 << 20]),
)
def test_every_line_is_accounted_for(content: bytes, size: int) -> None:
    table, account = read(content, size)
    lines = content.count(b"\n") + (not content.endswith(b"\n") and content != b"")
    recognised, noise, unrecognised = account.recognised, account.noise, account.unrecognised
    assert None not in (recognised, noise, unrecognised)
    assert account.lines == lines == (recognised or 0) + (noise or 0) + (unrecognised or 0)
    assert (table["kind"] == "noise").sum() == noise
    assert (table["kind"] == "unrecognised").sum() == unrecognised
    assert table["line"].is_sorted()
    proven = pl.col("kind").is_in(["done", "failed"])  # a line of totals tells of many steps
    assert table.filter(~proven)["line"].is_unique().all()
    assert table["seq"].drop_nulls().to_list() == list(range(table["seq"].count()))
    assert set(table["kind"]) <= set(EVENT_KINDS)
    assert set(table["outcome"].drop_nulls()) <= set(OUTCOMES)


@pytest.mark.skipif(not DISPLAY, reason="shared data is absent")
def test_every_line_of_pulumis_own_display_tests_is_recognised() -> None:
    lines = 0
    for path in DISPLAY:
        account = Account(path.parent.name)
        for _ in pulumi_text.read(Source(path.parent.name, path), account):
            pass
        assert account.unrecognised == 0, path
        lines += account.lines or 0
    print(f"{lines} lines of {len(DISPLAY)} logs recognised")  # noqa: T201 (the count is the test's report)
    assert lines > 1000


def test_the_module_is_a_log_form() -> None:
    assert isinstance(pulumi_text, LogForm)


STEP = ("kind", "type", "name", "op", "outcome", "message")
BUCKET = "urn:pulumi:prod::shop::aws:s3/bucket:Bucket::a bucket"
STACK_URN = "urn:pulumi:prod::shop::pulumi:pulumi:Stack::shop-prod"


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (
            f" ~  {BUCKET} updated (0.30s) [diff: ~tags]",
            ("done", "aws:s3/bucket:Bucket", "a bucket", "update", "done", "[diff: ~tags]"),
        ),
        (f"    {BUCKET}", ("done", "aws:s3/bucket:Bucket", "a bucket", "same", "done", None)),
        (
            f"    {BUCKET}  [diff: ~protect]",
            ("done", "aws:s3/bucket:Bucket", "a bucket", "same", "done", "[diff: ~protect]"),
        ),
        (
            f"    {BUCKET}  error: no such bucket",
            ("started", "aws:s3/bucket:Bucket", "a bucket", "same", "started", "error: no such bucket"),
        ),
        (
            f"    {BUCKET} **failed** 1 error",
            ("failed", "aws:s3/bucket:Bucket", "a bucket", "same", "failed", "1 error"),
        ),
        (
            f"    {STACK_URN} running",
            ("started", "pulumi:pulumi:Stack", "shop-prod", "same", "started", None),
        ),
        (
            f"    {STACK_URN} running entry: site,50f6,,/",
            ("console", "pulumi:pulumi:Stack", "shop-prod", "same", "started", "entry: site,50f6,,/"),
        ),
        (
            f"    {STACK_URN}  2 messages",
            ("done", "pulumi:pulumi:Stack", "shop-prod", "same", "done", "2 messages"),
        ),
    ],
)
def test_a_row_with_a_urn_says_what_one_without_says(row: str, expected: tuple[object, ...]) -> None:
    table, account = read(row)
    assert table.select(STEP).rows() == [expected]
    assert account.unrecognised == 0
    assert row.lstrip(" ~").startswith(str(table["urn"].fill_null("").item()))


@pytest.mark.parametrize(
    ("info", "outcome"),
    [
        ("[diff: ~protect]", "done"),
        ("[diff: ~protect]; 1 warning", "done"),
        ("1 warning; 2 messages", "done"),
        ("warning: deprecated", "started"),
        ("[diff: ~protect]; warning: deprecated", "started"),
    ],
)
def test_a_row_that_is_printed_for_a_message_is_not_over(info: str, outcome: str) -> None:
    table, _ = read(f"    aws:s3:Bucket assets  {info}")
    assert table.select("op", "outcome").rows() == [("same", outcome)]


def test_a_step_that_goes_on_in_the_cloud_is_not_done() -> None:
    table, account = read(
        " ~  aws:ec2:Instance web **update awaiting** [diff: ~in]; warning: awaiting\n    1 awaiting\n"
    )
    assert table.select("name", "op", "outcome").row(0) == ("web", "update", "failed")
    assert account.unrecognised == 0


def test_policies_of_a_diff() -> None:
    log = (
        '    acme@v1.0.0 [remediate]  tags  (aws:s3:Bucket: assets)\n      + owner: "me"\n\n'
        "    acme@v [mandatory]  no-public  (aws:s3:Bucket: assets)must not be public,\nand never was\n"
        "+ aws:s3:Bucket: (create)\n    [urn=urn:pulumi:prod::shop::aws:s3:Bucket::assets]\n"
    )
    table, account = read(log)
    said = table.filter(pl.col("kind") == "diagnostic")
    assert said.select("severity", "type", "name", "message").rows() == [
        ("info", "aws:s3:Bucket", "assets", "[remediate]  tags  (aws:s3:Bucket: assets)"),
        (
            "error",
            "aws:s3:Bucket",
            "assets",
            "[mandatory]  no-public  (aws:s3:Bucket: assets)must not be public,\nand never was",
        ),
    ]
    assert table.filter(pl.col("op") == "create").height == 1
    assert account.unrecognised == 0


def test_a_policy_names_a_resource_by_its_urn() -> None:
    policy = f"        - [advisory]  warning  (aws:s3/bucket:Bucket: {BUCKET})\n          text\n"
    log = "Policies:\n    ⚠️ acme@v1.0.0\n" + policy
    said = read(log)[0].filter(pl.col("message").str.contains("advisory"))
    assert said.select("type", "name").rows() == [("aws:s3/bucket:Bucket", "a bucket")]
