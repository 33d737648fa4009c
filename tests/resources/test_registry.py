"""A module of `resources/` is a kind of resource, or helps the kinds; nothing between the two passes in silence."""

from __future__ import annotations

from types import ModuleType

import pytest

from analyzer.resources import kv_keys, namespace
from analyzer.resources.registry import kinds_of


def test_a_module_without_any_member_of_a_kind_is_a_helper() -> None:
    assert kinds_of([namespace, kv_keys]) == (kv_keys,)


def test_a_module_with_only_a_part_of_a_kind_is_refused_by_what_it_lacks() -> None:
    module = ModuleType("half")
    vars(module).update(TYPE="sst:aws:Half", APIS=("PutKey",), exact=kv_keys.exact)
    with pytest.raises(
        TypeError,
        match=r"^half does not satisfy ResourceKind: it lacks NAME_SUFFIXES, CONSOLE_PHRASES, derived$",
    ):
        kinds_of([module])
