"""What an audit says while it runs, as values: who shows it decides how."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Step = Literal["looking", "reading logs", "reading trail", "judging", "publishing", "writing pages"]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a step is.

    Attributes:
        step: what is done.
        done: how much of it: files, deploys, or partitions.
        of: of how many.
        bytes: that were read so far in this step, as stored.
        of_bytes: of how many.
        problems: inputs with a problem so far, of all steps.
    """

    step: Step
    done: int
    of: int
    bytes: int = 0
    of_bytes: int = 0
    problems: int = 0


Listener = Callable[[Progress], None]


def silent(_: Progress) -> None:
    """Shows nothing."""
