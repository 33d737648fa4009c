"""The trail: finding a store's calls in gzipped CloudTrail files, beside DuckDB, jq and ripgrep."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from benchmarks.make_trail import write_trail
from benchmarks.measure import Contender, compare, show

_FILES = 250
_SOURCE = "edgekeyvaluestore.amazonaws.com"
_OURS = "lostwrite"


def main() -> None:
    """Prints two tables (calls in every file, and in one file of twenty), and the memory at ten times the files."""
    with tempfile.TemporaryDirectory(prefix="lostwrite-bench-") as folder:
        spread, rare = Path(folder, "spread"), Path(folder, "rare")
        for place, marked in ((spread, 1.0), (rare, 0.05)):
            place.mkdir()
            megabytes = write_trail(place, _FILES, marked=marked)
            title = f"trail: {_FILES} files, {megabytes:.0f} MB raw, calls in {marked:.0%} of the files"
            show(title, compare(_contenders(place, megabytes), rounds=3), _OURS)
        tenfold = Path(folder, "tenfold")
        _repeat(spread, tenfold, 10)
        ours = {_OURS: Contender(_scan(tenfold), 10 * megabytes)}
        show(f"trail: {10 * _FILES} files", compare(ours, rounds=1), _OURS)


def _scan(place: Path) -> list[str]:
    return [sys.executable, "-m", "benchmarks.run_ours", "trail", str(place)]


def _contenders(place: Path, megabytes: float) -> dict[str, Contender]:
    files = f"{place}/*.json.gz"
    found = {
        _OURS: Contender(_scan(place), megabytes),
        "decompression alone (isal)": Contender(
            [sys.executable, "-m", "benchmarks.run_others", "unzip", str(place)], megabytes
        ),
        "DuckDB read_json (auto schema)": Contender(
            [sys.executable, "-m", "benchmarks.run_others", "duckdb", str(place)], megabytes
        ),
        "gzip + json (a script)": Contender(
            [sys.executable, "-m", "benchmarks.run_others", "script", str(place)], megabytes
        ),
    }
    if shutil.which("jq"):
        program = f'.Records[] | select(.eventSource == "{_SOURCE}")'
        found["zcat | jq"] = Contender(["sh", "-c", f"zcat {files} | jq -c '{program}'"], megabytes)
    if shutil.which("rg"):
        found["rg -z -c (a literal, no records)"] = Contender(
            ["sh", "-c", f"rg -z -c -F {_SOURCE} {place}"], megabytes
        )
    return found


def _repeat(origin: Path, target: Path, times: int) -> None:
    target.mkdir()
    for file in sorted(origin.iterdir()):
        for number in range(times):
            (target / f"{number}-{file.name}").hardlink_to(file)
