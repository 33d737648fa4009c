"""The program as a whole: start-up, errors that nobody foresaw, pipes, signals."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import polars as pl
import pytest

from analyzer import api
from analyzer.rules.registry import rules
from analyzer.version import VERSION
from tests.schemas import published

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.conftest import Outcome

    Run = Callable[..., Outcome]

HEAVY = {"polars", "lark", "rich", "msgspec", "isal", "numpy", "analyzer.api"}


@pytest.mark.parametrize("words", [["--help"], ["check", "--help"], ["--version"]])
def test_what_needs_no_core_loads_none(words: list[str]) -> None:
    program = (
        "import sys, analyzer.cli.main as m; m.run(sys.argv[1:]); print([*sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program, *words], capture_output=True, text=True, check=True)
    loaded = {name.strip("'") for name in done.stderr.splitlines()[-1].strip("[]").split(", ")}
    assert "typer" in loaded
    assert loaded & HEAVY == set()


@pytest.mark.parametrize(
    "words",
    [["--help"], ["check", "--help"], ["parse", "-h"], ["explain", "-h"], ["rules", "-h"], ["schema", "-h"]],
)
def test_help(lostwrite: Run, words: list[str]) -> None:
    outcome = lostwrite(*words)
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.startswith("Usage: lostwrite ")


def test_version(lostwrite: Run) -> None:
    assert lostwrite("--version").out == f"lostwrite {VERSION}\n"


def test_rules_and_explain(lostwrite: Run) -> None:
    listed = lostwrite("rules").out
    assert [line.split()[0] for line in listed.splitlines()] == [rule.CODE for rule in rules()]
    page = lostwrite("explain", "dropped-write")
    assert page.code == 0
    assert page.out.startswith("LW101 dropped-write: ")


def test_rules_as_json_are_one_document(lostwrite: Run) -> None:
    outcome = lostwrite("rules", "--format", "json")
    assert (outcome.code, outcome.err, outcome.out[-2:]) == (0, "", "}\n")
    assert [rule["code"] for rule in json.loads(outcome.out)["rules"]] == [rule.CODE for rule in rules()]


@pytest.mark.parametrize("word", ["dropped", "lost_update", "lost-update", "Chain_Not_Closed", "healed"])
def test_explain_takes_verdicts_causes_and_the_words_beside_them(lostwrite: Run, word: str) -> None:
    outcome = lostwrite("explain", word)
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.startswith(f"{word.lower().replace('-', '_')} (")


def test_explain_a_word_that_there_is_not_names_the_nearest(lostwrite: Run) -> None:
    outcome = lostwrite("explain", "LW10")
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.startswith("lostwrite: nothing is called 'LW10'; near to it: LW")
    assert lostwrite("explain", "droped").err.endswith("near to it: dropped\n")
    assert "lostwrite rules" in lostwrite("explain", "xyzzy").err


@pytest.mark.parametrize(
    ("words", "name"), [([], "report-v1"), (["report"], "report-v1"), (["trail"], "trail-v1")]
)
def test_schema_prints_the_published_one(lostwrite: Run, words: list[str], name: str) -> None:
    outcome = lostwrite("schema", *words)
    assert (outcome.code, outcome.err) == (0, "")
    assert json.loads(outcome.out) == published(name)


def test_a_schema_that_there_is_not_is_wrong_usage(lostwrite: Run) -> None:
    assert lostwrite("schema", "catalog").code == 2


@pytest.mark.parametrize(
    "error", [TypeError("holds a s3cret"), pl.exceptions.PanicException("holds a s3cret")]
)
def test_a_defect_is_one_sentence_that_quotes_no_input(
    lostwrite: Run, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(api, "check", fail)
    outcome = lostwrite("check", "x.log")
    assert (outcome.code, outcome.out) == (4, "")
    assert outcome.err.startswith(f"lostwrite: internal error ({type(error).__name__} at test_main.py:")
    assert outcome.err.count("\n") == 1
    assert "s3cret" not in outcome.err
    monkeypatch.setenv("LOSTWRITE_DEBUG", "1")
    assert "Traceback (most recent call last)" in lostwrite("check", "x.log").err


def test_interrupt(lostwrite: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(api, "check", interrupt)
    outcome = lostwrite("check", "x.log")
    assert (outcome.code, outcome.out, outcome.err) == (130, "", "")


@pytest.mark.parametrize("words", [["rules"], ["explain", "LW301"]])
def test_a_closed_pipe_is_quiet_and_keeps_the_exit_code(words: list[str]) -> None:
    read_end, write_end = os.pipe()
    os.close(read_end)
    command = [sys.executable, "-m", "analyzer", *words]
    done = subprocess.run(command, stdout=write_end, stderr=subprocess.PIPE, text=True, check=False)
    os.close(write_end)
    assert (done.returncode, done.stderr) == (0, "")


def test_completion_script_is_shown() -> None:
    environment = os.environ | {"_LOSTWRITE_COMPLETE": "source_bash"}
    program = "from analyzer.cli.main import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, env=environment
    )
    assert "complete -o default -F _lostwrite_completion lostwrite" in done.stdout
