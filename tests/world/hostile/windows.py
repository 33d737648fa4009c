"""The window that a person gives for a log without times: the right one, a wide one, or a guess."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from random import Random

    from tests.world.deploy import Deploy

RIGHT, WIDE, LATE, SHORT, SHORTER, LOCAL = "right", "wide", "late", "short", "shorter than Duration", "local"
KINDS = (RIGHT,) * 4 + (WIDE,) * 2 + (LATE, SHORT, SHORTER, LOCAL)
ZONES = (-28_800, -25_200, -18_000, 3_600, 7_200, 19_800)
"""Seconds by which a local time read as UTC is wrong."""


@dataclass(frozen=True, slots=True)
class Window:
    """`--since` and `--until`, in the world's seconds."""

    kind: str
    since: int
    until: int

    @property
    def holds(self) -> bool:
        """Whether the deploy lies in it."""
        return self.kind in (RIGHT, WIDE)


def right_window(deploy: Deploy) -> Window:
    """From the second in which the deploy began to the one after it ended."""
    end = deploy.ended or deploy.killed_at or deploy.began
    return Window(RIGHT, int(deploy.began), int(end + 1) + 1)


def guessed(deploy: Deploy, chance: Random) -> Window:
    """What a person remembers."""
    right = right_window(deploy)
    since, until, kind = right.since, right.until, chance.choice(KINDS)
    match kind:
        case "wide":
            since, until = since - chance.randrange(30, 300), until + chance.randrange(30, 300)
        case "late":
            since, until = since + 30, until + 30
        case "short":
            until = since + max(1, (until - since) // 2)
        case "shorter than Duration":
            middle = (since + until) // 2
            since, until = middle, middle + 1
        case "local":
            zone = chance.choice(ZONES)
            since, until = since + zone, until + zone
        case _:
            pass
    return Window(kind, since, until)
