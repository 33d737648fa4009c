"""Which deploys and stores are judged together: what ties them, and what does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

from analyzer.resources.namespace import namespace
from analyzer.tables import CALLS, from_columns
from analyzer.verdicts.groups import Groups, groups, packs
from analyzer.verdicts.homes import homes_of, homes_of_listings, requests_of
from tests import build
from tests.build import write, writes

if TYPE_CHECKING:
    from collections.abc import Sequence

A, B, C = (f"arn:aws:cloudfront::111122223333:key-value-store/{name}" for name in "abc")
Call = tuple[str | None, str | None]


def calls(*rows: Call, effect: str = "put", request: str | None = None) -> pl.DataFrame:
    """CALLS of these stores and keys."""
    columns: dict[str, Sequence[object]] = {
        "store": [store for store, _ in rows],
        "key": [key for _, key in rows],
        "event_id": [f"e{number}" for number in range(len(rows))],
        "effect": [effect] * len(rows),
        "ok": [True] * len(rows),
        "request_id": [request] * len(rows),
    }
    return from_columns(columns, CALLS)


def deploys(*ids: str) -> pl.DataFrame:
    """DEPLOYS, each with a log of its own."""
    return build.deploys(*ids).with_columns(sources=pl.concat_list(pl.format("{}.log", "id")))


def texts(*ids: str) -> pl.DataFrame:
    """DEPLOYS of text logs without times."""
    return deploys(*ids).with_columns(form=pl.lit("text"), times=pl.lit(None, pl.String))


def text(key: str, deploy: str, **other: object) -> dict[str, object]:
    """A write of a text log: it names neither store nor key."""
    given: dict[str, object] = {"deploy": deploy, "pattern": True, "store": None, "exact": False}
    return write(key, 0, 1, **(given | other))


def tied(
    known: pl.DataFrame, made: pl.DataFrame, seen: pl.DataFrame, listed: pl.DataFrame | None = None
) -> Groups:
    return groups(made, known, homes_of(seen), requests_of(seen, made), listed)


def together(found: Groups) -> set[frozenset[str]]:
    """The members of each group; stores by the end of their ARNs."""
    members = pl.concat(
        [
            found.deploys.select("group", name="deploy"),
            found.stores.select("group", name=pl.col("store").str.slice(-1)),
        ]
    )
    return {frozenset(names) for names in members.group_by("group").agg("name")["name"].to_list()}


def test_deploys_that_write_one_store_are_judged_together_and_others_alone() -> None:
    made = writes(
        write("k", 0, 1, deploy="d1", store=A),
        write("k", 0, 1, deploy="d2", store=A),
        write("k", 0, 1, deploy="d3", store=B),
    )
    found = tied(deploys("d1", "d2", "d3", "d4"), made, calls((A, "k"), (C, "k")))
    assert together(found) == {
        frozenset({"d1", "d2", "a"}),
        frozenset({"d3", "b"}),
        frozenset({"d4"}),
        frozenset({"c"}),
    }


def test_groups_are_numbered_in_the_order_of_the_deploys() -> None:
    made = writes(write("k", 0, 1, deploy="d2", store=A), write("k", 0, 1, deploy="d1", store=B))
    found = tied(deploys("d1", "d2", "d3"), made, calls((A, "k")))
    assert found.deploys["group"].to_list() == [0, 1, 2]
    assert dict(found.stores.rows()) == {A: 1, B: 0}


@pytest.mark.parametrize("effect", ["put", "read"])
def test_a_write_without_a_store_is_tied_to_all_stores_of_its_namespace(effect: str) -> None:
    made = writes(text("7c62:*", "d1"), write("k", 0, 1, deploy="d2", store=B))
    seen = calls((A, "7c62:metadata"), (B, "7c62:index.html"), (C, "aaaa:metadata"), effect=effect)
    found = tied(texts("d1", "d2"), made, seen)
    assert together(found) == {frozenset({"d1", "d2", "a", "b"}), frozenset({"c"})}


def test_two_deploys_of_one_namespace_are_tied_where_no_call_names_it() -> None:
    made = writes(text("7c62:*", "d1"), text("7c62:*", "d2"), text("8d73:*", "d3"))
    found = tied(texts("d1", "d2", "d3"), made, calls((A, "aaaa:metadata")))
    assert together(found) == {frozenset({"d1", "d2"}), frozenset({"d3"}), frozenset({"a"})}


def test_a_list_is_in_the_store_of_its_entrys_namespace() -> None:
    made = writes(text("*:routes", "d1", action="append", entry="host,7c62,x"))
    seen = calls((A, "7c62:metadata"), (A, "aaaa:routes"), (B, "bbbb:routes"))
    assert together(tied(texts("d1"), made, seen)) == {frozenset({"d1", "a"}), frozenset({"b"})}


def test_a_list_is_in_the_store_of_its_component_where_no_entry_is_known() -> None:
    own = namespace("app-d1", "Web")
    made = writes(
        text("*:routes", "d1", action="append", entry=None, name="WebRoutesUpdate.sst.aws.KvRoutesUpdate")
    )
    seen = calls((A, f"{own}:metadata"), (B, "bbbb:routes"))
    known = texts("d1").with_columns(stack=pl.lit("app-d1"))
    assert together(tied(known, made, seen)) == {frozenset({"d1", "a"}), frozenset({"b"})}


@pytest.mark.parametrize("key", ["*:routes", "*:*"])
def test_what_may_be_anybodys_list_is_tied_to_every_store_with_lists(key: str) -> None:
    made = writes(text(key, "d1", action="append"), text(key, "d2", action="append"))
    seen = calls((A, "aaaa:routes"), (B, "bbbb:routes"), (C, "cccc:metadata"))
    assert together(tied(texts("d1", "d2"), made, seen)) == {
        frozenset({"d1", "d2", "a", "b"}),
        frozenset({"c"}),
    }


def test_a_list_that_an_exact_log_places_ties_no_other_store() -> None:
    name = "WebRoutesUpdate.sst.aws.KvRoutesUpdate"
    made = writes(
        text("*:routes", "d1", action="append", name=name),
        write("aaaa:routes", 0, 1, deploy="d2", store=A, name=name, action="append"),
    )
    known = texts("d1", "d2").with_columns(stack=pl.lit("shop-prod"))
    seen = calls((A, "aaaa:routes"), (B, "bbbb:routes"))
    assert together(tied(known, made, seen)) == {frozenset({"d1", "d2", "a"}), frozenset({"b"})}


def test_stores_with_lists_are_apart_where_nothing_may_be_anybodys() -> None:
    made = writes(
        write("aaaa:routes", 0, 1, deploy="d1", store=A), write("bbbb:routes", 0, 1, deploy="d2", store=B)
    )
    seen = calls((A, "aaaa:routes"), (B, "bbbb:routes"))
    assert together(tied(deploys("d1", "d2"), made, seen)) == {frozenset({"d1", "a"}), frozenset({"d2", "b"})}


def test_a_log_without_times_is_compared_with_the_lists_of_the_same_router_elsewhere() -> None:
    made = writes(text("7c62:*", "d1"))
    seen = calls((A, "7c62:metadata"), (A, "aaaa:routes"), (B, "aaaa:routes"), (C, "cccc:routes"))
    assert together(tied(texts("d1"), made, seen)) == {frozenset({"d1", "a", "b"}), frozenset({"c"})}


def test_a_request_that_a_log_names_ties_the_store_that_it_was_made_on() -> None:
    made = writes(write("k", 0, 1, deploy="d1", store=A, request_id="r1"))
    found = tied(deploys("d1"), made, calls((B, "other"), request="r1"))
    assert together(found) == {frozenset({"d1", "a", "b"})}


def test_a_listing_with_the_namespace_ties_its_store() -> None:
    made = writes(text("7c62:*", "d1"), text("*:routes", "d2", action="append", entry="host,8d73,x"))
    listings = pl.DataFrame({"listing": [1, 2], "store": [A, B]})
    keys = pl.DataFrame(
        {"listing": [1, 2], "key": ["7c62:metadata", "r:routes"], "value": ["{}", '["host,8d73,x"]']}
    )
    found = tied(texts("d1", "d2"), made, calls(), homes_of_listings(listings, keys))
    assert together(found) == {frozenset({"d1", "a"}), frozenset({"d2", "b"})}


def test_the_removal_of_a_stage_that_names_no_store_speaks_for_its_stack() -> None:
    made = writes(write("k", 0, 1, deploy="d1", store=A), write("k", 0, 1, deploy="d2", store=B))
    known = deploys("d1", "d2", "d3", "d4").with_columns(
        stack=pl.Series(["shop-prod", "shop-dev", "shop-prod", "shop-dev"]),
        command=pl.Series(["update", "update", "destroy", "update"]),
    )
    found = tied(known, made, calls((A, "k")))
    assert together(found) == {frozenset({"d1", "d3", "a"}), frozenset({"d2", "b"}), frozenset({"d4"})}


def test_deploys_in_one_source_are_judged_together() -> None:
    known = deploys("d1", "d2", "d3").with_columns(sources=pl.Series([["x.log"], ["x.log"], ["y.log"]]))
    assert together(tied(known, writes(), calls())) == {frozenset({"d1", "d2"}), frozenset({"d3"})}


def test_a_pack_is_full_at_its_limits_and_a_large_group_is_alone() -> None:
    sizes = pl.DataFrame(
        {"group": [0, 1, 2, 3], "deploys": [100, 150, 100, 1], "calls": [10, 10, 10, 50_000]}
    )
    assert packs(sizes) == [[0, 1], [2], [3]]
    assert packs(sizes.clear()) == []
