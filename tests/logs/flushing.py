"""CI logs of deploys whose output is held back in one of several ways, with the true times of what they say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Sequence

BEGAN = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
_ROW = " +  pulumi-nodejs:dynamic:Resource {}KvKeys.sst.aws.KvKeys {}"
_OTHER = " +  aws:s3:Bucket {} {}"


@dataclass(frozen=True, slots=True)
class Run:
    """What a display printed: lines with the seconds since it began, and when the key operations began and ended."""

    lines: Sequence[tuple[float, str]]
    operations: Sequence[tuple[float, float]]


def run(draw: random.Random, *, dots: bool = True) -> Run:
    """A deploy of some seconds to a minute: rows of operations, and the lines of dots between them."""
    rows: list[tuple[float, str]] = []
    operations: list[tuple[float, float]] = []
    for number in range(draw.randint(1, 6)):
        start = draw.uniform(1, 40)
        took = draw.choice([draw.uniform(0.3, 0.9), draw.uniform(1, 15)])
        time = f"{took:.2f}s" if took < 1 else f"{int(took)}s"
        rows += [
            (start, _ROW.format(f"S{number}", "creating (0s)")),
            (start + took, _ROW.format(f"S{number}", f"created ({time})")),
        ]
        operations.append((start, start + took))
    for number in range(draw.randint(0, 10)):
        rows.append((draw.uniform(1, 50), _OTHER.format(f"b{number}", "creating (0s)")))
    end = max(at for at, _ in rows) + draw.uniform(0.1, 3)
    rows.append((end, "    pulumi:pulumi:Stack shop-prod  "))
    lines: list[tuple[float, str]] = [(-draw.uniform(0, 3), "Updating (prod):")]
    ticked = 0
    for at, row in sorted(rows):
        if dots and int(at) > ticked:
            lines.append((at, "@ updating..." + "." * (int(at) - ticked)))
            ticked = int(at)
        lines.append((at, row))
    lines += [(end, "Resources:"), (end, f"    + {len(operations)} created"), (end, "")]
    lines.append((end, f"Duration: {int(end) + 1}s"))
    return Run(lines, operations)


def at_once(lines: Sequence[tuple[float, str]]) -> list[float]:
    """Every line when it was printed."""
    return [at + 0.2 for at, _ in lines]


def at_the_end(lines: Sequence[tuple[float, str]]) -> list[float]:
    """All lines when the program ended."""
    return [lines[-1][0] + 0.2] * len(lines)


def every(seconds: float) -> Callable[[Sequence[tuple[float, str]]], list[float]]:
    """All lines of some seconds together."""

    def held(lines: Sequence[tuple[float, str]]) -> list[float]:
        last = lines[-1][0]
        return [min((at // seconds + 1) * seconds, last) + 0.2 for at, _ in lines]

    return held


def second_half(lines: Sequence[tuple[float, str]]) -> list[float]:
    """The first lines when they were printed, the others when the program ended."""
    half = len(lines) // 2
    return [at + 0.2 if n < half else lines[-1][0] + 0.2 for n, (at, _) in enumerate(lines)]


def log(one: Run, held: Callable[[Sequence[tuple[float, str]]], list[float]]) -> str:
    """A CI log of `one`, of which each line is stamped when it came out."""
    stamps = [BEGAN + timedelta(seconds=at) for at in held(one.lines)]
    return "".join(
        f"{stamp:%Y-%m-%dT%H:%M:%S.%f}0Z {text}\n" for stamp, (_, text) in zip(stamps, one.lines, strict=True)
    )
