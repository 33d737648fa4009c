"""`lostwrite rules`: the list of the rules."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from analyzer.cli.streams import write


def rules(
    format: Annotated[  # noqa: A002 - the option's name
        Literal["text", "json"], typer.Option(help="json has the pages too.")
    ] = "text",
) -> None:
    """List the rules."""
    from analyzer.rules.page import catalogue, catalogue_data

    if format == "text":
        write([catalogue()], None)
        return
    import json

    write([json.dumps(catalogue_data(), ensure_ascii=False, indent=2), "\n"], None)
