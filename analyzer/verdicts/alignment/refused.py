"""A deploy whose calls all were refused, though its log calls them successes: only a right clock can tell that.

A refused call is no sign of where a deploy lies that says it succeeded: any bot is refused. But where one writer alone
tried, at the time that is expected, and read the list first as SST does, it is the deploy
(docs/facts/sst-output.md#42-calls-per-operation). Nothing is landed or dropped by it: it tells whose refusal it was.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.verdicts.alignment.decide import Placed
from analyzer.verdicts.alignment.fit import Evidence, Fit
from analyzer.verdicts.alignment.score import scored

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from analyzer.verdicts.alignment.logs import Log, Logs
    from analyzer.verdicts.alignment.reads import Reads


def refused(
    logs: Logs, reads: Reads, places: Mapping[str, Placed], centre: float, claimed: Collection[int]
) -> dict[str, Placed]:
    """The deploys of `places` that nothing explains but refused calls at the offset that is expected.

    Args:
        logs: the deploys.
        reads: of lists.
        places: where the deploys lie.
        centre: the offset that is expected.
        claimed: calls of other deploys.
    """
    found: dict[str, tuple[Fit, frozenset[int]]] = {}
    for deploy, place in places.items():
        if place.state == "unaligned" and (place.best is None or not place.best.fit.matched):
            made = _refused(logs.log(deploy), centre, claimed)
            if made is not None:
                found[deploy] = made
    shown = reads.own((deploy, made) for deploy, (made, _) in found.items())
    return {
        deploy: Placed(deploy, "aligned", logs.expected(deploy), scored(made, 0, 1.0, centre), tied=True)
        for deploy, (made, tried) in found.items()
        if tried <= shown.get(deploy, set())
    }


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
    fit = Fit(tuple(writers), low, high, {}, attempts, log.expected, log.expected, Evidence(), centre=centre)
    return fit, tried
