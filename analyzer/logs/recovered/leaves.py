"""The texts in a JSON value, each with its path; and the texts at one path.

A path is a tuple of steps: a field's name; `*`, any item of a list; `[1]`, the second of a pair whose first item is a
time, as Loki's `[TIME, TEXT]`; `field=F`, the `value` of `{"field": F, "value": V}`, as the API of CloudWatch Insights
gives its rows; `[2]o`, the output of an event `[SECONDS, "o", TEXT]` of asciinema; `{}`, what a text that is itself
JSON holds.

A list of bytes is a text too: so journald's JSON gives a line that holds an escape sequence (systemd's
"Journal JSON Format").
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from analyzer.logs.recovered.stamps import time_in, time_of

if TYPE_CHECKING:
    from collections.abc import Iterator

Path = tuple[str, ...]
ITEM, TEXT_OF_PAIR, WITHIN = "*", "[1]", "{}"
_OF_FIELD: Final = "field="
_PLACES: Final = frozenset({ITEM, TEXT_OF_PAIR, WITHIN, "[2]o"})
_DEEPEST: Final = 24
_PAIR: Final = 2
_EVENT: Final = 3
_CODES: Final = ("o", "i", "m", "r", "x")  # of asciicast v2 and v3; "o" is output
_RECORDED: Final = "[2]"
_NAMED: Final = frozenset({"field", "value"})


class Leaf(NamedTuple):
    """A text in a value.

    Attributes:
        path: where it stands.
        text: it.
        at: Unix microseconds that the nearest record around it says; None if none does.
    """

    path: Path
    text: str
    at: int | None


def leaves(value: object, path: Path = (), at: int | None = None) -> Iterator[Leaf]:
    """All texts in `value` in the order of the document, but for those deeper than any log has."""
    if isinstance(value, str):
        yield Leaf(path, value, at)
        if (inner := opened(value)) is not None:
            yield from leaves(inner, (*path, WITHIN), at)
    elif len(path) > _DEEPEST:
        return
    elif isinstance(value, dict):
        at = _time(value, at)
        for name, item in value.items():
            yield from leaves(item, (*path, name), at)
    elif (text := _of_bytes(value)) is not None:
        yield Leaf(path, text, at)
    elif isinstance(value, list):
        yield from _of_list(value, path, at)


def at_path(value: object, path: Path, at: int | None = None) -> Iterator[Leaf]:
    """The texts at `path` in `value`, in the order of the document."""
    for step, name in enumerate(path):
        if isinstance(value, dict):
            at = _time(value, at)
            if name not in value:
                return
            value = value[name]
        elif isinstance(value, list):
            rest = path[step + 1 :]
            for steps, item, time in _items(value, at):
                if steps == name:
                    yield from at_path(item, rest, time)
            return
        elif isinstance(value, str) and name == WITHIN:
            value = opened(value)
        else:
            return
    text = value if isinstance(value, str) else _of_bytes(value)
    if text is not None:
        yield Leaf(path, text, at)


def opened(text: str) -> object:
    """The object or list that a text is; None if it is another text."""
    if text[:1] not in ("{", "[") or text.rstrip()[-1:] not in ("}", "]"):
        return None
    try:
        value: object = msgspec.json.decode(text)
    except (ValueError, RecursionError):
        return None
    return value


def named(path: Path) -> str:
    """A path in words: `data.result.values`."""
    words = [step.removeprefix(_OF_FIELD) for step in path if step not in _PLACES]
    return ".".join(words) or "the texts of the list"


def _of_bytes(value: object) -> str | None:
    """The text of a list of bytes; None for all else."""
    if not isinstance(value, list) or len(value) < _PAIR or not all(type(item) is int for item in value):
        return None
    try:
        return bytes(value).decode(errors="replace")
    except ValueError:  # a larger number is among them
        return None


def _of_list(values: list[object], path: Path, at: int | None) -> Iterator[Leaf]:
    for step, item, time in _items(values, at):
        yield from leaves(item, (*path, step), time)


def _items(values: list[object], at: int | None) -> Iterator[tuple[str, object, int | None]]:
    """The items of a list with their steps, and the time that the list says for them."""
    if len(values) >= _PAIR and isinstance(values[1], str) and (time := time_of(values[0])) is not None:
        yield "[0]", values[0], time
        yield TEXT_OF_PAIR, values[1], time
        yield from ((ITEM, item, time) for item in values[2:])
    elif len(values) == _EVENT and isinstance(values[0], (int, float)) and values[1] in _CODES:
        yield TEXT_OF_PAIR, values[1], at
        yield _RECORDED + str(values[1]), values[2], at
    elif values and all(isinstance(item, dict) and item.keys() == _NAMED for item in values):
        fields = {str(item["field"]): item["value"] for item in values if isinstance(item, dict)}
        time = time_in(fields)
        for item in values:
            name = str(item["field"]) if isinstance(item, dict) else ""
            yield "field", name, time or at
            yield _OF_FIELD + name, fields[name], time or at
    else:
        yield from ((ITEM, item, at) for item in values)


def _time(record: dict[str, object], at: int | None) -> int | None:
    own = time_in(record)
    return at if own is None else own
