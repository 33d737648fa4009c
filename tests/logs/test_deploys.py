"""Which deploy a log is of, how it ended, and when two files are of one deploy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

from analyzer.logs.deploys import deploys_of
from analyzer.logs.merge import merged
from analyzer.logs.read import read_logs
from analyzer.sources.source import Source
from analyzer.tables import EVENTS, from_columns
from tests.build import at, forms_of

if TYPE_CHECKING:
    from collections.abc import Mapping

KV = "WebKvKeys.sst.aws.KvKeys"
URN = f"urn:pulumi:prod::my:app::sst:aws:StaticSite$pulumi-nodejs:dynamic:Resource::{KV}"


def events(*rows: Mapping[str, object]) -> pl.DataFrame:
    """EVENTS of deploy d1 where a row names no other."""
    whole = [{"deploy": "d1", "source": "log", "line": n, "seq": n} | dict(row) for n, row in enumerate(rows)]
    return from_columns({name: [row.get(name) for row in whole] for name in EVENTS}, EVENTS)


def forms(**kinds: str) -> pl.DataFrame:
    return forms_of(kinds)


def step(
    kind: str, second: float | None = None, deploy: str = "d1", urn: str | None = URN
) -> dict[str, object]:
    when = None if second is None else at(second)
    outcome = {"started": "started"}.get(kind, kind)
    return {
        "kind": kind,
        "outcome": outcome,
        "op": "create",
        "name": KV,
        "urn": urn,
        "at": when,
        "deploy": deploy,
    }


SUMMARY: dict[str, object] = {"kind": "summary", "outcome": "done"}


def test_an_event_log_tells_app_and_stage_by_its_urns() -> None:
    found = deploys_of(events(step("started", 1), step("done", 5), SUMMARY), forms(d1="exact")).row(
        0, named=True
    )
    assert (found["app"], found["stage"], found["stack"]) == ("my:app", "prod", "my:app-prod")
    assert (found["tool"], found["result"]) == ("sst", "succeeded")
    assert (found["started_at"], found["ended_at"]) == (at(1), at(5))


def test_text_tells_them_by_its_header_and_the_stack_row() -> None:
    header = {"kind": "header", "op": "update", "name": "prod", "message": "Updating (prod):"}
    stack = {"kind": "started", "type": "pulumi:pulumi:Stack", "name": "my-app-prod"}
    found = deploys_of(events(header, stack, SUMMARY), forms(d1="text")).row(0, named=True)
    assert (found["app"], found["stage"], found["stack"]) == ("my-app", "prod", "my-app-prod")
    assert (found["command"], found["tool"], found["started_at"]) == ("update", "pulumi", None)


@pytest.mark.parametrize(
    ("last", "result"),
    [
        ([SUMMARY], "succeeded"),
        ([step("failed"), SUMMARY], "failed"),
        ([{"kind": "summary", "outcome": "failed"}], "failed"),
        ([{"kind": "summary", "outcome": "interrupted"}], "interrupted"),
        ([], None),
    ],
)
def test_how_it_ended(last: list[Mapping[str, object]], result: str | None) -> None:
    assert deploys_of(events(step("started"), *last), forms(d1="exact"))["result"].item() == result


def both() -> tuple[pl.DataFrame, pl.DataFrame]:
    """An event log d1 and a text log d2 of the same operation."""
    said = {"kind": "console", "message": "entry: site,7c62,,/", "deploy": "d2"}
    stack = {"kind": "console", "type": "pulumi:pulumi:Stack", "name": "my:app-prod", "deploy": "d2"}
    table = events(step("started", 1), step("done", 5), step("started", None, "d2", None), stack, said)
    return merged(table, deploys_of(table, forms(d1="exact", d2="text")))[:2]


def test_a_text_log_of_a_deploy_whose_event_log_is_in_hand_adds_only_what_it_said() -> None:
    """Counted twice, each write would need two calls, and one of them would be a false drop."""
    table, known = both()
    assert known["id"].to_list() == ["d1"]
    assert known["sources"].to_list() == [["d1.log", "d2.log"]]
    assert table["deploy"].unique().to_list() == ["d1"]
    assert table.filter(pl.col("kind") == "started").height == 1
    assert table.filter(pl.col("message") == "entry: site,7c62,,/").height == 1


def test_the_same_event_log_twice_is_one_deploy() -> None:
    rows = [step("started", 1), step("done", 5), step("started", 1, "d2"), step("done", 5, "d2")]
    table = events(*rows)
    kept, known, _ = merged(table, deploys_of(table, forms(d1="exact", d2="exact")))
    assert known["id"].to_list() == ["d1"]
    assert kept.height == 2


def test_a_later_deploy_of_the_same_stack_is_another_one() -> None:
    rows = [step("started", 1), step("done", 5), step("started", 900, "d2"), step("done", 905, "d2")]
    table = events(*rows)
    kept, known, _ = merged(table, deploys_of(table, forms(d1="exact", d2="exact")))
    assert known["id"].to_list() == ["d1", "d2"]
    assert kept.height == 4


@pytest.mark.parametrize(
    ("last", "result"),
    [
        ("View Live: https://app.pulumi.com/x/y/dev/updates/1\n", None),
        ("     Type  Name  Status\n", None),
        ("Diagnostics:\n  aws:s3:Bucket (b):\n    warning: old\n", None),
        ("Downloading plugin aws-6.0.0: starting\n", None),
        ("Outputs:\n    url: x\n", None),
        ("Resources:\n    + 1 created\n", None),
        ("Duration: 2s\n", None),
        ("Resources:\n    + 1 created\n\nDuration: 2s\n", "succeeded"),
        ("Resources:\n\nDuration: 2s\n", "succeeded"),
        ("    +-38 to replace\n", "succeeded"),
        ("    79 changes. 512 unchanged\nDuration: 1h2m3s\n", "succeeded"),
        ("Performing changes:\n", None),
        ("info: 3 changes performed:\n", None),
        ("Update duration: 4.2s\n", None),
        ("info: 3 changes performed:\n    + 3 resources created\nUpdate duration: 4.2s\n", "succeeded"),
        ("error: update failed\n", "failed"),
        ("Resources:\n    + 1 created\n    1 errored\n\nDuration: 2s\n", "failed"),
        (" +  aws:s3:Bucket c creating (interrupted)\n", "interrupted"),
    ],
)
def test_only_what_is_printed_at_the_end_ends_a_run_of_pulumi(last: str, result: str | None) -> None:
    assert results(f"Updating (dev)\n\n +  aws:s3:Bucket b created (1s)\n{last}") == [result]


TOTALS = "Resources:\n    + 1 created\n\nDuration: 2s\n"


@pytest.mark.parametrize(
    ("said", "result"),
    [
        ("Diagnostics:\n  aws:s3:Bucket (b):\n    error: no\n", "failed"),
        ("Diagnostics:\n  aws:s3:Bucket (b):\n    warning: the check failed\n", "succeeded"),
        ("  oh: aws:s3:Bucket b **creating failed** 1 err\n", None),
        ("+ aws:s3:Bucket b errored\n", None),
        ("0 tests failed\n", "succeeded"),
    ],
)
def test_an_error_forbids_success_and_so_does_a_line_that_was_not_understood(
    said: str, result: str | None
) -> None:
    """Pulumi fails a run with an error; of a line that nobody understood nothing is known, so no success is."""
    log = f"Updating (dev)\n\n +  aws:s3:Bucket a created (1s)\n{said}\n{TOTALS}"
    assert results(log) == [result]
    problems = read_logs([Source("log", None, log.encode())]).inputs["problems"].item().to_list()
    assert [problem for problem in problems if "line 4 " in problem] == [] or result is None
    assert any("line 4 " in problem for problem in problems) == (result is None)


@pytest.mark.parametrize(
    ("said", "result"),
    [
        ("✓  Complete", "succeeded"),
        ("|  Error\nRangeError: no\n\n✓  Complete", None),
        ("|  Error\nRangeError: no\n", "failed"),
        ("|  Error       Site sst:aws:Astro → SiteKvKeys sst:aws:KvKeys\nno\n\n✓  Complete", "failed"),
        ("✕  Interrupted", "interrupted"),
        ("|  Error\nRangeError: no\n\n✕  Interrupted", "failed"),
        ("|  Created     Site sst:aws:Astro → SiteKvKeys sst:aws:KvKeys", None),
        ("   **creating failed**\n✓  Complete", None),
        ("FAILED tests/a.py: 3 failed\n✓  Complete", "succeeded"),
    ],
)
def test_what_sst_says_of_its_end_is_believed_unless_something_contradicts_it(
    said: str, result: str | None
) -> None:
    """What other programs print among the lines of a terminal is no word of the deploy."""
    assert results(f"SST 4.1.3 ready!\n\n➜  App:        a\n   Stage:      b\n\n~  Deploy\n\n{said}\n") == [
        result
    ]


@pytest.mark.parametrize(
    ("said", "result"),
    [
        ("error: update failed", "failed"),
        ("error: preview failed", "failed"),
        ("error: destroy failed", "failed"),
        ("error: update canceled", "interrupted"),
        ("error: update failed to say why", "failed"),  # an error, whatever it says
    ],
)
def test_the_stacks_diagnostics_tell_how_it_ended(said: str, result: str) -> None:
    log = f"Updating (dev):\n\nDiagnostics:\n  pulumi:pulumi:Stack (y-dev):\n    {said}\n\n"
    assert results(log + "Resources:\n    3 unchanged\n\nDuration: 5s\n") == [result]


def test_a_run_that_somebody_stopped_is_interrupted() -> None:
    log = "Updating (dev):\n\nSystem Messages\n  ^C received; cancelling. If you would like to terminate, press.\n"
    assert results(log + "\nResources:\n    1 unchanged\n\nDuration: 5s\n") == ["interrupted"]


def test_a_record_of_an_error_before_a_good_end_leaves_the_result_open() -> None:
    time = "time=2026-03-20T12:00:01.000Z level="
    log = f'{time}ERROR msg="no such thing"\n{time}INFO msg="done running stack command" resources=3\n'
    read = read_logs([Source("log", None, log.encode())])
    assert read.deploys["result"].to_list() == [None]
    assert "line 1 is an error" in read.inputs["problems"].item()[0]


def results(log: str) -> list[str | None]:
    """How each run of a text log ended."""
    return read_logs([Source("log", None, log.encode())]).deploys["result"].to_list()
