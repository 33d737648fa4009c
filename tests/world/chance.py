"""The one source of chance: the same seed gives the same world."""

from __future__ import annotations

from random import Random


def seeded(seed: int) -> Random:
    """A generator of its own, for a simulation."""
    return Random(seed)  # noqa: S311 - nothing here is secret
