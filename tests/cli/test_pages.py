"""docs/cli.md is what `--help` says, of every command, whatever the terminal."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from analyzer.cli.grouped import GROUPS
from analyzer.cli.pages import WIDTH, helps, page
from tests.adoption.options import commands

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.conftest import Outcome

    Run = Callable[..., Outcome]

ROOT = Path(__file__).parents[2]


def test_the_page_is_what_make_docs_writes() -> None:
    assert (ROOT / "docs" / "cli.md").read_text(encoding="utf-8") == page()


def test_every_command_is_on_the_page_and_in_the_readme() -> None:
    names = set(commands())
    headings = set(re.findall(r"^## lostwrite (\S+)$", page(), re.MULTILINE))
    assert headings == names
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    commands_of_readme = readme.partition("\n## Commands\n")[2].partition("\n## ")[0]
    assert names - set(re.findall(r"^lostwrite (\S+)", commands_of_readme, re.MULTILINE)) == set()


def test_every_command_and_option_says_what_it_is_for() -> None:
    for name, text in helps():
        lines = text.splitlines()
        assert lines[0].startswith(f"Usage: {name}"), name
        assert len(lines[2].strip()) > 10, name
        assert max(map(len, lines)) <= WIDTH


def test_the_options_of_check_are_in_groups_and_arguments_are_shown_as_they_are_given() -> None:
    shown = dict(helps())
    text = shown["lostwrite check"]
    assert text.startswith("Usage: lostwrite check [OPTIONS] LOG...\n")
    titles = re.findall(r"^([A-Z][^:\n]*):$", text, re.MULTILINE)
    assert titles == ["Arguments", *GROUPS["check"], "Other"]
    assert text.index("--live ") < text.index("--trail PATH")
    assert text.partition("\nOther:\n")[2].split()[:2] == ["-h,", "--help"]
    assert [name for name, text in shown.items() if "{" in text.splitlines()[0]] == []


@pytest.mark.parametrize("name", GROUPS)
def test_a_group_names_options_that_exist_each_once(name: str) -> None:
    named = [option for options in GROUPS[name].values() for option in options]
    assert len(named) == len(set(named))
    assert set(named) <= commands()[name]


@pytest.mark.parametrize("columns", ["40", "300"])
def test_the_terminal_does_not_change_the_page(columns: str, monkeypatch: pytest.MonkeyPatch) -> None:
    usual = page()
    monkeypatch.setenv("COLUMNS", columns)
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert page() == usual


def test_the_page_shows_what_the_program_prints(lostwrite: Run) -> None:
    def words(text: str) -> str:
        return "".join(text.split())

    (shown,) = (text for name, text in helps() if name == "lostwrite check")
    assert words(lostwrite("check", "--help").out) == words(shown)
