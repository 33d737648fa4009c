"""What an audit says of the writes of an archive, against what became of them.

`python -m tests.world.archive_truth ARCHIVE CATALOGUE`: ARCHIVE is what `python -m tests.world.archive` made, and
CATALOGUE what `lostwrite audit` made of it. Prints how often each verdict is false and how much of what can be proven
was found, then each false one that is not `low`, as JSON; if there are any, the exit code is 1. Writes that a text log
names only by their namespace have no row in the truth, and are counted apart.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterator

_WRITE: Final = ["deploy", "name", "action", "key", "entry"]
_TRUTH: Final = pl.Schema(
    {
        **dict.fromkeys(_WRITE, pl.String()),
        "fate": pl.String(),
        "right": pl.List(pl.String()),
        "level": pl.String(),
    }
)
_SAID: Final = ("verdict", "cause", "confidence", "leaning")


def main() -> int:
    """Prints the tables; gives the exit code."""
    words = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    words.add_argument("archive", type=Path)
    words.add_argument("catalogue", type=Path)
    asked = words.parse_args()
    said, truth = _said(asked.catalogue), truth_of(asked.archive)
    pairs = compared(said, truth)
    sys.stdout.write("\n".join([f"{said.height} writes, {pairs.height} with a truth", *_tables(pairs), ""]))
    return int(not _grave(pairs).is_empty())


def truth_of(archive: Path) -> pl.DataFrame:
    """What became of each write of an archive: `right` are the verdicts that are right, `level` what can be proven."""
    files = sorted((archive / "truth").glob("*.ndjson"))
    lines = (line for file in files for line in file.read_text(encoding="utf-8").splitlines())
    return pl.DataFrame([json.loads(line) for line in lines], _TRUTH)


def compared(said: pl.DataFrame, truth: pl.DataFrame) -> pl.DataFrame:
    """The writes of `said` (`verdict, cause, confidence, leaning`) that have a row in `truth`, each with `false`."""
    wrong = ~pl.col("right").list.contains(pl.col("verdict")) & (pl.col("verdict") != "unverifiable")
    return said.join(truth, on=_WRITE, nulls_equal=True, maintain_order="left").with_columns(false=wrong)


def _said(catalogue: Path) -> pl.DataFrame:
    files = sorted((catalogue / "writes").rglob("*.parquet"))
    tables = (pl.read_parquet(file, columns=[*_WRITE, *_SAID], hive_partitioning=False) for file in files)
    return pl.concat(tables)


def _grave(pairs: pl.DataFrame) -> pl.DataFrame:
    """The false ones of which the audit was sure."""
    return pairs.filter("false", pl.col("confidence") != "low")


def _tables(pairs: pl.DataFrame) -> Iterator[str]:
    for confidence in ("proven", "high", "low"):
        yield f"false, {confidence}: {pairs.filter('false', confidence=confidence).height}"
    for (verdict,), given in sorted(pairs.group_by("verdict"), key=lambda group: str(group[0])):
        sure = _grave(given).height
        yield f"{verdict}: {given.height} given, {sure} false, {given['false'].sum() - sure} false but low"
    for (fate,), proof in sorted(
        pairs.filter(level="proof").group_by("fate"), key=lambda group: str(group[0])
    ):
        yield f"{fate}: {proof.height} provable, {(proof['verdict'] == fate).sum()} found"
    leaning = pairs.filter(verdict="unverifiable").drop_nulls("leaning")
    right = leaning.filter(pl.col("right").list.contains(pl.col("leaning")))
    yield f"leanings: {leaning.height}, {right.height} right"
    yield _grave(pairs).write_ndjson()


if __name__ == "__main__":
    raise SystemExit(main())
