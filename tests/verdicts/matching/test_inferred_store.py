"""The store of a write of which the log names none: the one that existed then, and whose keys a call names."""

from __future__ import annotations

import polars as pl
import pytest

from analyzer.tables import STORE_LIVES, from_columns
from analyzer.trail.calls.chain import chain
from analyzer.verdicts.alignment.tables import OPERATION_TIMES
from analyzer.verdicts.matching.inferred_store import inferred_stores
from analyzer.verdicts.matching.match import ordered_calls, windows
from tests.build import STORE, Tape, at, deploys, writes
from tests.verdicts.judging import text

OLD = f"{STORE}-old"


def inferred(**life: object) -> str | None:
    """The store of a write in the two minutes from noon, where two name its namespace, and the old one so lived."""
    old, new = Tape(OLD), Tape()
    old.write(-4000, puts=["7c62:metadata"])
    new.write(60, puts=["7c62:metadata"])
    calls = pl.concat([old.calls(), new.calls().with_columns(event_id=pl.lit("new"))])
    table = windows(writes(text("7c62:*", action="put")), OPERATION_TIMES.to_frame())
    lives = from_columns({"store": [OLD], **{name: [value] for name, value in life.items()}}, STORE_LIVES)
    found = inferred_stores(table, ordered_calls(calls, chain(calls)), deploys("d1"), lives)
    store: str | None = found["inferred_store"].item()
    return store


def test_a_store_that_was_deleted_before_is_another_of_the_same_namespace() -> None:
    assert inferred(deleted_at=at(-1000)) == STORE


def test_a_store_that_was_created_afterwards_is_another_too() -> None:
    assert inferred(created_at=at(1000)) == STORE


@pytest.mark.parametrize("life", [{}, {"created_at": at(-9000)}, {"deleted_at": at(60)}])
def test_of_two_stores_that_existed_then_none_is_taken(life: dict[str, object]) -> None:
    assert inferred(**life) is None
