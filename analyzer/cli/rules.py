"""`lostwrite rules`: the list of the rules."""

from __future__ import annotations

from analyzer.cli.streams import write


def rules() -> None:
    """List the rules."""
    from analyzer.rules.page import catalogue

    write([catalogue()], None)
