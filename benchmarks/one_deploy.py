"""One large deploy with its trail, as a job of CI checks it: an event log, and the CloudTrail files of its calls."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from benchmarks.make_deploys import Shape, write_deploys
from benchmarks.measure import Contender, compare

_RESOURCES = 5_000
_WRITERS = (300, _RESOURCES)
_ROUNDS = 5


def main() -> None:
    """Prints seconds of a check of 5,000 resources, of which some or all write keys, beside `python -c pass`."""
    with tempfile.TemporaryDirectory(prefix="lostwrite-bench-") as name:
        contenders = {"python -c pass": Contender([sys.executable, "-c", "pass"], 0)}
        for writers in _WRITERS:
            place = Path(name, str(writers))
            routes = writers // 10
            shape = Shape(sites=writers - routes, keys=1, routes=routes, plain=_RESOURCES - writers)
            write_deploys(place, 1, shape)
            contenders[f"{writers:,} of them write keys"] = Contender(_check(place), 0)
        timings = compare(contenders, _ROUNDS)
    print(f"\na deploy of {_RESOURCES:,} resources with its trail, checked")
    for name, timing in timings.items():
        print(f"  {name:34} {timing.seconds:8.3f} s   {timing.peak:5.0f} MB")


def _check(place: Path) -> list[str]:
    inputs = [str(place / "logs"), "--trail", str(place / "trail")]
    return [sys.executable, "-m", "analyzer", "check", *inputs, "--exit-zero"]
