"""A time before each line: taken off, and read only where it is asked for.

Most lines are let go before anybody asks when they were written: what follows whole seconds is read of the others.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.tables import TIME

if TYPE_CHECKING:
    from collections.abc import Sequence

_BOM: Final = "\ufeff"
_SAMPLE: Final = 200
_STAMP: Final = len("2025-03-20T12:00:00")
_MICROS: Final = 6  # digits of a second that TIME has
_ANY_TIME: Final = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}(?:\.[0-9]+)?(?:Z|[+-][0-9]{2}:[0-9]{2})(?: |$)"


@dataclass(frozen=True, slots=True)
class Times:
    """When each of some lines was written; null for those that do not say.

    Attributes:
        seconds: TIME, cut to whole seconds where `lines` are given.
        lines: the lines with their times; None where `seconds` are all that is known.
        digits: how many digits of each second stand in `lines`.
    """

    seconds: pl.Series
    lines: pl.Series | None = None
    digits: int = 0

    def gather(self, rows: pl.Series) -> Times:
        """The times at `rows`, read to the microsecond: nothing is kept of the lines."""
        lines = None if self.lines is None else self.lines.gather(rows)
        return Times(replace(self, seconds=self.seconds.gather(rows), lines=lines).exact())

    def exact(self) -> pl.Series:
        """TIME, to the microsecond; what is no digit adds nothing."""
        if self.lines is None:
            return self.seconds
        fraction = self.lines.str.slice(_STAMP + 1, self.digits).cast(pl.Int64, strict=False).fill_null(0)
        return self.seconds + (fraction * 10 ** (_MICROS - self.digits)).cast(pl.Duration("us"))


@dataclass(frozen=True, slots=True)
class Timed:
    """Lines without their times, and these; None where no line has one."""

    text: pl.Series
    times: Times | None = None


def without_times(lines: pl.Series) -> Timed:
    """`lines` without a time and a blank before each: by slices, since most logs have times of one width."""
    width = _width(lines)
    if width is None:
        return Timed(_without_mark(lines))
    text, seconds, marked = lines.to_frame("line").lazy().select(_slices(width)).collect().get_columns()
    if marked[0]:
        return without_times(_without_mark(lines))
    digits = max(0, min(width - _STAMP - 2, _MICROS))  # but for the point and the Z
    times = Times(seconds, lines, digits) if digits else Times(seconds)
    has = seconds.is_not_null()
    if has.all():
        return Timed(text, times)
    text = pl.select(pl.when(has).then(text).otherwise(lines)).to_series()
    others = ~has & lines.set(has, "").str.contains(f"^{_ANY_TIME}")
    return _of_any_width(lines, text, times.exact(), others) if others.any() else Timed(text, times)


def _without_mark(lines: pl.Series) -> pl.Series:
    return lines.str.strip_prefix(_BOM)


def _of_any_width(lines: pl.Series, text: pl.Series, at: pl.Series, others: pl.Series) -> Timed:
    """The same for the `others`: times with fewer digits, or with an offset."""
    stamp = lines.str.extract(r"^([^ ]+)")
    read = stamp.str.to_datetime("%+", time_unit="us", time_zone="UTC", strict=False).cast(TIME)
    found = others & read.is_not_null()
    bare = lines.str.replace(r"^[^ ]+ ?", "")
    table = pl.DataFrame({"found": found, "bare": bare, "text": text, "read": read, "at": at})
    chosen = table.select(
        pl.when("found").then("bare").otherwise("text").alias("text"),
        pl.when("found").then("read").otherwise("at").alias("at"),
    )
    return Timed(chosen["text"], Times(chosen["at"]))


def _width(lines: pl.Series) -> int | None:
    """The length of the first time that ends in Z; None where there is none among the lines."""
    for line in lines.head(_SAMPLE):
        stamp = line.removeprefix(_BOM).partition(" ")[0]
        if len(stamp) > _STAMP and stamp.endswith("Z") and stamp[:4].isdigit():
            return len(stamp)
    if lines.str.contains(f"^{_BOM}?{_ANY_TIME}").any():
        return _STAMP + 1
    return None


@cache
def _slices(width: int) -> Sequence[pl.Expr]:
    """What stands behind a time of `width` that ends in Z, its whole seconds, null where there is none, and a flag.

    The flag says whether any line begins with a byte order mark. All at once: each step costs polars more by the call
    than by the line. Seconds repeat, so that each is read once.
    """
    line = pl.col("line")
    second = line.str.slice(0, _STAMP).str.to_datetime("%Y-%m-%dT%H:%M:%S", time_unit="us", strict=False)
    end = line.str.slice(width - 1, 2)
    at = pl.when((end == "Z ") | (end == "Z")).then(second.dt.replace_time_zone("UTC"))
    marked = line.str.starts_with(_BOM).any()
    return [line.str.slice(width + 1).alias("text"), at.alias("seconds"), marked.alias("marked")]
