"""What `lostwrite audit` costs on a history of years, against reading the same logs and the same trail alone.

    python -m benchmarks.audit_history ARCHIVE --scratch FOLDER [--only STEP...]

ARCHIVE is a folder that `python -m tests.world.archive` made: `home`, `ci` and `trail`. FOLDER must be on the same
disk: parts of the history are made there of hard links. CPU seconds of all processes together are the measure, so that
other work on the machine does not count; wall seconds and peak memory are printed too. The steps, each with what it is
compared with:

- scan, parse: reading alone; first: the audit of all by one process, and how many times these two it costs;
- same: the same again, with nothing new;
- two: the audit of all by two processes; dask: by a Dask cluster of one worker, and of two;
- half: the audit of the first half of the time;
- day: the audit of all but the last day that the trail has wholly, then of this day; log: of one more log alone.
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
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from benchmarks.process_tree import cost

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_EVERY: Final = 0.1  # seconds
_STEPS: Final = ("scan", "parse", "first", "same", "two", "half", "day", "log", "dask")
_DAY: Final = re.compile(r"/(\d{4}/\d{2}/\d{2})/[^/]+\Z")
_FILES_OF_A_DAY: Final = 48
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
if __name__ == "__main__":
    audit(order["logs"], trail=[order["trail"]], catalogue=order["catalogue"], progress=told,
          executor=made(order["executor"], order["jobs"]))
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
    """Prints a line for each command, its phases, and how it compares."""
    words = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    words.add_argument("archive", type=Path)
    words.add_argument("--scratch", type=Path, required=True)
    words.add_argument("--only", nargs="+", choices=_STEPS, default=_STEPS)
    asked = words.parse_args()
    asked.scratch.mkdir(parents=True, exist_ok=True)
    runs = _Runs(asked.archive, asked.scratch)
    for step in _STEPS:
        if step in asked.only:
            getattr(runs, step)()
    print(f"\nmost memory of all: {runs.peak / 1e6:,.0f} MB (at most 3,000 asked)")


class _Runs:
    """The steps; each prints what it finds."""

    def __init__(self, archive: Path, scratch: Path) -> None:
        self._archive, self._scratch = archive, scratch
        self._found: dict[str, Measured] = {}
        self._late: list[Path] = []

    @property
    def peak(self) -> int:
        """The most bytes that one of the commands held."""
        return max(each.peak for each in self._found.values())

    def scan(self) -> None:
        """Reads the trail alone."""
        trail = self._archive / "trail"
        self._speed(self._ran("scan", "scan alone", _program("trail", str(trail), "--format", "json")), trail)

    def parse(self) -> None:
        """Reads the logs alone."""
        logs = [self._archive / name for name in ("home", "ci")]
        parse = self._ran("parse", "parse alone", _program("parse", *map(str, logs), "--format", "ndjson"))
        self._speed(parse, *logs)

    def first(self) -> None:
        """Audits all, in one process."""
        first = self._audited("first", "audit, 1 job", self._archive)
        self._speed(first, *(self._archive / name for name in ("home", "ci", "trail")))
        alone = [self._found[name].cpu for name in ("scan", "parse") if name in self._found]
        if len(alone) > 1:
            print(f"  {first.cpu / sum(alone):.2f} times scan and parse (at most 1.2 asked)")

    def same(self) -> None:
        """Audits all again."""
        again = self._audited("same", "again, nothing new", self._archive, catalogue="first")
        self._share(again, "first")

    def two(self) -> None:
        """Audits all, in two processes."""
        self._faster(self._audited("two", "audit, 2 jobs", self._archive, jobs=2), "first", 1.5)

    def half(self) -> None:
        """Audits the first half of the time."""
        days = sorted(_days(self._archive))
        part = self._emptied("half")
        _link(self._archive, part, _before(self._archive, days[len(days) // 2]))
        half = self._audited("half", "audit of the first half, 1 job", part)
        if whole := self._found.get("first"):
            print(
                f"  twice costs {whole.cpu / half.cpu:.2f} times (at most 2.2 asked) and"
                f" {whole.peak / half.peak:.2f} times the memory (at most 1.1 asked)"
            )

    def day(self) -> None:
        """Audits all before the last whole day, then this day."""
        last = max(day for day, files in _days(self._archive).items() if files >= _FILES_OF_A_DAY)
        part, at_first = self._emptied("before"), _before(self._archive, last)
        _link(self._archive, part, at_first)
        self._audited("before", f"audit of all before {last}", part)
        known = set(at_first)
        new = [path for path, day in _dated(self._archive) if day <= last and path not in known]
        logs = [path for path in new if path.parts[0] != "trail"]
        self._late = logs[-1:]
        _link(self._archive, part, [path for path in new if path not in self._late])
        title = f"audit of that day ({len(logs) - len(self._late)} logs, {len(new) - len(logs)} trail files)"
        day = self._audited("day", title, part, "before")
        self._share(day, "before", 5)

    def log(self) -> None:
        """Audits the log that `day` left out."""
        _link(self._archive, self._scratch / "before", self._late)
        title = f"audit of {len(self._late)} more log"
        self._share(self._audited("log", title, self._scratch / "before", "before"), "before")

    def dask(self) -> None:
        """Audits all on Dask, with one worker and with two."""
        self._audited("dask-1", "audit, Dask, 1 worker", self._archive, executor="dask")
        two = self._audited("dask-2", "audit, Dask, 2 workers", self._archive, jobs=2, executor="dask")
        self._faster(two, "dask-1", 1.3)

    def _audited(  # noqa: PLR0913 - how an audit is made
        self,
        name: str,
        title: str,
        inputs: Path,
        catalogue: str = "",
        *,
        jobs: int = 1,
        executor: str = "local",
    ) -> Measured:
        """An audit; into a new catalogue, where none is named to go on with."""
        place = self._scratch / f"catalogue-{catalogue or name}"
        if not catalogue:
            shutil.rmtree(place, ignore_errors=True)
        order = {
            "logs": [f"{inputs}/home", f"{inputs}/ci"],
            "trail": f"{inputs}/trail",
            "catalogue": str(place),
            "jobs": jobs,
            "executor": executor,
        }
        return self._ran(name, title, [sys.executable, "-c", _AUDIT, json.dumps(order)])

    def _ran(self, name: str, title: str, command: Sequence[str]) -> Measured:
        self._found[name] = measured = _run(command)
        wall, peak = measured.wall, measured.peak / 1e6
        print(f"{title:46} {measured.cpu:7.1f} s CPU {wall:7.1f} s wall {peak:6.0f} MB at most", flush=True)
        for phase, cpu, own in measured.phases:
            print(f"    {phase:42} {cpu:7.1f} s CPU, of which the first process {own:7.1f}", flush=True)
        return measured

    def _emptied(self, name: str) -> Path:
        shutil.rmtree(self._scratch / name, ignore_errors=True)
        return self._scratch / name

    def _speed(self, measured: Measured, *folders: Path) -> None:
        size = sum(_unpacked(path) for folder in folders for path in _files(folder)) / 1e6
        print(f"  {size:,.0f} MB unpacked: {size / measured.wall:.0f} MB a second")

    def _share(self, of: Measured, whole: str, most: int = 0) -> None:
        if before := self._found.get(whole):
            asked = f" (at most {most} % asked)" if most else ""
            print(f"  {100 * of.cpu / before.cpu:.1f} % of the CPU seconds of the first{asked}")

    def _faster(self, of: Measured, one: str, least: float) -> None:
        if alone := self._found.get(one):
            print(
                f"  {alone.wall / of.wall:.2f} times as fast as one worker (at least {least} asked),"
                f" for {of.cpu / alone.cpu:.2f} times the CPU seconds"
            )


def _days(archive: Path) -> Mapping[str, int]:
    """The days of the trail, `2025-12-31`, and how many files each has."""
    days = (_DAY.search(f"/{path}") for path in _files(archive / "trail"))
    return Counter(match[1].replace("/", "-") for match in days if match)


def _dated(archive: Path) -> list[tuple[Path, str]]:
    """Every file of an archive, from its folder on, and the day on which it was there."""
    files = [path.relative_to(archive) for name in ("home", "ci", "trail") for path in _files(archive / name)]
    began: dict[str, str] = {}
    for path in files:
        if path.parts[0] != "trail" and (day := _began(archive / path)):
            began[_update(path)] = max(day, began.get(_update(path), ""))
    days = [_DAY.search(f"/{path}") for path in files]
    return [
        (path, match[1].replace("/", "-") if match else began.get(_update(path), ""))
        for path, match in zip(files, days, strict=True)
    ]


def _before(archive: Path, day: str) -> list[Path]:
    return [path for path, at in _dated(archive) if at < day]


def _link(archive: Path, to: Path, files: Iterable[Path]) -> None:
    """Hard links of files of an archive."""
    for path in files:
        place = to / path
        if not place.exists():
            place.parent.mkdir(parents=True, exist_ok=True)
            os.link(archive / path, place)


def _unpacked(path: Path) -> int:
    """The bytes of a file, unpacked, as the end of a gzip says."""
    with path.open("rb") as file:
        if file.read(2) != b"\x1f\x8b":
            return path.stat().st_size
        file.seek(-4, os.SEEK_END)
        return int.from_bytes(file.read(4), "little")


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


if __name__ == "__main__":
    main()
