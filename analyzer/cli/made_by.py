"""The command line that asked for a report, for the reports that name it; what looks like a credential is taken out."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import typer


def made_by(context: typer.Context) -> str | None:
    """The command line, as a shell would take it; None where the program was not started by one."""
    from analyzer.redaction.redact import redacted_text

    words = context.find_root().obj
    return None if words is None else redacted_text(shlex.join(["lostwrite", *words]))
