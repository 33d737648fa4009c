"""SST's own log (`sst.log`, `--print-logs`) as a `Language`: Go's slog, in lines of `key=value`.

The meaning of each line is in `grammars/slog.lark`, that of its attributes in `grammars/logfmt.lark`.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.logs.languages.slog.events import FACTS_TOLD, TELLING_RECORDS, record_events
from analyzer.logs.text.forms import Alone, Meaning, role_of
from analyzer.logs.text.language import STARTING
from analyzer.logs.text.lines import beside

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from analyzer.logs.text.language import Settling

GRAMMAR: str = "slog"
OPEN: Collection[str] = ()
YIELDING: Collection[str] = ()
ACTING: Collection[str] = ()
SETTLING: Sequence[Settling] = ()
# Most lines of `sst.log`: a record matters only where its message is one that is read, or a fault.
FORMS: Mapping[str, Meaning] = {"slog": Meaning(role="slog", alone=Alone.COUNTED)}

TELLING: Final = TELLING_RECORDS
OPENING: Final = "initializing project"
REPEATING: Final = rf'level=(?:INFO|DEBUG) msg="?(?:(?:INFO|DEBUG) )?(?:{FACTS_TOLD})'
STAMP: Final = "time=[^ ]* "

_STARTS: Final = '"initializing project"'


def marks(parts: Mapping[str, pl.DataFrame]) -> list[pl.DataFrame]:
    """A deploy begins where SST reads the project."""
    if "slog" not in parts:
        return []
    starts = parts["slog"].filter(pl.col("slog_message") == _STARTS)
    section, begins = pl.lit(STARTING).alias("section"), pl.lit(value=True).alias("begins")
    return [starts.select("row", section, begins, pl.lit(value=False).alias("display"))]


@cache
def role() -> pl.Expr:
    """`slog`, or null."""
    return role_of(FORMS)


def message_lines(lines: pl.DataFrame) -> pl.DataFrame:
    """No line: a record is a line, whatever it says."""
    return lines.clear()


def messages(lines: pl.DataFrame) -> pl.Series:
    """Each line by itself."""
    return lines["line"].alias("number")


def finished(messages: pl.DataFrame) -> pl.DataFrame:
    """The messages as they are."""
    return messages


def events(lines: pl.DataFrame, parts: Mapping[str, pl.DataFrame]) -> list[pl.DataFrame]:
    """The records: facts of the deploy, how it ended, errors and warnings, and the rest."""
    if "slog" not in parts:
        return []
    placed = lines.select("line", "at", "run", "role")
    return record_events(beside(placed, parts["slog"]).filter(pl.col("role") == "slog"))
