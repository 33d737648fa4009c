"""`lostwrite check --wait`: the trail arrives while the program waits. No test here sleeps: the clock is the test's."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from analyzer.cli import wait
from analyzer.cli.wait import POLL, POLL_BUCKET, Clock, patient, seconds_of
from analyzer.errors import UsageError
from tests.reports.examples import DEPLOY, report, write

if TYPE_CHECKING:
    from collections.abc import Callable

    from analyzer.reports.report import Report
    from tests.cli.conftest import Outcome

    Run = Callable[..., Outcome]

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "samples" / "first-route-never-written"
LOG = SAMPLE / "deploy" / "eventlog.json"
FILES = sorted(path for path in (SAMPLE / "trail").rglob("*") if path.is_file())

DOUBT = {"verdict": "unverifiable", "cause": "trail_too_early", "confidence": "low"}
OPEN = report([write(1, **DOUBT)])
FINAL = report([write(1)])
END = DEPLOY["ended_at"]


class Time:
    """A clock that only sleeping moves on; what is to happen in a sleep happens."""

    def __init__(self, *then: Callable[[], object]) -> None:
        self.now = 0.0
        self.slept: list[float] = []
        self._then = list(then)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds
        if self._then:
            self._then.pop(0)()

    @property
    def clock(self) -> Clock:
        return Clock(lambda: self.now, self.sleep)


class Checks:
    """Stands for `api.check`: gives one report after the other, the last one again and again."""

    def __init__(self, *reports: Report) -> None:
        self._reports = reports
        self.options: list[dict[str, Any]] = []

    def __call__(self, _: object, /, **options: object) -> Report:
        self.options.append(options)
        return self._reports[min(len(self.options), len(self._reports)) - 1]


def nothing() -> None:
    pass


def waited(checks: Checks, time: Time, folder: Path, duration: str = "45m") -> Report:
    return patient(checks, duration, [str(folder)], time.clock)(["a.log"], stdin=lambda: b"", progress=None)


def comes(folder: Path, name: str = "t.json") -> Callable[[], object]:
    return lambda: (folder / name).write_text("{}")


def test_without_the_option_nothing_is_between() -> None:
    checks = Checks(FINAL)
    assert patient(checks, None, []) is checks


def test_where_nothing_is_open_it_does_not_wait(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    checks, time = Checks(FINAL), Time()
    assert waited(checks, time, tmp_path) is FINAL
    assert (len(checks.options), time.slept) == (1, [])
    assert capsys.readouterr() == ("", "")


def test_it_checks_again_only_when_a_file_is_new_or_changed(tmp_path: Path) -> None:
    checks = Checks(OPEN, OPEN, OPEN, FINAL)
    grows = lambda: (tmp_path / "t.json").write_text("{} ")  # noqa: E731 - one of three events
    time = Time(nothing, comes(tmp_path), nothing, grows, nothing, comes(tmp_path, "u.json"))
    assert waited(checks, time, tmp_path) is FINAL
    assert len(checks.options) == 4
    assert time.slept == [POLL] * 6


def test_a_trail_in_a_bucket_is_looked_at_once_a_minute() -> None:
    time, checks = Time(), Checks(OPEN, OPEN, FINAL)
    waiting = patient(checks, "45m", ["s3://bkt/AWSLogs/"], time.clock)
    assert waiting([], stdin=lambda: b"") is FINAL
    assert time.slept == [POLL_BUCKET, POLL_BUCKET]


def test_it_ends_when_the_time_is_over(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    time = Time()
    assert waited(Checks(OPEN), time, tmp_path, "25s") is OPEN
    assert time.slept == [10, 10, 5]
    out, err = capsys.readouterr()
    assert out == ""
    first, last = err.splitlines()
    assert first.startswith(
        "lostwrite: waiting for the trail, at most 25 s: 1 write is open; no file of it is there yet"
    )
    assert last.startswith("lostwrite: --wait is over: 1 write is open")


def test_quiet_says_nothing_meanwhile(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    patient(Checks(OPEN), "5s", [str(tmp_path)], Time().clock, quiet=True)(["a.log"], stdin=bytes)
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(("minutes", "waits"), [(29, True), (30, False)])
def test_half_an_hour_after_the_deploy_nothing_more_is_expected(
    tmp_path: Path, minutes: int, *, waits: bool
) -> None:
    assert isinstance(END, datetime)
    time = Time()
    waited(Checks(replace(OPEN, reach=END + timedelta(minutes=minutes))), time, tmp_path, "10s")
    assert bool(time.slept) is waits


def test_the_horizon_is_by_the_clock_of_the_trail(tmp_path: Path) -> None:
    """A log whose clock is an hour behind: in the trail, the deploy ended an hour later than it says."""
    assert isinstance(END, datetime)
    behind: dict[str, list[object]] = {
        "deploy": ["d1"],
        "state": ["aligned"],
        "offsets": [[{"low": -3600, "high": -3599}]],
        "at": [END + timedelta(minutes=59)],
        "until": [END + timedelta(minutes=59)],
    }
    from analyzer.tables import ALIGNMENTS, from_columns

    aligned = replace(OPEN, alignments=from_columns(behind, ALIGNMENTS))
    for minutes, waits in ((60, True), (90, False)):
        time = Time()
        waited(Checks(replace(aligned, reach=END + timedelta(minutes=minutes))), time, tmp_path, "10s")
        assert bool(time.slept) is waits


def test_what_no_trail_decides_is_not_waited_for(tmp_path: Path) -> None:
    time = Time()
    waited(Checks(report([write(1, **DOUBT | {"cause": "form_lost"})])), time, tmp_path)
    assert time.slept == []


def test_a_deploy_that_stopped_is_waited_for(tmp_path: Path) -> None:
    time = Time()
    waited(Checks(report([write(1, verdict="unfinished", confidence="low")])), time, tmp_path, "10s")
    assert time.slept == [10]


def test_standard_input_is_read_once(tmp_path: Path) -> None:
    reads: list[int] = []

    def stdin() -> bytes:
        reads.append(1)
        return b"log"

    def check(_: object, **options: Any) -> Report:
        assert options["stdin"]() == b"log"
        return OPEN if len(list(tmp_path.iterdir())) < 2 else FINAL

    time = Time(comes(tmp_path), comes(tmp_path, "u.json"))
    patient(check, "1m", [str(tmp_path)], time.clock)(["-"], stdin=stdin)
    assert reads == [1]


@pytest.mark.parametrize(
    ("text", "seconds"), [("90s", 90), ("45m", 2700), ("1h30m", 5400), (" 2h ", 7200), ("1h1m1s", 3661)]
)
def test_durations(text: str, seconds: float) -> None:
    assert seconds_of(text) == seconds


@pytest.mark.parametrize("text", ["", "45", "m", "0s", "-5m", "1.5h", "30m1h", "169h", "1d", "٤m"])
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(
        UsageError, match=r"--wait: .* is no duration up to 168h; write it as 45m, 90s or 1h30m"
    ):
        seconds_of(text)


def test_it_needs_a_trail(lostwrite: Run) -> None:
    outcome = lostwrite("check", str(LOG), "--wait", "45m")
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err == (
        "lostwrite: --wait needs --trail PATH: the trail's bucket, or the folder that another step syncs it to; or"
        " --collect\n"
    )


def test_a_folder_that_is_not_there_yet_is_waited_for(
    lostwrite: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trail = tmp_path / "trail"

    def half() -> None:
        trail.mkdir()
        shutil.copy(FILES[0], trail)

    def rest() -> None:
        for file in FILES[1:]:
            shutil.copy(file, trail)

    time = Time(nothing, half, rest)
    monkeypatch.setattr(wait, "Clock", lambda: time.clock)
    outcome = lostwrite("check", str(LOG), "--trail", str(trail), "--wait", "45m")
    assert outcome.code == 1
    assert outcome.out.startswith("1 of 4 writes never landed: dropped (proven)\n")
    assert len(time.slept) == 3
    assert (
        "waiting for the trail, at most 45 min: 4 writes are open; no file of it is there yet" in outcome.err
    )
    assert "it reaches " in outcome.err


def test_a_folder_that_never_comes_is_an_input_that_is_missing(
    lostwrite: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wait, "Clock", lambda: Time().clock)
    outcome = lostwrite("check", str(LOG), "--trail", str(tmp_path / "no"), "--wait", "20s")
    assert outcome.code == 3
    assert outcome.err.splitlines()[-1].startswith(f"lostwrite: {tmp_path / 'no'}: ")


def test_ctrl_c_ends_it(lostwrite: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(wait, "Clock", lambda: Time(interrupt).clock)
    outcome = lostwrite("check", str(LOG), "--trail", str(tmp_path), "--wait", "45m")
    assert (outcome.code, outcome.out) == (130, "")


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_sigterm_ends_it(tmp_path: Path) -> None:
    words = ["check", str(LOG), "--trail", str(tmp_path), "--wait", "45m"]
    program = subprocess.Popen(
        [sys.executable, "-m", "analyzer", *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        assert program.stderr is not None
        assert "waiting" in program.stderr.readline()
        program.send_signal(signal.SIGTERM)
        out, _ = program.communicate(timeout=60)
    finally:
        program.kill()
    assert (program.returncode, out) == (143, "")


def test_with_a_live_listing_only_what_it_leaves_open_is_waited_for(
    lostwrite: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from analyzer.store import live
    from tests.store.test_lister import listing

    asked: list[str] = []

    def list_store(arn: str, **_: object) -> bytes:
        asked.append(arn)
        return listing(arn)  # it lacks all that the deploy meant: that is an answer

    monkeypatch.setattr(live, "list_store", list_store)
    time = Time()
    monkeypatch.setattr(wait, "Clock", lambda: time.clock)
    outcome = lostwrite("check", str(LOG), "--live", "--trail", str(tmp_path), "--wait", "45m")
    assert (outcome.code, outcome.err, time.slept, len(asked)) == (1, "", [], 1)
    assert outcome.out.startswith("4 of 4 writes are not in place")


def test_what_a_listing_leaves_open_is_waited_for_and_it_is_not_made_again(
    lostwrite: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from analyzer.errors import InputError
    from analyzer.store import live

    asked: list[str] = []

    def list_store(arn: str, **_: object) -> bytes:
        asked.append(arn)
        raise InputError(arn, "cannot be listed: AccessDeniedException: no")

    monkeypatch.setattr(live, "list_store", list_store)
    trail = tmp_path / "trail"
    time = Time(lambda: shutil.copytree(SAMPLE / "trail", trail))
    monkeypatch.setattr(wait, "Clock", lambda: time.clock)
    outcome = lostwrite("check", str(LOG), "--live", "--trail", str(trail), "--wait", "45m")
    assert outcome.out.startswith("1 of 4 writes never landed: dropped (proven)\n")
    assert (outcome.code, len(time.slept), len(asked)) == (3, 1, 1), "3: the store could not be listed"
