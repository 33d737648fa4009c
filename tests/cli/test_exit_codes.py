"""Each exit code of `check` from the command line, as docs/configuration.md has them.

130 and 143 come from signals: tests/attack/test_signals.py sends them to the program itself.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from analyzer import api

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.conftest import Outcome

    Run = Callable[..., Outcome]

SAMPLES = Path(__file__).parents[2] / "samples"


def sample(name: str, *, trail: bool = True) -> list[str]:
    folder = SAMPLES / name
    words = ["check", str(folder / "deploy"), "--no-config"]
    return [*words, "--trail", str(folder / "trail")] if trail else words


DROPPED = sample("first-route-never-written")  # one LW101, proven
HEALTHY = sample("healthy")
DOUBT = sample("first-route-never-written", trail=False)  # LW308, low: a warning


@pytest.mark.parametrize(
    ("words", "options", "code"),
    [
        (HEALTHY, "--fail-on note --fail-on-doubt", 0),
        (DROPPED, "", 1),
        (DROPPED, "--min-confidence proven", 1),
        (DROPPED, "--exit-zero", 0),
        (DOUBT, "", 0),
        (DOUBT, "--fail-on warning", 1),
        (DOUBT, "--fail-on-doubt --min-confidence proven", 1),
        (DROPPED, "--fail-on fatal", 2),
        (DROPPED, "--min-confidence sure", 2),
        (DROPPED, "--config x.toml", 2),
        (DROPPED, "--write-baseline /nowhere/at/all", 2),
        (DROPPED, "--baseline /nowhere/b.json --exit-zero", 3),
        (["check", "/nowhere/a.log"], "", 3),
    ],
)
def test_exit_code(lostwrite: Run, words: list[str], options: str, code: int) -> None:
    outcome = lostwrite(*words, *options.split())
    assert outcome.code == code
    assert bool(outcome.err) == (code in (2, 3))


def test_findings_below_the_confidence_stay_in_the_report(lostwrite: Run) -> None:
    outcome = lostwrite(*DOUBT, "--fail-on", "warning", "--min-confidence", "high", "--format", "json")
    report = json.loads(outcome.out)
    assert [finding["code"] for finding in report["findings"]] == ["LW308"]
    assert (report["summary"]["findings"]["warning"], report["summary"]["exit_code"]) == (1, 0)


@pytest.mark.parametrize(
    ("error", "code", "told"),
    [(ValueError("hunter22"), 4, "internal error (ValueError"), (KeyboardInterrupt(), 130, "")],
)
def test_a_defect_is_4_and_ctrl_c_is_130(
    lostwrite: Run, monkeypatch: pytest.MonkeyPatch, error: BaseException, code: int, told: str
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(api, "check", fail)
    outcome = lostwrite(*HEALTHY)
    assert (outcome.code, outcome.out) == (code, "")
    assert told in outcome.err
    assert "hunter22" not in outcome.err
