"""The time before each line: its place is detected and it is taken off, but it is parsed only when it is needed.

Most lines are dropped before their time is needed.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.tables import TIME

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analyzer.prefixes.strip import Prefixes

_BOM: Final = "\ufeff"
_SAMPLE: Final = 200
_STAMP: Final = len("2025-03-20T12:00:00")
_SECONDS: Final = "%Y-%m-%dT%H:%M:%S"
_MICROS: Final = 6  # digits of a second that TIME has
_CLOCK: Final = "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}"
_ANY_TIME: Final = rf"^({_CLOCK}(?:\.[0-9]+)?(?:Z|[+-][0-9]{{2}}:[0-9]{{2}}))(?: |$)"


@dataclass(frozen=True, slots=True)
class Times:
    """When each of some lines was written, as far as they say so.

    Attributes:
        stamps: String that begin with the times, or TIME.
        width: of the times in `stamps`.
        prefixes: of lines in `stamps` that hold the times; None: they are no such lines.
    """

    stamps: pl.Series
    width: int = 0
    prefixes: Prefixes | None = None

    def gather(self, rows: pl.Series) -> Times:
        """The times at `rows`, read: nothing is kept of the lines."""
        return Times(Times(self.stamps.gather(rows), self.width, self.prefixes).read())

    def read(self) -> pl.Series:
        """TIME, to the microsecond; null where none can be read."""
        if self.prefixes:
            return self.prefixes.times(self.stamps)
        if not self.width:
            return self.stamps
        return self.stamps.to_frame("stamp").select_seq(_time(self.width)).to_series()


@dataclass(frozen=True, slots=True)
class Timed:
    """Lines without their times, and these; None if no line has one."""

    text: pl.Series
    times: Times | None = None


def without_times(lines: pl.Series) -> Timed:
    """`lines` without a time and a blank before each; times that are of no calendar are taken off, and are null.

    By slices where they can be: most logs have times of one width.
    """
    width = _width(lines)
    if width is None:
        return _of_any_width(_without_mark(lines))
    text, has = lines.to_frame("line").select_seq(_parted(width)).get_columns()
    if has.all():
        return Timed(text, Times(lines, width))
    if lines.filter(~has).str.starts_with(_BOM).any():
        return without_times(_without_mark(lines))
    rest = _of_any_width(lines.set(has, None))
    table = pl.DataFrame({"has": has, "text": text, "line": lines, "rest": rest.text})
    at = pl.when("has").then(_time(width, "line"))
    both = table.select(
        pl.when("has").then("text").otherwise("rest").alias("text"),
        at=pl.coalesce(at, rest.times.stamps) if rest.times else at,
    )
    return Timed(both["text"], Times(both["at"]))


def _without_mark(lines: pl.Series) -> pl.Series:
    return lines.str.strip_prefix(_BOM)


def _of_any_width(lines: pl.Series) -> Timed:
    """The same for lines that have no time, or one with other digits, or with an offset."""
    stamps = lines.str.extract(_ANY_TIME)
    timed = stamps.is_not_null()
    if not timed.any():
        return Timed(lines)
    bare = lines.filter(timed).str.replace(r"^[^ ]+ ?", "")
    at = stamps.str.to_datetime("%+", time_unit="us", time_zone="UTC", strict=False).cast(TIME)
    return Timed(lines.scatter(timed.arg_true(), bare), Times(at))


def _width(lines: pl.Series) -> int | None:
    """That of the first time that ends in Z; None if there is none among the first lines."""
    for line in lines.head(_SAMPLE):
        stamp = line.removeprefix(_BOM).partition(" ")[0]
        if len(stamp) > _STAMP and stamp.endswith("Z") and stamp[:4].isdigit():
            return len(stamp)
    return None


@cache
def _parted(width: int) -> Sequence[pl.Expr]:
    """What stands behind a time of `width`, and whether a line begins with such a one."""
    line = pl.col("line")
    digits = width - _STAMP - 2  # but for the point and the Z
    fraction = rf"\.[0-9]{{{digits}}}" if digits > 0 else ""
    return [
        line.str.slice(width + 1).alias("text"),
        line.str.contains(f"^{_CLOCK}{fraction}Z(?: |$)").alias("has"),
    ]


def _time(width: int, stamp: str = "stamp") -> pl.Expr:
    """The time that a line begins with; seconds repeat, so that each is read once."""
    line = pl.col(stamp)
    at = line.str.slice(0, _STAMP).str.to_datetime(_SECONDS, time_unit="us", strict=False)
    digits = min(width - _STAMP - 2, _MICROS)
    if digits > 0:
        fraction = line.str.slice(_STAMP + 1, digits).cast(pl.Int64, strict=False)
        at += (fraction * 10 ** (_MICROS - digits)).cast(pl.Duration("us"))
    return at.dt.replace_time_zone("UTC")
