"""An error of SST's terminal output is about the resource that it names, and about no other."""

from __future__ import annotations

import pytest

from tests.logs.terminal import QUOTA, events, steps

DYNAMIC = "pulumi-nodejs:dynamic:Resource"
HEADER = "SST 3.12.5  ready!\n\n➜  App:        shop\n   Stage:      prod\n\n"
RESOURCE = "Foo sst:aws:Nextjs → FooKvKeys sst:aws:KvKeys"


def test_the_first_error_of_failed_may_lack_a_resource() -> None:
    log = "✕  Failed\n\nThe program ended.\n\nSite sst:aws:Astro\nno such file\n"
    found = [(event["kind"], event.get("name"), event["message"]) for event in events(log)]
    assert found == [
        ("summary", None, "✕  Failed"),
        ("diagnostic", None, "The program ended."),
        ("failed", "Site", "no such file"),
        ("diagnostic", "Site", "no such file"),
    ]


@pytest.mark.parametrize(
    "line", [RESOURCE, f"linking {RESOURCE}", f"Deleted     {RESOURCE}", f"\t|  Created     {RESOURCE}"]
)
def test_a_resource_is_what_an_error_is_about_below_failed_alone(line: str) -> None:
    assert steps(f"{HEADER}~  Deploy\n{line}\nPromise leak detected:\n{line}\n✓  Complete\n{line}\n") == []
    inside = events(f"|  Error       S a:b:C\none\n{line}\ntwo\n")
    assert [(event["name"], event["message"]) for event in inside] == [("S", f"one\n{line}\ntwo")] * 2
    said = steps(f"✕  Failed\n\n{RESOURCE}\nboom\n")
    assert said == [("failed", None, DYNAMIC, "FooKvKeys.sst.aws.KvKeys")]


def test_a_resource_that_a_program_prints_is_not_what_pulumis_error_is_about() -> None:
    log = (
        f"Updating (prod):\nDiagnostics:\n  aws:s3:Bucket (b):\n    error: one\n{RESOURCE}\n    error: two\n"
    )
    found = [event for event in events(log) if event["kind"] == "diagnostic"]
    assert [event.get("name") for event in found] == ["b", "b"]


def test_errors_of_ion_have_bars_and_indents() -> None:
    log = """\
SST ❍ ion 0.1.4  ready!
~  Deploying
|  Error       Site sst:aws:Nextjs → SiteAssetFiles sst:aws:BucketFiles
|  operation error S3: PutObject, https response error StatusCode: 301
|  Log         go on
\u00d7  Failed
   Site sst:aws:Nextjs → SiteAssetFiles sst:aws:BucketFiles
   operation error S3: PutObject, https response error StatusCode: 301
"""
    name, text = (
        "SiteAssetFiles.sst.aws.BucketFiles",
        "operation error S3: PutObject, https response error StatusCode: 301",
    )
    found = [(e["line"], e["kind"], e.get("name"), e.get("message")) for e in events(log) if e["line"] > 2]
    assert found == [
        (3, "failed", name, text),
        (3, "diagnostic", name, text),
        (5, "console", None, "go on"),
        (6, "summary", None, "\u00d7  Failed"),
    ]


def test_two_errors_of_one_resource_are_two_and_one_said_twice_is_one() -> None:
    log = "|  Error       S a:b:C\none\n|  Error       S a:b:C\ntwo\n|  Error       S a:b:C\none\n"
    found = [(event["kind"], event["message"]) for event in events(log)]
    assert found == [("failed", "one"), ("diagnostic", "one"), ("failed", "two"), ("diagnostic", "two")]


def test_a_build_error_and_what_a_command_says() -> None:
    log = (
        "|  Build Error src/api.handler\n|    Could not resolve x\n\u00d7  Stage not found\n"
        "|  Error       Error: Build failed\nat sst.config.ts\n"
    )
    assert [(event["line"], event["severity"], event["message"]) for event in events(log)] == [
        (1, "error", "src/api.handler\n  Could not resolve x"),
        (3, "error", "Stage not found"),
        (4, "error", "Error: Build failed\nat sst.config.ts"),
    ]


@pytest.mark.parametrize("before", ["", "[Function] |  Created     B aws:s3:BucketV2\n"])
def test_a_build_error_of_a_pane(before: str) -> None:
    pane = '[Function] |  Build Error src/a.handler\n[Function] |  ↳ Could not resolve "b" src/a.ts:7:25\n'
    found = [event for event in events(before + pane) if event["kind"] != "done"]
    assert [(event["kind"], event["severity"], event["message"]) for event in found] == [
        ("diagnostic", "error", 'src/a.handler\n↳ Could not resolve "b" src/a.ts:7:25')
    ]


def test_a_request_id_that_a_terminal_broke_is_whole_again() -> None:
    broken = QUOTA.replace("b16e-c3f4d5e6f708", "b16e-c3f4d\n5e6f708")
    assert events(f"|  Error       S a:b:C\n{broken}\n")[0]["message"] == QUOTA
    not_an_id = "RequestID: 44b3c2d1\nabc, x"
    assert events(f"|  Error       S a:b:C\n{not_an_id}\n")[0]["message"] == not_an_id


def test_a_slog_line_inside_a_message_is_none_of_it() -> None:
    log = "|  Error       S a:b:C\none\ntime=2025-03-28T02:12:00.794Z level=INFO msg=eof\ntwo\n|  Info        x\n"
    assert [(e["line"], e["kind"], e["message"]) for e in events(log)] == [
        (1, "failed", "one\ntwo"),
        (1, "diagnostic", "one\ntwo"),
        (3, "diagnostic", "eof"),
        (5, "diagnostic", "x"),
    ]
