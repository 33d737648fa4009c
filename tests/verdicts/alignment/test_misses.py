"""What speaks against an offset and what does not: operations without a call, and calls that no operation takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

from analyzer.tables import WRITES, from_columns
from analyzer.verdicts.alignment.align import Alignment, align
from analyzer.verdicts.tables import UNRECORDED
from tests.build import STORE, Tape, at, deploys, writes
from tests.verdicts.alignment.laid import laid, route, row, site

if TYPE_CHECKING:
    from collections.abc import Sequence


@pytest.mark.parametrize(
    ("since", "state"), [(None, "unaligned"), (15, "aligned"), (30, "aligned"), (35, "unaligned")]
)
def test_operations_that_end_when_calls_are_recorded_no_more_are_no_surprise(
    since: float | None, state: str
) -> None:
    """One of three has a call; the others end at 22 and at 32, so that two, one or none may have been recorded."""
    tape = Tape()
    tape.write(1, puts=["a:metadata"])
    operations = [site(f"{key}:metadata", 10 * n, 10 * n + 2, n) for n, key in ((0, "a"), (2, "b"), (3, "c"))]
    known = since is not None
    columns: dict[str, list[object]] = {
        "store": [STORE] * known,
        "unrecorded_since": [at(since or 0).timestamp()] * known,
    }
    table = writes(*(one for operation in operations for one in operation))
    found = row(align(table, deploys("d1"), tape.calls(), unrecorded=from_columns(columns, UNRECORDED)))
    assert (found["state"], found["misses"]) == (state, 2)


@pytest.mark.parametrize(
    ("lists", "state"), [(["r:routes"] * 3, "aligned"), (["r:routes", "s:routes", "t:routes"], "unaligned")]
)
def test_operations_on_one_list_of_which_none_made_a_call_surprise_once(
    lists: Sequence[str], state: str
) -> None:
    """SST 3.10.0 writes no list that is not there yet, whoever asks for it."""
    tape = Tape()
    tape.write(1, puts=["a:metadata"])
    without = [route(key, 20 + 10 * n, 22 + 10 * n, n + 2) for n, key in enumerate(lists)]
    found = row(laid(tape, site("a:metadata", 0, 2, 1), *without))
    assert (found["state"], found["misses"]) == (state, 3)


def _of_text(tape: Tape, op: str, ahead: float) -> Alignment:
    """A text log of an operation on keys that it does not name, and of one on a list."""
    tape.write(20, puts=["cd34:routes"])
    text = {"pattern": True, "store": None, "exact": False}
    table = writes(
        *site("ab12:*", ahead, ahead + 2, 1, op=op, **text),
        *route("*:routes", ahead + 19, ahead + 21, 2, **text),
    )
    stamps = {"started_at": at(ahead - 5), "ended_at": at(ahead + 30)}
    stamped = deploys("d1").with_columns(
        **{name: pl.lit(moment).cast(WRITES["start"]) for name, moment in stamps.items()}
    )
    return align(table, stamped, tape.calls())


@pytest.mark.parametrize(
    ("op", "namespace", "extras"), [("update", "ab12", 0), ("update", "ef56", 4), ("create", "ab12", 4)]
)
def test_deletes_in_the_namespace_of_an_update_of_unknown_keys_are_its_purge(
    op: str, namespace: str, extras: int
) -> None:
    tape = Tape()
    tape.write(0, puts=["ab12:metadata"])
    for n in range(4):
        tape.write(1, deletes=[f"{namespace}:/old-{n}"])
    assert row(_of_text(tape, op, 0))["extras"] == extras


def test_an_operation_of_unknown_keys_may_put_them_in_several_batches() -> None:
    tape = Tape()
    for n in range(3):
        tape.write(n / 3, puts=[f"ab12:/{n}"])
    found = row(_of_text(tape, "create", 100))
    assert (found["state"], found["extras"]) == ("aligned", 0)
