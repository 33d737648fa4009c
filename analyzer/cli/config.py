"""`lostwrite config`: what holds for `check`, and where each value came from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from analyzer.cli.gating import ConfigFile, NoConfig
from analyzer.cli.streams import write

if TYPE_CHECKING:
    from collections.abc import Callable


def config(
    *,
    config: ConfigFile = None,
    no_config: NoConfig = False,
    format: Annotated[  # noqa: A002 - the option's name
        Literal["text", "json"], typer.Option(help="As a table, or as JSON.")
    ] = "text",
) -> None:
    """Show what holds for check, and where it came from."""
    from analyzer.cli.configured import configured

    found = configured({}, config=config, no_config=no_config)

    from analyzer.config import shown
    from analyzer.gate.suppressions import require_rules
    from analyzer.redaction.redact import redacted_text
    from analyzer.reports.clean import clean, json_safe

    require_rules(found.suppressions)
    if format == "text":
        write([f"{clean(redacted_text(line))}\n" for line in shown.lines(found)], None)
        return
    import msgspec

    document = _each_text(shown.document(found), redacted_text)
    encoded = msgspec.json.format(msgspec.json.encode(document), indent=2).decode()
    write([json_safe(encoded) + "\n"], None)


def _each_text(value: object, change: Callable[[str], str]) -> object:
    """`value` with each text in it changed, but not the names of members."""
    if isinstance(value, dict):
        return {name: _each_text(member, change) for name, member in value.items()}
    if isinstance(value, list):
        return [_each_text(element, change) for element in value]
    return change(value) if isinstance(value, str) else value
