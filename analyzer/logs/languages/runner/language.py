"""What a CI runner or a package manager prints, as a `Language`: all noise, but it ends what stood open.

The meaning of each line is in `grammars/runner.lark`.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import polars as pl

from analyzer.logs.text.language import NOISE, shown

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from analyzer.logs.text.language import Settling

GRAMMAR: str = "runner"
OPEN: Collection[str] = ()
YIELDING: Collection[str] = ()
STEPS: Collection[str] = ()
ACTING: Collection[str] = ()
PLAIN: Collection[str] = ()
SETTLING: Sequence[Settling] = ()
ENDING: Collection[str] = ("run_marker", "run_exit", "run_section")
ENDS_AS_NOISE: Collection[str] = ENDING
IDLE_NOISE: Collection[str] = ("run_script",)

_form = pl.col("form")


def marks(parts: Mapping[str, pl.DataFrame]) -> list[pl.DataFrame]:
    """The engine's display ends with the step that it runs in."""
    return shown(parts, ENDING, display=False)


@cache
def role() -> pl.Expr:
    """NOISE, or null."""
    return pl.when(_form.is_in((*ENDING, "run_script"))).then(pl.lit(NOISE))


def said(lines: pl.DataFrame) -> pl.DataFrame:
    """No line."""
    return lines.clear()


def messages(said: pl.DataFrame) -> pl.Series:
    """Each line by itself."""
    return said["line"].alias("number")


def finished(messages: pl.DataFrame) -> pl.DataFrame:
    """The messages as they are."""
    return messages


def events(lines: pl.DataFrame, parts: Mapping[str, pl.DataFrame]) -> list[pl.DataFrame]:  # noqa: ARG001
    """None."""
    return []
