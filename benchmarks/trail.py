"""The trail: finding a store's calls in gzipped CloudTrail files, beside DuckDB, jq and ripgrep."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from benchmarks.make_trail import write_trail
from benchmarks.measure import Contender, compare, show

_FILES = 250
_TIMES = 40
_SOURCE = "edgekeyvaluestore.amazonaws.com"
_OURS = "lostwrite"


def main() -> None:
    """Prints two tables: calls in every file, and in one file of twenty."""
    with tempfile.TemporaryDirectory(prefix="lostwrite-bench-") as folder:
        for name, marked in (("spread", 1.0), ("rare", 0.05)):
            place, more = Path(folder, name), Path(folder, f"{name}-more")
            place.mkdir()
            megabytes = write_trail(place, _FILES, marked=marked)
            _repeat(place, more, _TIMES)
            title = (
                f"trail: {_FILES} files, {megabytes:.0f} MB raw, calls in {marked:.0%} of the files; "
                f"the first three read {_TIMES} times as many"
            )
            show(title, compare(_contenders(place, more, megabytes), rounds=3), _OURS)


def _scan(place: Path, processes: int = 1) -> list[str]:
    return [sys.executable, "-m", "benchmarks.run_ours", "trail", str(place), str(processes)]


def _contenders(place: Path, more: Path, megabytes: float) -> dict[str, Contender]:
    files = f"{place}/*.json.gz"
    found = {
        _OURS: Contender(_scan(more), _TIMES * megabytes),
        f"{_OURS}, 2 processes": Contender(_scan(more, 2), _TIMES * megabytes),
        "decompression alone (isal)": Contender(
            [sys.executable, "-m", "benchmarks.run_others", "unzip", str(more)], _TIMES * megabytes
        ),
        f"{_OURS}, without the repeats": Contender(_scan(place), megabytes),
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
