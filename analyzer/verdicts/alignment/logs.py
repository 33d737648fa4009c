"""One deploy's operations and the calls that may be theirs, as Python objects, made when they are asked for.

All deploys' pairs may be a million: the tables hold them, and a `Log` lives as long as its deploy is looked at.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from analyzer.verdicts.alignment.offsets import Operation, Pair

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from analyzer.verdicts.alignment.operations import Operations

_OPERATION = ("number", "start", "end", "route", "succeeded", "expected", "born", "keys", "batches", "party")
_PAIR = ("number", "attempt", "at", "ok", "writer", "store", "size", "sole", "first")


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
    """

    deploy: str
    start: float
    end: float
    operations: Sequence[Operation]
    pairs: Mapping[int, Sequence[Pair]]
    voting: frozenset[int]
    stores: frozenset[str]


class Logs:
    """The deploys that have operations with times, each built anew by `log`."""

    def __init__(self, deploys: pl.DataFrame, ops: Operations, voting: pl.DataFrame) -> None:
        self._table = ops.table.select("deploy", *_OPERATION).sort("number")
        self._voting = voting.select(_PAIR).sort("number", "at", "attempt")
        self._confirming = self._voting.clear()
        numbers = self._table.group_by("deploy", maintain_order=True).agg(
            pl.col("start", "number").min(), pl.col("end").max(), last=pl.col("number").max(), count=pl.len()
        )
        told = deploys.select(
            deploy="id",
            began=pl.col("started_at").dt.epoch("us") / 1_000_000,
            ended=pl.col("ended_at").dt.epoch("us") / 1_000_000,
        )
        spans = numbers.join(told, on="deploy", how="left").select(
            "deploy", "number", "last", pl.min_horizontal("start", "began"), pl.max_horizontal("end", "ended")
        )
        self._spans = {row[0]: row[1:] for row in spans.iter_rows()}
        named = ops.needs.join(ops.table.select("number", "deploy"), on="number").drop_nulls("store")
        stores = named.group_by("deploy").agg(pl.col("store").unique())
        self._stores = {deploy: frozenset(names) for deploy, names in stores.iter_rows()}

    def confirm(self, pairs: pl.DataFrame) -> None:
        """Adds PAIRS that only confirm an offset."""
        self._confirming = pairs.select(_PAIR).sort("number", "at", "attempt")

    def __iter__(self) -> Iterable[str]:
        return iter(self._spans)

    def log(self, deploy: str) -> Log:
        """The log of one deploy."""
        first, last, start, end = self._spans[deploy]
        operations = [
            Operation(*row) for row in _between(self._table, first, last).drop("deploy").iter_rows()
        ]
        by_number = {operation.number: operation for operation in operations}
        pairs: dict[int, list[Pair]] = {}
        for frame in (self._voting, self._confirming):
            for number, *call in _between(frame, first, last).iter_rows():
                operation, at = by_number[number], call[1]
                low, high = operation.start - at - 1, operation.end + 1 - at
                pairs.setdefault(number, []).append(Pair(*call, low, high))
        voting = frozenset(_between(self._voting, first, last)["number"].unique().to_list())
        operations.sort(key=lambda operation: (operation.end, operation.start, operation.number))
        return Log(deploy, start, end, operations, pairs, voting, self._stores.get(deploy, frozenset()))


def _between(frame: pl.DataFrame, first: int, last: int) -> pl.DataFrame:
    """The rows of operations `first` to `last` of a frame that is sorted by `number`."""
    numbers = frame["number"]
    low, high = numbers.search_sorted(first, "left"), numbers.search_sorted(last, "right")
    return frame[low:high]
