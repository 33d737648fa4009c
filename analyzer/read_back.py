"""The one rule for every JSON file that the program reads back: an older form is migrated, a newer refused by name.

A form is named `lostwrite.WHAT/vN`. For each older N that was ever written there is a function that makes the next one
of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

import msgspec

from analyzer.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_ANY: Final = re.compile(r"(lostwrite\.[a-z]{1,20})/v([0-9]{1,4})")
_BROKEN: Final = (KeyError, TypeError, ValueError, AttributeError)

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Form(Generic[Value]):
    """A form of file.

    Attributes:
        schema: `lostwrite.WHAT/vN`, the form that this version writes.
        noun: what a user calls the file.
        kind: the type of what it holds (a msgspec struct with `schema`).
        migrations: for each older N, what makes the form of N+1 of it.
    """

    schema: str
    noun: str
    kind: type[Value]
    migrations: Mapping[int, Callable[[dict[str, Any]], dict[str, Any]]] = field(default_factory=dict)

    def read(self, data: bytes, place: str) -> Value:
        """What the file holds.

        Args:
            data: its bytes.
            place: its path, for the error.

        Raises:
            InputError: it is of a newer form, of no form of this name, or damaged.
        """
        broken = InputError(place, f"is no {self.noun} ({self.schema}), or a damaged one")
        try:
            named = msgspec.json.decode(data, type=_Named).schema
            version = self._version(named, place)
            if named == self.schema:
                return msgspec.json.decode(data, type=self.kind)
            held = msgspec.json.decode(data, type=dict[str, Any])
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise broken from error
        try:
            for older in range(version, int(_ANY.fullmatch(self.schema)[2])):  # type: ignore[index]  # it is one
                held = self.migrations[older](held)
            return msgspec.convert({**held, "schema": self.schema}, self.kind)
        except (*_BROKEN, RecursionError) as error:  # msgspec's own is a ValueError
            raise broken from error

    def _version(self, named: str, place: str) -> int:
        """The number of a form of this name that can be read."""
        found, own = _ANY.fullmatch(named), _ANY.fullmatch(self.schema)
        if found is None or own is None:
            raise InputError(place, f"is no {self.noun} ({self.schema})")
        version = int(found[2])
        if found[1] == own[1] and (version == int(own[2]) or version in self.migrations):
            return version
        is_newer = found[1] == own[1] and version > int(own[2])
        newer = "; it needs a newer lostwrite" if is_newer else ""
        raise InputError(place, f"is {named}, and {self.schema} is what can be read{newer}")


class _Named(msgspec.Struct):
    schema: str
