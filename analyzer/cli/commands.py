"""The commands, each loaded when it is asked for: `lostwrite --help` loads none of them.

A command is a function of the module with its name; its docstring's first line is what the list of commands says, and
stands here too, so that the list needs no module. A test holds the two together.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

import typer
from typer.core import TyperGroup

if TYPE_CHECKING:
    from collections.abc import Mapping

SUMMARIES: Final[Mapping[str, str]] = {
    "check": "Show which writes of a deploy landed, which did not, and why.",
    "collect": "Gather the evidence about deploys from AWS into a bundle, for check; reads only.",
    "audit": "Show what became of the writes of many deploys: how often one was lost, and which still are.",
    "parse": "Print the events of deploy logs.",
    "trail": "Show what a trail contains and proves. With --store or --key: the timeline of that store or key.",
    "keys": "List a live store's keys and values; reads only.",
    "setup-trail": "Print what makes CloudTrail record the calls.",
    "explain": "Print the page of a rule, a verdict or a cause.",
    "rules": "List the rules.",
    "schema": "Print the JSON Schema of a report.",
    "config": "Show what holds for check, and where it came from.",
}
"""What each command does, in their order."""

CODES: Final = (
    "Exit codes: 0 nothing counts, 1 a finding counts, 2 wrong usage, 3 an input or a store could not be read,"
    " 4 an internal error."
)
_COLLECTED: Final = (
    "Exit codes: 0 all was gathered, 1 something was refused, 2 wrong usage, 3 nothing was gathered,"
    " 4 an internal error."
)
_EPILOGS: Final = {
    "check": "\b\nRight after a deploy:  lostwrite check .sst/pulumi/*/eventlog.json --live\n"
    f"Later, for the cause:  lostwrite check eventlog.json --trail trail\n\n{CODES}",
    "collect": "\b\nThe newest deploy:   lostwrite collect shop/production --output bundle\n"
    f"Then, and later on:  lostwrite check bundle\n\n{_COLLECTED}",
    "audit": "\b\nAll deploys of a home:  lostwrite audit home --trail trail --report html=pages\n"
    f"Since an earlier one:   lostwrite audit home --trail trail --diff .lostwrite\n\n{CODES}",
}


class Commands(TyperGroup):
    """The group of them."""

    def list_commands(self, ctx: typer.Context) -> list[str]:  # type: ignore[override] # noqa: ARG002 - click's name
        """Their names, in their order."""
        return [*SUMMARIES]

    def get_command(self, ctx: typer.Context, cmd_name: str) -> Any:  # type: ignore[override] # noqa: ARG002
        """The command of a name, from its module; None where there is none."""
        return _loaded(cmd_name) if cmd_name in SUMMARIES else None

    def format_commands(self, ctx: typer.Context, formatter: Any) -> None:  # type: ignore[override] # noqa: ARG002
        """The list of the commands in the help of the program."""
        with formatter.section("Commands"):
            formatter.write_dl([*SUMMARIES.items()])


def _loaded(name: str) -> Any:
    from analyzer.cli.grouped import Grouped

    module = name.replace("-", "_")
    alone = typer.Typer(
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        add_completion=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    alone.command(name, cls=Grouped, epilog=_EPILOGS.get(name))(
        getattr(import_module(f"analyzer.cli.{module}"), module)
    )
    return typer.main.get_command(alone)
