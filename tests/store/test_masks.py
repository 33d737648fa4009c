"""Values of a listing that were masked: they are there, and are neither compared nor written."""

from __future__ import annotations

import polars as pl
import pytest

from analyzer.store.masks import without_masks
from analyzer.tables import KEYS

LIST, KEY, OTHER = "7c62:routes", "7c62:metadata", "beef:metadata"


def values(held: dict[str, str]) -> list[str | None]:
    rows = [(1, key, value) for key, value in held.items()]
    # Another listing, whose values are its own.
    table = pl.DataFrame([*rows, (2, KEY, ""), (2, OTHER, "seen")], schema=KEYS, orient="row")
    found = without_masks(table)
    assert found.schema == KEYS
    assert found.filter(listing=2)["value"].to_list() == ["", "seen"]
    return found.filter(listing=1)["value"].to_list()


@pytest.mark.parametrize(
    "mask",
    [
        "HIDDEN_DUE_TO_SECURITY_REASONS",
        "<redacted>",
        "[REDACTED]",
        "[secret]",
        "(sensitive value)",
        "***",
        "*****",
    ],
)
def test_a_known_mask_is_one_wherever_it_stands(mask: str) -> None:
    assert values({LIST: '["a"]', KEY: mask, OTHER: "v"}) == ['["a"]', None, "v"]


def test_a_text_a_part_of_which_is_masked_is_not_known() -> None:
    assert values({LIST: '["site,***,,/"]', KEY: '{"key":"[secret]"}', OTHER: "v"}) == [None, None, "v"]


@pytest.mark.parametrize("mask", ["xxxx", "REDACTED", "<value>", "----", "••••"])
def test_what_looks_like_a_mask_is_one_where_several_keys_have_it(mask: str) -> None:
    assert values({LIST: '["a"]', KEY: mask, OTHER: mask}) == ['["a"]', None, None]
    assert values({LIST: '["a"]', KEY: mask, OTHER: "v"}) == ['["a"]', mask, "v"]


def test_what_a_list_and_another_key_have_is_a_mask_if_it_is_no_list() -> None:
    assert values({LIST: "n/a", KEY: "n/a", OTHER: "v"}) == [None, None, "v"]
    for held in ({LIST: "[]", KEY: "[]"}, {LIST: "cut", KEY: "v"}):
        assert values(held) == list(held.values())


def test_a_value_that_several_keys_share_is_no_mask_for_that() -> None:
    held = {LIST: '["a"]', KEY: "1", OTHER: "1"}
    assert values(held) == list(held.values())


def test_empty_values_are_masks_only_where_all_are_empty() -> None:
    assert values({LIST: "", KEY: ""}) == [None, None]
    assert values({LIST: "", KEY: "v", OTHER: ""}) == ["", "v", ""]
