"""What a source was detected as, and why."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Identity:
    """What a source is.

    Attributes:
        kind: that of a deploy log (`identify_json`, `identify_text`), of a form of CloudTrail (`identify_trail`),
            key-listing or unknown.
        reason: why, in one clause: what was seen, or for `unknown` what it is instead.
        tool: whose lines were seen, where they are of one tool alone.
    """

    kind: str
    reason: str
    tool: str | None = None


def unknown(reason: str) -> Identity:
    """What is of no kind: `reason` says what it is instead."""
    return Identity("unknown", reason)
