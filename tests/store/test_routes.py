"""Lists of routes: in one key or in parts, whole or damaged; what is cut is put together again."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.store.routes import SLICE, assemble, cut

KEY = "7c62:routes"


def test_a_list_in_one_key() -> None:
    found = assemble({KEY: '["a","b"]', "x": "y"}, KEY)
    assert (found.entries, dict(found.stored), found.problem) == (("a", "b"), {KEY: '["a","b"]'}, None)


def test_no_list_is_an_empty_one() -> None:
    assert assemble({"x": "y"}, KEY).entries == ()


def test_a_list_in_parts() -> None:
    held = {KEY: '{"parts":2}', f"{KEY}:0": '["a","', f"{KEY}:1": 'b"]', f"{KEY}:2": "left over"}
    found = assemble(held, KEY)
    assert found.entries == ("a", "b")
    assert list(found.stored) == [KEY, f"{KEY}:0", f"{KEY}:1"]


@pytest.mark.parametrize(
    ("held", "stored"), [({KEY: None}, 0), ({KEY: '{"parts":2}', f"{KEY}:0": '["a"', f"{KEY}:1": None}, 2)]
)
def test_a_masked_list_is_there_and_cannot_be_read(held: dict[str, str | None], stored: int) -> None:
    found = assemble(held, KEY)
    assert (found.entries, len(found.stored)) == (None, stored)
    assert "its value is masked" in (found.problem or "")


@pytest.mark.parametrize(
    ("held", "problem"),
    [
        ({KEY: '{"parts":2}', f"{KEY}:1": "x"}, "it is in 2 parts, and 7c62:routes:0 is not there"),
        ({KEY: '{"parts":1}', f"{KEY}:0": '["a"'}, "its 1 parts together are no JSON list"),
        ({KEY: '{"parts":0}'}, "that is no number of parts"),
        ({KEY: '{"parts":1000000}'}, "that is no number of parts"),
        ({KEY: '["a"'}, "its value is no JSON list"),
        ({KEY: "[1]"}, "its value is no JSON list"),
        ({KEY: "{}"}, "its value is no JSON list"),
        ({KEY: "[" * 20_000}, "its value is no JSON list"),
    ],
)
def test_what_cannot_be_read_is_told(held: dict[str, str], problem: str) -> None:
    found = assemble(held, KEY)
    assert found.entries is None
    assert problem in (found.problem or "")


def test_1000_bytes_are_one_key_and_1001_are_two_parts() -> None:
    assert list(cut(KEY, ["x" * 996]) or {}) == [KEY]
    parts = cut(KEY, ["x" * 997])
    assert parts is not None
    assert parts[KEY] == '{"parts":2}'
    assert [len(parts[f"{KEY}:{number}"]) for number in range(2)] == [SLICE, 1]


def test_a_list_too_long_for_one_call_is_not_cut() -> None:
    assert cut(KEY, ["x" * 1000] * 48) is not None
    assert cut(KEY, ["x" * 1000] * 49) is None


def test_a_character_is_never_cut() -> None:
    assert cut(KEY, ["é" * 600]) is not None  # 2 bytes each, after `["`: 1000 is between two of them
    assert cut(KEY, ["x" + "é" * 600]) is None


@given(st.lists(st.text(alphabet=st.characters(max_codepoint=127), max_size=90), max_size=60))
def test_what_is_cut_is_put_together_again(entries: list[str]) -> None:
    parts = cut(KEY, entries)
    assert parts is not None
    assert assemble(parts, KEY).entries == tuple(entries)
    text = "".join(parts[key] for key in sorted(parts.keys() - {KEY}, key=lambda k: int(k.split(":")[-1])))
    assert json.loads(text or parts[KEY]) == entries
    assert all(len(value.encode()) <= SLICE for value in parts.values())
