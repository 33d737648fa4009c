"""The configuration from the command line: which file holds, what it may say, and `lostwrite config`."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest

from tests.reports.runner import commands

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.conftest import Outcome

    Run = Callable[..., Outcome]

OWN = '[lostwrite]\nfail-on = "note"\n'
SHARED = '[tool.lostwrite]\nfail-on = "warning"\n'
OTHERS = '[project]\nname = "lostwrite-user"\n[tool.ruff]\n'


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in a folder in a repository."""
    (tmp_path / "repo" / ".git").mkdir(parents=True)
    folder = tmp_path / "repo" / "app" / "deep"
    folder.mkdir(parents=True)
    monkeypatch.chdir(folder)
    return folder


def fail_on(lostwrite: Run, *options: str) -> tuple[str, str | None]:
    outcome = lostwrite("config", "--format", "json", *options)
    assert (outcome.code, outcome.err) == (0, "")
    setting = json.loads(outcome.out)["settings"]["fail-on"]
    return setting["value"], setting["place"]


def test_without_a_file_the_defaults_hold(lostwrite: Run) -> None:
    assert fail_on(lostwrite) == ("error", None)
    assert lostwrite("config").out.startswith("Configuration file: none\n\nfail-on         error  default\n")


def test_the_nearest_file_holds(lostwrite: Run, here: Path) -> None:
    (here.parents[1] / "pyproject.toml").write_text(SHARED)
    assert fail_on(lostwrite) == ("warning", "../../pyproject.toml:2")
    (here / "pyproject.toml").write_text(OTHERS)
    assert fail_on(lostwrite) == ("warning", "../../pyproject.toml:2")
    (here.parent / "lostwrite.toml").write_text(OWN)
    assert fail_on(lostwrite) == ("note", "../lostwrite.toml:2")
    (here / "pyproject.toml").write_text(OTHERS + SHARED)
    assert fail_on(lostwrite) == ("warning", "pyproject.toml:5")


def test_nothing_beyond_the_repository_holds(lostwrite: Run, here: Path) -> None:
    (here.parents[2] / "lostwrite.toml").write_text(OWN)
    assert fail_on(lostwrite) == ("error", None)


def test_of_two_in_a_folder_the_own_one_holds_and_the_other_is_named(lostwrite: Run, here: Path) -> None:
    (here / "lostwrite.toml").write_text(OWN)
    (here / "pyproject.toml").write_text(SHARED)
    assert fail_on(lostwrite) == ("note", "lostwrite.toml:2")
    out = lostwrite("config").out
    assert out.startswith("Configuration file: lostwrite.toml\nNot used: pyproject.toml (")


def test_a_file_is_named_or_none_is_looked_for(lostwrite: Run, here: Path) -> None:
    (here / "lostwrite.toml").write_text(OWN)
    (here / "other.toml").write_text('[lostwrite]\nfail-on = "warning"\n')
    (here.parent / "pyproject.toml").write_text(SHARED)
    assert fail_on(lostwrite, "--config", "other.toml") == ("warning", "other.toml:2")
    assert fail_on(lostwrite, "--config", "../pyproject.toml") == ("warning", "../pyproject.toml:2")
    assert fail_on(lostwrite, "--no-config") == ("error", None)


def test_environment_before_file(lostwrite: Run, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (here / "lostwrite.toml").write_text(OWN)
    monkeypatch.setenv("LOSTWRITE_FAIL_ON", "warning")
    monkeypatch.setenv("LOSTWRITE_FAIL_ONN", "secret")
    assert fail_on(lostwrite) == ("warning", "LOSTWRITE_FAIL_ON")
    out = lostwrite("config").out
    assert out.endswith("\nOf no meaning here: LOSTWRITE_FAIL_ONN\n")
    assert "secret" not in out


def test_each_key_reaches_the_check(lostwrite: Run, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from analyzer import api
    from tests.cli.test_check import Asked
    from tests.reports import examples

    asked = Asked(examples.healthy())
    monkeypatch.setattr(api, "check", asked)
    (here.parent / "lostwrite.toml").write_text(
        "[lostwrite]\nfail-on = 'note'\nmin-confidence = 'high'\nfail-on-doubt = true\nbaseline = 'b/c.json'\n"
        "format = 'json'\n[[lostwrite.suppress]]\nrule = 'LW101'\nreason = 'x'\n"
    )
    monkeypatch.setenv("LOSTWRITE_JOBS", "3")
    json.loads(lostwrite("check", "a.log", "--min-confidence", "proven", "--no-fail-on-doubt").out)
    wanted = {
        "fail_on": "note",
        "min_confidence": "proven",
        "fail_on_doubt": False,
        "baseline": "../b/c.json",
        "jobs": 3,
    }
    assert {name: asked.options[name] for name in wanted} == wanted
    (suppression,) = asked.options["suppressions"]
    assert (suppression.rule, suppression.source, suppression.line) == ("LW101", "../lostwrite.toml", 7)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[lostwrite]\nfail_on = 'error'\n", "lostwrite.toml:2: unknown key 'fail_on': 'fail-on' is one"),
        ("[lostwrite]\noutput = 'x'\n", "lostwrite.toml:2: unknown key 'output'"),
        ("[lostwrite]\n'a\\u001b' = 1\n", "lostwrite.toml:2: unknown key 'a\\\\u001b'"),
        (b"\xff\xfe", "lostwrite.toml: is no UTF-8"),
        (b"#" * (1 << 20) + b"#", "lostwrite.toml: is larger than 1 MiB, which no configuration is"),
    ],
)
def test_a_file_that_is_wrong_ends_the_run_before_any_work(
    lostwrite: Run, here: Path, text: str | bytes, told: str
) -> None:
    (here / "lostwrite.toml").write_bytes(text if isinstance(text, bytes) else text.encode())
    for command in ("config", "check"):
        outcome = lostwrite(command, *(["nowhere.log"] if command == "check" else []))
        assert (outcome.code, outcome.out, outcome.err) == (2, "", f"lostwrite: {told}\n")
    assert lostwrite("check", "nowhere.log", "--no-config").code == 3


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--config", "none.toml"], "--config none.toml: there is no such file"),
        (["--config", "."], ".: is no file"),
        (["--config", "pyproject.toml"], "--config pyproject.toml: has no table [tool.lostwrite]"),
        (["--config", "x", "--no-config"], "--config and --no-config contradict each other"),
    ],
)
def test_a_file_that_is_named_must_be_one(lostwrite: Run, here: Path, options: list[str], told: str) -> None:
    (here / "pyproject.toml").write_text(OTHERS)
    outcome = lostwrite("config", *options)
    assert (outcome.code, outcome.out, outcome.err) == (2, "", f"lostwrite: {told}\n")


def test_a_link_that_leads_nowhere_is_not_passed_over(lostwrite: Run, here: Path) -> None:
    """What it says would be missed: a gate that was meant to be strict is not."""
    (here / "lostwrite.toml").symlink_to("moved.toml")
    outcome = lostwrite("config")
    assert (outcome.code, outcome.err) == (2, "lostwrite: lostwrite.toml: is a link that leads to no file\n")


def test_a_value_of_several_lines_is_on_one(lostwrite: Run, here: Path) -> None:
    """A job that prints it would obey a line that begins with `::`."""
    entry = '[[lostwrite.suppress]]\nrule = "LW101"\nreason = "a\\n::error::b\\r::c\\u2028::d"\n'
    (here / "lostwrite.toml").write_text(entry)
    out = lostwrite("config").out
    assert out.endswith("\n  rule LW101: a\\n::error::b\\r::c\\u2028::d (lostwrite.toml:1)\n")
    assert commands(out) == []


def test_a_pipe_is_not_waited_for(lostwrite: Run, here: Path) -> None:
    os.mkfifo(here / "lostwrite.toml")
    assert lostwrite("config").err == "lostwrite: lostwrite.toml: is no file\n"


@pytest.mark.skipif(os.geteuid() != 0, reason="only the superuser can give a file away")
def test_a_file_of_another_user_in_a_folder_above_is_refused(lostwrite: Run, here: Path) -> None:
    file = here.parent / "lostwrite.toml"
    file.write_text(OWN)
    os.chown(file, 12345, 12345)
    outcome = lostwrite("config")
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.startswith("lostwrite: ../lostwrite.toml: belongs to another user")
    assert fail_on(lostwrite, "--config", "../lostwrite.toml")[0] == "note"
    os.chown(here, 12345, 12345)
    assert fail_on(lostwrite)[0] == "note"


def test_a_current_folder_that_was_deleted_has_no_configuration(lostwrite: Run, here: Path) -> None:
    here.rmdir()
    assert fail_on(lostwrite) == ("error", None)
