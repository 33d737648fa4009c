"""Writes the page of the command line, from `--help` of every command: `python -m analyzer.cli.pages docs/cli.md`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import typer

from analyzer.cli.main import app

if TYPE_CHECKING:
    from collections.abc import Iterator

WIDTH: Final = 100
_HEAD: Final = """\
# Command line

What `--help` of each command says; `make docs` writes this page. The [README](../README.md#exit-codes) lists the exit
codes, [docs/ci/](ci/README.md) has recipes, and [iam.md](iam.md) says what each command may do in AWS.
"""


def page() -> str:
    """The page as Markdown, the same for every terminal and environment."""
    return "\n".join([_HEAD, *(f"## {name}\n\n```text\n{text}\n```\n" for name, text in helps())])


def helps() -> Iterator[tuple[str, str]]:
    """The name of each command, `lostwrite` itself first, with its help."""
    program: Any = typer.main.get_command(app)
    root = _context(program, "lostwrite", None)
    yield "lostwrite", _help(program, root)
    for name in program.list_commands(root):
        command = program.get_command(root, name)
        yield f"lostwrite {name}", _help(command, _context(command, name, root))


def _context(command: Any, name: str, parent: typer.Context | None) -> typer.Context:
    """The context in which a command tells its help, with a width that no terminal changes."""
    settings = {"terminal_width": WIDTH, "max_content_width": WIDTH} | command.context_settings
    return typer.Context(command, info_name=name, parent=parent, **settings)


def _help(command: Any, context: typer.Context) -> str:
    lines = command.get_help(context).splitlines()
    return "\n".join(line.rstrip() for line in lines).strip()


if __name__ == "__main__":
    if len(sys.argv) != 2:  # noqa: PLR2004 - the program and one file
        sys.exit("usage: python -m analyzer.cli.pages FILE")
    Path(sys.argv[1]).write_text(page(), encoding="utf-8")
