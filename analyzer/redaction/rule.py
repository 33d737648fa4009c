"""`Rule`: one kind of credential that the redactor takes out, and the marks that rules put into a text."""

from __future__ import annotations

from typing import NamedTuple

MARK = "[redacted]"

SHUT = "\ufdd0"
"""A noncharacter of Unicode that stands, between the steps of a rule, before what the rule shall leave alone.

Rust's regular expressions cannot look ahead, so that "but not" takes a step of its own.
"""

EDGE = "\ufdd1"
"""Another one, put behind an escaped line break or a colour: their last letter belongs to no name or token."""


class Rule(NamedTuple):
    """A kind of credential.

    Attributes:
        head: a pattern that each text has in which the rule can find something. It is cheap: classes are ASCII, since
            those of Unicode take long to compile, and repetitions of a fixed length are short, since each of their
            characters is a state of the automaton.
        steps: patterns and replacements, in order.
    """

    head: str
    steps: tuple[tuple[str, str], ...]
