"""The list of routes of a write whose log names none."""

from __future__ import annotations

from typing import Any

import polars as pl

from analyzer.tables import from_columns
from analyzer.trail.calls.chain import chain
from analyzer.verdicts.matching.match import ordered_calls
from analyzer.verdicts.remedies.told import told
from analyzer.verdicts.tables import FINAL_VERDICTS
from tests.build import STORE, Tape, at

ENTRY = "site,8fe6,,/"


def key_of(tape: Tape, **row: Any) -> tuple[str | None, str | None, bool]:
    """The store, the key and whether it is a pattern."""
    known = {"id": "w1", "action": "append", "key": "*:routes", "pattern": True, "entry": ENTRY}
    shown = known | {"inferred_store": STORE, "low": at(0), "high": at(60)} | row
    final = from_columns({name: [shown.get(name)] for name in FINAL_VERDICTS}, FINAL_VERDICTS)
    calls = tape.calls()
    table = told(final, ordered_calls(calls, chain(calls)))
    assert table.schema == pl.Schema(FINAL_VERDICTS)
    found: tuple[str | None, str | None, bool] = table.select("store", "key", "pattern").row(0)
    return found


def reading(*keys: str) -> Tape:
    tape = Tape()
    for key in keys:
        tape.read(1, key, error="ResourceNotFoundException")
    return tape


def test_the_only_list_that_calls_name_is_the_one() -> None:
    assert key_of(reading("5ad2:routes", "8fe6:metadata")) == (STORE, "5ad2:routes", False)


def test_one_of_several_lists_is_not_told() -> None:
    assert key_of(reading("5ad2:routes", "beef:routes")) == (STORE, "*:routes", True)
    assert key_of(reading()) == (STORE, "*:routes", True)


def test_a_list_that_is_called_at_another_time_may_be_another_routers() -> None:
    assert key_of(reading("5ad2:routes"), low=at(100), high=at(160))[2]
    assert key_of(reading("5ad2:routes"), low=None, high=None)[2]


def test_a_listing_tells_it_where_calls_do_not_say_another() -> None:
    of_listing = {"told_store": STORE, "told_key": "5ad2:routes"}
    assert key_of(reading(), **of_listing) == (STORE, "5ad2:routes", False)
    assert key_of(reading("beef:routes"), **of_listing) == (STORE, "*:routes", True)
    assert key_of(reading(), **of_listing | {"told_store": None, "inferred_store": None})[2]


def test_without_an_entry_nothing_can_be_written() -> None:
    assert key_of(reading("5ad2:routes"), entry=None)[2]


def test_a_write_whose_key_the_log_names_stays() -> None:
    named = {"key": "5ad2:routes", "pattern": False, "store": STORE}
    assert key_of(reading("beef:routes"), **named) == (STORE, "5ad2:routes", False)
