"""The text log: every line with all captures, beside ripgrep (no captures) and Lark line by line."""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
from pathlib import Path

from benchmarks.make_text import write_log
from benchmarks.measure import Contender, compare, show

_LINES = 1_000_000
_FOR_LARK = 100_000
_OURS = "lostwrite"


def main() -> None:
    """Prints a table for a million lines, and the memory at ten million."""
    with tempfile.TemporaryDirectory(prefix="lostwrite-bench-") as folder:
        log, part, tenfold = (Path(folder, name) for name in ("pulumi.log", "part.log", "tenfold.log"))
        megabytes, small = write_log(log, _LINES), write_log(part, _FOR_LARK)
        show(
            f"text log: {_LINES:,} lines, {megabytes:.0f} MB",
            compare(_contenders(log, part, megabytes, small), 3),
            _OURS,
        )
        big = write_log(tenfold, 10 * _LINES)
        show(f"text log: {10 * _LINES:,} lines", compare({_OURS: Contender(_read(tenfold), big)}, 1), _OURS)


def _read(log: Path) -> list[str]:
    return [sys.executable, "-m", "benchmarks.run_ours", "text", str(log)]


def _contenders(log: Path, part: Path, megabytes: float, small: float) -> dict[str, Contender]:
    found = {
        _OURS: Contender(_read(log), megabytes),
        f"Lark LALR per line ({_FOR_LARK:,} lines)": Contender(
            [sys.executable, "-m", "benchmarks.run_others", "lark", str(part)], small
        ),
    }
    if shutil.which("rg"):
        from analyzer.grammar.line import load

        union = "|".join(re.sub(r"\(\?P<[^>]+>", "(?:", form.pattern) for form in load("pulumi").forms)
        found["rg -c with the same patterns"] = Contender(["rg", "-c", "--", union, str(log)], megabytes)
    return found
