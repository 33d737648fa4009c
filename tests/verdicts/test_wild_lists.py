"""Where a list may be whose entry's namespace no call names: where other logs say it, or anywhere, or nowhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

from analyzer.tables import CALLS, DEPLOYS, from_columns
from analyzer.verdicts.homes import homes_of
from analyzer.verdicts.wild_lists import MOST_LISTS, has_few_lists, wild_lists
from tests import build
from tests.build import write, writes

if TYPE_CHECKING:
    from collections.abc import Sequence

A, B, C = (f"arn:aws:cloudfront::111122223333:key-value-store/{name}" for name in "abc")
TWIN = "arn:aws:cloudfront::444455556666:key-value-store/a"
ROUTES, OTHER = "WebRoutesUpdate.sst.aws.KvRoutesUpdate", "DocsRoutesUpdate.sst.aws.KvRoutesUpdate"


def wild_write(**other: object) -> dict[str, object]:
    """The write of a text log: it names neither store nor list."""
    given: dict[str, object] = {
        "deploy": "text", "pattern": True, "store": None, "exact": False, "action": "append", "name": ROUTES,
    }  # fmt: skip
    return write("*:routes", 0, 1, **(given | other))


def told(store: str, name: str = ROUTES, deploy: str = "exact") -> dict[str, object]:
    """The same of an event log, which names both."""
    return write("r:routes", 0, 1, deploy=deploy, store=store, name=name, action="append", entry="x")


def lists_of(*stores: str, more: int = 0) -> pl.DataFrame:
    """HOMES: a call on a list in each of these stores, and in `more` others."""
    every = [*stores, *(f"{C}{number}" for number in range(more))]
    columns: dict[str, Sequence[object]] = {
        "store": every,
        "key": [f"{number}:routes" for number in range(len(every))],
        "event_id": [f"e{number}" for number in range(len(every))],
        "effect": ["put"] * len(every),
        "ok": [True] * len(every),
    }
    return homes_of(from_columns(columns, CALLS))


def known(**stacks: str) -> pl.DataFrame:
    """DEPLOYS of these stacks."""
    table = build.deploys(*stacks).with_columns(stack=pl.Series(list(stacks.values()), dtype=pl.String))
    return table.select(DEPLOYS.names())


def places(deploys: pl.DataFrame, homes: pl.DataFrame, *made: dict[str, object]) -> list[str | None]:
    found = wild_lists(writes(*made), deploys, homes)
    assert set(found["deploy"]) <= {"text"}
    return found["store"].to_list()


ONE_STACK = known(text="shop-prod", exact="shop-prod")


def test_it_is_where_an_exact_log_of_the_stack_says_the_same_resource_is() -> None:
    assert places(ONE_STACK, lists_of(A, B, C), wild_write(), told(A), told(B, OTHER)) == [A]


def test_a_renamed_component_is_where_any_resource_of_the_stack_is() -> None:
    renamed = wild_write(name="ShopRoutesUpdate.sst.aws.KvRoutesUpdate")
    assert places(ONE_STACK, lists_of(A, B, C), renamed, told(A), told(B, OTHER)) == [A, B]


def test_of_a_store_that_was_made_anew_it_is_in_either() -> None:
    later = known(text="shop-prod", exact="shop-prod", later="shop-prod")
    assert places(later, lists_of(A, B), wild_write(), told(A), told(B, deploy="later")) == [A, B]


def test_of_twin_stacks_in_two_accounts_it_is_in_either() -> None:
    twins = known(text="shop-prod", exact="shop-prod", twin="shop-prod")
    assert places(twins, lists_of(A, TWIN), wild_write(), told(A), told(TWIN, deploy="twin")) == [A, TWIN]


def test_another_stack_tells_nothing_of_it() -> None:
    others = known(text="shop-prod", exact="shop-dev")
    many = lists_of(A, more=MOST_LISTS)
    assert places(others, many, wild_write(), told(A)) == [None]


@pytest.mark.parametrize(("more", "expected"), [(MOST_LISTS - 1, MOST_LISTS), (MOST_LISTS, 0)])
def test_what_no_log_tells_is_anywhere_while_stores_with_lists_are_few(more: int, expected: int) -> None:
    homes = lists_of(A, more=more)
    found = places(known(text="shop-prod"), homes, wild_write())
    assert has_few_lists(homes) is bool(expected)
    assert len([store for store in found if store]) == expected
    assert found


def test_a_part_of_the_trail_asks_how_many_stores_with_lists_the_whole_has() -> None:
    homes, deploys, made = lists_of(A), known(text="shop-prod"), writes(wild_write())
    assert wild_lists(made, deploys, homes, few=False)["store"].to_list() == [None]
    assert wild_lists(made, deploys, homes, few=True)["store"].to_list() == [A]


def test_a_list_whose_component_calls_name_is_not_wild() -> None:
    entry = wild_write(entry="site,0,,/")
    assert places(ONE_STACK, lists_of(A), entry, told(B)) == []
