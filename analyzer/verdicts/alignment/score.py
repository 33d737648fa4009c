"""How likely one explanation of a deploy's calls is, against that the deploy is not in the trail and another run is.

Evidence is only what another run of the same stack would not show: keys of its own, the birth of a namespace, moments
that agree, and no calls or operations that are left over (docs/facts/alignment.md#1-event-logs-the-estimator has the
terms and how they were chosen).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analyzer.verdicts.alignment.candidates import NEAR

if TYPE_CHECKING:
    from analyzer.verdicts.alignment.fit import Fit

THRESHOLD = 5.0
"""What the best must score, and by how much it must lead."""

FARTHEST = 3602.0
"""Seconds by which a clock may be off."""

_SPAN = 7400.0
"""Seconds in which other runs are looked for."""

_ABSENT = 0.05
"""How often a deploy is not in the trail."""

_DENSITIES = ((NEAR, 0.9 / 7), (120.0, 0.07 / 235), (math.inf, 0.03 / 7200))
"""What clocks do: up to how far they are off, and how likely each second of it is."""


@dataclass(frozen=True, slots=True)
class Scored:
    """A fit, and what it scores.

    Attributes:
        fit: the fit.
        extras: write attempts of its writers within the deploy that no operation explains.
        evidence: its score but for where its offset lies.
        prior: what its offset adds.
        near: whether the offset is the one that is expected.
        distance: seconds between the offset that is expected and the nearest at which it holds.
    """

    fit: Fit
    extras: int
    evidence: float
    prior: float
    near: bool
    distance: float

    @property
    def score(self) -> float:
        """The score."""
        return self.evidence + self.prior


def scored(fit: Fit, extras: int, runs: float, centre: float) -> Scored:
    """The score of `fit`.

    Args:
        fit: the fit.
        extras: write attempts of its writers within the deploy that it does not take.
        runs: how many runs in reach have calls that fit.
        centre: the offset that is expected.
    """
    shown = fit.evidence
    evidence = (
        -math.log(_ABSENT * runs / _SPAN)
        + 6.0 * min(2, shown.own)
        + 2.5 * max(-2, min(2, shown.births))
        + shown.worth
        - 2.3 * fit.surprises
        - 1.9 * extras
        - 1.15 * shown.partial
    )
    distance = max(fit.low - centre, centre - fit.high, 0.0)
    density = next(density for limit, density in _DENSITIES if distance <= limit)
    return Scored(fit, extras, evidence, math.log(density), distance <= NEAR, distance)
