"""One form of line, compiled: what `regular` makes of a rule, and `compiled` keeps."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Form:
    """One form of line.

    Attributes:
        name: the rule.
        pattern: the form as a Rust pattern, anchored at both ends.
        prefixes: every line of the form starts with one of these; ("",) where nothing is known.
        groups: its captures, lower case, in order.
        required: the captures that take part in every match.
    """

    name: str
    pattern: str
    prefixes: tuple[str, ...]
    groups: tuple[str, ...]
    required: frozenset[str]

    @property
    def search(self) -> str:
        """The form as a Rust pattern without anchors, to find it inside a longer text."""
        return self.pattern.removeprefix("^").removesuffix("$")
