"""`lostwrite setup-trail`: what makes CloudTrail record the calls on key-value stores."""

from __future__ import annotations

from typing import Annotated

import typer

from analyzer.cli.options import Output
from analyzer.cli.streams import guard, write
from analyzer.setup.registry import names, setup_text

_FORMATS = names()


def setup_trail(
    arn: Annotated[
        list[str] | None,
        typer.Argument(metavar="[ARN]...", help="Key-value stores; default: every store of the account."),
    ] = None,
    *,
    format: Annotated[  # noqa: A002 - the option's name
        str,
        typer.Option(
            metavar="FORMAT",
            help=f"One of: {', '.join(_FORMATS)}. cli adds to a trail that is there; the others make a trail.",
            autocompletion=lambda: list(_FORMATS),
        ),
    ] = "cli",
    output: Output = None,
) -> None:
    """Print what makes CloudTrail record the calls.

    CloudTrail does not record calls on key-value stores by default. What is printed is text to read first, and then to
    run: this command itself changes nothing. It says what the records cost.
    """
    guard(output, [])
    write([setup_text(arn or [], format)], output)
