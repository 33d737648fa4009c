"""The commands are loaded when they are asked for, and the list of them says what each says of itself."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest
import typer

from analyzer.cli.commands import SUMMARIES
from analyzer.cli.main import app

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.conftest import Outcome


@pytest.mark.parametrize("name", SUMMARIES)
def test_the_list_says_what_a_command_says_of_itself(name: str) -> None:
    module = name.replace("-", "_")
    function = getattr(import_module(f"analyzer.cli.{module}"), module)
    assert (function.__doc__ or "").partition("\n")[0] == SUMMARIES[name]


def test_help_of_the_program_loads_no_command() -> None:
    program = (
        "import sys\nfrom analyzer.cli.main import run\nrun(['--help'])\n"
        "print([name for name in ('check', 'parse', 'options', 'outputs') if f'analyzer.cli.{name}' in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_a_command_has_its_name_and_options_in_its_help(lostwrite: Callable[..., Outcome]) -> None:
    shown = lostwrite("setup-trail", "--help")
    assert shown.code == 0
    assert "Usage: lostwrite setup-trail " in shown.out


def test_a_command_that_is_not_there_is_refused(lostwrite: Callable[..., Outcome]) -> None:
    refused = lostwrite("chek")
    assert refused.code == 2
    assert "No such command 'chek'" in refused.err


def test_completion_knows_the_commands() -> None:
    group: Any = typer.main.get_command(app)
    assert group.list_commands(typer.Context(group)) == [*SUMMARIES]
