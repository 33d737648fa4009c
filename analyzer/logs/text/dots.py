"""The dots that Pulumi prints while it waits, one a second: the only clock of a text log without times.

In come the lines of a batch, out goes how many dots had been printed by each line. Output does not reset the ticker: it
only ends the line of dots, so that all dots so far are the seconds since the display began
(docs/facts/alignment.md#2-ci-stamps). Checked on rows of
real logs that say how long they took: 52 dots for 51 s, 680 for 679 s, 51 for 50 s, 55 for 55 s (with 20 rows in
between), and 399 for 406 s: a slow machine prints fewer, never more.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import polars as pl

_ALWAYS: Final = 3  # dots of `@ updating...`, which stand there before the first second is over
_SPINNER: Final = r"^(?:@|✨) [A-Za-z ]+(\.+)$"
_ALONE: Final = r"^(\.+)$"  # a line of dots that goes on, as a pipe cuts it


@dataclass(frozen=True, slots=True)
class Dots:
    """The lines of a batch that hold dots.

    Attributes:
        rows: their places in the batch.
        printed: how many dots there were in the batch up to the end of each.
    """

    rows: pl.Series
    printed: pl.Series

    @property
    def total(self) -> int:
        """The dots of the batch."""
        return int(self.printed[-1]) if len(self.printed) else 0

    def upto(self, rows: pl.Series) -> pl.Series:
        """Int64: the dots that had been printed in the batch by each of `rows`."""
        if not len(self.rows):
            return pl.Series([0], dtype=pl.Int64).new_from_index(0, len(rows))
        before = self.rows.search_sorted(rows, side="right")
        return pl.concat([pl.Series([0], dtype=pl.Int64), self.printed]).gather(before)


def dots_of(text: pl.Series) -> Dots:
    """The dots in the lines `text`, which have no prefix."""
    spins = text.str.starts_with("@ ") | text.str.starts_with("✨ ")
    dotted = text.str.starts_with(".")
    rows = (spins | dotted).arg_true()
    lines = text.gather(rows)
    seconds = pl.select(
        pl.coalesce(
            (lines.str.extract(_SPINNER).str.len_chars().cast(pl.Int64) - _ALWAYS).clip(lower_bound=0),
            lines.str.extract(_ALONE).str.len_chars().cast(pl.Int64),
        ).alias("seconds")
    ).to_series()
    some = seconds.is_not_null()
    return Dots(rows.filter(some), seconds.filter(some).cum_sum())


def ticks(printed: pl.Series, runs: pl.Series, run: int, before: int) -> tuple[pl.Series, int]:
    """The seconds since the display of each line's deploy began, and the dots before that of the last line.

    Args:
        printed: the dots of the log up to each line of a batch.
        runs: the deploy of each line; a display begins with it.
        run: the deploy of the line before the batch.
        before: the dots of the log before that deploy.

    Returns:
        Int64, null as long as the deploy printed no dots: nothing shows how long it ran.
    """
    if int(runs[0]) == run == int(runs[-1]):
        since = printed - before
    else:
        start = pl.when(runs == run).then(before).otherwise(pl.first("printed").over("run"))
        table = pl.DataFrame({"printed": printed, "run": runs}).with_columns(start=start)
        before = int(table["start"][-1])
        since = table["printed"] - table["start"]
    return since.set(since <= 0, None), before
