"""docs/formats.md says what is true: its commands run, and its tables have every kind of deploy log and trail form."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from analyzer.logs.registry import forms
from analyzer.trail.registry import forms as trail_forms

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "docs" / "formats.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^lostwrite (.+)$", TEXT, re.MULTILINE)


def test_there_are_commands() -> None:
    assert COMMANDS


@pytest.mark.parametrize("arguments", COMMANDS)
def test_its_commands_run(arguments: str) -> None:
    command = [sys.executable, "-m", "analyzer", *shlex.split(arguments)]
    done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_every_kind_has_its_row() -> None:
    rows = set(re.findall(r"^\| `([a-z0-9-]+)` \|", TEXT, re.MULTILINE))
    assert set(forms()) | set(trail_forms()) <= rows
