"""`lostwrite explain`: the page of a rule, a verdict, a cause or another word of a report."""

from __future__ import annotations

from typing import Annotated

import typer

from analyzer.cli.streams import write


def _names() -> list[str]:
    from analyzer.rules.explain import names

    return names()


def explain(
    word: Annotated[
        str,
        typer.Argument(
            metavar="WORD",
            help="Code or name of a rule, a verdict, a cause, a status or a confidence, as a report has it.",
            autocompletion=_names,
        ),
    ],
) -> None:
    """Print the page of a rule, a verdict or a cause."""
    from analyzer.rules.explain import explain as page_of

    write([page_of(word)], None)
