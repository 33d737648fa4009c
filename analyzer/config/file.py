"""A configuration file: text → checked values, each with its line (docs/configuration.md)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from analyzer.config.keys import KEYS, Value, key_of
from analyzer.config.place import Place
from analyzer.config.suppress import suppression
from analyzer.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analyzer.gate.terms import Suppression

OWN: Final = "lostwrite.toml"
SHARED: Final = "pyproject.toml"
SUPPRESS: Final = "suppress"

_MOST: Final = 1000  # suppressions: each is compared with each finding
_DEEP: Final = re.compile(
    r"""(?<![A-Za-z0-9_-])(?:(?:[A-Za-z0-9_-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+){20}"""
)
"""A key of more than 20 parts, `a.b.c...`: what `tomllib` and `lines_of` do with one grows with the square of them."""


@dataclass(frozen=True, slots=True)
class ConfigFile:
    """What a configuration file says.

    Attributes:
        path: the file, as messages name it.
        values: the keys that it has, with their lines. A path is as it is written: relative to the file's folder.
        suppressions: in the order of the file.
    """

    path: str
    values: Mapping[str, tuple[Value, int]] = field(default_factory=dict)
    suppressions: tuple[Suppression, ...] = ()


def read_config(text: str, path: str, *, shared: bool) -> ConfigFile | None:
    """What the text says; None where it is shared, and says nothing to lostwrite.

    Args:
        text: the TOML text.
        path: how messages name the file.
        shared: whether the keys are under `[tool.lostwrite]`, as in a pyproject.toml, and not `[lostwrite]`.

    Raises:
        UsageError: it is no TOML, has an unknown key or a wrong value; with the file and the line.
    """
    if shared and "lostwrite" not in text:
        return None  # whatever else is wrong with it: it is no file of ours
    document, place = _parsed(text, path)
    if shared:
        tool = document.get("tool")
        if not isinstance(tool, dict) or "lostwrite" not in tool:
            return None
        return _checked(tool["lostwrite"], place.within("tool", "lostwrite"))
    for name in document:
        if name != "lostwrite":
            raise place.error(f"unknown key {name!r}: keys stand under [lostwrite]", name)
    return _checked(document.get("lostwrite", {}), place.within("lostwrite"))


def _parsed(text: str, path: str) -> tuple[dict[str, object], Place]:
    import tomllib

    from analyzer.config.lines import lines_of

    deep = _DEEP.search(text)
    if deep:
        line = text.count("\n", 0, deep.start()) + 1
        raise UsageError(f"{path}:{line}: a key has more than 20 parts, which none of a configuration has")
    try:
        return tomllib.loads(text), Place(path, lines_of(text), ())
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{path}: is no TOML: {error}") from error
    except (RecursionError, ValueError) as error:  # thousands of brackets, or of digits
        raise UsageError(f"{path}: is no TOML that can be read") from error


def _checked(found: object, place: Place) -> ConfigFile:
    if not isinstance(found, dict):
        raise place.error(f"must be a table: [{'.'.join(map(str, place.table))}]")
    values = {name: (_value(name, value, place), place.line(name)) for name, value in found.items()}
    values.pop(SUPPRESS, None)
    return ConfigFile(place.path, values, _suppressions(found.get(SUPPRESS, []), place))


def _value(name: str, value: object, place: Place) -> Value:
    if name == SUPPRESS:
        return None
    key = key_of(name)
    if key is None:
        raise place.unknown(name, [SUPPRESS, *(known.name for known in KEYS if known.in_file)])
    if not key.in_file:
        raise place.error(f"{name} is an option, and an environment variable, but no key of a file", name)
    if key.kind == "switch":
        fits = isinstance(value, bool)
    else:
        fits = isinstance(value, str) and (value in key.choices if key.choices else _is_relative(value))
    if not fits:
        more = " relative to the folder of this file" if key.kind == "path" else ""
        raise place.wrong(name, f"{key.wanted}{more}", value)
    assert isinstance(value, (str, bool))  # noqa: S101 - for mypy: it was seen above
    return value


def _is_relative(value: str) -> bool:
    return bool(value.strip()) and "\0" not in value and value[0] not in "/\\~" and value[1:2] != ":"


def _suppressions(value: object, place: Place) -> tuple[Suppression, ...]:
    if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
        table = ".".join(map(str, (*place.table, SUPPRESS)))
        raise place.error(f"{SUPPRESS} must be an array of tables: [[{table}]]", SUPPRESS)
    if len(value) > _MOST:
        raise place.error(f"{SUPPRESS} has more than {_MOST} entries: use a baseline", SUPPRESS)
    return tuple(suppression(entry, place.within(SUPPRESS, number)) for number, entry in enumerate(value))
