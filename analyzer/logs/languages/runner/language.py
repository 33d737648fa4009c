"""What a CI runner or a package manager prints, as a `Language`: all noise, but it ends what stood open.

The meaning of each line is in `grammars/runner.lark`.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from analyzer.logs.text.forms import Alone, Meaning, role_of, where
from analyzer.logs.text.language import NOISE, shown

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    import polars as pl

    from analyzer.logs.text.language import Settling

GRAMMAR: str = "runner"
OPEN: Collection[str] = ()
YIELDING: Collection[str] = ()
ACTING: Collection[str] = ()
SETTLING: Sequence[Settling] = ()
FORMS: Mapping[str, Meaning] = {
    "run_marker": Meaning(role=NOISE, ends=True, alone=Alone.NOISE),
    "run_script": Meaning(role=NOISE, alone=Alone.NOISE),
    "run_exit": Meaning(role=NOISE, ends=True, alone=Alone.NOISE),
    "run_section": Meaning(role=NOISE, ends=True, alone=Alone.NOISE),
}


def marks(parts: Mapping[str, pl.DataFrame]) -> list[pl.DataFrame]:
    """The engine's display ends with the step that it runs in."""
    return shown(parts, where(FORMS, lambda row: row.ends), display=False)


@cache
def role() -> pl.Expr:
    """NOISE, or null."""
    return role_of(FORMS)


def message_lines(lines: pl.DataFrame) -> pl.DataFrame:
    """No line."""
    return lines.clear()


def messages(lines: pl.DataFrame) -> pl.Series:
    """Each line by itself."""
    return lines["line"].alias("number")


def finished(messages: pl.DataFrame) -> pl.DataFrame:
    """The messages as they are."""
    return messages


def events(lines: pl.DataFrame, parts: Mapping[str, pl.DataFrame]) -> list[pl.DataFrame]:  # noqa: ARG001
    """None."""
    return []
