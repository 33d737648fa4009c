"""Many deploys at once: `lostwrite check` on a thousand event logs and a million calls, and on twice as many."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from benchmarks.make_deploys import Shape, write_deploys
from benchmarks.measure import Contender, compare

_SHAPE = Shape(sites=5, keys=10, routes=10, others=18)
_ONCE, _TWICE = 1000, 2000


def main() -> None:
    """Prints seconds and peak memory of both, and how many times the first the second costs."""
    with tempfile.TemporaryDirectory(prefix="lostwrite-bench-") as name:
        contenders = {}
        for deploys in (_ONCE, _TWICE):
            folder = Path(name, str(deploys))
            calls, records = write_deploys(folder, deploys, _SHAPE)
            title = f"{deploys:,} deploys, {calls:,} calls in {records:,} records"
            command = [
                sys.executable,
                "-m",
                "analyzer",
                "check",
                f"{folder}/logs",
                "--trail",
                f"{folder}/trail",
            ]
            contenders[title] = Contender([*command, "--exit-zero"], calls / 1e6)
        timings = compare(contenders, rounds=3)
        print("\ncheck of many deploys, a report of all (60 writes a deploy; 900 calls by another tool)")
        for title, timing in timings.items():
            print(f"  {title:60} {timing.seconds:7.2f} s {timing.peak:7.0f} MB")
        first, second = timings.values()
        print(f"  twice the input costs {second.seconds / first.seconds:.2f} times")
