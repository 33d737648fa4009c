"""What is said of logs of which nothing, or not all, was understood: no deploy is invented, and no loss is silent."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import polars as pl
import pytest

from analyzer.api import check
from analyzer.errors import InputError
from analyzer.logs.read import LogScan, read_logs
from analyzer.logs.unlike import UNDERSTOOD
from analyzer.sources.source import Source

if TYPE_CHECKING:
    from pathlib import Path

STEP = "|  Created     Web sst:aws:Nextjs → WebKvKeys sst:aws:KvKeys"
STRANGE = f"<<{STEP}\n<<✓  Complete\n"
"""Two lines of a deploy behind something that no reader takes off."""
GOOD = f"SST 4.1.3 ready!\n\n➜  App:        a\n   Stage:      b\n\n~  Deploy\n\n{STEP}\n✓  Complete\n"
SLOG = "time=2026-03-20T12:00:01.000Z level="


def source(text: str) -> Source:
    return Source("x.log", None, text.encode())


def test_no_deploy_is_invented_of_a_log_of_which_nothing_was_understood() -> None:
    read = read_logs([source(STRANGE)])
    assert (read.deploys.height, read.inputs["kind"].to_list()) == (0, ["unusable"])
    assert read.inputs["problems"].item().to_list() == [
        f"{UNDERSTOOD}: the lines begin with `<<`: not known as a prefix"
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Resources:\n    cpu 12%\nDuration: 30s\n",
        "Resources:\n    3 running\n\nDuration: 30s\n",
        "Resources:\nDuration: 30s\n",
        "Duration: 30s\n",
        "Diagnostics:\nnone\n",
        "  rows\n    \u2715 reads  ~  aws:s3:Bucket assets **updating failed** (5 ms)\n",
        "    x reads  ~  aws:s3:Bucket assets **updating failed** (5 ms)\n",
        "- The footer hides `\u2713  Complete`\n- Fixed: |  Error       rows without a type\n- Duration: 12s\n",
        "- Fixed: |  Error       rows without a type\n",
    ],
)
def test_forms_that_others_print_too_are_no_deploy(text: str, tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text(text)
    assert read_logs([source(text)]).deploys.is_empty()
    with pytest.raises(InputError):
        check([tmp_path / "a.log"])


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("Resources:\n    5 unchanged\n\nDuration: 3s\n", "succeeded"),
        ("    ~ 1 updated\n    5 unchanged\n\nDuration: 3s\n", "succeeded"),
        ("Resources:\n    + 1 created\n    1 errored\n\nDuration: 3s\n", "failed"),
        ("Destroying (live):\n\nResources:\n\nDuration: 1s\n", "succeeded"),
        ("View Live: https://app.pulumi.com/a/b/c/updates/1\n\n\nResources:\n\nDuration: 1s\n", "succeeded"),
        ("@ updating....\nResources:\nDuration: 1s\n", None),
        ("    aws:s3:Bucket assets **updating failed** 1 error\n", "failed"),
        ("@ updating....\n    component web **failed** 1 error\n", "failed"),
        ("web deploy: |  Error       Docs sst:aws:StaticSite \u2192 DocsKvKeys sst:aws:KvKeys\n", "failed"),
        (". deploy: \u2715  Failed\n", "failed"),
        ("Diagnostics:\n  pulumi:pulumi:Stack (shop-live):\n    error: update failed\n", "failed"),
    ],
)
def test_fragments_of_a_deploy_are_one(text: str, result: str | None) -> None:
    assert read_logs([source(text)]).deploys["result"].to_list() == [result]


def test_an_event_log_without_steps_is_understood() -> None:
    """Expected: a deploy without a result: each record is of Pulumi's event log, though it says nothing of a step."""
    said = {"prefix": "debug: ", "message": "RegisterResource RPC finished\n", "severity": "debug"}
    lines = [{"sequence": n, "timestamp": 1732217000, "diagnosticEvent": said} for n in (726, 727)]
    read = read_logs([source("".join(f"{json.dumps(line)}\n" for line in lines))])
    assert (read.inputs["kind"].to_list(), read.deploys["result"].to_list()) == (["engine-events"], [None])


def test_json_lines_are_named() -> None:
    lines = '{"Stdout":"SST 4.1.3 ready!"}\n{"Stdout":"|  Created     A aws:s3:Bucket"}\n'
    problems = read_logs([source(lines)], kind="terminal").inputs["problems"].item().to_list()
    assert "JSON lines" in problems[0]


def test_a_log_that_is_named_and_not_understood_makes_the_exit_code_3(tmp_path: Path) -> None:
    (tmp_path / "good.log").write_text(GOOD)
    (tmp_path / "strange.log").write_text(STRANGE)
    report = check([tmp_path / "good.log", tmp_path / "strange.log"])
    assert report.exit_code == 3
    assert [word for word, _ in report.unread] == [str(tmp_path / "strange.log")]
    with pytest.raises(InputError, match=UNDERSTOOD):
        check([tmp_path / "strange.log"])


def test_a_log_of_a_folder_that_is_not_understood_is_a_finding(tmp_path: Path) -> None:
    (tmp_path / "good.log").write_text(GOOD)
    (tmp_path / "README").write_text("how to deploy\n")
    assert "LW306" not in check([tmp_path]).findings["code"].to_list()
    (tmp_path / "strange.log").write_text(STRANGE)
    report = check([tmp_path], fail_on="warning")
    found = report.findings.filter(pl.col("code") == "LW306")
    assert (found["source"].to_list(), report.exit_code) == ([str(tmp_path / "strange.log")], 1)
    assert UNDERSTOOD in found["message"].item()


@pytest.mark.parametrize("prefilter", [False, True])
@pytest.mark.parametrize(
    ("line", "shown"),
    [
        (f"[app] {STEP}", True),
        ("x:  +  aws:s3:Bucket b created (1s)", True),
        ("x +  aws:s3:Bucket b **creating failed**", True),
        ("   +-   │  ├─ aws:s3:Bucket b", True),
        ("  build  |  3 modules", False),
        ("all 12 checks passed (3s)", False),
    ],
)
def test_lines_of_a_terminal_that_look_like_the_tools_are_unrecognised(
    line: str, *, shown: bool, prefilter: bool
) -> None:
    scan = LogScan([source(f"{GOOD}{line}\n")], kind="terminal", prefilter=prefilter)
    for _ in scan:
        pass
    assert scan.inputs["unrecognised"].item() == int(shown)


@pytest.mark.parametrize(
    ("record", "said", "result"),
    [
        (
            'INFO msg="failed to unmarshal event" err="unexpected end of JSON input"',
            "lost an event",
            "succeeded",
        ),
        (
            'ERROR msg="failed to unmarshal event" err="unexpected end of JSON input"',
            "lost an event",
            "succeeded",
        ),
        (
            'INFO msg="pulumi exited" service=project.run err="signal: killed"',
            "a signal ended Pulumi",
            "interrupted",
        ),
    ],
)
def test_what_ssts_log_says_of_lost_events_and_signals_is_reported(
    record: str, said: str, result: str
) -> None:
    log = (
        f'{SLOG}INFO msg="initializing project" version=4.1.3\n{SLOG}INFO msg="running stack command" cmd=deploy\n'
        f'{SLOG}{record}\n{SLOG}INFO msg="done running stack command" resources=3\n'
    )
    read = read_logs([source(log)])
    assert [said in problem for problem in read.inputs["problems"].item()] == [True]
    assert read.inputs["problems"].item()[0].startswith("line 3: ")
    assert read.deploys["result"].to_list() == [result]
