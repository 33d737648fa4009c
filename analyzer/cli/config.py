"""`lostwrite config`: what holds for `check`, and where each value came from."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from analyzer.cli.configured import configured
from analyzer.cli.gating import ConfigFile, NoConfig
from analyzer.cli.streams import write


def config(
    *,
    config: ConfigFile = None,
    no_config: NoConfig = False,
    format: Annotated[  # noqa: A002 - the option's name
        Literal["text", "json"], typer.Option(help="As a table, or as JSON.")
    ] = "text",
) -> None:
    """Show what holds for check, and where it came from."""
    found = configured({}, config=config, no_config=no_config)

    from analyzer.config import shown
    from analyzer.gate.suppressions import require_rules
    from analyzer.redaction.redact import redacted_text
    from analyzer.reports.clean import clean, json_safe

    require_rules(found.suppressions)
    if format == "text":
        lines = shown.text(found).splitlines()
        write([*(f"{clean(redacted_text(line))}\n" for line in lines)], None)
        return
    import msgspec

    encoded = msgspec.json.format(msgspec.json.encode(shown.document(found)), indent=2).decode()
    write([redacted_text(json_safe(encoded)) + "\n"], None)
