"""Old and rare forms: errors on one line, fragments, Pulumi of 2018, verbose records, rows without signs."""

from __future__ import annotations

import pytest

from analyzer.logs.read import LogScan, read_logs
from analyzer.sources.source import Source

BARE = (
    "CloudFront: DeleteFunction, https response error StatusCode: 412, "
    "RequestID: 0a1b2c3d-0000-4000-8000-00000000a008, PreconditionFailed: not met"
)
DOING = f"deleting CloudFront Function (Web-0a1b2c3): operation error {BARE}"
FUNCTION = "Web sst:aws:Remix → WebFunction aws:cloudfront:Function"
FAULT = 'error: no plugin: 1 error(s) occurred:\n\n* "region": required field is not set'


def events(log: str, kind: str | None = None) -> list[dict[str, object]]:
    scan = LogScan([Source("log", None, log.encode())], kind=kind)
    return [row for batch in scan for row in batch.iter_rows(named=True) if row["kind"] != "noise"]


def steps(log: str, kind: str | None = None) -> list[tuple[object, ...]]:
    found = [event for event in events(log, kind) if event["kind"] in ("started", "done", "failed")]
    return [(event["kind"], event["op"], event["name"], bool(event["planning"])) for event in found]


def deploys(log: str) -> list[tuple[object, ...]]:
    table = read_logs([Source("log", None, log.encode())]).deploys
    return table.select("command", "stage", "result").rows()


@pytest.mark.parametrize("root", ["Web sst:aws:Remix → ", ""])
def test_an_error_whose_message_stands_behind_its_resource(root: str) -> None:
    found = events(
        f"|  Error       {root}WebFunction aws:cloudfront:Function {BARE}\n    at de_Error (a.js:1:2)\n\n✕  Failed\n"
    )
    told = [(event["kind"], event["name"], event["message"], event["error_code"]) for event in found[:2]]
    message = f"{BARE}\n    at de_Error (a.js:1:2)"
    assert told == [(kind, "WebFunction", message, "PreconditionFailed") for kind in ("failed", "diagnostic")]
    assert (found[0]["error_api"], found[0]["http_status"]) == ("DeleteFunction", 412)


def test_a_message_with_a_type_in_it_names_no_resource() -> None:
    (event,) = events("|  Error       Error: cannot read aws:s3:Bucket assets\n")
    assert (event["name"], event["message"]) == (None, "Error: cannot read aws:s3:Bucket assets")


@pytest.mark.parametrize("error", [BARE, f"Error: {BARE}", f"operation error {BARE}", DOING])
@pytest.mark.parametrize("resource", [FUNCTION, "WebFunction aws:cloudfront:Function"])
def test_a_pasted_error_is_of_a_deploy_that_failed(error: str, resource: str) -> None:
    log = f"Today I get this:\n\n{resource}\n{error}\n"
    found = [event for event in events(log) if event["kind"] == "diagnostic"]
    assert [(event["name"], event["severity"], event["error_code"]) for event in found] == [
        ("WebFunction", "error", "PreconditionFailed")
    ]
    assert deploys(log) == [(None, None, "failed")]


def test_a_resource_above_other_words_is_no_error() -> None:
    log = f"SST 4.1.3 ready!\n\n~  Deploy\n{FUNCTION}\nwas updated: no operation error\n✓  Complete\n"
    assert steps(log) == []
    assert [result for *_, result in deploys(log)] == ["succeeded"]


OLD_PREVIEW = """\
Previewing stack 'dev' in the Pulumi Cloud
Previewing changes:
+ pulumi:pulumi:Stack: (create)
    [urn=urn:pulumi:dev::shop::pulumi:pulumi:Stack::shop-dev]
    + aws:s3/bucket:Bucket: (create)
        [urn=urn:pulumi:dev::shop::aws:s3/bucket:Bucket::b]
        acl   : "private"
---outputs:---
info: 2 changes previewed:
    + 2 resources to create

"""
OLD_UPDATE = """\
Updating stack 'dev' in the Pulumi Cloud
Performing changes:
* pulumi:pulumi:Stack: (same)
    [urn=urn:pulumi:dev::shop::pulumi:pulumi:Stack::shop-dev]
    + aws:s3/bucket:Bucket: (create)
        [urn=urn:pulumi:dev::shop::aws:s3/bucket:Bucket::b]
info: 1 change performed:
    + 1 resource created
    1 resource unchanged
Update duration: 4.2s
Permalink: https://pulumi.com/jo/shop/dev/updates/2

"""
OLD_FAILED = f"Updating stack 'dev' in the Pulumi Cloud\n{FAULT}\n\n"


@pytest.mark.parametrize("before", ["", "$ pulumi update\n"])
@pytest.mark.parametrize("indent", ["", "    "])
def test_runs_of_2018_are_read_in_every_kind_of_log(before: str, indent: str) -> None:
    runs = [f"{before}{run}" for run in (OLD_PREVIEW, OLD_UPDATE, OLD_FAILED)]
    log = "".join(f"{indent}{line}\n" if line else "\n" for line in "".join(runs).splitlines())
    assert deploys(log) == [
        ("preview", "dev", "succeeded"),
        ("update", "dev", "succeeded"),
        ("update", "dev", "failed"),
    ]
    real = [step for step in steps(log) if not step[3]]
    assert ("done", "create", "b", False) in real
    assert [step for step in real if step[0] == "failed"] == []
    said = [event["message"] for event in events(log) if event["severity"] == "error"]
    assert said == [FAULT.replace("\n\n", "\n")]


@pytest.mark.parametrize("before", ["", "$ pulumi up\n"])
def test_trees_of_2018_have_no_blank_before_their_signs(before: str) -> None:
    log = before + (
        "Updating stack 'dev'\nPerforming changes:\n\n"
        "    Type                    Name      Status        Info\n"
        "*   global                  global    unchanged     1 info message. info: a\n"
        "+   pulumi:pulumi:Stack     shop-dev  created\n"
        "+   └─ aws:s3:Bucket        b         created\n\n"
        "info: 2 changes performed:\n    + 2 resources created\nUpdate duration: 3m5s\n"
    )
    assert steps(log) == [
        ("done", "same", "global", False),
        ("done", "create", "shop-dev", False),
        ("done", "create", "b", False),
    ]
    assert deploys(log) == [("update", "dev", "succeeded")]


def test_another_tool_that_updates_a_stack_is_no_deploy_of_pulumi() -> None:
    log = "SST 4.1.3 ready!\n\n~  Deploy\nUpdating stack 'network'\nwait\n✓  Complete\n"
    assert [command for command, *_ in deploys(log)] == ["update"]


GLOG = "I0630 10:23:19.86194{}   12346 step_executor.go:326] worker({}): step retired\n"


@pytest.mark.parametrize("first", ["", "Previewing update (dev):\n"])
def test_steps_between_verbose_records_are_steps_and_a_preview_stays_one(first: str) -> None:
    records = "".join(GLOG.format(number, number) for number in range(4))
    log = (
        f"{first}{records}    - azure:net:Subnet: (delete)\n        [id=/a/b]\n"
        f"        [urn=urn:pulumi:dev::river::azure:net:Subnet::dmz]\n{records}"
        "Resources:\n    - 1 to delete\n    12 unchanged\n"
    )
    assert {step[1:] for step in steps(log)} == {("delete", "dmz", True)}
    assert [command for command, *_ in deploys(log)] == ["preview"]


@pytest.mark.parametrize(
    ("row", "step"),
    [
        ("     ├─ aws:s3:Bucket    b    created", ("done", "create", "b", False)),
        ("     └─ aws:s3:Bucket    b    updating (3s)..", ("started", "update", "b", False)),
        ("     └─ aws:s3:Bucket    b    **deleting failed**", ("failed", "delete", "b", False)),
        ("     └─ aws:s3:Bucket    b    **failed**     1 error", ("failed", "same", "b", False)),
        ("     ├─ aws:s3:Bucket    b", ("done", "same", "b", False)),
    ],
)
def test_rows_of_a_tree_without_a_sign_are_told_by_their_status(row: str, step: tuple[object, ...]) -> None:
    assert steps(f"Updating (dev):\n\n     Type             Name  Status\n{row}\n") == [step]


@pytest.mark.parametrize(
    ("row", "step"),
    [
        ("    aws:s3:Bucket b created (1s)", ("done", "create", "b", False)),
        ("    aws:s3:Bucket b updated [diff: ~tags]", ("done", "update", "b", False)),
        ("    aws:s3:Bucket b deleting original (0s)", ("started", "delete-replaced", "b", False)),
        ("    aws:s3:Bucket b  error: no", ("started", "same", "b", False)),
        ("    aws:s3:Bucket my created thing", ("done", "same", "my created thing", False)),
    ],
)
def test_rows_without_a_sign_are_told_by_their_status(row: str, step: tuple[object, ...]) -> None:
    assert steps(f"Updating (dev):\n\n{row}\n") == [step]


@pytest.mark.parametrize("kind", ["pulumi-text", "terminal"])
def test_a_message_with_blank_lines_is_one_message(kind: str) -> None:
    log = (
        "Updating (dev):\n\nDiagnostics:\n  k8s:apps:Deployment (a):\n    error: 2 errors occurred:\n    \n"
        "    * one\n\n"
        "    * two\n    warning: late\n\n  k8s:apps:Deployment (b):\n    said\n    more\n\n"
        "Resources:\n    1 unchanged\n"
    )
    found = [event for event in events(log, kind) if event["kind"] == "diagnostic"]
    assert [(event["name"], event["severity"], event["message"]) for event in found] == [
        ("a", "error", "error: 2 errors occurred:\n* one\n* two"),
        ("a", "warning", "warning: late"),
        ("b", None, "said"),
        ("b", None, "more"),
    ]


def test_records_of_ssts_log_in_a_terminal_are_of_sst() -> None:
    log = 'make deploy\ntime=2024-06-25T15:19:14.702Z level=INFO msg="running stack command" cmd=deploy\n'
    assert read_logs([Source("log", None, log.encode())]).deploys["tool"].to_list() == ["sst"]
