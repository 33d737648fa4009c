"""`lostwrite check`: what it asks of the library, what it prints, and its exit codes."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from analyzer import api
from analyzer.cli.streams import read_stdin
from analyzer.errors import InputError
from tests.reports import examples

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from analyzer.reports.report import Report
    from tests.cli.conftest import Outcome

    Run = Callable[..., Outcome]


class Asked:
    """Stands for `analyzer.api.check`: keeps what it was asked and gives a report."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.logs: list[str] | None = None
        self.options: dict[str, Any] = {}

    def __call__(self, logs: list[str], **options: object) -> Report:
        self.logs, self.options = logs, options
        return self.report


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    stand_in = Asked(examples.dropped())
    monkeypatch.setattr(api, "check", stand_in)
    return stand_in


def test_options_reach_the_library_in_any_order(lostwrite: Run, asked: Asked) -> None:
    words = [
        "check",
        "a.log",
        "--trail",
        "t1",
        "b.log",
        "--fail-on",
        "note",
        "--trail=t2",
        "--since",
        "2025-03-20",
    ]
    keys = ["--keys", "k1", "--keys-at", "2025-03-20T12:10Z", "--keys=arn:aws:x=k2"]
    proofs = ["--selectors", "s.json", "--selectors-since", "2025-03-01", "--public-keys", "p.json"]
    lostwrite(*words, *keys, *proofs, "--jobs", "2", "--until", "2025-03-20T13:00:00+01:00")
    assert asked.logs == ["a.log", "b.log"]
    assert asked.options == {
        "trail": ["t1", "t2"],
        "keys": ["k1", "arn:aws:x=k2"],
        "keys_at": datetime(2025, 3, 20, 12, 10, tzinfo=UTC),
        "since": datetime(2025, 3, 20),  # noqa: DTZ001 - no zone was written, and the report says so
        "until": datetime(2025, 3, 20, 12, tzinfo=UTC),
        "fail_on": "note",
        "stdin": read_stdin,
        "selectors": ["s.json"],
        "selectors_since": datetime(2025, 3, 1, tzinfo=UTC),
        "public_keys": "p.json",
        "jobs": 2,
        "progress": None,
        "kind": None,
        "follow_links": False,
        "s3": None,
        "keep_table": None,
        "min_confidence": "low",
        "fail_on_doubt": False,
        "suppressions": (),
        "baseline": None,
        "today": asked.options["today"],
        "live": None,
        "stores": [],
    }


def test_defaults(lostwrite: Run, asked: Asked) -> None:
    lostwrite("check", "a.log")
    assert asked.options == {
        "trail": [],
        "keys": [],
        "keys_at": None,
        "since": None,
        "until": None,
        "fail_on": "error",
        "stdin": read_stdin,
        "selectors": [],
        "selectors_since": None,
        "public_keys": None,
        "jobs": 0,
        "progress": None,
        "kind": None,
        "follow_links": False,
        "s3": None,
        "keep_table": None,
        "min_confidence": "low",
        "fail_on_doubt": False,
        "suppressions": (),
        "baseline": None,
        "today": asked.options["today"],
        "live": None,
        "stores": [],
    }


def test_suppressions_expire_by_the_date_in_utc(lostwrite: Run, asked: Asked) -> None:
    before = datetime.now(UTC).date()
    lostwrite("check", "a.log")
    assert before <= asked.options["today"] <= datetime.now(UTC).date()


@pytest.mark.usefixtures("asked")
def test_text_is_the_default_and_as_wide_as_100_columns(lostwrite: Run) -> None:
    outcome = lostwrite("check", "a.log")
    assert outcome.out == api.render(examples.dropped(), "text", width=100)
    assert (outcome.code, outcome.err) == (1, "")


def test_text_names_files_from_where_the_user_stands_and_json_as_they_were_named(
    lostwrite: Run, asked: Asked, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked.report = examples.report(
        [examples.write(1, verdict="dropped", source=f"{tmp_path}/a.log")],
        deploys=[examples.DEPLOY | {"sources": [f"{tmp_path}/a.log"]}],
    )
    monkeypatch.chdir(tmp_path)
    text = lostwrite("check", "a.log").out
    assert "\n       a.log\n" in text
    assert "\n            a.log:41\n" in text
    assert str(tmp_path) not in text
    (deploy,) = json.loads(lostwrite("check", "a.log", "--format", "json").out)["deploys"]
    assert deploy["sources"] == [f"{tmp_path}/a.log"]


@pytest.mark.usefixtures("asked")
def test_json(lostwrite: Run) -> None:
    outcome = lostwrite("check", "a.log", "--format", "json")
    assert json.loads(outcome.out)["summary"]["by_verdict"]["dropped"] == 1


@pytest.mark.usefixtures("asked")
def test_columns_set_the_width(lostwrite: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    assert lostwrite("check", "a.log").out == api.render(examples.dropped(), "text", width=60)


@pytest.mark.parametrize(
    ("words", "environment", "colored"),
    [
        ((), {}, False),
        ((), {"FORCE_COLOR": "1"}, True),
        ((), {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        (("--color", "always"), {"NO_COLOR": "1"}, True),
        (("--color", "never"), {"FORCE_COLOR": "1"}, False),
    ],
)
@pytest.mark.usefixtures("asked")
def test_colour(
    lostwrite: Run,
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...],
    environment: dict[str, str],
    *,
    colored: bool,
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert ("\x1b[" in lostwrite("check", "a.log", *words).out) is colored


@pytest.mark.usefixtures("asked")
def test_output_goes_to_the_file_alone(
    lostwrite: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    file = tmp_path / "report.txt"
    outcome = lostwrite("check", "a.log", "--output", str(file))
    assert (outcome.code, outcome.out, outcome.err) == (1, "", "")
    assert file.read_text(encoding="utf-8") == api.render(examples.dropped(), "text", width=100)


def test_exit_zero(lostwrite: Run, asked: Asked) -> None:
    assert lostwrite("check", "a.log", "--exit-zero").code == 0
    asked.report = examples.healthy()
    assert lostwrite("check", "a.log").code == 0


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--since", "yesterday"), "--since: 'yesterday' is not a time; write it as "),
        (
            ("--since", "2025-03-21", "--until", "2025-03-20"),
            "--since 2025-03-21 is later than --until 2025-03-20",
        ),
        (("--format", "pdf"), "there is no format 'pdf'; choose one of csv, github, gitlab, "),
        (("--output", "/nowhere/at/all/r.txt"), "--output /nowhere/at/all/r.txt: its folder does not exist"),
        (("--output", "."), "--output .: is a directory"),
    ],
)
def test_wrong_usage_is_told_before_any_work(
    lostwrite: Run, asked: Asked, words: tuple[str, ...], message: str
) -> None:
    outcome = lostwrite("check", "a.log", *words)
    assert (outcome.code, outcome.out, asked.logs) == (2, "", None)
    assert outcome.err.startswith(f"lostwrite: {message}")
    assert outcome.err.count("\n") == 1


@pytest.mark.parametrize("words", [(), ("a.log", "--fail-on", "all"), ("a.log", "--nonsense")])
def test_usage_that_typer_refuses(lostwrite: Run, asked: Asked, words: tuple[str, ...]) -> None:
    outcome = lostwrite("check", *words)
    assert (outcome.code, outcome.out, asked.logs) == (2, "", None)
    assert "Error: " in outcome.err


def test_an_input_is_never_overwritten(lostwrite: Run, asked: Asked, tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    log.write_text("evidence", encoding="utf-8")
    outcome = lostwrite("check", str(log), "--output", str(tmp_path / "." / "a.log"))
    assert outcome.code == 2
    assert "is an input, and would be overwritten" in outcome.err
    assert (log.read_text(encoding="utf-8"), asked.logs) == ("evidence", None)


def test_unusable_input(lostwrite: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> Report:
        raise InputError("x\x1b.log", "is not a deploy log")

    monkeypatch.setattr(api, "check", fail)
    outcome = lostwrite("check", "x.log")
    assert (outcome.code, outcome.out, outcome.err) == (3, "", "lostwrite: x\\x1b.log: is not a deploy log\n")
