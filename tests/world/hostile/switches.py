"""The switches: which kinds of hostility a scenario may have."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

CLOCKS = "clocks"
STRANGERS = "strangers"
WINDOWS = "windows"
UNTIMED = "untimed"
SWITCHES = (CLOCKS, STRANGERS, WINDOWS, UNTIMED)
ALL = frozenset(SWITCHES)
NONE: frozenset[str] = frozenset()


def chosen(only: Iterable[str] = (), without: Iterable[str] = ()) -> frozenset[str]:
    """The kinds that are on: those of `only`, or all if it is empty, less those of `without`."""
    return (frozenset(only) or ALL) - frozenset(without)


def chance_of(seed: int, kind: str) -> Random:
    """The chance of one kind in one scenario, which no other draws from."""
    return Random(f"{seed} {kind}")  # noqa: S311 - nothing here is secret
