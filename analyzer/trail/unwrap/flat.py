"""Fields whose names are paths (`requestParameters.puts{}.key`) → objects, as SIEMs take records apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_DEEPEST: Final = 20
_LONGEST: Final = 1_000  # values of one list: a call names 50 keys


def unflattened(fields: Mapping[str, object]) -> dict[str, Any]:
    """The objects that `fields` were; `{}` after a name is a list, whose values stand in a list of their own.

    A field whose path is that of another one's part is left out.
    """
    built: dict[str, Any] = {}
    for name, value in fields.items():
        parts = name.split(".")
        if len(parts) <= _DEEPEST:
            _put(built, parts, value)
    return built


def below(fields: Mapping[str, object], prefix: str) -> dict[str, object]:
    """The fields whose names begin with `prefix` and a full stop, without it."""
    start = prefix + "."
    return {name.removeprefix(start): value for name, value in fields.items() if name.startswith(start)}


def _put(node: dict[str, Any], parts: list[str], value: object) -> None:
    for place, part in enumerate(parts[:-1]):
        if part.endswith("{}"):
            _put_each(node, part[:-2], parts[place + 1 :], value)
            return
        following = node.setdefault(part, {})
        if not isinstance(following, dict):
            return
        node = following
    node.setdefault(parts[-1].removesuffix("{}"), value)


def _put_each(node: dict[str, Any], name: str, rest: list[str], value: object) -> None:
    """One value into each object of a list."""
    items = node.setdefault(name, [])
    if not isinstance(items, list):
        return
    for place, item in enumerate(_several(value)):
        if place >= _LONGEST:
            return
        if place == len(items):
            items.append({})
        if isinstance(items[place], dict):
            _put(items[place], rest, item)


def _several(value: object) -> Iterable[object]:
    if isinstance(value, str):
        return value.split("\n")  # as a CSV holds several values in one cell
    return value if isinstance(value, list) else [value]
