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

    Those that are led may still lie elsewhere: they are judged again. A call on a list that many stacks share says
    nothing of where deploys lie that are known by keys of their own: whose it is, is left to the match.
    """
    changed: dict[str, Placed] = {}
    for attempt, deploys in _claims(places).items():
        if len(deploys) > 1 and not all(_is_beside(places[deploy], attempt) for deploy in deploys):
            ordered = sorted((places[deploy] for deploy in deploys), key=lambda place: -place.score)
            leads = ordered[0].score - ordered[1].score >= THRESHOLD
            for place in ordered[1:] if leads else ordered:
                doubt = None if leads and place.deploy not in changed else "claimed"
                changed[place.deploy] = replace(place, state="ambiguous", doubt=doubt)
    return changed


def _is_beside(place: Placed, attempt: int) -> bool:
    """Whether a call is only one of a list, beside calls on keys that no other run put."""
    if place.best is None or not place.best.fit.evidence.own:
        return False
    fit = place.best.fit
    taking = {number for number, pairs in fit.taken.items() if any(pair.attempt == attempt for pair in pairs)}
    return bool(taking) and taking <= fit.lists


def _claims(places: Mapping[str, Placed]) -> dict[int, list[str]]:
    claims: dict[int, list[str]] = {}
    for deploy, place in places.items():
        if place.state == "aligned" and place.best is not None:
            for attempt in place.best.fit.attempts:
                claims.setdefault(attempt, []).append(deploy)
    return claims
