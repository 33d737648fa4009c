"""`{k=v}` renderings, by grammar."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.trail.unwrap.columns import part
from analyzer.trail.unwrap.kvmap import parse_map
from tests.trail.forms.forms import flat_map, struct


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{}", {}),
        ("[]", []),
        ("{a=}", {"a": ""}),
        ("{a=b=c, d=e,f}", {"a": "b=c", "d": "e,f"}),
        ("{a=x}y, b=null}", {"a": "x}y", "b": "null"}),
        ("{a={b={c=1}}, d=[x, y]}", {"a": {"b": {"c": "1"}}, "d": ["x", "y"]}),
        ('{a=[{"k":"v, w=x}"}]}', {"a": [{"k": "v, w=x}"}]}),
        ('{a={"k":[],"l":1.5,"m":null,"n":true}}', {"a": {"k": [], "l": 1.5, "m": None, "n": True}}),
        ("[{arn=a, type=b}, {arn=c}]", [{"arn": "a", "type": "b"}, {"arn": "c"}]),
    ],
)
def test_a_rendering(text: str, expected: object) -> None:
    assert parse_map(text) == expected


@pytest.mark.parametrize(
    "text", ["", "a", "{", "{a=1, a=2}", "{a={b}", "{=1}", "[1, 2", '{"a":"\\x"}', "{a=1}}, b=2}"]
)
def test_no_rendering(text: str) -> None:
    with pytest.raises(ValueError, match=r"rendering|twice|escape"):
        parse_map(text)


plain = st.text("abc019:/._@+-=,", min_size=1, max_size=12).filter(lambda text: text != "null")
names = st.sampled_from(["arn", "accountid", "type", "sessioncontext", "x-y"])


@given(
    st.recursive(
        st.dictionaries(names, plain), lambda inner: st.dictionaries(names, plain | inner), max_leaves=6
    )
)
def test_a_struct_is_taken_apart(value: dict[str, Any]) -> None:
    assert parse_map(struct(value)) == value


@given(st.lists(st.fixed_dictionaries({"key": st.text(min_size=1)}), min_size=1, max_size=4))
def test_json_within_a_map(puts: list[dict[str, str]]) -> None:
    assert part(flat_map({"kvsARN": "arn:a", "puts": puts})) == {"kvsARN": "arn:a", "puts": puts}


@given(st.text('{}[]=,"\\: ab', max_size=40))
def test_only_value_errors(text: str) -> None:
    try:
        parse_map("{a=" + text)
    except ValueError:
        return


def test_hostile_texts_end() -> None:
    for text in ("{a=" + "}" * 100_000 + "x}", "[" * 100_000, "{a=" * 50_000, "{a=" + ", " * 100_000):
        try:
            parse_map(text)
        except ValueError:
            continue
