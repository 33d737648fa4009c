"""A deploy whose calls all were refused, though its log calls them successes: only a right clock can tell that.

A refused call is no sign of where a deploy lies that says it succeeded: any bot is refused. But where one writer alone
tried, at the time that is expected, and read the list first as SST does, it is the deploy
(docs/facts/sst-output.md#42-calls-per-operation). Nothing is landed or dropped by it: it tells whose refusal it was.
At any other time it may have been: `elsewhere` names these offsets, and nothing is concluded from them.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from analyzer.verdicts.alignment.decide import Placed
from analyzer.verdicts.alignment.fit import Evidence, Fit
from analyzer.verdicts.alignment.offsets import apart, peaks
from analyzer.verdicts.alignment.score import scored

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from analyzer.verdicts.alignment.logs import Log, Logs
    from analyzer.verdicts.alignment.offsets import Peak
    from analyzer.verdicts.alignment.reads import Reads

_MOST = 3
"""Offsets that are named of a writer."""


def refused(
    logs: Logs,
    reads: Reads,
    places: Mapping[str, Placed],
    centres: Mapping[str, float],
    claimed: Collection[int],
) -> dict[str, Placed]:
    """The deploys of `places` that nothing explains but refused calls at the offset that is expected.

    Args:
        logs: the deploys.
        reads: of lists.
        places: where the deploys lie.
        centres: the offset that is expected of each deploy, where it is not zero.
        claimed: calls of other deploys.
    """
    found: dict[str, tuple[Fit, frozenset[int]]] = {}
    for deploy in _unmatched(places):
        made = _refused(logs.log(deploy), centres.get(deploy, 0.0), claimed)
        if made is not None:
            found[deploy] = made
    shown = reads.own((deploy, made) for deploy, (made, _) in found.items())
    return {
        deploy: Placed(
            deploy,
            "aligned",
            logs.expected(deploy),
            scored(made, 0, 1.0, centres.get(deploy, 0.0)),
            tied=True,
        )
        for deploy, (made, tried) in found.items()
        if tried <= shown.get(deploy, set())
    }


def elsewhere(
    logs: Logs, reads: Reads, places: Mapping[str, Placed], claimed: Collection[int]
) -> dict[str, Placed]:
    """The deploys of `places` that nothing explains, with the offsets at which refused calls could be their own.

    Those at which the writer also read the lists, if there are any: SST reads a list before it writes it.

    Args:
        logs: the deploys.
        reads: of lists.
        places: where the deploys lie.
        claimed: calls of other deploys.
    """
    changed = {}
    for deploy in _unmatched(places):
        log = logs.log(deploy)
        fits = [
            _at(log, writer, peak, claimed)
            for writer, found in _tries(log, claimed).items()
            for peak in apart(found, _MOST)
            if 2 * peak.count >= log.expected
        ]
        shown = [fit for fit in fits if reads.own([(deploy, fit)])]
        if fits:
            changed[deploy] = replace(places[deploy], refused=tuple(shown or fits))
    return changed


def _unmatched(places: Mapping[str, Placed]) -> list[str]:
    return [
        deploy
        for deploy, place in places.items()
        if place.state == "unaligned" and (place.best is None or not place.best.fit.matched)
    ]


def _tries(log: Log, claimed: Collection[int]) -> dict[int, list[Peak]]:
    """The offsets at which each writer's refused calls could be the operations' own, the best first."""
    by_writer: dict[int, dict[int, list[tuple[float, float]]]] = {}
    for number, pairs in log.pairs.items():
        for pair in pairs:
            if pair.ok is False and pair.attempt not in claimed:
                by_writer.setdefault(pair.writer, {}).setdefault(number, []).append((pair.low, pair.high))
    return {writer: peaks(list(of_writer.values())) for writer, of_writer in by_writer.items()}


def _at(log: Log, writer: int, peak: Peak, claimed: Collection[int]) -> Fit:
    """The refused calls of `writer` at the offsets of `peak`."""
    attempts = frozenset(
        pair.attempt
        for pairs in log.pairs.values()
        for pair in pairs
        if pair.writer == writer and pair.ok is False and pair.attempt not in claimed
        if pair.low <= peak.middle <= pair.high
    )
    return Fit(
        (writer,), peak.low, peak.high, {}, attempts, log.expected, log.expected, log.expected, Evidence()
    )


def _refused(log: Log, centre: float, claimed: Collection[int]) -> tuple[Fit, frozenset[int]] | None:
    """The refused calls of one writer at `centre`, and the operations that they fit; None if anybody else called."""
    pairs = {one.number: log.near(one, centre) for one in log.operations}
    calls = [pair for of_one in pairs.values() for pair in of_one if pair.attempt not in claimed]
    writers = {pair.writer for pair in calls}
    tried = frozenset(number for number, of_one in pairs.items() if of_one)
    if len(writers) != 1 or any(pair.ok is not False for pair in calls) or 2 * len(tried) < log.expected:
        return None
    low, high = max(pair.low for pair in calls), min(pair.high for pair in calls)
    if not low <= centre <= high:
        low = high = centre
    attempts = frozenset(pair.attempt for pair in calls)
    most = log.expected
    fit = Fit(tuple(writers), low, high, {}, attempts, most, most, most, Evidence(), centre=centre)
    return fit, tried
