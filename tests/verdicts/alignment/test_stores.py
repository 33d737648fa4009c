"""An operation that moves to another store is aligned by its calls on each of the two."""

from __future__ import annotations

import polars as pl

from tests.build import STORE, Tape
from tests.verdicts.alignment.laid import laid, offsets, route, row

NEW = STORE[:-1] + "2"
ROUTES = "r:routes"


def test_calls_on_one_store_do_not_answer_for_the_other() -> None:
    """A list of routes that moves at 0, by a log 3 s ahead, and another route on it at 4 whose record is missing.

    At 5 s the only put could be the second route's, but then the first has none: its delete alone is no match.
    """
    old, new = Tape(), Tape(NEW)
    old.write(0, deletes=[ROUTES])
    new.write(1, puts=[ROUTES])
    calls = pl.concat([old.calls(), new.calls().with_columns(event_id=pl.lit("of-the-new-store"))])
    moved = [
        *route(ROUTES, 3, 4, 1, op="update", action="remove"),
        *route(ROUTES, 3, 4, 1, op="update", store=NEW),
    ]
    found = laid(calls, moved, route(ROUTES, 7, 8, 2, store=NEW))
    assert (row(found)["matched"], row(found)["of"], row(found)["misses"]) == (2, 3, 1)
    assert offsets(found) == [(2, 4)]
