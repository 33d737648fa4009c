"""Logs that are of one deploy, as they are found: which may still come together, and what all of them show.

Two logs are never of one deploy where they have different update ids, where a step names another store, where both have
errors and no request id in common, and where a resource ended well in one and failed in the other.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Log:
    """A log and what it shows.

    Attributes:
        id: of LOG_DEPLOYS.
        source: where it is.
        stack: "" where it is not known.
        kind: of LOG_DEPLOYS.
        form: of LOG_DEPLOYS.
        rank: how exact it is; the exactest has 0.
        events: how many steps it has.
        durations: how many different ones they have.
        asked: whether it is of a deploy that was asked for, not of the context.
        update_id: SST's, or the end of it.
        start: when it began; of a log without times, when its update id was made.
        end: when it ended.
        times: of LOG_DEPLOYS; null where it has none.
        duration: seconds, as it says them.
        did: the row of `what_each_did`.
    """

    id: str
    source: str
    stack: str
    kind: str
    form: str
    rank: int
    events: int
    durations: int
    asked: bool
    update_id: str | None
    start: datetime | None
    end: datetime | None
    times: str | None
    duration: int | None
    did: Mapping[str, object]

    def text(self, name: str) -> str:
        """A text of `did`; "" where there is none."""
        value = self.did.get(name)
        return value if isinstance(value, str) else ""

    def rows(self, name: str) -> list[tuple[str, object]]:
        """A list of pairs of `did`."""
        value = self.did.get(name)
        return [tuple(row.values()) for row in value] if isinstance(value, list) else []

    def names(self, name: str) -> frozenset[str]:
        """A list of texts of `did`."""
        value = self.did.get(name)
        return frozenset(map(str, value)) if isinstance(value, list) else frozenset()


@dataclass(slots=True)
class Cluster:
    """Logs of one deploy, and what they show together."""

    logs: list[Log]
    ids: set[str] = field(default_factory=set)
    stores: dict[str, set[str]] = field(default_factory=dict)
    requests: set[str] = field(default_factory=set)
    done: set[str] = field(default_factory=set)
    failed: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, log: Log) -> Self:
        """The cluster of one log."""
        stores: dict[str, set[str]] = {}
        for step, store in log.rows("stores"):
            stores.setdefault(step, set()).add(str(store))
        ids = {log.update_id} if log.update_id else set()
        done, failed = log.names("done"), log.names("failed")
        return cls([log], ids, stores, set(log.names("requests")), set(done), set(failed))

    @property
    def timed(self) -> Log | None:
        """One of its logs that has times."""
        return next((log for log in self.logs if log.times), None)

    def take(self, other: Self) -> None:
        """Takes the logs of another cluster."""
        self.logs += other.logs
        for step, stores in other.stores.items():
            self.stores.setdefault(step, set()).update(stores)
        self.ids |= other.ids
        self.requests |= other.requests
        self.done |= other.done
        self.failed |= other.failed

    def contradicts(self, other: Self) -> bool:
        """Whether these are two deploys, whatever else is alike."""
        return (
            any(not (a.endswith(b) or b.endswith(a)) for a in self.ids for b in other.ids)
            or any(
                step in other.stores and other.stores[step].isdisjoint(its)
                for step, its in self.stores.items()
            )
            or bool(self.requests and other.requests and self.requests.isdisjoint(other.requests))
            or bool((self.done - self.failed) & (other.failed - other.done))
            or bool((other.done - other.failed) & (self.failed - self.done))
        )


class Clusters:
    """The clusters of all logs; each begins as that of one.

    Args:
        logs: in the order in which they were given.
    """

    def __init__(self, logs: Iterable[Log]) -> None:
        self._order = {log.id: place for place, log in enumerate(logs)}
        self._of = {log.id: Cluster.of(log) for log in logs}

    def of(self, log: Log) -> Cluster:
        """The cluster that a log is in."""
        return self._of[log.id]

    def may_join(self, log: Log, other: Log) -> bool:
        """Whether two logs can still be of one deploy."""
        return self.of(log) is self.of(other) or not self.of(log).contradicts(self.of(other))

    def join(self, log: Log, other: Log) -> None:
        """Two logs are of one deploy."""
        large, small = self.of(log), self.of(other)
        if large is small:
            return
        if len(large.logs) < len(small.logs):
            large, small = small, large
        large.take(small)
        for each in small.logs:
            self._of[each.id] = large

    def join_if_possible(self, log: Log, other: Log) -> None:
        """Two logs are of one deploy, unless they contradict each other."""
        if self.may_join(log, other):
            self.join(log, other)

    def into(self) -> dict[str, str]:
        """For each log but the one that stays its deploy's: that. The exactest stays, the longest, the first."""
        best = {
            id(cluster): min(cluster.logs, key=lambda log: (log.rank, -log.events, self._order[log.id])).id
            for cluster in self._of.values()
        }
        pairs = ((log, best[id(cluster)]) for log, cluster in self._of.items())
        return {log: stays for log, stays in pairs if log != stays}
