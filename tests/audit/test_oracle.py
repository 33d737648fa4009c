"""An audit says what DuckDB finds by SQL of its own (oracle.sql), from the calls and the logs' facts in the catalogue.

Nothing is hostile in the archives: no wrong clock, nobody else with SST's client, no export, every log is there. The
service has its faults, deploys are killed, people use the console, and the trail may lack files.

By hand, with more apps: `python -m tests.world.archive DIR --apps 10 --calm 1`, an audit of it into a catalogue, then
`python -m tests.audit.test_oracle CATALOGUE DIR/truth`.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import duckdb
import pytest

from analyzer.api import audit
from tests.world.archive import Shape, write_archive

SQL = Path(__file__).with_name("oracle.sql")
LANDED = ("landed", "lost")
"""The verdicts of writes that landed, whatever came later."""
DOUBTS = {
    "clocks_differ": "the SQL knows that the clocks are right; the audit cannot",
    "contested": "the same: a second more or less would give the call to another operation",
    "lost_update": "it landed; who wrote the list last may have read it before that",
    "deleted": "it landed; whether it was taken away later is in doubt",
    "namespace_collision": "it landed; whether another stage took it away is in doubt",
}
"""Why an audit may call a write unverifiable that the SQL finds made."""
MADE = {"landed", "lost", "restored", "moot"}
"""What may be true of a write that the SQL finds made (tests/world/truth.py)."""


class Said(NamedTuple):
    """One write: what the audit says, what the SQL finds, and what is true."""

    write: str
    verdict: str
    cause: str | None
    made: bool
    missed: bool
    fate: str
    right: tuple[str, ...]


def said(catalogue: Path, truth: Path) -> list[Said]:
    """All writes of a catalogue."""
    true = {}
    for file in truth.glob("*.ndjson"):
        for line in file.read_text().splitlines():
            row = json.loads(line)
            true[row["deploy"], row["name"], row["action"], row["key"], row["entry"]] = (
                row["fate"],
                (*row["right"],),
            )
    with duckdb.connect() as db:
        db.execute("SET TimeZone = 'UTC'")
        for table in ("calls", "writes"):
            files = str(catalogue / table / "**" / "*.parquet").replace("'", "''")
            db.execute(
                f"CREATE VIEW {table} AS FROM read_parquet('{files}', hive_partitioning = false, union_by_name = true)"
            )
        rows = db.execute(
            f"WITH oracle AS ({SQL.read_text()}) SELECT left(deploy, 24), name, action, key, entry,"  # noqa: S608 - a file of the tests
            " id, verdict, cause, made, missed FROM writes JOIN oracle ON id = write"
        ).fetchall()
    return [
        Said(write, verdict, cause, made, missed, *true[tuple(key)])
        for *key, write, verdict, cause, made, missed in rows
    ]


def differing(writes: list[Said]) -> list[Said]:
    """Where the SQL and the audit say different things without a reason, or the SQL says what is not true."""
    return [
        each
        for each in writes
        if each.missed != (each.verdict == "dropped")
        or (each.verdict in LANDED and not each.made)
        or (each.made and each.verdict not in LANDED and not _doubted(each))
        or (each.made and each.fate not in MADE)
        or (each.missed and "dropped" not in each.right)
    ]


def _doubted(each: Said) -> bool:
    return each.verdict == "unverifiable" and each.cause in DOUBTS


@pytest.mark.parametrize("seed", [307])
def test_landed_and_dropped_writes_are_those_that_sql_of_its_own_finds(tmp_path: Path, seed: int) -> None:
    write_archive(tmp_path / "archive", Shape(apps=1, deploys=40, days=4, records=2000, seed=seed, calm=1))
    audit(
        [str(tmp_path / "archive/home")],
        trail=[str(tmp_path / "archive/trail")],
        catalogue=str(tmp_path / "catalogue"),
    )
    writes = said(tmp_path / "catalogue", tmp_path / "archive/truth")
    assert differing(writes) == []
    found = Counter(each.verdict for each in writes)
    assert found["landed"] > 50
    assert found["dropped"] > 5
    assert sum(map(_doubted, writes)) < found["landed"] / 5


def main(catalogue: str, truth: str) -> None:
    """Prints the figures of a catalogue."""
    writes = said(Path(catalogue), Path(truth))
    lines = [
        f"{verdict:14} {cause or '':20} made={made!s:5} missed={missed!s:5} {count}"
        for (verdict, cause, made, missed), count in sorted(
            Counter((each.verdict, each.cause, each.made, each.missed) for each in writes).items(), key=str
        )
    ]
    wrong = differing(writes)
    sys.stdout.write(
        "\n".join([*lines, f"{len(writes)} writes, {len(wrong)} differ", *map(str, wrong)]) + "\n"
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
