"""The text of a CI job: Pulumi's rows and dots, each line stamped by the job's machine when the line was printed.

A pipe may hold the output back: until it ends, or until a block of it is full. Then many lines have one late stamp.
Pulumi prints a dot a second while it waits, by a clock that no output resets; so the dots tell what the stamps do not.
Source: docs/facts/alignment.md#2-ci-stamps; docs/facts/pulumi-output.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from tests.world.logs import pulumi_lines

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from random import Random

    from tests.world.deploy import Deploy

LIVE, AT_END, BLOCKS, LATE = "live", "at the end", "in blocks", "late"
KINDS = (LIVE,) * 5 + (AT_END,) * 2 + (BLOCKS,) * 2 + (LATE,)
BLOCK = 4096


@dataclass(frozen=True, slots=True)
class Printed:
    """How the output came: `delay` seconds late, if it came late."""

    kind: str = LIVE
    delay: float = 0.2


def draw(chance: Random) -> Printed:
    """How the output of one job came."""
    kind = chance.choice(KINDS)
    return Printed(kind, chance.uniform(5, 60) if kind == LATE else chance.uniform(0, 0.2))


def ci_text(deploy: Deploy, base: datetime, printed: Printed) -> str:
    """The job's log, in the form of GitHub Actions: `2026-07-01T00:20:01.1234567Z LINE`."""
    lines = list(with_dots(deploy.began, pulumi_lines(deploy)))
    stamped = []
    for at, line in zip(_stamps(lines, printed), (line for _, line in lines), strict=True):
        moment = base + timedelta(seconds=deploy.clock.shows(at))
        stamped.append(f"{moment:%Y-%m-%dT%H:%M:%S.%f}0Z {line}")
    return "\n".join(stamped) + "\n"


def dotted_text(deploy: Deploy) -> str:
    """`pulumi.log` with its dots."""
    return "\n".join(line for _, line in with_dots(deploy.began, pulumi_lines(deploy))) + "\n"


def with_dots(began: float, lines: Iterable[tuple[float, str]]) -> list[tuple[float, str]]:
    """The lines, and before each the dots of the seconds since the line before; they end with that line."""
    found: list[tuple[float, str]] = []
    ticks = 0
    for at, line in lines:
        passed = int(at - began)
        if passed > ticks:
            found.append((at, "@ updating..." + "." * (passed - ticks)))
            ticks = passed
        found.append((at, line))
    return found


def _stamps(lines: list[tuple[float, str]], printed: Printed) -> list[float]:
    moments = [at + printed.delay for at, _ in lines]
    if printed.kind == AT_END:
        return [moments[-1]] * len(moments)
    if printed.kind != BLOCKS:
        return moments
    stamps, size, waiting = [0.0] * len(moments), 0, []
    for number, (_, line) in enumerate(lines):
        size += len(line.encode()) + 1
        waiting.append(number)
        if size >= BLOCK or number == len(lines) - 1:
            for each in waiting:
                stamps[each] = moments[number]
            size, waiting = 0, []
    return stamps
