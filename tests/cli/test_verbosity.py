"""`-q`, `-v`, `-o` and `-V`: how much is said, and where."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from analyzer import api
from analyzer.version import VERSION
from tests.reports import examples

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from analyzer.reports.report import Report
    from tests.cli.conftest import Outcome

    Run = Callable[..., Outcome]


@pytest.fixture
def gives(monkeypatch: pytest.MonkeyPatch) -> Callable[[Report], None]:
    """Lets `check` find the given report."""

    def give(report: Report) -> None:
        monkeypatch.setattr(api, "check", lambda *_args, **_options: report)

    return give


@pytest.mark.parametrize("flag", ["-q", "--quiet"])
def test_quiet_is_silent_where_all_is_well(
    lostwrite: Run, gives: Callable[[Report], None], flag: str
) -> None:
    gives(replace(examples.healthy(), exit_code=0))
    ended = lostwrite("check", "a.log", flag)
    assert (ended.code, ended.out, ended.err) == (0, "", "")


def test_quiet_says_what_is_wrong(lostwrite: Run, gives: Callable[[Report], None]) -> None:
    gives(examples.dropped())
    ended = lostwrite("check", "a.log", "-q")
    first, *rest = ended.out.splitlines()
    assert first == "1 of 2 writes never landed: dropped (proven)"
    told = [line.split()[:2] for line in rest if line.startswith(("error ", "warning ", "note "))]
    assert told == [["error", "LW101"], ["warning", "LW209"]]  # LW108 is a note: what was tried again landed


@pytest.mark.parametrize("flag", ["-v", "--verbose"])
def test_verbose_has_the_writes_that_landed(
    lostwrite: Run, gives: Callable[[Report], None], flag: str
) -> None:
    gives(examples.dropped())
    assert "\nIn place\n" in lostwrite("check", "a.log", flag).out
    assert "\nIn place\n" not in lostwrite("check", "a.log").out


def test_quiet_and_verbose_exclude_each_other(lostwrite: Run, gives: Callable[[Report], None]) -> None:
    gives(examples.dropped())
    ended = lostwrite("check", "a.log", "-q", "-v")
    assert ended.code == 2
    assert ended.err == "lostwrite: --quiet and --verbose: give one of them\n"


def test_verbosity_leaves_json_as_it_is(lostwrite: Run, gives: Callable[[Report], None]) -> None:
    gives(examples.dropped())
    usual = lostwrite("check", "a.log", "--format", "json").out
    assert lostwrite("check", "a.log", "--format", "json", "-q").out == usual
    assert lostwrite("check", "a.log", "--format", "json", "-v").out == usual


def test_o_writes_the_report_to_a_file(
    lostwrite: Run, gives: Callable[[Report], None], tmp_path: Path
) -> None:
    gives(examples.dropped())
    target = tmp_path / "report.txt"
    ended = lostwrite("check", "a.log", "-o", str(target))
    assert ended.out == ""
    assert target.read_text(encoding="utf-8").startswith("1 of 2 writes never landed")


@pytest.mark.parametrize("flag", ["-V", "--version"])
def test_the_version_is_printed(lostwrite: Run, flag: str) -> None:
    assert lostwrite(flag).out == f"lostwrite {VERSION}\n"
