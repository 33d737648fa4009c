"""The severities of findings. Apart from the tables: the command line asks for them before it loads anything heavy."""

from __future__ import annotations

from typing import Literal, get_args

Severity = Literal["error", "warning", "note"]
SEVERITIES: tuple[Severity, ...] = get_args(Severity)
"""From the worst on."""
