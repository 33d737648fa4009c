"""What `lostwrite audit` costs on a history of years, against reading the same logs and the same trail alone.

    python -m benchmarks.audit_history ARCHIVE --scratch FOLDER [--jobs 1 2] [--only scan parse first second day]

ARCHIVE is a folder that `python -m tests.world.archive` made: `home`, `ci` and `trail`. FOLDER must be on the same
disk: the history before its last day is made there of hard links. CPU seconds of all processes together are the
measure, so that other work on the machine does not count; wall seconds and peak memory are printed too.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from benchmarks.process_tree import cost

if TYPE_CHECKING:
    from collections.abc import Sequence

_EVERY: Final = 0.1  # seconds
_STEPS: Final = ("scan", "parse", "first", "second", "day")
_DAY: Final = re.compile(r"/(\d{4}/\d{2}/\d{2})/[^/]+\Z")
_AUDIT: Final = """
import json, sys
from analyzer.audit.audit import audit
from analyzer.audit.executors.registry import made

def told(now):
    global step
    if now.step != step:
        step = now.step
        print(step, flush=True)

step, order = "", json.loads(sys.argv[1])
audit(order["logs"], trail=[order["trail"]], catalogue=order["catalogue"], progress=told,
      executor=made("local", order["jobs"]))
"""
"""The audit without its report in a format. A phase is printed when its first piece is done: so a first piece counts in
the phase before; "publishing" holds the making of the report."""


class Measured(NamedTuple):
    """Of one command.

    Attributes:
        cpu: seconds of all its processes.
        wall: seconds.
        peak: bytes of all its processes together.
        phases: the name of each, with its CPU seconds of all processes, and of the first one alone.
    """

    cpu: float
    wall: float
    peak: int
    phases: list[tuple[str, float, float]]


def main() -> None:
    """Prints a line for each command, and its phases."""
    words = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    words.add_argument("archive", type=Path)
    words.add_argument("--scratch", type=Path, required=True)
    words.add_argument("--jobs", type=int, nargs="+", default=[1, 2])
    words.add_argument("--only", nargs="+", choices=_STEPS, default=_STEPS)
    asked = words.parse_args()
    asked.scratch.mkdir(parents=True, exist_ok=True)
    alone = 0.0
    if "scan" in asked.only:
        alone += _show("scan alone", _run(_program("trail", f"{asked.archive}/trail", "--format", "json")))
    if "parse" in asked.only:
        logs = [f"{asked.archive}/{name}" for name in ("home", "ci")]
        alone += _show("parse alone", _run(_program("parse", *logs, "--format", "ndjson")))
    for jobs in asked.jobs:
        catalogue = asked.scratch / f"catalogue-{jobs}"
        if "first" in asked.only:
            shutil.rmtree(catalogue, ignore_errors=True)
            cpu = _show(f"audit, {jobs} jobs", _run(_audit(asked.archive, catalogue, jobs)))
            print(f"  {cpu / alone:.2f} times scan and parse" if alone else "")
        if "second" in asked.only:
            _show(f"again, nothing new, {jobs} jobs", _run(_audit(asked.archive, catalogue, jobs)))
    if "day" in asked.only:
        _day(asked.archive, asked.scratch, asked.jobs[-1])


def _day(archive: Path, scratch: Path, jobs: int) -> None:
    """An audit of all days but the last one, and then of all."""
    before, catalogue = scratch / "before", scratch / "catalogue-day"
    for folder in (before, catalogue):
        shutil.rmtree(folder, ignore_errors=True)
    held_back = _link(archive, before)
    print(f"\nthe last day: {len(held_back)} files")
    first = _show("audit of all before it", _run(_audit(before, catalogue, jobs)))
    for path in held_back:
        (before / path).parent.mkdir(parents=True, exist_ok=True)
        os.link(archive / path, before / path)
    second = _show("audit of the new day", _run(_audit(before, catalogue, jobs)))
    print(f"  {100 * second / first:.1f} % of the first")


def _link(archive: Path, to: Path) -> list[Path]:
    """Hard links of all files but those of the trail's last day, and of the logs of deploys that began then."""
    files = [path.relative_to(archive) for name in ("home", "ci", "trail") for path in _files(archive / name)]
    days = [match[1] for path in files if (match := _DAY.search(f"/{path}"))]
    last = max(days, default="").replace("/", "-")
    began = {path: _began(archive / path) for path in files if path.parts[0] != "trail"}
    late = {_update(path) for path, day in began.items() if day >= last}
    held_back = []
    for path in files:
        match = _DAY.search(f"/{path}")
        is_late = match[1].replace("/", "-") >= last if match else _update(path) in late
        if is_late:
            held_back.append(path)
            continue
        (to / path).parent.mkdir(parents=True, exist_ok=True)
        os.link(archive / path, to / path)
    return held_back


def _files(folder: Path) -> list[Path]:
    return sorted(Path(at, name) for at, _, names in os.walk(folder) for name in names)


def _update(path: Path) -> str:
    """The id of the update that a file of a home, or a log of CI, is of."""
    return path.name.partition(".")[0].rpartition("-")[2]


def _began(path: Path) -> str:
    """The first day that a log names, `2025-12-31`; nothing where it names none."""
    with path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    with gzip.open(path) if packed else path.open("rb") as stream:
        start = stream.read(1 << 16)
    if path.suffix == ".json" and (seconds := re.search(rb'"timestamp":\s*(\d{10})\b', start)):
        return time.strftime("%Y-%m-%d", time.gmtime(int(seconds[1])))
    found = re.search(rb"\b(20\d\d-\d\d-\d\d)[T ]\d\d:", start)
    return found[1].decode() if found else ""


def _program(*words: str) -> list[str]:
    return [sys.executable, "-m", "analyzer", *words]


def _audit(archive: Path, catalogue: Path, jobs: int) -> list[str]:
    order = {
        "logs": [f"{archive}/home", f"{archive}/ci"],
        "trail": f"{archive}/trail",
        "catalogue": str(catalogue),
        "jobs": jobs,
    }
    return [sys.executable, "-c", _AUDIT, json.dumps(order)]


def _run(command: Sequence[str]) -> Measured:
    """Runs a command, and looks at its processes again and again.

    Raises:
        RuntimeError: it ended with an error of the program.
    """
    is_audit = "-c" in command
    begun = time.monotonic()
    output = subprocess.PIPE if is_audit else subprocess.DEVNULL
    with subprocess.Popen(command, stdout=output) as child:
        if child.stdout is not None:
            os.set_blocking(child.stdout.fileno(), False)
        marks: list[tuple[str, float, float]] = [("looking", 0.0, 0.0)]
        now = cost(child.pid)
        peak = 0
        while child.poll() is None:
            seen = cost(child.pid)
            now = seen if seen.cpu >= now.cpu else now  # it may be gone by then
            peak = max(peak, seen.memory)
            said = (child.stdout.read() or b"") if child.stdout else b""
            marks += [(line, now.cpu, now.own) for line in said.decode().splitlines()]
            time.sleep(_EVERY)
        if child.returncode not in (
            0,
            1,
            3,
        ):  # what was lost, and inputs that could not be read, are no errors
            raise RuntimeError(f"it ended with {child.returncode}: {command}")
    ends = [*marks[1:], ("", now.cpu, now.own)]
    phases = [(name, end[1] - cpu, end[2] - own) for (name, cpu, own), end in zip(marks, ends, strict=True)]
    return Measured(now.cpu, time.monotonic() - begun, peak, phases if is_audit else [])


def _show(title: str, measured: Measured) -> float:
    wall, peak = measured.wall, measured.peak / 1e6
    print(f"{title:34} {measured.cpu:8.1f} s CPU {wall:8.1f} s wall {peak:7.0f} MB at most", flush=True)
    for name, cpu, own in measured.phases:
        print(f"    {name:30} {cpu:8.1f} s CPU, of which the first process {own:7.1f}", flush=True)
    return measured.cpu


if __name__ == "__main__":
    main()
