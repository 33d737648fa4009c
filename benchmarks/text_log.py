"""Text logs: every line with all captures, every event, and what `check` needs, beside ripgrep and Lark by line.

The first row does what the other tools do: it finds the form of each line (ripgrep without captures, Lark with them).
The rows below it are of whole readings: `lostwrite parse` makes an event of each line, `check` only of what it needs.
What a process needs for a log of a hundred lines, to load polars for the most part, is its start: the shares of
ripgrep's rate are given with it and without.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.make_ci_log import write_ci_log
from benchmarks.make_text import write_log
from benchmarks.measure import Contender, compare, show

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from benchmarks.measure import Timing

_LINES = 1_000_000
_FOR_LARK = 100_000
_FEW = 100
_OURS = "lostwrite, all captures"
_READINGS = {
    _OURS: "captures",
    "lostwrite, an event of every line": "text",
    "lostwrite, what check needs": "writes",
}
_RIPGREP = "rg -c with the same patterns"
_PULUMI = ("pulumi",)
_STAMP = r"(?:[0-9-]{10}T[0-9:]{8}\.[0-9]{7}Z )?"


def main() -> None:
    """Prints a table for a million lines of `pulumi.log` and of a CI job's log, and one for ten million."""
    from analyzer.logs.kinds.terminal import GRAMMARS

    with tempfile.TemporaryDirectory(prefix="lostwrite-bench-") as folder:
        place = Path(folder)
        _table(place, "pulumi.log", write_log, _PULUMI, "")
        _table(place, "CI log", write_ci_log, GRAMMARS, _STAMP)


def _table(
    place: Path, name: str, write: Callable[[Path, int], float], grammars: Sequence[str], prefix: str
) -> None:
    log, part, tenfold, few = (place / f"{size}.log" for size in ("whole", "part", "tenfold", "few"))
    megabytes, small, big = write(log, _LINES), write_log(part, _FOR_LARK), write(tenfold, 10 * _LINES)
    starts = compare(_ours(few, write(few, _FEW)), 5)
    union = _union(grammars, prefix)
    found = _ours(log, megabytes)
    if grammars == _PULUMI:
        found[f"Lark LALR per line ({_FOR_LARK:,} lines)"] = Contender(
            [sys.executable, "-m", "benchmarks.run_others", "lark", str(part)], small
        )
    found.update(_ripgrep(union, log, megabytes))
    more = _ours(tenfold, big) | _ripgrep(union, tenfold, big)
    for lines, timings in ((_LINES, compare(found, 5)), (10 * _LINES, compare(more, 3))):
        show(f"{name}: {lines:,} lines", timings, _OURS)
        _shares(timings, starts)


def _shares(timings: Mapping[str, Timing], starts: Mapping[str, Timing]) -> None:
    """Prints what each reading reaches of ripgrep's rate."""
    if _RIPGREP in timings:
        others = timings[_RIPGREP].seconds
        for name, start in starts.items():
            whole = timings[name].seconds
            rest = whole - start.seconds
            print(
                f"  {name}: {others / whole:.2f} of ripgrep's rate; "
                f"{others / rest:.2f} without its start ({start.seconds:.2f} s)"
            )


def _ours(log: Path, megabytes: float) -> dict[str, Contender]:
    return {
        name: Contender([sys.executable, "-m", "benchmarks.run_ours", what, str(log)], megabytes)
        for name, what in _READINGS.items()
    }


def _ripgrep(union: str, log: Path, megabytes: float) -> dict[str, Contender]:
    """ripgrep, once it has been seen to find as many lines as lostwrite does: else the times say nothing."""
    if not shutil.which("rg"):
        return {}
    command = ["rg", "-c", "--", union, str(log)]
    lines, ours = (
        int(subprocess.check_output(each)) for each in (command, _ours(log, megabytes)[_OURS].command)
    )
    if lines != ours:
        raise RuntimeError(f"{log.name}: ripgrep finds {lines:,} lines of some form, lostwrite {ours:,}")
    return {_RIPGREP: Contender(command, megabytes)}


def _union(grammars: Sequence[str], prefix: str) -> str:
    """All forms of the grammars as one pattern without captures, each behind `prefix`."""
    from analyzer.grammar.line import load

    patterns = [form.pattern for name in grammars for form in load(name).forms]
    bare = "|".join(re.sub(r"\(\?P<[^>]+>", "(?:", pattern) for pattern in patterns)
    return bare.replace("^(?:", f"^{prefix}(?:").replace(r"\/", "/")
