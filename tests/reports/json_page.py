"""The tables of docs/json.md, made of the published schema: a row for each member, with its type and known values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.schemas import published

if TYPE_CHECKING:
    from collections.abc import Iterator

SCHEMA = published("report-v1")


def tables() -> str:
    """A heading and a table for each part of the report."""
    parts = [_table(name, part) for name, part in SCHEMA["properties"].items()]
    return "\n\n".join(parts)


def _table(name: str, part: dict[str, Any]) -> str:
    rows = [f"| `{path}` | {_type(member)} | {_meaning(member)} |" for path, member in _members(name, part)]
    head = [f"### `{name}`", "", "| member | type | meaning |", "|---|---|---|"]
    return "\n".join([*head, *rows])


def _members(path: str, member: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The member and all within it."""
    yield path, member
    for case in _cases(member):
        items = _cases(case["items"])[0] if "items" in case else {}
        for inner, where in ((case, path), (items, f"{path}[]")):
            for name, nested in inner.get("properties", {}).items():
                yield from _members(f"{where}.{name}", nested)


def _cases(member: dict[str, Any]) -> list[dict[str, Any]]:
    """What the member may be, with references followed."""
    found = member.get("anyOf", [member])
    return [SCHEMA["$defs"][case["$ref"].rpartition("/")[2]] if "$ref" in case else case for case in found]


def _type(member: dict[str, Any]) -> str:
    if member.get("$ref") == "#/$defs/time" or {"$ref": "#/$defs/time"} in member.get("anyOf", []):
        return "time or null" if "anyOf" in member else "time"
    if "$ref" in member and "anyOf" in _cases(member)[0]:
        return _type(_cases(member)[0])
    named: list[str] = []
    for case in _cases(member):
        if "const" in case or "enum" in case:
            named.append("string" if isinstance(case.get("const", ""), str) else "integer")
            continue
        types = case["type"]
        named += types if isinstance(types, list) else [types]
    kinds = dict.fromkeys(name for name in named if not (name == "string" and "integer" in named))
    return " or ".join(kinds)


def _meaning(member: dict[str, Any]) -> str:
    values = [
        value
        for case in (*_cases(member), *_cases(member)[0].get("anyOf", ()))
        for value in case.get("enum", [case["const"]] if "const" in case else [])
        if value is not None
    ]
    known = ", ".join(f"`{value}`" for value in dict.fromkeys(values))
    text = str(member["description"])
    return f"{text}: {known}" if known else text
