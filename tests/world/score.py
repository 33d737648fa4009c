"""What a run counted: truth by verdict, and every disagreement."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

EXACT, TEXT, TERMINAL = "event log", "text", "terminal"
FORMS = (EXACT, TEXT, TERMINAL)
GRAVE = ("dropped", "landed", "lost", "unverifiable")
"""A false verdict of these fails the run. An `unverifiable` is false if it says that one of several writes was lost, or
never made, and none was."""


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A verdict that is not the truth, or a miss."""

    seed: int
    form: str
    what: str
    truth: str
    verdict: str
    place: str

    @property
    def grave(self) -> bool:
        """Whether it fails the run."""
        return self.what == "too sure" or (self.what == "false" and self.verdict in GRAVE)

    def __str__(self) -> str:
        return (
            f"seed {self.seed} ({self.form}): {self.what}: {self.verdict}, truth {self.truth}: {self.place}"
        )


@dataclass
class Score:
    """Counts per (form, fate, verdict), and what to look at."""

    counts: Counter[tuple[str, str, str, str]] = field(default_factory=Counter)
    disagreements: list[Disagreement] = field(default_factory=list)
    scenarios: int = 0
    writes: int = 0

    def add(self, other: Score) -> None:
        """Takes in another score."""
        self.counts.update(other.counts)
        self.disagreements.extend(other.disagreements)
        self.scenarios += other.scenarios
        self.writes += other.writes
