"""Two promises of `lostwrite audit`, at their scale: it says what one check says, and kills do not change it.

    python -m tests.world.archive ARCHIVE --apps 6 --deploys 100 --records 1000000 --seed 7700
    python -m benchmarks.audit_lines ARCHIVE --scratch FOLDER [--only check killed] [--seed N]

ARCHIVE is a folder that `python -m tests.world.archive` made: `home`, `ci` and `trail`. Catalogues and what `check`
says are left in FOLDER, which can be removed afterwards. Each line is printed with what differs, as JSON; the exit code
is 1 where one does not hold, or where the archive has fewer than 500 deploys.

- check: `analyzer.check` is given all logs and the trail at once. Each write of its report is compared with that of the
  catalogue: verdict, cause, confidence, leaning and status.
- killed: an audit by two processes is ended by SIGKILL, with its workers, 20 times, and goes on each time. The tables
  of the catalogue are compared with those of an audit that was left alone, byte for byte, and its manifest but for the
  time. One kill is at a random moment of each tenth of the CPU seconds of that audit, and one of each tenth of what it
  tells: most of that is of publishing, which is short. A run that goes on has less to do: so it is killed where it has
  as much left as the audit that was left alone had at that moment. Where a run ends before, it is repeated, and killed
  at a random moment of the CPU seconds that it took. Of each kill is counted what its run had told last: "after reading
  trail" is planning, "after publishing" the manifest and the report.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import polars as pl

from benchmarks.process_tree import cost, processes
from tests.audit.homes import content, differing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

_LINES: Final = ("check", "killed")
_DEPLOYS: Final = 500
_KILLS: Final = 20
_TRIES: Final = 3
"""How often a run may end before it is killed."""
_EVERY: Final = 0.02  # seconds
_LONGEST: Final = 1800.0  # seconds of one run, on a machine that does much else
_SHOWN: Final = 20
_PLACE: Final = ("source", "line", "urn", "key", "entry", "op", "action")
_SAID: Final = ("verdict", "cause", "confidence", "leaning", "status")
_STEPS: Final = (
    "starting",
    "reading logs",
    "after reading logs",
    "reading trail",
    "after reading trail",
    "judging",
    "after judging",
    "publishing",
    "after publishing",
)
_AUDIT: Final = """
import json, sys
from analyzer.audit.audit import audit
from analyzer.audit.executors.local import Local

def told(step, left):
    print(json.dumps([step, left]), flush=True)

def progress(now):
    told(now.step, now.of - now.done)
    if now.done == now.of:
        told(f"after {now.step}", 0)

class Telling(Local):
    def run(self, work, pieces):
        if work.__name__ == "judge_pack":
            told("judging", 10**9)
        return super().run(work, pieces)

order = json.loads(sys.argv[1])
if __name__ == "__main__":
    audit(order["logs"], trail=[order["trail"]], catalogue=order["to"], executor=Telling(2), progress=progress)
"""
"""Prints how far it is. A pack takes long to judge: so its beginning is printed, too, and the end of each step."""
_CHECK: Final = """
import json, sys
from analyzer import check

order = json.loads(sys.argv[1])
check(order["logs"], trail=[order["trail"]]).writes.drop("value", "was", strict=False).write_parquet(order["to"])
"""


class Mark(NamedTuple):
    """How far a run is.

    Attributes:
        step: one of _STEPS.
        left: how much of the step: files, deploys or partitions.
        cpu: seconds of all its processes until then.
    """

    step: str
    left: int
    cpu: float

    def reaches(self, other: Mark) -> bool:
        """Whether no more is left than at `other`."""
        mine, its = _STEPS.index(self.step), _STEPS.index(other.step)
        return mine > its or (mine == its and self.left <= other.left)


class Moment(NamedTuple):
    """When a run is killed: so many CPU seconds after it has reached a mark."""

    mark: Mark
    later: float


class Ran(NamedTuple):
    """What became of a run.

    Attributes:
        marks: how far it was, in the order of time.
        cpu: seconds of all its processes.
        killed: whether it was; else it ended by itself.
    """

    marks: list[Mark]
    cpu: float
    killed: bool


_START: Final = Mark("starting", 0, 0.0)


def main() -> int:
    """Prints the lines; gives the exit code."""
    words = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    words.add_argument("archive", type=Path)
    words.add_argument("--scratch", type=Path, required=True)
    words.add_argument("--only", nargs="+", choices=_LINES, default=_LINES)
    words.add_argument("--seed", type=int, default=20)
    asked = words.parse_args()
    asked.scratch.mkdir(parents=True, exist_ok=True)
    alone = asked.scratch / "alone"
    whole = _run(_AUDIT, asked.archive, _emptied(alone))
    deploys = _table(alone, "deploys", ("id",)).height
    print(f"{deploys} deploys (at least {_DEPLOYS} asked); an audit of {whole.cpu:.0f} CPU s", flush=True)
    holds = [deploys >= _DEPLOYS]
    if "check" in asked.only:
        holds.append(_says_the_same(asked.archive, alone, asked.scratch / "check.parquet", deploys))
    if "killed" in asked.only:
        killed = _emptied(asked.scratch / "killed")
        holds.append(_goes_on(asked.archive, alone, killed, _moments(whole, Random(asked.seed)), deploys))
    return int(not all(holds))


def _says_the_same(archive: Path, catalogue: Path, to: Path, deploys: int) -> bool:
    """Whether one check of everything says of each write what the catalogue says."""
    _run(_CHECK, archive, to)
    audited, checked = _table(catalogue, "writes", (*_PLACE, *_SAID)), pl.read_parquet(to)
    other = _unlike(audited, checked.select(*_PLACE, *_SAID))
    print(
        f"{deploys} deploys, {audited.height:,} writes: the same verdicts as one check, but for {other.height}"
    )
    if not other.is_empty():
        print(other.head(_SHOWN).write_ndjson(), end="")
    return other.is_empty()


def _unlike(audited: pl.DataFrame, checked: pl.DataFrame) -> pl.DataFrame:
    """The writes of which both do not say the same, or that only one has: null is what the other one says.

    Args:
        audited: _PLACE and _SAID.
        checked: the same.
    """
    place = [*_PLACE, "nth"]  # a place that several writes share has as many rows on both sides
    mine, its = (
        table.sort(_PLACE + _SAID)
        .with_columns(nth=pl.int_range(pl.len()).over(_PLACE))
        .select(*place, pl.struct(_SAID).alias(name))
        for table, name in ((audited, "audit"), (checked, "check"))
    )
    both = mine.join(its, on=place, how="full", coalesce=True, nulls_equal=True)
    return both.filter(pl.col("audit").ne_missing(pl.col("check"))).sort(place)


def _goes_on(archive: Path, alone: Path, killed: Path, moments: Iterable[Moment], deploys: int) -> bool:
    """Whether an audit that is killed at these moments, and then left alone, makes the same catalogue."""
    kills = [_killed(archive, killed, moment) for moment in moments]
    _run(_AUDIT, archive, killed)
    other = differing(alone, killed)
    if _manifest(alone) != _manifest(killed):
        other.append("manifest.json")
    print(f"killed {len(kills)} times ({_counted(kills)}) and resumed, over {deploys} deploys:", end=" ")
    print(f"{len(content(alone)):,} files are those of an undisturbed audit, but for {len(other)}")
    for said in other[:_SHOWN]:
        print(json.dumps(said))
    return not other


def _moments(whole: Ran, chance: Random) -> Iterator[Moment]:
    """Moments of an audit that was left alone, in the order of time: half by its CPU seconds, half by its marks."""
    half = _KILLS // 2
    parts = [(number + chance.random()) / half for number in range(half)]
    marks = [whole.marks[int(len(whole.marks) * (number + chance.random()) / half)] for number in range(half)]
    cpus = [part * whole.cpu for part in parts] + [mark.cpu + chance.uniform(0, _EVERY) for mark in marks]
    for cpu in sorted(cpus):
        mark = [mark for mark in whole.marks if mark.cpu <= cpu][-1]
        yield Moment(mark, cpu - mark.cpu)


def _killed(archive: Path, catalogue: Path, moment: Moment) -> Mark:
    """Kills a run into the catalogue at the moment; gives how far it was.

    Raises:
        RuntimeError: it ended again and again before it was killed.
    """
    chance = Random(moment.later)
    for _ in range(_TRIES):
        ran = _run(_AUDIT, archive, catalogue, moment)
        if ran.killed:
            return ran.marks[-1]
        moment = Moment(_START, chance.uniform(0, ran.cpu))
    raise RuntimeError(f"an audit ended {_TRIES} times before it was killed: {moment}")


def _counted(kills: Sequence[Mark]) -> str:
    """In which steps they were."""
    counts: Mapping[str, int] = Counter(mark.step for mark in kills)
    return ", ".join(f"{step}: {counts[step]}" for step in _STEPS if step in counts)


def _run(program: str, archive: Path, to: Path, kill: Moment | None = None) -> Ran:
    """Runs a program until it ends, or until the moment at which it is killed with all processes that it started.

    Raises:
        RuntimeError: it failed, or took too long.
    """
    order = {"logs": [f"{archive}/home", f"{archive}/ci"], "trail": f"{archive}/trail", "to": str(to)}
    command = [sys.executable, "-c", program, json.dumps(order)]
    begun, cpu, text = time.monotonic(), 0.0, b""
    marks, reached = [_START], None
    with subprocess.Popen(command, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        os.set_blocking(child.stdout.fileno(), False)
        try:
            while child.poll() is None:
                cpu = max(cpu, cost(child.pid).cpu)  # it may be gone by then
                *lines, text = (text + (child.stdout.read() or b"")).split(b"\n")
                marks += [Mark(step, left, cpu) for step, left in map(json.loads, lines)]
                if kill is not None and reached is None and marks[-1].reaches(kill.mark):
                    reached = cpu if kill.mark != _START else 0.0
                if kill is not None and reached is not None and cpu - reached >= kill.later:
                    break
                if time.monotonic() - begun > _LONGEST:
                    raise RuntimeError(f"it takes more than {_LONGEST:.0f} s: {command}")
                time.sleep(_EVERY)
        finally:
            _end(child)
    killed = kill is not None and child.returncode == -signal.SIGKILL
    if child.returncode and not killed:
        raise RuntimeError(f"it ended with {child.returncode}: {command}")
    return Ran(marks, cpu, killed)


def _end(child: subprocess.Popen[bytes]) -> None:
    """Kills a process and all that it started, where it has not ended by itself; workers are of other groups."""
    if child.poll() is None:
        for number in processes(child.pid):
            with suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)
        child.wait()


def _manifest(catalogue: Path) -> dict[str, Any]:
    """The manifest, but for which audit wrote it, and when."""
    held = json.loads((catalogue / "manifest.json").read_text(encoding="utf-8"))
    return {name: value for name, value in held.items() if name not in ("generation", "at")}


def _table(catalogue: Path, name: str, columns: Sequence[str]) -> pl.DataFrame:
    files = sorted((catalogue / name).rglob("data.parquet"))
    return pl.concat(pl.read_parquet(file, columns=list(columns), hive_partitioning=False) for file in files)


def _emptied(place: Path) -> Path:
    shutil.rmtree(place, ignore_errors=True)
    return place


if __name__ == "__main__":
    raise SystemExit(main())
