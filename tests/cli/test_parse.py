"""`lostwrite parse`: each format, unusable logs, problems on standard error."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING

import polars as pl
import pytest

from analyzer import api
from analyzer.tables import EVENTS, INPUTS
from tests.reports.examples import READ_LOG, at, table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from tests.cli.conftest import Outcome

    Run = Callable[..., Outcome]

EVENT = {"source": "p.log", "line": 3, "seq": 0, "kind": "done", "op": "create", "name": "Site", "at": at(1)}
PROBLEM = "the last line is cut"


class Scan:
    """Stands for `LogScan`: two batches, and the stats of a log with a problem."""

    batches: Sequence[pl.DataFrame] = (table(EVENTS, [EVENT]), table(EVENTS, [EVENT | {"line": 4}]))
    stats = READ_LOG | {"problems": [PROBLEM]}

    def __iter__(self) -> Iterator[pl.DataFrame]:
        yield from self.batches

    @property
    def inputs(self) -> pl.DataFrame:
        return table(INPUTS, [self.stats])


@pytest.fixture
def scan(monkeypatch: pytest.MonkeyPatch) -> Scan:
    stand_in = Scan()
    monkeypatch.setattr(
        api,
        "scan_logs",
        lambda _logs, stdin, kind, left_out, follow_links, s3: (
            stand_in if stdin and not (kind or follow_links or s3) else left_out
        ),
    )
    return stand_in


@pytest.mark.usefixtures("scan")
def test_table(lostwrite: Run) -> None:
    outcome = lostwrite("parse", "p.log")
    assert outcome.code == 0
    assert outcome.out.splitlines()[1].split() == ["3", "2025-03-20", "12:01:00Z", "done", "create", "Site"]
    assert outcome.err == f"lostwrite: {READ_LOG['source']}: {PROBLEM}\n"


@pytest.mark.usefixtures("scan")
def test_ndjson(lostwrite: Run, tmp_path: Path) -> None:
    outcome = lostwrite("parse", "p.log", "--format", "ndjson")
    rows = [json.loads(line) for line in outcome.out.splitlines()]
    assert [row["line"] for row in rows] == [3, 4]
    assert list(rows[0]) == EVENTS.names()
    lostwrite("parse", "p.log", "--format", "ndjson", "--output", str(tmp_path / "e"))
    assert (tmp_path / "e").read_text(encoding="utf-8") == outcome.out


@pytest.mark.usefixtures("scan")
def test_parquet(lostwrite: Run, tmp_path: Path) -> None:
    outcome = lostwrite("parse", "p.log", "--format", "parquet", "--output", str(tmp_path / "e"))
    assert (outcome.code, outcome.out) == (0, "")
    assert pl.read_parquet(tmp_path / "e").equals(pl.concat(Scan.batches))


@pytest.mark.usefixtures("scan")
def test_parquet_needs_a_file(lostwrite: Run) -> None:
    outcome = lostwrite("parse", "p.log", "--format", "parquet")
    assert (outcome.code, outcome.err) == (2, "lostwrite: --format parquet needs --output FILE\n")


@pytest.mark.parametrize("form", ["table", "ndjson", "parquet"])
def test_nothing_usable_writes_nothing(lostwrite: Run, scan: Scan, tmp_path: Path, form: str) -> None:
    scan.batches = ()
    scan.stats = {"source": "p.log", "kind": "unusable", "problems": ["is a picture", "or worse"]}
    outcome = lostwrite("parse", "p.log", "--format", form, "--output", str(tmp_path / "e"))
    assert (outcome.code, outcome.out, outcome.err) == (3, "", "lostwrite: p.log: is a picture\n")
    assert list(tmp_path.iterdir()) == []


def test_a_readable_log_without_events_is_no_error(lostwrite: Run, scan: Scan) -> None:
    scan.batches = ()
    assert lostwrite("parse", "p.log", "--format", "ndjson").code == 0
    assert lostwrite("parse", "p.log").out.endswith("Read nothing.\n")


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    """Two logs and a file that is none."""
    text = "Updating (prod):\n +  a:b:C =1+1 creating (0s)\n +  a:b:C =1+1 created (9s)\nhello\n"
    (tmp_path / "a.log").write_text(text)
    event = {"sequence": 0, "timestamp": 1, "preludeEvent": {}}
    (tmp_path / "b.json").write_text(json.dumps(event) + "\n{broken\n")
    (tmp_path / "c.txt").write_text("hello\n")
    return tmp_path


def test_csv_holds_no_formula(lostwrite: Run, logs: Path) -> None:
    outcome = lostwrite("parse", str(logs / "a.log"), "--format", "csv")
    rows = list(csv.DictReader(outcome.out.splitlines()))
    assert list(rows[0]) == EVENTS.names()
    assert [row["name"] for row in rows if row["op"] == "create"] == ["'=1+1", "'=1+1"]
    assert rows[2]["seconds"] == "9.0"


def test_explain_tells_what_each_log_is(lostwrite: Run, logs: Path) -> None:
    outcome = lostwrite("parse", str(logs), "--explain")
    assert outcome.out.splitlines() == [
        f"{logs}/a.log  pulumi-text  lines of Pulumi's text output",
        f"{logs}/b.json  engine-events  lines of Pulumi engine events",
        f"{logs}/c.txt  unknown  text without one line of a Pulumi log",
    ]


def test_explain_tells_what_was_recovered(lostwrite: Run, tmp_path: Path) -> None:
    log = "SST 4.1.3 ready!\n\n|  Created     Web sst:aws:Nextjs \u2192 WebKvKeys sst:aws:KvKeys\n\u2713  Complete\n"
    records = (json.dumps({"Stdout": line, "n": number}) for number, line in enumerate(log.splitlines()))
    (tmp_path / "a.json").write_text("\n".join(records))
    (tmp_path / "b.log").write_text(log.replace("  ", "\xa0 "))
    wrapped, damaged = lostwrite("parse", str(tmp_path), "--explain").out.splitlines()
    assert wrapped.startswith(f"{tmp_path}/a.json  terminal  lines of SST's terminal output; ")
    assert "Stdout" in wrapped
    assert damaged == (
        f"{tmp_path}/b.log  terminal  lines of SST's terminal output; repaired: blanks that do not break"
    )


def test_a_kind_can_be_said(lostwrite: Run, logs: Path) -> None:
    outcome = lostwrite("parse", str(logs / "c.txt"), "--as", "pulumi-text", "--format", "ndjson")
    assert json.loads(outcome.out)["kind"] == "unrecognised"
    wrong = lostwrite("parse", str(logs / "c.txt"), "--as", "klingon")
    assert wrong.code == 2
    assert wrong.err.startswith(
        "lostwrite: there is no kind of deploy log 'klingon'; choose one of engine-events, "
    )
    assert lostwrite("check", str(logs / "c.txt"), "--as", "klingon").err == wrong.err


def test_unrecognised_lines_and_what_was_expected(lostwrite: Run, logs: Path) -> None:
    outcome = lostwrite("parse", str(logs), "--unrecognised")
    assert outcome.out.splitlines() == [
        f"{logs}/a.log:4: hello",
        "    no form begins like this",
        f"{logs}/b.json:2: not an engine event (it does not end)",
    ]
    assert f"{logs}/c.txt: not a deploy log" in outcome.err


@pytest.mark.parametrize(
    "options", [("--explain", "--unrecognised"), ("--explain", "--format", "csv")], ids=" ".join
)
def test_one_question_at_a_time(lostwrite: Run, logs: Path, options: tuple[str, ...]) -> None:
    assert lostwrite("parse", str(logs), *options).code == 2
