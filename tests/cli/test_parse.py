"""`lostwrite parse`: each format, unusable logs, problems on standard error."""

from __future__ import annotations

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
    """Stands for `LogScan`: two batches, and the account of a log with a problem."""

    batches: Sequence[pl.DataFrame] = (table(EVENTS, [EVENT]), table(EVENTS, [EVENT | {"line": 4}]))
    account = READ_LOG | {"problems": [PROBLEM]}

    def __iter__(self) -> Iterator[pl.DataFrame]:
        yield from self.batches

    @property
    def inputs(self) -> pl.DataFrame:
        return table(INPUTS, [self.account])


@pytest.fixture
def scan(monkeypatch: pytest.MonkeyPatch) -> Scan:
    stand_in = Scan()
    monkeypatch.setattr(api, "scan_logs", lambda _logs, stdin: stand_in if stdin else None)
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
    scan.account = {"source": "p.log", "kind": "unusable", "problems": ["is a picture", "or worse"]}
    outcome = lostwrite("parse", "p.log", "--format", form, "--output", str(tmp_path / "e"))
    assert (outcome.code, outcome.out, outcome.err) == (3, "", "lostwrite: p.log: is a picture\n")
    assert list(tmp_path.iterdir()) == []


def test_a_readable_log_without_events_is_no_error(lostwrite: Run, scan: Scan) -> None:
    scan.batches = ()
    assert lostwrite("parse", "p.log", "--format", "ndjson").code == 0
    assert lostwrite("parse", "p.log").out.endswith("Read nothing.\n")
