"""LW304: what was lost of an input is a finding; what was repaired, told or left out on purpose is none."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from analyzer import check
from analyzer.rules.lw304 import find
from analyzer.sources.folders import COPIES, Refused, no_logs, not_read
from analyzer.sources.input_stats import InputStats
from analyzer.sources.inputs import inputs_table
from analyzer.sources.walk import outside
from analyzer.tables import MISFITS, from_columns
from analyzer.trail.forms.lookup_events import NO_DATA_EVENTS
from analyzer.trail.forms.s3_log import OF_MANAGEMENT
from tests.reports.examples import case, write
from tests.trail.cloudtrail import record

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

LOST = [
    "the gzip data is cut short: only what comes before was read",
    "the archive is damaged: only what comes before was read",
    "the JSON is damaged: 1 record(s) were read, not these: 1",
    "could not be read to its end: input/output error",
    "2 lines are longer than 1 MiB: not read",
    "holds more than 512 MiB: not read",
    "not a deploy log: the gzip data is cut short: only what comes before was read",
    "the file grew from 1 to 2 bytes while it was read: what was added may be missing",
    "the file was changed while it was read: what was read may be of both",
    "line 3: a signal ended Pulumi: steps may have made their writes without a word in the log",
    "cannot be listed: permission denied",
    "a.json: not read: encrypted",
]
TOLD = [
    "1 line is not UTF-8: repaired with U+FFFD",
    "repaired: arrows and ticks",
    "3 record(s) with invalid text, which was replaced",
    "JSON lines: read from `log`",
    "the newest record stands first: read from the last to the first",
    "several deploys print at once, behind `a`, `b`: each was read apart",
    "this form does not show whether it was a preview or a deploy: no write is expected from it",
    "2 event(s) of the unknown kind 'progressEvent'",
    "line 4 is an error, but the end of the deploy says that it succeeded: its result is unknown",
    "2 call(s) may have named keys that cannot be read: parameters omitted",
    "4 record(s) are incomplete: no responseElements; the parameters could not be read",
    "2 write(s) have an unknown outcome: neither an error nor an eTag is in the record",
    "12 NetworkActivity event(s), which are no calls",
    "the record e1 differs from the one in a.json",
    "not a deploy log: a binary file",
    "not CloudTrail: text without one line of a Pulumi log",
    NO_DATA_EVENTS,
    OF_MANAGEMENT,
    not_read(7, COPIES),
    *(
        not_read(3, str(no_logs(parts)))
        for parts in (("node_modules",), (".sst", "platform"), (".pulumi",), (".sst", "log", "lambda"))
    ),
    *outside(["a"]).problems,
    *outside(["a", "b"]).problems,
    "no such file or directory",
]


def told(*stats: InputStats, misfits: Sequence[str] = ()) -> list[str]:
    """The messages about inputs with these stats, of which `misfits` are of other stores or incomplete."""
    rows: dict[str, list[str | None]] = {name: [None] * len(misfits) for name in MISFITS}
    strange = from_columns(rows | {"source": list(misfits)}, MISFITS)
    found = find(replace(case([write(1)]), inputs=inputs_table(stats), misfits=strange))
    return list(found["message"])


@pytest.mark.parametrize("kind", ["terminal", "unusable"])
@pytest.mark.parametrize("problem", LOST)
def test_what_was_lost_is_a_finding(problem: str, kind: str) -> None:
    assert told(InputStats("a", kind, problems=[problem])) == [f"A part of a was not read: {problem}."]


@pytest.mark.parametrize("kind", ["terminal", "unusable"])
@pytest.mark.parametrize("problem", TOLD)
def test_what_was_repaired_or_left_out_on_purpose_is_none(problem: str, kind: str) -> None:
    assert told(InputStats("a", kind, problems=[problem])) == []


def test_a_file_that_an_archive_holds_twice_or_as_a_link_is_none() -> None:
    refused = Refused()
    refused.add("a", "a name that the archive contains twice: the first was read")
    refused.add("b", "a link or device", 3)
    assert told(InputStats("a", problems=refused.problems())) == []


def test_records_that_could_not_be_read_are_a_finding_whatever_is_said_of_them() -> None:
    assert told(InputStats("a", "cloudtrail-s3", undecodable=2)) == [
        "A part of a was not read: 2 of its records or lines could not be read."
    ]
    assert told(InputStats("a", "cloudtrail-s3", undecodable=0)) == []


def test_one_finding_an_input_counts_what_else_was_lost() -> None:
    both = InputStats("a", "terminal", problems=[TOLD[0], LOST[0], LOST[2]])
    assert told(both, InputStats("b", "terminal")) == [f"A part of a was not read: {LOST[0]} (and 1 more)."]


def test_what_other_rules_report_is_not_reported_twice() -> None:
    """A log of which nothing was understood (LW306), a listing that is cut (LW305), and files beside a digest."""
    assert told(InputStats("a", lines=3, recognised=0, undecodable=1, problems=[LOST[0]])) == []
    assert told(InputStats("a", problems=[f"{LOST[0]}; it is not used"]), misfits=["a"]) == []
    digest = ["log files could not be read completely: x.json.gz"]
    assert told(InputStats("a", "cloudtrail-digest", problems=digest)) == []


def test_the_readers_say_it_in_words_that_the_rule_knows(tmp_path: Path) -> None:
    """A trail file whose gzip data is cut, an event that is no JSON; and beside them what is only told."""
    trail, logs = tmp_path / "trail", tmp_path / "logs"
    (logs / "node_modules").mkdir(parents=True)
    trail.mkdir()
    packed = gzip.compress(json.dumps({"Records": [record(f"e{n}", "GetKey") for n in range(40)]}).encode())
    (trail / "cut.json.gz").write_bytes(packed[: len(packed) // 2])
    event = b'{"sequence":0,"timestamp":1742485230,"preludeEvent":{"config":{}}}\n'
    end = b'{"sequence":2,"timestamp":1742485231,"cancelEvent":{}}\n'
    (logs / "eventlog.json").write_bytes(event + b'{"sequence":1, broken\n' + end)
    (logs / "latin.log").write_bytes(
        b"Updating (prod):\n + aws:s3:Bucket a created (1s)\nDuration: 1s\ncaf\xe9\n"
    )
    (logs / "node_modules" / "a.log").write_text("x")
    (logs / "README").write_text("how to deploy\n")
    report = check([logs], trail=[trail])
    problems = report.inputs.filter(report.inputs["problems"].list.len() > 0)["source"]
    assert {name.rpartition("/")[2] for name in problems} == {
        "cut.json.gz", "eventlog.json", "latin.log", "node_modules", "README",
    }  # fmt: skip
    found = report.findings.filter(report.findings["code"] == "LW304")
    assert found["fingerprint"].n_unique() == 2
    assert sorted(found.select("source", "line").rows()) == [
        (str(logs / "eventlog.json"), 2),
        (str(trail / "cut.json.gz"), None),
    ]
