"""The progress bar: only on a terminal, only when the work lasts, with files, bytes and rate."""

from __future__ import annotations

import io
import sys

import pytest

from analyzer.cli import progress
from analyzer.cli.progress import bar


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def on_terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Standard error as a terminal: no fixture, for pytest puts its own there before the test begins."""
    shown = Terminal()
    monkeypatch.setattr(sys, "stderr", shown)
    for name in ("NO_COLOR", "FORCE_COLOR", "TERM", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "100")
    return shown


def test_none_where_nobody_sees_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    with bar() as advance:
        assert advance is None


def test_none_while_the_work_is_short(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = on_terminal(monkeypatch)
    with bar() as advance:
        assert advance is not None
        advance(1, 1000)
    assert terminal.getvalue() == ""


def test_files_bytes_and_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = on_terminal(monkeypatch)
    monkeypatch.setattr(progress, "_PATIENCE", -1.0)
    with bar() as advance:
        assert advance is not None
        advance(2, 1_000_000)
        advance(1, 1_000_000)
    text = terminal.getvalue()
    assert "3 files" in text
    assert "2.0" in text
    assert "MB" in text


def test_it_is_gone_after_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is printed next begins on a line of its own, with the cursor shown again."""
    terminal = on_terminal(monkeypatch)
    monkeypatch.setattr(progress, "_PATIENCE", -1.0)
    with pytest.raises(ValueError, match="cut"):
        _fail()
    assert terminal.getvalue().rindex("\x1b[?25h") > terminal.getvalue().rindex("\x1b[?25l")


def _fail() -> None:
    with bar() as advance:
        assert advance is not None
        advance(1, 1)
        raise ValueError("cut")
