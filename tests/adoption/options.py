"""What the program's commands take, asked of typer itself."""

from __future__ import annotations

from functools import cache

import typer

from analyzer.cli.main import app


@cache
def commands() -> dict[str, set[str]]:
    """The options of each command, by its name."""
    group = typer.main.get_command(app)
    found: dict[str, set[str]] = {}
    for name, command in group.commands.items():  # type: ignore[attr-defined]  # it is a group
        found[name] = {option for parameter in command.params for option in parameter.opts}
    return found
