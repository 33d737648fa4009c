"""What `lostwrite config` prints: what holds, and where it came from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from analyzer.config.file import ConfigFile
    from analyzer.config.resolve import Setting
    from analyzer.gate.terms import Suppression

SCHEMA: Final = "lostwrite.config/v1"


@dataclass(frozen=True, slots=True)
class Configuration:
    """All that holds.

    Attributes:
        file: the configuration file that was found or named.
        passed_over: files that say something too and do not hold, because another one does.
        settings: what holds for each key.
        unknown_variables: names of environment variables that look like keys and are none.
    """

    file: ConfigFile | None
    passed_over: Sequence[str]
    settings: Mapping[str, Setting]
    unknown_variables: Sequence[str] = ()

    @property
    def suppressions(self) -> tuple[Suppression, ...]:
        """The suppressions of the file."""
        return () if self.file is None else self.file.suppressions


def lines(found: Configuration) -> list[str]:
    """A line for each key, and one for each suppression; what they have from a file may contain line ends."""
    shown = [f"Configuration file: {'none' if found.file is None else found.file.path}"]
    shown += [f"Not used: {path} (the other file in its folder holds)" for path in found.passed_over]
    rows = [
        (name, _value(setting), setting.place or setting.origin) for name, setting in found.settings.items()
    ]
    widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
    shown += ["", *(f"{name:<{widths[0]}}  {value:<{widths[1]}}  {place}" for name, value, place in rows)]
    if found.suppressions:
        shown += ["", f"Suppressions: {len(found.suppressions)}", *map(_line, found.suppressions)]
    if found.unknown_variables:
        shown += ["", f"Of no meaning here: {', '.join(found.unknown_variables)}"]
    return shown


def document(found: Configuration) -> dict[str, object]:
    """The same as dictionaries and lists, ready for any JSON encoder."""
    return {
        "schema": SCHEMA,
        "file": None if found.file is None else found.file.path,
        "passed_over": list(found.passed_over),
        "settings": {
            name: {"value": setting.value, "origin": setting.origin, "place": setting.place}
            for name, setting in found.settings.items()
        },
        "suppressions": [
            {
                **each.criteria(),
                "reason": each.reason,
                "expires": None if each.expires is None else each.expires.isoformat(),
                "place": f"{each.source}:{each.line}",
            }
            for each in found.suppressions
        ],
        "unknown_variables": list(found.unknown_variables),
    }


def _line(each: Suppression) -> str:
    until = "" if each.expires is None else f" until {each.expires}"
    return f"  {each}{until}: {each.reason} ({each.source}:{each.line})"


def _value(setting: Setting) -> str:
    if setting.value is None:
        return "none"
    return str(setting.value).lower() if isinstance(setting.value, bool) else str(setting.value)
