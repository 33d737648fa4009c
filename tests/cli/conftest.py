"""A way to run the program inside the test, as a user would, and to see what came out."""

from __future__ import annotations

import io
import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from analyzer.cli.main import run

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class Outcome:
    code: int
    out: str
    err: str


@pytest.fixture
def lostwrite(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Outcome]:
    """Runs `lostwrite ARGUMENTS` in a plain environment that is no terminal."""
    ours = [name for name in os.environ if name.startswith("LOSTWRITE_")]
    jobs = ("GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "GITHUB_WORKSPACE", "CI_PROJECT_DIR")
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", *jobs, *ours):
        monkeypatch.delenv(name, raising=False)

    def call(*arguments: str) -> Outcome:
        out, err = io.BytesIO(), io.BytesIO()
        with monkeypatch.context() as patched:
            patched.setattr(sys, "stdout", io.TextIOWrapper(out, encoding="utf-8", write_through=True))
            patched.setattr(sys, "stderr", io.TextIOWrapper(err, encoding="utf-8", write_through=True))
            code = run(arguments)
            return Outcome(code, out.getvalue().decode(), err.getvalue().decode())

    return call
