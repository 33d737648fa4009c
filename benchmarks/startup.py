"""Start-up: what a person waits for before anything happens."""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks.measure import Contender, compare

_ROUNDS = 9
_SAMPLE = Path("samples", "first-route-never-written")


def main() -> None:
    """Prints seconds for `python -c pass`, `--help` and a check of a sample."""
    ours = [sys.executable, "-m", "analyzer"]
    check = [*ours, "check", str(_SAMPLE / "deploy"), "--trail", str(_SAMPLE / "trail"), "--exit-zero"]
    timings = compare(
        {
            "python -c pass": Contender([sys.executable, "-c", "pass"], 0),
            "lostwrite --help": Contender([*ours, "--help"], 0),
            "lostwrite check (a sample)": Contender(check, 0),
        },
        _ROUNDS,
    )
    least = timings["python -c pass"].seconds
    print("\nstart-up")
    for name, timing in timings.items():
        print(
            f"  {name:34} {timing.seconds:8.3f} s   {timing.seconds / least:6.1f} x   {timing.peak:5.0f} MB"
        )
