"""The severities of findings. They are not in `tables`, because the command line needs them before polars is loaded."""

from __future__ import annotations

from typing import Literal, get_args

Severity = Literal["error", "warning", "note"]
SEVERITIES: tuple[Severity, ...] = get_args(Severity)
"""From the worst on."""
