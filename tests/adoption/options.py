"""What the program's commands take, asked of typer itself."""

from __future__ import annotations

from functools import cache
from typing import Any

import typer

from analyzer.cli.main import app


@cache
def commands() -> dict[str, set[str]]:
    """The options of each command, by its name."""
    group: Any = typer.main.get_command(app)
    context = typer.Context(group)
    found: dict[str, set[str]] = {}
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        found[name] = {option for parameter in command.params for option in parameter.opts}
    return found
