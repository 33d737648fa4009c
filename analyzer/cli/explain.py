"""`lostwrite explain`: the page of a rule."""

from __future__ import annotations

from typing import Annotated

import typer

from analyzer.cli.streams import write


def _codes() -> list[str]:
    from analyzer.rules.registry import rules

    return [rule.CODE for rule in rules()]


def explain(
    code: Annotated[
        str, typer.Argument(metavar="CODE", help="Code or name of a rule.", autocompletion=_codes)
    ],
) -> None:
    """Print the page of a rule."""
    from analyzer.rules.page import explain as page_of

    write([page_of(code)], None)
