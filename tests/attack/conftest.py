"""The program in this process, which is quick, or the installed one where `make attack` names it."""

from __future__ import annotations

import io
import signal
import sys
from typing import TYPE_CHECKING

import pytest

from analyzer.cli.main import run
from tests.attack.command import INSTALLED, lostwrite
from tests.cli.conftest import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Outcome]:
    """Runs `lostwrite WORDS` in the test's folder."""
    monkeypatch.chdir(tmp_path)

    def installed(*words: str) -> Outcome:
        done = lostwrite(*words, cwd=tmp_path)
        return Outcome(done.returncode, done.stdout, done.stderr)

    def here(*words: str) -> Outcome:
        out, err = io.BytesIO(), io.BytesIO()
        with monkeypatch.context() as patched:
            patched.setattr(sys, "stdout", io.TextIOWrapper(out, encoding="utf-8", write_through=True))
            patched.setattr(sys, "stderr", io.TextIOWrapper(err, encoding="utf-8", write_through=True))
            code = run(words)
            return Outcome(code, out.getvalue().decode(), err.getvalue().decode())

    return installed if INSTALLED else here


@pytest.fixture(autouse=True, scope="session")
def heeds_interrupts() -> None:
    """A shell that runs the tests in the background makes them, and so their children, ignore SIGINT."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
