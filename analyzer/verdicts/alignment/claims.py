"""Aligned deploys claim their calls: no call is two deploys'."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from analyzer.verdicts.alignment.score import THRESHOLD

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analyzer.verdicts.alignment.decide import Placed


def claimed(places: Mapping[str, Placed]) -> frozenset[int]:
    """The calls of the aligned deploys."""
    return frozenset(_claims(places))


def contested(places: Mapping[str, Placed]) -> dict[str, Placed]:
    """The aligned deploys that claim a call which another claims: one that leads keeps it, else all are in doubt.

    Those that are led may still lie elsewhere: they are judged again.
    """
    changed: dict[str, Placed] = {}
    for deploys in _claims(places).values():
        if len(deploys) > 1:
            ordered = sorted((places[deploy] for deploy in deploys), key=lambda place: -place.score)
            leads = ordered[0].score - ordered[1].score >= THRESHOLD
            for place in ordered[1:] if leads else ordered:
                doubt = None if leads and place.deploy not in changed else "claimed"
                changed[place.deploy] = replace(place, state="ambiguous", doubt=doubt)
    return changed


def _claims(places: Mapping[str, Placed]) -> dict[int, list[str]]:
    claims: dict[int, list[str]] = {}
    for deploy, place in places.items():
        if place.state == "aligned" and place.best is not None:
            for attempt in place.best.fit.attempts:
                claims.setdefault(attempt, []).append(deploy)
    return claims
