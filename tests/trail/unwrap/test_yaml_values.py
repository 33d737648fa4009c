"""YAML as the AWS CLI prints it gives what PyYAML says; hostile YAML gives nothing, soon."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.trail.unwrap.yaml_values import yaml_values

ASCII = st.characters(codec="ascii")
texts = st.text(max_size=120) | st.text("ab {}[]:,#'\"\\-&*!|>%@`\n\té漢", max_size=150)
values = st.recursive(
    st.none() | st.booleans() | st.integers(0, 10**17) | texts,
    lambda inner: (
        st.lists(inner, min_size=1, max_size=4)
        | st.dictionaries(
            st.from_regex(r"[A-Za-z@][\w.]{0,20}", fullmatch=True, alphabet=ASCII),
            inner,
            min_size=1,
            max_size=4,
        )
    ),
    max_leaves=12,
)


def only(text: str) -> Any:
    found, damaged = yaml_values(text.encode())
    assert (len(found), damaged) == (1, 0)
    return found[0]


@settings(max_examples=40)
@given(
    st.dictionaries(st.sampled_from(["Events", "events", "@message"]), values, min_size=1),
    st.integers(40, 200),
)
def test_what_pyyaml_writes_is_read(value: dict[str, Any], width: int) -> None:
    yaml = pytest.importorskip("yaml")
    for options in (
        {},
        {"default_style": '"'},
        {"default_style": "'"},
        {"allow_unicode": True},
        {"indent": 4},
    ):
        text = yaml.safe_dump(value, width=width, default_flow_style=False, **options)
        if any(mark in text for mark in ("!!", "&id", "? ", "0o", "|2")):
            continue  # tags, anchors, long keys and blocks that begin with blanks are no part of what is read
        assert only(text) == yaml.safe_load(text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: 1\nb:\n- x\n- y: z\n  w: null\n", {"a": 1, "b": ["x", {"y": "z", "w": None}]}),
        ("a:\n  -\n    b: \"c\"\n  -\n    b: 'd''e'\n", {"a": [{"b": "c"}, {"b": "d'e"}]}),
        ("a:\n- - f: '@m'\n    v: w\n  - f: x\n", {"a": [[{"f": "@m", "v": "w"}, {"f": "x"}]]}),
        ("a: 'one\n  two\n\n  three'\n", {"a": "one two\nthree"}),
        ('a: "one\\\n  two\\n \\x41\\u00e9\\ud83d\\ude00"\n', {"a": "onetwo\n Aé\U0001f600"}),
        ("a: |\n  {\n    \"b\": 1\n  }\nc: >-\n  x\n  y\n", {"a": '{\n  "b": 1\n}\n', "c": "x y"}),
        ("a: {}\nb: []\nc: {\"d\": [1]}\n", {"a": {}, "b": [], "c": {"d": [1]}}),
        ("# made by hand\n---\na: b # why\n...\n", {"a": "b"}),
        ("a: 0123\nb: 1.09\nc: true\nd: ~\n", {"a": "0123", "b": "1.09", "c": True, "d": None}),
    ],
)  # fmt: skip
def test_a_shape(text: str, value: object) -> None:
    assert only(text) == value
    assert only(text.replace("\n", "\r\n")) == value


def test_documents_are_apart() -> None:
    for text in ("a: 1\n---\na: 2\n", "---\na: 1\n...\n---\n# b\n\na: 2\n...\n", "a:\n  1\n---\na:\n  2\n"):
        assert yaml_values(text.encode()) == ([{"a": 1}, {"a": 2}], 0)
    assert yaml_values(b"- 1\n---\n- 2\n") == ([[1], [2]], 0)


def test_an_item_that_is_damaged_costs_itself_alone() -> None:
    items = [f"- a: 'x{n}'\n  b: {json.dumps('y' * n)}\n" for n in range(4)]
    whole = [{"a": f"x{n}", "b": "y" * n} for n in range(4)]
    for broken in (
        "- a: 'x\n  b: y\n",
        "- &anchor a\n",
        "- a: *anchor\n",
        "- a: !!python/object x\n",
        "- a: {b: c}\n",
    ):
        found, damaged = yaml_values("".join(["Events:\n", *items[:2], broken, *items[3:]]).encode())
        assert (found[0], damaged) == ({"Events": [*whole[:2], whole[3]]}, 1), broken


LAUGHS = "a: &a ['x','x']\n" + "".join(
    f"{b}: &{b} [*{a},*{a},*{a}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
)
HOSTILE = [
    LAUGHS,
    "a: " + "[" * 100_000,
    "- " * 100_000,
    "".join(f"{' ' * n}a:\n" for n in range(2_000)),
    "a: '" + "x\n " * 300_000,
    'a: "' + "\\" * 500_000,
    "'" * 500_000,
    "a: |\n" + " x\n" * 300_000,
    "a:\n" + "- b: *c\n" * 100_000,
    "#" * 500_000,
    " " * 500_000 + "a",
    "a" * 500_000 + ":",
    "a: b\n" + " c: d\n" * 100_000,
    "- a\n - b\n" * 100_000,
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE, ids=[text[:12].strip() for text in HOSTILE])
def test_hostile_yaml_ends_soon_and_grows_nothing(text: str) -> None:
    begin = time.process_time()
    found, _ = yaml_values(text.encode())
    assert time.process_time() - begin < 5
    assert len(repr(found)) <= 2 * len(text) + 1_000


@given(st.text("ab:- '\"\\\n|>{}[]#&*!", max_size=80))
def test_nothing_raises(text: str) -> None:
    yaml_values(text.encode())
