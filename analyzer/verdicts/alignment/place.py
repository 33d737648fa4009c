"""Places each deploy: alone, then with the other logs of the machine, then without the calls that others claim."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from analyzer.verdicts.alignment.candidates import NEAR, candidates, runs, votes
from analyzer.verdicts.alignment.claims import claimed, contested
from analyzer.verdicts.alignment.decide import Placed, decided
from analyzer.verdicts.alignment.fit import fit
from analyzer.verdicts.alignment.group import Group, Vote, group
from analyzer.verdicts.alignment.offsets import Peak
from analyzer.verdicts.alignment.refused import elsewhere, refused
from analyzer.verdicts.alignment.score import scored
from analyzer.verdicts.alignment.step import lasting, parted, step, without_parts
from analyzer.verdicts.alignment.window import Given, chosen

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from analyzer.verdicts.alignment.extras import Activity, Query
    from analyzer.verdicts.alignment.fit import Fit
    from analyzer.verdicts.alignment.logs import Log, Logs
    from analyzer.verdicts.alignment.reads import Reads
    from analyzer.verdicts.alignment.score import Scored


Voted = Mapping[int, Sequence[Peak]]
"""The peaks of each writer's calls."""


@dataclass(frozen=True, slots=True)
class Trail:
    """What is asked of the trail about all deploys at once.

    Attributes:
        callers: who each writer is.
        activity: all that writers did.
        reads: of lists.
    """

    callers: Sequence[str | None]
    activity: Activity
    reads: Reads


@dataclass(frozen=True, slots=True)
class Places:
    """Where the deploys lie.

    Attributes:
        by_deploy: of each deploy that has operations with times.
        shared: of each deploy whose machine's logs share an offset: that offset.
    """

    by_deploy: Mapping[str, Placed]
    shared: Mapping[str, Group]


def placed(  # noqa: PLR0913 - what is asked of the trail, and what a person says, each by its name
    logs: Logs,
    trail: Trail,
    *,
    together: bool = True,
    given: Given | None = None,
    asked: Collection[str] = (),
    of: Mapping[str, int] | None = None,
) -> Places:
    """Places every deploy of `logs`.

    Args:
        logs: the deploys.
        trail: what is asked of the trail.
        together: whether the logs vote for an offset, and claim calls before each other.
        given: when the one deploy in `asked` ran, as a person says.
        asked: the deploys that a person asked for.
        of: the group of each deploy; only the logs of one group vote together (`verdicts.groups`).
    """
    voted = {deploy: votes(logs.log(deploy)) for deploy in logs.deploys()}
    shared = _shared(logs, voted, of or {}) if together else {}
    centres = {deploy: agreed.offset for deploy, agreed in shared.items()}
    by_deploy = _judged(logs, voted, trail, centres, frozenset())
    if together:
        led = contested(by_deploy)
        by_deploy |= led
        taken = claimed(by_deploy)
        rest = [
            deploy
            for deploy, place in by_deploy.items()
            if place.state != "aligned" and place.doubt is None
            if deploy in led or logs.log(deploy).meets(taken)
        ]
        if rest:
            again = {deploy: votes(logs.log(deploy), taken) for deploy in rest}
            by_deploy |= _judged(logs, again, trail, centres, taken)
            by_deploy |= contested(by_deploy)
    by_deploy |= trail.reads.doubtful(by_deploy, trail.callers)
    unclear = [place for place in by_deploy.values() if place.state == "ambiguous"]
    taken = claimed(by_deploy)
    by_deploy |= {place.deploy: parted(place, logs.log(place.deploy), taken) for place in unclear}
    if given is not None:
        by_deploy |= {
            deploy: chosen(by_deploy[deploy], logs.log(deploy), given)
            for deploy in asked
            if deploy in by_deploy
        }
    by_deploy |= _looked_into(logs, trail, by_deploy)
    by_deploy |= refused(logs, trail.reads, by_deploy, centres, claimed(by_deploy))
    by_deploy |= elsewhere(logs, trail.reads, by_deploy, claimed(by_deploy))
    return Places(by_deploy, shared)


def _shared(logs: Logs, voted: Mapping[str, Voted], of: Mapping[str, int]) -> dict[str, Group]:
    """The offset that the logs of each group share, if they do, of each of its deploys."""
    groups: dict[int, dict[str, Voted]] = {}
    for deploy, by_writer in voted.items():
        groups.setdefault(of.get(deploy, -1), {})[deploy] = by_writer
    shared: dict[str, Group] = {}
    for members in groups.values():
        agreed = group(_votes(logs, members), len(members))
        if agreed is not None:
            shared |= dict.fromkeys(members, agreed)
    return shared


def _votes(logs: Logs, voted: Mapping[str, Voted]) -> list[Vote]:
    """What the logs say to the group: the offsets at which at least half of a log's operations match."""
    return [
        Vote(number, peak.middle, peak.count)
        for number, (deploy, by_writer) in enumerate(voted.items())
        for least in (logs.expected(deploy) / 2,)
        for peaks in by_writer.values()
        for peak in peaks
        if peak.count >= least
    ]


def _judged(
    logs: Logs,
    voted: Mapping[str, Voted],
    trail: Trail,
    centres: Mapping[str, float],
    taken: Collection[int],
) -> dict[str, Placed]:
    """Each deploy of `voted` by itself, without the calls in `taken`."""
    chosen = {
        deploy: candidates(logs.log(deploy), by_writer, trail.callers, {0.0, centres.get(deploy, 0.0)})
        for deploy, by_writer in voted.items()
    }
    logs.confirm_at({deploy: [one.offset for one in of_deploy] for deploy, of_deploy in chosen.items()})
    fits: list[tuple[str, float, Fit]] = []
    queries: list[tuple[int, Query]] = []
    for deploy in voted:
        log = logs.log(deploy)
        count = runs(log, taken)
        for candidate in chosen[deploy]:
            made = fit(log, candidate, taken).near(centres.get(deploy, 0.0), NEAR)
            if made.matched or candidate.fixed:
                queries.extend((len(fits), query) for query in _queries(log, made, trail.callers))
                fits.append((deploy, count, made))
    extras = [-len(made.attempts) for _, _, made in fits]
    for (owner, _), count in zip(
        queries, trail.activity.counts([query for _, query in queries]), strict=True
    ):
        extras[owner] += count
    explanations: dict[str, list[Scored]] = {deploy: [] for deploy in voted}
    for (deploy, count, made), extra in zip(fits, extras, strict=True):
        explanations[deploy].append(scored(made, max(0, extra), count, centres.get(deploy, 0.0)))
    return {
        deploy: decided(deploy, logs.expected(deploy), found, narrow=logs.is_narrow(deploy))
        for deploy, found in explanations.items()
    }


def _looked_into(logs: Logs, trail: Trail, by_deploy: Mapping[str, Placed]) -> dict[str, Placed]:
    """The aligned deploys of which an operation has no call: whether the clock stepped, and whether a rival ties."""
    open_ones = [
        place
        for place in by_deploy.values()
        if place.state == "aligned" and place.best is not None and place.best.fit.misses
    ]
    read, taken = trail.reads.own(_fits(open_ones)), claimed(by_deploy)
    most = max((len(place.shifted) for place in open_ones), default=0)
    shifts = [trail.reads.own(_shifts(open_ones, number)) for number in range(most)]
    changed: dict[str, Placed] = {}
    for place in open_ones:
        if place.best is not None:
            log, ran = logs.log(place.deploy), read.get(place.deploy, set())
            stepped = step(log, place.best.fit, taken, ran)
            shown = len(place.best.fit.taken.keys() | ran)
            shifted = tuple(
                one
                for one, by_reads in zip(place.shifted, shifts, strict=False)
                if len(one.taken.keys() | by_reads.get(place.deploy, set())) >= shown
            )
            tied = place.by_window or (place.tied and (bool(shifted) or _ties(place, log, shown)))
            last = lasting(log, place.best.fit)
            changed[place.deploy] = without_parts(
                replace(place, stepped=stepped, tied=tied, shifted=shifted, lasting=last)
            )
    return changed


def _fits(places: Iterable[Placed]) -> list[tuple[str, Fit]]:
    return [(place.deploy, place.best.fit) for place in places if place.best is not None]


def _shifts(places: Iterable[Placed], number: int) -> list[tuple[str, Fit]]:
    return [(place.deploy, place.shifted[number]) for place in places if number < len(place.shifted)]


def _ties(place: Placed, log: Log, shown: int) -> bool:
    """Whether a rival shows as many operations still, if those count that their writer's reads show."""
    if log.narrow:
        return True
    return any(len(rival.fit.taken.keys() | log.lists) >= shown for rival in place.rivals)


def _queries(log: Log, made: Fit, callers: Sequence[str | None]) -> Iterable[Query]:
    stores = log.stores | {pair.store for pairs in made.taken.values() for pair in pairs}
    for writer in made.writers:
        if callers[writer] is None and writer != made.writers[0]:
            continue  # calls that do not say who made them are not all the deploy's
        for store in sorted(stores):
            yield writer, store, log.start - made.offset - 1, log.end - made.offset + 1, log.purged
