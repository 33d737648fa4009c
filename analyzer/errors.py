"""The errors that the core raises; the CLI turns each into one sentence and an exit code.

LostwriteError
├── UsageError      the question makes no sense (exit 2)
│   └── ExtraError  a library that an extra brings is not installed
├── InputError      an input is missing or unusable (exit 3), with the place
└── GrammarError    a grammar file cannot be compiled: a defect of this project (exit 4)
"""

from __future__ import annotations


class LostwriteError(Exception):
    """Root of every error that this project raises on purpose."""


class UsageError(LostwriteError):
    """The options contradict each other or cannot be read."""


class ExtraError(UsageError):
    """A library that an extra brings is not installed; the sentence says which extra."""


class InputError(LostwriteError):
    """An input is missing or nothing in it can be used.

    Attributes:
        source: the path (or address) as the user gave it.
        reason: one clause, lower case, without a full stop.
    """

    def __init__(self, source: str, reason: str) -> None:
        super().__init__(f"{source}: {reason}")
        self.source = source
        self.reason = reason


class GrammarError(LostwriteError):
    """A file of `grammars/` holds a form that is not regular, or that the engine cannot run."""

    def __init__(self, grammar: str, rule: str, reason: str) -> None:
        super().__init__(f"grammars/{grammar}: rule {rule}: {reason}")
        self.grammar = grammar
        self.rule = rule
        self.reason = reason
