"""What holds: the command line before the environment, the environment before the file, the file before defaults."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING, Final

from analyzer.config.keys import KEYS
from analyzer.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analyzer.config.file import ConfigFile
    from analyzer.config.keys import Key, Value

_SWITCHES: Final = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
OTHERS: Final = ("LOSTWRITE_DEBUG", "LOSTWRITE_COMMAND")
"""Variables of the same prefix that are no keys: for whoever develops."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What holds for one key.

    Attributes:
        value: the value; None where there is none.
        origin: where it came from: `option`, `environment`, `file` or `default`.
        place: the option, the variable, or `file:line`; None for a default.
    """

    value: Value
    origin: str
    place: str | None = None


def resolve(
    given: Mapping[str, Value], environment: Mapping[str, str], file: ConfigFile | None
) -> dict[str, Setting]:
    """What holds for each key.

    Args:
        given: options of the command line, by key; None is not given.
        environment: all variables; an empty one is not set.
        file: what the configuration file says.

    Raises:
        UsageError: a variable has a wrong value.
    """
    return {key.name: _setting(key, given, environment, file) for key in KEYS}


def _setting(
    key: Key, given: Mapping[str, Value], environment: Mapping[str, str], file: ConfigFile | None
) -> Setting:
    option = given.get(key.name)
    if option is not None:
        return Setting(option, "option", f"--{key.name}")
    if environment.get(key.variable):
        return Setting(_of_variable(key, environment[key.variable]), "environment", key.variable)
    if file is not None and key.name in file.values:
        value, line = file.values[key.name]
        if key.kind == "path":
            value = str(PurePath(file.path).parent / str(value))
        return Setting(value, "file", f"{file.path}:{line}")
    return Setting(key.default, "default")


def _of_variable(key: Key, text: str) -> Value:
    value = text.strip()
    known: Value = value
    if key.kind == "choice":
        known = value if value in key.choices else None
    elif key.kind == "switch":
        known = _SWITCHES.get(value.lower())
    elif key.kind == "count":
        known = int(value) if value.isascii() and value.isdigit() and len(value) <= 6 else None  # noqa: PLR2004
        known = known or None
    if known is None:
        raise UsageError(f"{key.variable} {key.wanted}, not {value[:40]!r}")
    return known


def unknown_variables(environment: Mapping[str, str]) -> list[str]:
    """The names of variables that look like ours and are none, sorted: a slip of the pen changes nothing."""
    known = {key.variable for key in KEYS} | set(OTHERS)
    return sorted(name for name in environment if name.startswith("LOSTWRITE_") and name not in known)
