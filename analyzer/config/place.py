"""Where a key of a configuration stands, and the error that says so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time
from typing import TYPE_CHECKING, Final

from analyzer.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from analyzer.config.lines import Path

_SHOWN: Final = 40  # characters of a wrong value


@dataclass(frozen=True, slots=True)
class Place:
    """A table of a file.

    Attributes:
        path: the file, as messages name it.
        lines: of the whole file (`lines_of`).
        table: the path of the table.
    """

    path: str
    lines: Mapping[Path, int]
    table: Path

    def line(self, *names: str | int) -> int:
        """The line of what is in the table; that of what it stands in, where it has none of its own."""
        path = (*self.table, *names)
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def within(self, *names: str | int) -> Place:
        """A table in this one."""
        return Place(self.path, self.lines, (*self.table, *names))

    def error(self, message: str, *names: str | int) -> UsageError:
        """`lostwrite.toml:3: MESSAGE`, with the line of what is in the table."""
        return UsageError(f"{self.path}:{self.line(*names)}: {message}")

    def wrong(self, name: str, wanted: str, value: object) -> UsageError:
        """The error for a key whose value is not as it must be."""
        return self.error(f"{name} {wanted}, not {shown(value)}", name)

    def unknown(self, name: str, known: Iterable[str]) -> UsageError:
        """The error for a key that does not exist, with the one that may be meant."""
        from difflib import get_close_matches

        near = get_close_matches(name, list(known), n=1)
        return self.error(f"unknown key {name!r}" + (f": {near[0]!r} is one" if near else ""), name)


def shown(value: object) -> str:
    """A value as TOML writes it, or its beginning."""
    if isinstance(value, bool):
        text = str(value).lower()
    else:
        text = value.isoformat() if isinstance(value, (date, time)) else repr(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."
