"""`lostwrite schema`: the JSON Schema of what this program writes."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from analyzer.cli.streams import write


def schema(
    of: Annotated[
        Literal["report", "trail", "audit", "bundle"],
        typer.Argument(
            metavar="[report|trail|audit|bundle]",
            help="Of `check --format json`, of `trail --format json`, of `audit --report json=FILE`, or of a bundle's "
            "manifest.",
        ),
    ] = "report",
) -> None:
    """Print the JSON Schema of a report."""
    from analyzer.reports.schemas import json_schema

    write([json_schema(of)], None)
