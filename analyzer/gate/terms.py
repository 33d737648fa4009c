"""What a run is asked to fail on, as values. Nothing heavy is loaded here: the command line reads it early."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from analyzer.severities import Confidence, Severity

CRITERIA = ("rule", "key", "resource", "store", "app", "stage")
"""What a suppression may ask of a finding, by their names in a configuration."""


@dataclass(frozen=True, slots=True)
class Suppression:
    """A kind of finding that was accepted, with the reason. What it does not name may be anything.

    Attributes:
        reason: why the findings are accepted.
        rule: code or name of a rule, or a glob (`LW3*`) of either, in any case of letters.
        key: glob of the key of the write that a finding is about.
        resource: glob of its resource's name, with or without the class that SST appends.
        store: glob of the store's ARN, or of the id in it.
        app: application or project of the deploy.
        stage: stage of the deploy.
        expires: the last day on which it holds.
        source: the file that it stands in.
        line: the line of the file, from 1.
    """

    reason: str
    rule: str | None = None
    key: str | None = None
    resource: str | None = None
    store: str | None = None
    app: str | None = None
    stage: str | None = None
    expires: date | None = None
    source: str | None = None
    line: int | None = None

    def criteria(self) -> dict[str, str]:
        """What it asks, by name."""
        return {name: value for name in CRITERIA if (value := getattr(self, name)) is not None}

    def __str__(self) -> str:
        return ", ".join(f"{name} {value}" for name, value in self.criteria().items())


@dataclass(frozen=True, slots=True)
class Terms:
    """What counts for the exit code.

    Attributes:
        fail_on: the least severity that counts.
        min_confidence: the least confidence that counts. A finding without a confidence always does.
        fail_on_doubt: whether a write that is `unverifiable` counts, whatever its findings are.
        suppressions: findings that were accepted one by one.
        baseline: the file of findings that were there before.
        today: the day by which suppressions expire; None: none does.
    """

    fail_on: Severity = "error"
    min_confidence: Confidence = "low"
    fail_on_doubt: bool = False
    suppressions: tuple[Suppression, ...] = ()
    baseline: str | Path | None = None
    today: date | None = None
