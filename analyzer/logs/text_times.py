"""A time before each line: taken off by its place, and read only where it is asked for.

Most lines are let go before anybody asks when they were written.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

import polars as pl

from analyzer.tables import TIME

if TYPE_CHECKING:
    from collections.abc import Sequence

_BOM: Final = "\ufeff"
_SAMPLE: Final = 200
_DATE: Final = len("2025-03-20T")
_STAMP: Final = len("2025-03-20T12:00:00")
_SECONDS: Final = "%Y-%m-%dT%H:%M:%S"
_MICROS: Final = 6  # digits of a second that TIME has
_ANY_TIME: Final = r"^([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}(?:\.[0-9]+)?(?:Z|[+-][0-9]{2}:[0-9]{2}))(?: |$)"


@dataclass(frozen=True, slots=True)
class Times:
    """When each of some lines was written, as far as they say so.

    Attributes:
        stamps: String that begin with the times, or TIME.
        width: of the times in `stamps`.
    """

    stamps: pl.Series
    width: int = 0

    def gather(self, rows: pl.Series) -> Times:
        """The times at `rows`, read: nothing is kept of the lines."""
        return Times(Times(self.stamps.gather(rows), self.width).read())

    def read(self) -> pl.Series:
        """TIME, to the microsecond; null where none can be read."""
        return (
            self.stamps.to_frame("stamp").select_seq(_time(self.width)).to_series()
            if self.width
            else self.stamps
        )


@dataclass(frozen=True, slots=True)
class Timed:
    """Lines without their times, and these; None where no line has one."""

    text: pl.Series
    times: Times | None = None


class _Form(NamedTuple):
    """How the times of a log look: the date that they begin with, and their width."""

    date: str
    width: int


def without_times(lines: pl.Series) -> Timed:
    """`lines` without a time and a blank before each: by slices, since most logs have times of one width and day."""
    form = _form(lines)
    if form is None:
        return _of_any_width(_without_mark(lines))
    text, dated, end = lines.to_frame("line").select_seq(_slices(form)).get_columns()
    has = dated & ((end == "Z ") | (end == "Z"))
    if has.all():
        return Timed(text, Times(lines, form.width))
    if lines.filter(~has).str.starts_with(_BOM).any():
        return without_times(_without_mark(lines))
    rest = _of_any_width(lines.set(has, None))
    table = pl.DataFrame({"has": has, "text": text, "line": lines, "rest": rest.text})
    at = pl.when("has").then(_time(form.width, "line"))
    both = table.select(
        pl.when("has").then("text").otherwise("rest").alias("text"),
        at=pl.coalesce(at, rest.times.stamps) if rest.times else at,
    )
    return Timed(both["text"], Times(both["at"]))


def _without_mark(lines: pl.Series) -> pl.Series:
    return lines.str.strip_prefix(_BOM)


def _of_any_width(lines: pl.Series) -> Timed:
    """The same for lines that have no time, or one of another day, with other digits, or with an offset."""
    at = lines.str.extract(_ANY_TIME).str.to_datetime("%+", time_unit="us", time_zone="UTC", strict=False)
    timed = at.is_not_null()
    if not timed.any():
        return Timed(lines)
    bare = lines.filter(timed).str.replace(r"^[^ ]+ ?", "")
    return Timed(lines.scatter(timed.arg_true(), bare), Times(at.cast(TIME)))


def _form(lines: pl.Series) -> _Form | None:
    """That of the first time that ends in Z; None where there is none among the first lines."""
    for line in lines.head(_SAMPLE):
        stamp = line.removeprefix(_BOM).partition(" ")[0]
        if len(stamp) > _STAMP and stamp.endswith("Z") and stamp[:4].isdigit():
            return _Form(stamp[:_DATE], len(stamp))
    return None


def _slices(form: _Form) -> Sequence[pl.Expr]:
    """What stands behind a time, whether the line begins with the date, and how the time ends.

    All at once: each step costs polars more by the call than by the line.
    """
    line = pl.col("line")
    return [
        line.str.slice(form.width + 1).alias("text"),
        line.str.starts_with(form.date).alias("dated"),
        line.str.slice(form.width - 1, 2).alias("end"),
    ]


def _time(width: int, stamp: str = "stamp") -> pl.Expr:
    """The time that a line begins with; seconds repeat, so that each is read once."""
    line = pl.col(stamp)
    at = line.str.slice(0, _STAMP).str.to_datetime(_SECONDS, time_unit="us", strict=False)
    digits = min(width - _STAMP - 2, _MICROS)  # but for the point and the Z
    if digits > 0:
        fraction = line.str.slice(_STAMP + 1, digits).cast(pl.Int64, strict=False)
        at += (fraction * 10 ** (_MICROS - digits)).cast(pl.Duration("us"))
    return at.dt.replace_time_zone("UTC")
