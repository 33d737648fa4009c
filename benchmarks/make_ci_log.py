"""Writes the raw log of a CI job of any length: a build that talks, SST's terminal output and log, Pulumi's rows.

Every line has GitHub Actions' time stamp. The shares are those of a job that builds, deploys with `sst deploy
--print-logs` and then shows `pulumi.log`: one line in two hundred is about a key-value store.
"""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from benchmarks.make_text import pulumi_line

if TYPE_CHECKING:
    from pathlib import Path

_BEGINNING = datetime(2025, 3, 20, 12, 0, tzinfo=UTC)
_BUILD = (
    "npm warn deprecated inflight@1.0.6: This module is not supported, and leaks memory.",
    "transforming (1204) node_modules/react-dom/cjs/react-dom.production.min.js",
    "dist/assets/index-4f3c1a2b.js                   212.44 kB │ gzip: 68.90 kB",
    "✓ built in 4.31s",
    "  at async Promise.all (index 0)",
    "##[group]Run npx sst deploy --stage prod --print-logs",
    "##[endgroup]",
    "",
)
_TYPES = ("sst:aws:Function", "aws:lambda:Function", "aws:iam:RolePolicyAttachment", "aws:s3:BucketObjectv2")
_VERBS = ("Created", "Updated", "Deleted")
_SLOG = (
    'level=INFO msg="rpc request" service=server method=POST url=/rpc',
    'level=INFO msg="INFO pushing partial state updateID=fe6aadedee0704c33ffb620d"',
    'level=INFO msg="loaded config" app=shop stage=prod',
)


def write_ci_log(path: Path, lines: int) -> float:
    """Writes `lines` lines to `path` and gives their size in MB."""
    chance = random.Random(20250320)
    with path.open("w", encoding="utf-8") as file:
        for number, line in enumerate(
            ("SST 3.12.5  ready!", "", "➜  App:        shop", "   Stage:      prod", "", "~  Deploy", "")
        ):
            file.write(_stamped(number, line))
        for number in range(7, lines - 1):
            file.write(_stamped(number, _line(chance, number)))
        file.write(_stamped(lines, "✓  Complete"))
    return path.stat().st_size / 1e6


def _stamped(number: int, line: str) -> str:
    at = _BEGINNING + timedelta(milliseconds=number)
    return f"{at:%Y-%m-%dT%H:%M:%S.%f}0Z {line}\n"


def _line(chance: random.Random, number: int) -> str:
    kind = chance.random()
    if kind < 0.45:
        return chance.choice(_BUILD)
    if kind < 0.55:
        at = _BEGINNING + timedelta(milliseconds=number)
        return f"time={at:%Y-%m-%dT%H:%M:%S}.{number % 1000:03}Z {chance.choice(_SLOG)}"
    if kind < 0.5525:
        return f"|  Updated     Site{number % 50} sst:aws:Nextjs → Site{number % 50}RoutesUpdate sst:aws:KvRoutesUpdate"
    if kind < 0.7:
        name = f"Web{number % 5000}"
        steps = f"{name} {chance.choice(_TYPES)} → {name}Role aws:iam:Role"
        return f"|  {chance.choice(_VERBS)}     {steps} ({number % 90 / 10 + 1}s)"
    return pulumi_line(chance, number, about_keys=0.01)
