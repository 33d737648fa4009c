"""What a run counted: truth by verdict, leanings, alignments, times, and every disagreement."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

EXACT, TEXT, TERMINAL, CI, UNTIMED = "event log", "text", "terminal", "ci", "untimed"
KIND_FORMS = (EXACT, TEXT, TERMINAL)
"""The forms of a world without hostility: text has the right window."""
FORMS = (*KIND_FORMS, CI, UNTIMED)
GRAVE = ("dropped", "landed", "lost", "unverifiable")
"""A false verdict of these fails the run, unless it is a `landed` with low confidence. An `unverifiable` is false if it
says without a leaning that one of several writes was lost, or never made, and none was."""
FALSE, FALSE_LOW, TOO_SURE = "false", "false, but low", "too sure"
UNTRUE_CAUSE, ANOTHERS = "untrue cause", "another's call"
"""A right verdict for a wrong reason: `never_attempted` of a write that was attempted (where records are missing, a
drop has no cause), and `landed` by a call that another operation made, or none."""


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
        return self.what == TOO_SURE or (self.what == FALSE and self.verdict in GRAVE)

    def __str__(self) -> str:
        return (
            f"seed {self.seed} ({self.form}): {self.what}: {self.verdict}, truth {self.truth}: {self.place}"
        )


@dataclass
class Score:
    """Counts, and what to look at.

    Attributes:
        counts: by (form, fate, verdict, level).
        leanings: of doubts, by (form, leaning, whether the truth is that).
        alignments: of deploys, by (form, where, state, whether it is right): see `aligned.py`.
        milliseconds: of each run of the analyser, by form: what it took for a deploy.
    """

    counts: Counter[tuple[str, str, str, str]] = field(default_factory=Counter)
    leanings: Counter[tuple[str, str, bool]] = field(default_factory=Counter)
    alignments: Counter[tuple[str, str, str, str]] = field(default_factory=Counter)
    milliseconds: dict[str, list[float]] = field(default_factory=dict)
    disagreements: list[Disagreement] = field(default_factory=list)
    scenarios: int = 0
    writes: int = 0

    def add(self, other: Score) -> None:
        """Takes in another score."""
        self.counts.update(other.counts)
        self.leanings.update(other.leanings)
        self.alignments.update(other.alignments)
        for form, times in other.milliseconds.items():
            self.milliseconds.setdefault(form, []).extend(times)
        self.disagreements.extend(other.disagreements)
        self.scenarios += other.scenarios
        self.writes += other.writes
