"""The severities and confidences of findings. They are not in `tables`: the command line needs them before polars."""

from __future__ import annotations

from typing import Literal, get_args

Severity = Literal["error", "warning", "note"]
SEVERITIES: tuple[Severity, ...] = get_args(Severity)
"""From the worst on."""

Confidence = Literal["low", "high", "proven"]
LEAST_CONFIDENT: tuple[Confidence, ...] = get_args(Confidence)
"""From the least sure on."""
