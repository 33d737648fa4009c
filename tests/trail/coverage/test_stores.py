"""STORES: calls of unknown outcome are told, and are no successes."""

from __future__ import annotations

from analyzer.trail.calls.chain import chain
from analyzer.trail.coverage.stores import stores
from tests.trail.cloudtrail import log, read, record


def test_writes_of_unknown_outcome_are_counted_and_told() -> None:
    trail = read(log(record("e1", responseElements=None), record("e2", responseElements=None)))
    (row,) = stores(trail.calls, chain(trail.calls)).to_dicts()
    assert (row["writes"], row["state"]) == (2, "none")
    assert row["reason"] == (
        "no write of this store is shown to have succeeded; 2 write(s) have an unknown outcome"
    )
    trail = read(log(record("e1", responseElements=None), record("e2")))
    (row,) = stores(trail.calls, chain(trail.calls)).to_dicts()
    assert row["reason"] == "a single write does not make a chain; 1 write(s) have an unknown outcome"
