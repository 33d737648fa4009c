"""How far an audit is: on a terminal and elsewhere, in words that nobody can forge."""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING

from analyzer.audit.progress import Progress
from analyzer.cli import audit_progress
from analyzer.cli.audit_progress import shown
from tests.cli.test_progress import on_terminal

if TYPE_CHECKING:
    import pytest


def lines(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    text = io.StringIO()
    monkeypatch.setattr(sys, "stderr", text)
    return text


def test_a_line_says_how_much_how_fast_and_how_long(monkeypatch: pytest.MonkeyPatch) -> None:
    text, now = lines(monkeypatch), [100.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    with shown() as tell:
        tell(Progress("reading trail", 0, 400, 0, 4_000_000_000))
        now[0] = 110.0
        tell(Progress("reading trail", 100, 400, 1_000_000_000, 4_000_000_000, problems=1))
    assert text.getvalue() == (
        "lostwrite: reading trail: 100 of 400 files, 1.0 GB of 4.0 GB, 100.0 MB/s, 30 s left, 1 input with problems\n"
    )


def test_what_is_left_counts_from_where_the_step_went_on(monkeypatch: pytest.MonkeyPatch) -> None:
    text, now = lines(monkeypatch), [0.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    with shown() as tell:
        tell(Progress("judging", 9_000, 10_000))
        now[0] = 7200.0
        tell(Progress("judging", 9_500, 10_000))
    assert text.getvalue() == "lostwrite: judging: 9,500 of 10,000 deploys, 2.0 h left\n"


def test_lines_come_now_and_then_and_none_of_a_short_run(monkeypatch: pytest.MonkeyPatch) -> None:
    text, now = lines(monkeypatch), [0.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    with shown() as tell:
        for second in range(100):
            now[0] = float(second)
            tell(Progress("judging", second, 100))
            if second == 4:
                assert text.getvalue() == ""
    assert text.getvalue().count("\n") == 4  # after 5, 35, 65 and 95 seconds


def test_nothing_is_shown_where_nobody_wants_it(monkeypatch: pytest.MonkeyPatch) -> None:
    text = lines(monkeypatch)
    monkeypatch.setattr(audit_progress, "_FIRST", -1.0)
    with shown(hidden=True) as tell:
        tell(Progress("judging", 1, 2))
    assert text.getvalue() == ""


def test_a_bar_on_a_terminal_is_gone_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = on_terminal(monkeypatch)
    monkeypatch.setattr(audit_progress, "_PATIENCE", -1.0)
    with shown() as tell:
        tell(Progress("reading logs", 3, 10, 1000, 2000))
    text = terminal.getvalue()
    assert "reading logs: 3 of 10 files" in text
    assert text.rindex("\x1b[?25h") > text.rindex("\x1b[?25l")
