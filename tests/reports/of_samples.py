"""The reports of the samples, each made once in a process: `check` as the sample's `command` asks for it."""

from __future__ import annotations

import contextlib
import shlex
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from analyzer import api
from analyzer.cli.times import moment

if TYPE_CHECKING:
    from analyzer.reports.report import Report

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
NAMES = tuple(sorted(folder.name for folder in SAMPLES.iterdir() if folder.is_dir()))


@cache
def report_of(name: str) -> Report:
    """What `check` gives; paths are relative to the sample."""
    words = iter(shlex.split((SAMPLES / name / "command").read_text(encoding="utf-8"))[1:])
    logs: list[str] = []
    given: dict[str, list[str]] = {}
    for word in words:
        if word.startswith("--"):
            given.setdefault(word, []).append(next(words))
        else:
            logs.append(word)
    times = {
        name: moment(given[f"--{name}"][0], f"--{name}")
        for name in ("since", "until")
        if f"--{name}" in given
    }
    with contextlib.chdir(SAMPLES / name):
        return api.check(
            logs,
            trail=given.pop("--trail", []),
            keys=given.pop("--keys", []),
            since=times.get("since"),
            until=times.get("until"),
        )
