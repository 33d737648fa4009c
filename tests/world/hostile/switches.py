"""The switches: which kinds of hostility a scenario may have."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

CLOCKS = "clocks"
WINDOWS = "windows"
CI_TEXT = "ci"
UNTIMED = "untimed"
STRANGERS = "strangers"
RERUNS = "reruns"
HEALS = "heals"
TWINS = "twins"
RECREATED = "recreated"
REPLACED = "replaced"
EXPORTS = "exports"
LISTINGS = "listings"
COPIES = "copies"
UNREAD = "unread"
SWITCHES = (
    CLOCKS,
    WINDOWS,
    CI_TEXT,
    UNTIMED,
    STRANGERS,
    RERUNS,
    HEALS,
    TWINS,
    RECREATED,
    REPLACED,
    EXPORTS,
    LISTINGS,
    COPIES,
    UNREAD,
)
ALL = frozenset(SWITCHES)
HOUR, MACHINE_HOUR = "hour", "machine-hour"
EXTRA = (HOUR, MACHINE_HOUR)
"""On only where they are named: every clock is off by up to an hour, each log's by its own or all by the same."""
NONE: frozenset[str] = frozenset()


def chosen(only: Iterable[str] = (), without: Iterable[str] = ()) -> frozenset[str]:
    """The kinds that are on: those of `only`, or all if it is empty, less those of `without`."""
    return (frozenset(only) or ALL) - frozenset(without)


def chance_of(seed: int, kind: str) -> Random:
    """The chance of one kind in one scenario, which no other draws from."""
    return Random(f"{seed} {kind}")  # noqa: S311 - nothing here is secret
