"""Names of folders: of any store, however it is called, one of its own."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.audit.catalogue.layout import STORE_ID, store_id
from tests.build import STORE
from tests.effort import examples


def test_a_store_is_recognised_by_the_last_part_of_its_arn() -> None:
    assert store_id(STORE).startswith("0f1e2d3c-0000-4000-8000-000000000001-")
    assert store_id(None) == store_id("") == "unknown"


def test_stores_of_two_accounts_never_share_a_folder() -> None:
    assert store_id(STORE) != store_id(STORE.replace("111122223333", "444455556666"))
    assert store_id("unknown") != "unknown"


@settings(max_examples=examples(60))
@given(st.text(min_size=1), st.text(min_size=1))
def test_any_name_is_one_folder_name(one: str, other: str) -> None:
    assert re.fullmatch(STORE_ID, store_id(one))
    assert (store_id(one) == store_id(other)) == (one == other)
