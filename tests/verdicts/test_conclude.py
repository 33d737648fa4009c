"""A delete whose key may be there is no `landed` one."""

from __future__ import annotations

import polars as pl

from analyzer.trail.calls.chain import chain
from analyzer.verdicts.conclude import conclude
from analyzer.verdicts.judge import judge
from tests.build import at, deploys, write, writes
from tests.verdicts.judging import HOUR, OTHER, ROUTES, bracketed, closed, found


def test_a_key_deleted_before_a_gap_may_be_back() -> None:
    """Expected: unverifiable. Between the delete and the operation the chain has a gap, in which the key was put."""
    tape = bracketed()
    tape.write(-500, deletes=["ns:a"], caller=OTHER)
    tape.write(-400, puts=["ns:a"], recorded=False)
    tape.write(-300, puts=["other"])
    assert found(closed(tape), write("ns:a", 0, 2, action="delete", op="delete"))[0][0] == "unverifiable"


def test_a_key_put_again_in_the_window_may_still_be_there() -> None:
    """Expected: the second delete is not landed: its own call is missing, and the key was put after the first one's."""
    tape = bracketed()
    tape.write(-500, puts=["ns:a"])
    tape.write(1, deletes=["ns:a"])
    tape.write(3, puts=["ns:a"], caller=OTHER)
    rows = [write("ns:a", start, end, action="delete", op="delete") for start, end in ((0, 2), (2, 5))]
    assert [row[0] for row in found(closed(tape), *rows)][1] in {"dropped", "unverifiable"}


def test_by_order_alone_nothing_landed_surely() -> None:
    """Expected: landed, but `low`: the empty list left nothing to remove, if this was the run.

    Source: docs/facts/alignment.md#3-text-without-times.
    """
    tape = bracketed()
    tape.write(-500, deletes=[ROUTES], caller=OTHER)
    tape.read(1, ROUTES, error="ResourceNotFoundException")
    calls = closed(tape).calls()
    kept: dict[str, pl.DataFrame] = {}
    rows = writes(write(ROUTES, 0, 2, action="remove", op="delete"))
    judge(rows, deploys("d1"), calls, chain(calls), reach=at(HOUR), has_trail=True, keep=kept.setdefault)
    timed = kept["trail_verdicts"]
    assert conclude(timed).select("verdict", "confidence").rows() == [("landed", "high")]
    by_order = timed.with_columns(basis=pl.lit("order"), clock=pl.lit("aligned"))
    assert conclude(by_order).select("verdict", "confidence").rows() == [("landed", "low")]
