"""One deploy's operations and the calls that may be theirs, as Python objects, made when they are asked for.

All deploys' pairs may be a million: the tables hold them, and a `Log` lives as long as its deploy is looked at.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import polars as pl

from analyzer.verdicts.alignment.offsets import Operation, Pair
from analyzer.verdicts.alignment.pairs import at_offsets, in_reach

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from analyzer.verdicts.alignment.attempts import Attempts
    from analyzer.verdicts.alignment.operations import Operations

_OPERATION = (
    "number", "start", "end", "route", "succeeded", "expected", "born", "keys", "batches", "party", "list",
    "unrecorded_since",
)  # fmt: skip
_PAIR = ("number", "attempt", "at", "ok", "writer", "store", "size", "sole", "first", "known")

_KEPT = 100_000
"""Pairs of the logs that are kept at a time."""

_LAST_CALL = 5.0
"""Seconds before its end in which an operation made the call that its error names: the call's failure ended it."""


@dataclass(frozen=True, slots=True)
class Log:
    """One deploy.

    Attributes:
        deploy: its id.
        start: when it began, in seconds by its clock.
        end: when it ended.
        operations: by earliest end.
        pairs: of each operation, by time.
        voting: the operations whose calls vote for an offset; the others only confirm one.
        stores: that its operations name.
        named: whose calls the log names by their request ids: the writer, and the offsets at which each fits.
        narrow: whether only offsets near zero were looked at.
        lists: the operations on lists that others write too.
        purged: the namespaces of updates of which the log does not tell the keys.
    """

    deploy: str
    start: float
    end: float
    operations: Sequence[Operation]
    pairs: Mapping[int, Sequence[Pair]]
    voting: frozenset[int]
    stores: frozenset[str]
    named: Sequence[tuple[int, float, float]]
    narrow: bool
    lists: frozenset[int]
    purged: frozenset[str] = frozenset()
    _moments: dict[int, Sequence[float]] = field(default_factory=dict)
    _at: dict[int, Sequence[float]] = field(default_factory=dict)

    @property
    def moments(self) -> Mapping[int, Sequence[float]]:
        """When each writer made calls that fit an operation, whatever the offset, by time."""
        if not self._moments:
            self._moments.update(self.moments_without(()))
        return self._moments

    def moments_without(self, claimed: Collection[int]) -> Mapping[int, Sequence[float]]:
        """`moments`, without those of calls that other deploys claim."""
        times: dict[int, set[float]] = {}
        for pairs in self.pairs.values():
            for pair in pairs:
                if pair.attempt not in claimed:
                    times.setdefault(pair.writer, set()).add(pair.at)
        return {writer: sorted(found) for writer, found in times.items()}

    def meets(self, claimed: Collection[int]) -> bool:
        """Whether a call that may be an operation's own is in `claimed`."""
        return any(pair.attempt in claimed for pairs in self.pairs.values() for pair in pairs)

    @property
    def expected(self) -> int:
        """How many operations made calls, as the log says."""
        return sum(operation.expected for operation in self.operations)

    def near(self, operation: Operation, offset: float) -> list[Pair]:
        """The calls that may be the operation's own at `offset`, by time."""
        pairs = self.pairs.get(operation.number, ())
        if not pairs:
            return []
        at = self._at.get(operation.number)
        if at is None:
            at = self._at[operation.number] = [pair.at for pair in pairs]
        first = bisect_left(at, operation.start - offset - 1)
        return list(pairs[first : bisect_right(at, operation.end - offset + 1)])


class Logs:
    """The deploys that have operations with times, each built anew by `log`."""

    def __init__(self, deploys: pl.DataFrame, ops: Operations, found: Attempts) -> None:
        self._ops, self._found = ops, found
        self._kept: dict[str, Log] = {}
        self._whole: dict[str, Log] = {}
        self._room = _KEPT
        self._reach = in_reach(ops, found)
        table = ops.table.select("deploy", *_OPERATION).sort("number")
        numbers = table.group_by("deploy", maintain_order=True).agg(
            pl.col("start", "number").min(),
            pl.col("end").max(),
            pl.col("expected").sum(),
            last=pl.col("number").max(),
        )
        told = deploys.select(
            deploy="id",
            began=pl.col("started_at").dt.epoch("us") / 1_000_000,
            ended=pl.col("ended_at").dt.epoch("us") / 1_000_000,
        )
        self._spans = numbers.join(told, on="deploy", how="left", maintain_order="left").select(
            "deploy",
            "number",
            "last",
            "expected",
            start=pl.min_horizontal("start", "began"),
            end=pl.max_horizontal("end", "ended"),
        )
        self._place = {deploy: place for place, deploy in enumerate(self._spans["deploy"])}
        self._expected = [int(count) for count in self._spans["expected"]]
        self._times = self._spans.select("start", "end").rows()
        self._table = _Parts(table.drop("deploy"), self._spans)
        self._voting = _Parts(self._pairs(self._reach.voting), self._spans)
        self._confirming: _Parts | None = None
        self._named = _Parts(found.named.select("number", "writer", "at").sort("number"), self._spans)
        of_log = ops.needs.filter(pl.col("namespace").ne_missing(pl.lit("*"))).drop_nulls("store")
        named = of_log.join(ops.table.select("number", "deploy"), on="number")
        stores = named.group_by("deploy").agg(pl.col("store").unique())
        self._stores = {deploy: frozenset(names) for deploy, names in stores.iter_rows()}
        updates = ops.table.filter((pl.col("born") < 0) & (pl.col("keys") == 0)).select("number", "deploy")
        purged = updates.join(ops.needs.filter(pl.col("effect") == "put"), on="number").drop_nulls(
            "namespace"
        )
        deleting = ops.needs.filter(pl.col("effect") == "delete").join(
            ops.table.select("number", "deploy"), on="number"
        )
        purged = purged.join(deleting, on=["deploy", "namespace"], how="anti")
        of_deploys = purged.group_by("deploy").agg(pl.col("namespace").unique())
        self._purged = {deploy: frozenset(names) for deploy, names in of_deploys.iter_rows()}

    def confirm_at(self, offsets: Mapping[str, Collection[float]]) -> None:
        """Looks up what only confirms an offset, at the offsets of each deploy."""
        if not self._reach.confirming.is_empty():
            pairs = at_offsets(self._reach.confirming, offsets, self._ops, self._found)
            self._confirming = _Parts(self._pairs(pairs), self._spans)
            self._whole.clear()

    def deploys(self) -> list[str]:
        """Their ids."""
        return list(self._place)

    def is_narrow(self, deploy: str) -> bool:
        """Whether only offsets near zero were looked at."""
        return deploy in self._reach.narrow

    def expected(self, deploy: str) -> int:
        """How many operations of a deploy made calls, as its log says."""
        return self._expected[self._place[deploy]]

    def log(self, deploy: str) -> Log:
        """The log of one deploy, kept for as long as it is small beside all that are kept."""
        whole = self._whole.get(deploy)
        if whole is None:
            made = self._kept.get(deploy)
            is_new = made is None
            made = self._made(deploy) if made is None else made
            whole = self._confirmed(made)
            if is_new:
                self._room -= sum(map(len, whole.pairs.values()))
            if self._room > 0:
                self._kept[deploy], self._whole[deploy] = made, whole
        return whole

    def _pairs(self, pairs: pl.DataFrame) -> pl.DataFrame:
        """PAIRS with the offsets at which each fits, in order."""
        times = self._ops.table.select("number", "start", "end")
        low, high = pl.col("start") - pl.col("at") - 1, pl.col("end") + 1 - pl.col("at")
        timed = pairs.select(_PAIR).sort("number", "at", "attempt")
        return timed.join(times, on="number", maintain_order="left").select(*_PAIR, low=low, high=high)

    def _confirmed(self, made: Log) -> Log:
        """With the calls that only confirm an offset, where they were looked up."""
        rows = [] if self._confirming is None else self._confirming.rows(self._place[made.deploy])
        return replace(made, pairs=_by_operation(rows, made.pairs), _moments={}, _at={}) if rows else made

    def _made(self, deploy: str) -> Log:
        place = self._place[deploy]
        operations = list(map(Operation._make, self._table.rows(place)))
        by_number = {operation.number: operation for operation in operations}
        voting = _by_operation(self._voting.rows(place), {})
        operations.sort(key=lambda operation: (operation.end, operation.start, operation.number))
        named = [
            (writer, max(one.start, one.end - _LAST_CALL) - at - 1, one.end + 1 - at)
            for number, writer, at in self._named.rows(place)
            for one in [by_number[number]]
        ]
        start, end = self._times[place]
        return Log(
            deploy,
            start,
            end,
            operations,
            voting,
            frozenset(voting),
            self._stores.get(deploy, frozenset()),
            named,
            deploy in self._reach.narrow,
            frozenset(operation.number for operation in operations if operation.route),
            self._purged.get(deploy, frozenset()),
        )


def _by_operation(
    rows: Sequence[tuple[Any, ...]], pairs: Mapping[int, Sequence[Pair]]
) -> dict[int, Sequence[Pair]]:
    """`pairs` with those of `rows`, which begin with the operation's number."""
    found: dict[int, list[Pair]] = {}
    for row in rows:
        found.setdefault(row[0], []).append(Pair._make(row[1:]))
    return {**pairs, **{number: [*pairs.get(number, ()), *added] for number, added in found.items()}}


class _Parts:
    """A frame that is sorted by `number`, cut into the rows of each deploy."""

    def __init__(self, frame: pl.DataFrame, spans: pl.DataFrame) -> None:
        self._frame = frame
        self._first = frame["number"].search_sorted(spans["number"], "left").to_list()
        self._past = frame["number"].search_sorted(spans["last"], "right").to_list()

    def rows(self, place: int) -> list[tuple[Any, ...]]:
        """The rows of the deploy at `place`."""
        first, past = self._first[place], self._past[place]
        return self._frame.slice(first, past - first).rows() if past > first else []
