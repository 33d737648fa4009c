"""Writes a `pulumi.log` of any length: rows of every glyph, console lines, spinners, a tail of sections."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_DYNAMIC = "pulumi-nodejs:dynamic:Resource"
_TYPES = ("aws:s3:BucketObjectv2", "aws:lambda:Function", "aws:iam:RolePolicyAttachment", _DYNAMIC)
_STEPS = (
    ("+ ", "creating", "created"),
    ("~ ", "updating", "updated"),
    ("- ", "deleting", "deleted"),
    ("++", "creating replacement", "created replacement"),
    ("--", "deleting original", "deleted original"),
)
_SAID = (
    "✓ 312 modules transformed.",
    "rendering chunks (41)...",
    "warning: the bundle is larger than 500 kB",
)


def write_log(path: Path, lines: int) -> float:
    """Writes `lines` lines to `path` and gives their size in MB."""
    chance = random.Random(20250320)
    with path.open("w", encoding="utf-8") as file:
        file.write("Updating (prod):\n\n")
        for number in range(lines - 9):
            file.write(f"{pulumi_line(chance, number)}\n")
        file.write(
            "Diagnostics:\n  pulumi:pulumi:Stack (shop-prod):\n    warning: it took a while\n\n"
            "Resources:\n    + 12 created\n    52 changes. 12 unchanged\n"
        )
    return path.stat().st_size / 1e6


def pulumi_line(chance: random.Random, number: int, about_keys: float = 0.07) -> str:
    """A line of `pulumi.log`.

    Args:
        chance: decides.
        number: of the line.
        about_keys: the share of lines about a key-value store.
    """
    if chance.random() < about_keys:
        return chance.choice(
            (
                "    pulumi:pulumi:Stack shop-prod running Building kv namespace for RouterRoute/",
                "    pulumi:pulumi:Stack shop-prod running entry: site,50f6,,/",
                f" ~  {_DYNAMIC} Site{number}RoutesUpdate.sst.aws.KvRoutesUpdate updated (0.51s) [diff: ~entry]",
            )
        )
    kind = chance.random()
    if kind < 0.06:
        return f"@ updating{'.' * chance.randrange(3, 9)}"
    if kind < 0.14:
        return f"    pulumi:pulumi:Stack shop-prod running {chance.choice(_SAID)}"
    glyph, doing, done = chance.choice(_STEPS)
    name = f"Web{number % 5000}"
    if kind < 0.6:
        return f" {glyph} {chance.choice(_TYPES)} {name} {doing} (0s)"
    if kind < 0.61:
        return f" {glyph} {chance.choice(_TYPES)} {name} **{doing} failed** 1 error"
    return f" {glyph} {chance.choice(_TYPES)} {name} {done} (0.{number % 90 + 10}s)"
