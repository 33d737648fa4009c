"""The line on which each key of a TOML text begins: `tomllib` gives values without their places.

The text must be one that `tomllib` has read: only what tells the parts of a valid text apart is looked at.
"""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

Path = tuple[str | int, ...]
"""`("tool", "lostwrite", "suppress", 0, "rule")`"""

_WORD: Final = re.compile(
    r'"""(?:\\.|[^\\])*?"""(?:"{0,2})'
    r"|'''.*?'''(?:'{0,2})"
    r'|"(?:\\.|[^"\\])*"'
    r"|'[^']*'"
    r"|(?P<skip>#[^\n]*|[ \t\r]+)"
    r"|[\n\[\]{}=.,]"
    r"|[^\s\[\]{}=.,#\"']+",
    re.DOTALL,
)


def lines_of(text: str) -> dict[Path, int]:
    """Where each table and key begins, by its path; elements of arrays are numbered from 0."""
    found: dict[Path, int] = {}
    counts: dict[Path, int] = {}
    table: Path = ()
    for statement in _statements(text):
        if statement[0][0] == "[":
            table = _header(statement, counts)
            for end in range(1, len(table) + 1):
                found.setdefault(table[:end], statement[0][1])
        else:
            _pair(statement, 0, table, found)
    return found


def _statements(text: str) -> Iterator[list[tuple[str, int]]]:
    """Tokens with their lines, up to each end of a line that is in no bracket."""
    statement: list[tuple[str, int]] = []
    depth, line = 0, 1
    for match in _WORD.finditer(text):
        word = match[0]
        depth += (word in "[{") - (word in "]}")
        if word == "\n" and depth == 0 and statement:
            yield statement
            statement = []
        elif word != "\n" and match["skip"] is None:
            statement.append((word, line))
        line += word.count("\n")
    if statement:
        yield statement


def _header(statement: list[tuple[str, int]], counts: dict[Path, int]) -> Path:
    """The path of `[a.b]` or `[[a.b]]`, with the numbers of the elements that it is in."""
    is_array = statement[1][0] == "["
    names = [_name(word) for word, _ in statement if word not in ("[", "]", ".")]
    path: Path = ()
    for name in names[:-1]:
        path = _in_last((*path, name), counts)
    path = (*path, names[-1])
    if is_array:
        counts[path] = counts.get(path, -1) + 1
    return _in_last(path, counts)


def _in_last(path: Path, counts: dict[Path, int]) -> Path:
    return (*path, counts[path]) if path in counts else path


def _pair(words: list[tuple[str, int]], at: int, table: Path, found: dict[Path, int]) -> int:
    """Notes `a.b = value` from the word `at` on; gives the word behind it."""
    path, line = table, words[at][1]
    while words[at][0] != "=":
        if words[at][0] != ".":
            path = (*path, _name(words[at][0]))
            found.setdefault(path, line)
        at += 1
    return _value(words, at + 1, path, found)


def _value(words: list[tuple[str, int]], at: int, path: Path, found: dict[Path, int]) -> int:
    """Notes what is in a value; gives the word behind it."""
    if words[at][0] == "[":
        return _array(words, at + 1, path, found)
    if words[at][0] == "{":
        at += 1
        while words[at][0] != "}":
            at = at + 1 if words[at][0] == "," else _pair(words, at, path, found)
        return at + 1
    while at < len(words) and words[at][0] not in (",", "]", "}"):
        at += 1  # a number or a time is of several words
    return at


def _array(words: list[tuple[str, int]], at: int, path: Path, found: dict[Path, int]) -> int:
    number = 0
    while words[at][0] != "]":
        if words[at][0] == ",":
            at += 1
            continue
        found.setdefault((*path, number), words[at][1])
        at = _value(words, at, (*path, number), found)
        number += 1
    return at + 1


def _name(word: str) -> str:
    """A key without its quotes and escapes."""
    if word[0] not in "\"'":
        return word
    return next(iter(tomllib.loads(f"{word} = 0")))
