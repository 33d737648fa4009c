"""The program as a user starts it: the checkout's, or the one that LOSTWRITE_COMMAND names (`make attack`)."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "samples" / "first-route-never-written"
LOG, TRAIL = SAMPLE / "deploy" / "eventlog.json", SAMPLE / "trail"
INSTALLED = os.environ.get("LOSTWRITE_COMMAND")
PYTHON = str(Path(INSTALLED).with_name("python")) if INSTALLED else sys.executable
"""The interpreter that has the program."""

PATIENCE = 120
"""Seconds after which a command of a test is ended: what hangs fails, and holds nothing up."""

COMMAND: Sequence[str] = [INSTALLED] if INSTALLED else [PYTHON, "-P", "-m", "analyzer"]


def lostwrite(*words: str, **options: Any) -> subprocess.CompletedProcess[str]:
    """Runs the program with these words; options are those of `subprocess.run`."""
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "timeout": PATIENCE} | options
    return subprocess.run([*COMMAND, *words], text=True, check=False, **streams)


def shell(line: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Runs a line of sh in a folder, in which `$L` is the program."""
    environment = os.environ | {"L": " ".join(COMMAND)}
    return subprocess.run(
        ["timeout", str(PATIENCE), "sh", "-c", line],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
