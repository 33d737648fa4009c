"""Places each deploy: alone, then with the other logs of the machine, then without the calls that others claim."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from analyzer.verdicts.alignment.candidates import candidates, runs, votes
from analyzer.verdicts.alignment.decide import Placed, decided
from analyzer.verdicts.alignment.fit import fit
from analyzer.verdicts.alignment.group import Group, Vote, group
from analyzer.verdicts.alignment.score import THRESHOLD, scored

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from analyzer.verdicts.alignment.extras import Activity, Query
    from analyzer.verdicts.alignment.fit import Fit
    from analyzer.verdicts.alignment.logs import Log, Logs


@dataclass(frozen=True, slots=True)
class Places:
    """Where the deploys lie.

    Attributes:
        by_deploy: of each deploy that has operations with times.
        group: the offset that the logs share, if they do.
    """

    by_deploy: dict[str, Placed]
    group: Group | None


def placed(logs: Logs, callers: Sequence[str | None], activity: Activity, *, together: bool = True) -> Places:
    """Places every deploy of `logs`.

    Args:
        logs: the deploys.
        callers: who each writer is.
        activity: all that writers did.
        together: whether the logs vote for an offset, and claim calls before each other.
    """
    deploys = list(logs)
    agreed = group(_votes(logs, deploys), len(deploys)) if together else None
    centre = 0.0 if agreed is None else agreed.offset
    by_deploy = _judged(logs, deploys, callers, activity, centre, {})
    if not together:
        return Places(by_deploy, None)
    by_deploy |= _contested(by_deploy)
    claimed = set(_claims(by_deploy))
    rest = [deploy for deploy, place in by_deploy.items() if place.state != "aligned" and place.doubt is None]
    if claimed and rest:
        by_deploy |= _judged(logs, rest, callers, activity, centre, claimed)
        by_deploy |= _contested(by_deploy)
    return Places(by_deploy, agreed)


def _votes(logs: Logs, deploys: Sequence[str]) -> list[Vote]:
    found: list[Vote] = []
    for number, deploy in enumerate(deploys):
        log = logs.log(deploy)
        expected = sum(operation.expected for operation in log.operations)
        for peaks in votes(log).values():
            found.extend(
                Vote(number, peak.middle, peak.count) for peak in peaks if 2 * peak.count >= expected
            )
    return found


def _judged(
    logs: Logs,
    deploys: Sequence[str],
    callers: Sequence[str | None],
    activity: Activity,
    centre: float,
    claimed: Collection[int],
) -> dict[str, Placed]:
    """Each deploy by itself, without the calls in `claimed`."""
    fits: list[tuple[str, int, Fit]] = []
    queries: list[Query] = []
    owners: list[int] = []
    for deploy in deploys:
        log = logs.log(deploy)
        count = runs(log)
        for candidate in candidates(log, votes(log, claimed), callers, {0.0, centre}):
            made = fit(log.operations, log.pairs, candidate.writers, candidate.offset, claimed)
            if made.matched:
                asked = list(_queries(log, made))
                owners.extend([len(fits)] * len(asked))
                queries.extend(asked)
                fits.append((deploy, count, made))
    totals = [0] * len(fits)
    for owner, count in zip(owners, activity.counts(queries) if queries else [], strict=True):
        totals[owner] += count
    by_deploy: dict[str, list[tuple[int, int, Fit]]] = {deploy: [] for deploy in deploys}
    for (deploy, count, made), total in zip(fits, totals, strict=True):
        by_deploy[deploy].append((count, max(0, total - len(made.attempts)), made))
    return {
        deploy: decided(deploy, [scored(made, extra, count, centre) for count, extra, made in of_deploy])
        for deploy, of_deploy in by_deploy.items()
    }


def _queries(log: Log, made: Fit) -> Iterable[Query]:
    stores = log.stores | {pair.store for pairs in made.taken.values() for pair in pairs}
    for writer in made.writers:
        for store in sorted(stores):
            yield writer, store, log.start - made.offset - 1, log.end - made.offset + 1


def _claims(by_deploy: dict[str, Placed]) -> dict[int, list[str]]:
    claims: dict[int, list[str]] = {}
    for deploy, place in by_deploy.items():
        if place.state == "aligned" and place.best is not None:
            for attempt in place.best.fit.attempts:
                claims.setdefault(attempt, []).append(deploy)
    return claims


def _contested(by_deploy: dict[str, Placed]) -> dict[str, Placed]:
    """The aligned deploys that claim a call which another claims: one that leads keeps it, else all are in doubt."""
    doubtful: dict[str, Placed] = {}
    for deploys in _claims(by_deploy).values():
        if len(deploys) > 1:
            ordered = sorted((by_deploy[deploy] for deploy in deploys), key=lambda place: -_score(place))
            leads = _score(ordered[0]) - _score(ordered[1]) >= THRESHOLD
            for place in ordered[1:] if leads else ordered:
                doubt = None if leads else "claimed"
                doubtful[place.deploy] = replace(place, state="ambiguous", doubt=doubt)
    return doubtful


def _score(place: Placed) -> float:
    return 0.0 if place.best is None else place.best.score
