"""Where keys of a TOML text begin, held to what `tomllib` reads."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from analyzer.config.lines import lines_of

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]

HARD = '''\
# [not.a.table] "
title = "a = 1 # no comment"  # comment = 2
"quoted key" . b = """
[also.no.table]
key = "\\""" still
"""
single = \'\'\'
x = 1\'\'\'\'\'
"tool".'lostwrite'.fail-on = "error"

[tool.lostwrite.more]
date = 2026-12-31 12:00:00.5Z
point = 1.5
inline = { a = 1, b.c = [ { d = 2 } ], "e]" = "}" }
list = [
    1, # one ]
    "two, [",
    { three = 3 },
    [
    4 ],
]

[[tool.lostwrite.suppress]]
rule = "LW101"

[[ tool . lostwrite . suppress ]]

rule = "LW102"
[tool.lostwrite.suppress.sub]
x.y = 1
[other]
last = 1'''

PLACES = [
    (("title",), 2),
    (("quoted key", "b"), 3),
    (("single",), 7),
    (("tool", "lostwrite", "fail-on"), 9),
    (("tool", "lostwrite", "more"), 11),
    (("tool", "lostwrite", "more", "date"), 12),
    (("tool", "lostwrite", "more", "inline", "e]"), 14),
    (("tool", "lostwrite", "more", "inline", "b", "c", 0, "d"), 14),
    (("tool", "lostwrite", "more", "list", 1), 17),
    (("tool", "lostwrite", "more", "list", 2, "three"), 18),
    (("tool", "lostwrite", "more", "list", 3, 0), 20),
    (("tool", "lostwrite", "suppress", 0), 23),
    (("tool", "lostwrite", "suppress", 0, "rule"), 24),
    (("tool", "lostwrite", "suppress", 1), 26),
    (("tool", "lostwrite", "suppress", 1, "rule"), 28),
    (("tool", "lostwrite", "suppress", 1, "sub", "x", "y"), 30),
    (("other", "last"), 32),
]


def leaves(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The paths of all values that are no table, and of the elements of arrays."""
    if isinstance(value, dict):
        for name, member in value.items():
            yield from leaves(member, (*path, name))
    elif isinstance(value, list):
        for number, element in enumerate(value):
            yield from leaves(element, (*path, number))
    else:
        yield path


@pytest.mark.parametrize(("path", "line"), PLACES)
def test_a_key_is_found_on_its_line(path: tuple[str | int, ...], line: int) -> None:
    assert lines_of(HARD)[path] == line


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("text", [HARD, (ROOT / "pyproject.toml").read_text(encoding="utf-8"), ""])
def test_every_value_of_a_text_has_a_line_and_nothing_else_has(text: str, newline: str) -> None:
    found = lines_of(text.replace("\n", newline))
    assert found == lines_of(text)
    known = set(leaves(tomllib.loads(text)))
    assert known <= set(found)
    tables = {path[:end] for path in known for end in range(len(path))}
    assert set(found) <= known | tables


def test_each_key_of_a_real_file_stands_on_the_line_that_is_said() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    lines = text.splitlines()
    for path, line in lines_of(text).items():
        if isinstance(path[-1], str):
            assert path[-1] in lines[line - 1]


def test_it_takes_time_that_grows_with_the_text() -> None:
    text = 'a = """' + "x\\\\" * 200_000 + '"""\n' + "b = [" + "[]," * 100_000 + "]\n"
    assert lines_of(text)[("b",)] == 2
