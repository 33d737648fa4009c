"""The clocks that stand in prefixes: their shapes, and how the time of each is read.

A shape is one pattern for Python and for polars: bounded, ASCII, without look-around. Where a text fits several, the
longest counts. A date without a zone is taken as UTC, as everywhere; a clock without a date or without a year, and one
of which day and month cannot be told apart, tells no time.

Source: docs/facts/prefixes.md#5-clocks.
"""

from __future__ import annotations

import re
from typing import Final

import polars as pl

from analyzer.tables import TIME

_HMS: Final = "[0-9]{1,2}:[0-9]{2}:[0-9]{2}"
_PART: Final = "(?:[.,][0-9]{1,9})?"
_HALF: Final = "(?: ?[AaPp][Mm])"
_MONTH: Final = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_DAY: Final = "(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? )?"
_ZONE: Final = "(?:Z| ?UTC| ?[+-][0-9]{2}:?[0-9]{2})?"

SHAPES: Final = {
    "iso": f"[0-9]{{4}}[-/][0-9]{{2}}[-/][0-9]{{2}}[T ][0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}}{_PART}{_ZONE}",
    "compact": f"[0-9]{{8}}T[0-9]{{6}}{_PART}Z?",
    "us": f"[0-9]{{1,2}}/[0-9]{{1,2}}/[0-9]{{4}},? {_HMS}{_PART}{_HALF}?",
    "dotted": rf"[0-9]{{1,2}}\.[0-9]{{1,2}}\.[0-9]{{4}},? {_HMS}{_PART}",
    "clf": f"[0-9]{{1,2}}/{_MONTH}/[0-9]{{4}}:{_HMS}(?: [+-][0-9]{{4}})?",
    "mail": f"{_DAY}[0-9]{{1,2}} {_MONTH} [0-9]{{4}} {_HMS}{_PART}(?: (?:GMT|UTC|[+-][0-9]{{4}}))?",
    "ctime": f"{_DAY}{_MONTH} {{1,2}}[0-9]{{1,2}} {_HMS}(?: [A-Z]{{3,4}})? [0-9]{{4}}",
    "syslog": f"{_MONTH} {{1,2}}[0-9]{{1,2}} {_HMS}{_PART}",
    "logcat": f"[0-9]{{2}}-[0-9]{{2}} {_HMS}{_PART}",
    "glog": rf"[DEFITVW][0-9]{{4}} {_HMS}\.[0-9]{{6}}",
    "chromium": r"[0-9]{4}/[0-9]{6}\.[0-9]{3,6}",
    "date": "[0-9]{4}[-/][0-9]{2}[-/][0-9]{2}",
    "time": f"{_HMS}{_PART}(?:{_HALF}|Z)?",
    "kitchen": f"[0-9]{{1,2}}:[0-9]{{2}}{_HALF}",
    "tai": "@[0-9a-f]{24}",
    "epoch": r"1[0-9]{9}(?:[0-9]{3}|[0-9]{6}|[0-9]{9})?(?:\.[0-9]{1,9})?",
}
"""Pattern by name."""

_NAMED: Final = [(name, re.compile(f"(?:{shape})(?![0-9A-Za-z])")) for name, shape in SHAPES.items()]
ANY_CLOCK: Final = "|".join(SHAPES.values())
_FORMATS: Final = {
    "clf": "%d/%b/%Y:%H:%M:%S %z",
    "mail": "%d %b %Y %H:%M:%S%.f %z",
    "dotted": "%d.%m.%Y %H:%M:%S%.f %z",
    "ctime": "%b %d %H:%M:%S %Y %z",
    "compact": "%Y%m%dT%H%M%S%.f %z",
    "us": "%m/%d/%Y %I:%M:%S%.f %p %z",
    "iso": "%Y-%m-%dT%H:%M:%S%.f %z",
}
DATED: Final = frozenset([*_FORMATS, "epoch", "tai"])
"""Clocks that tell a time."""
_MICROSECONDS: Final = 16
_STAMP: Final = len("2025-03-20T12:00:00")
_LEAP: Final = 10  # TAI64N counts from 1970-01-01 00:00:10 TAI


def clock_at(text: str, start: int) -> tuple[str, int] | None:
    """The name and the end of the longest clock that begins at `start` of `text`."""
    found = [(match.end(), name) for name, shape in _NAMED if (match := shape.match(text, start))]
    if not found:
        return None
    end, name = max(found, key=lambda each: each[0])
    return name, end


def read_clock(name: str, stamps: pl.Series) -> pl.Series:
    """TIME of the clock `name` in `stamps`, which are its texts; null where it tells none.

    Args:
        name: of `SHAPES`.
        stamps: String.
    """
    stamp = pl.col("stamp")
    if name == "iso" and (quick := _read_quickly(stamps)) is not None:
        return quick
    if name == "epoch":
        digits = stamp.str.replace(r"\..*$", "")
        fraction = stamp.str.extract(r"\.([0-9]{1,6})").str.pad_end(6, "0").cast(pl.Int64).fill_null(0)
        whole = digits.str.head(_MICROSECONDS).str.pad_end(_MICROSECONDS, "0").cast(pl.Int64, strict=False)
        at = (whole + fraction).cast(TIME)
    elif name == "tai":
        seconds = stamp.str.slice(1, 16).str.to_integer(base=16, strict=False) - 2**62 - _LEAP
        nanoseconds = stamp.str.slice(17, 8).str.to_integer(base=16, strict=False)
        at = (seconds * 1_000_000 + nanoseconds // 1000).cast(TIME)
    elif name in _FORMATS:
        at = _plain(stamp, name).str.to_datetime(
            _FORMATS[name], time_unit="us", time_zone="UTC", strict=False
        )
        at = at.cast(TIME)
    else:
        at = pl.lit(None, TIME)
    return pl.DataFrame({"stamp": stamps}).select(at.alias("at")).to_series()


def _read_quickly(stamps: pl.Series) -> pl.Series | None:
    """The same for times that are all written alike and have no offset: seconds repeat, so that each is read once."""
    first = stamps.drop_nulls().head(1)
    rest = stamps.str.slice(_STAMP)
    if first.is_empty() or rest.str.contains("[+-]").any():
        return None
    text = first[0]
    form = f"%Y{text[4]}%m{text[7]}%d{text[10]}%H:%M:%S"
    at = stamps.str.head(_STAMP).str.to_datetime(form, time_unit="us", strict=False)
    if at.null_count() > stamps.null_count():
        return None
    micros = rest.str.extract("^[.,]([0-9]{1,6})").str.pad_end(6, "0").cast(pl.Int64).fill_null(0)
    return (at + micros.cast(pl.Duration("us"))).dt.replace_time_zone("UTC").alias("at")


def _plain(stamp: pl.Expr, name: str) -> pl.Expr:
    """`stamp` as its format has it: one blank, a point, a zone of four digits behind a blank."""
    text = stamp.str.replace("^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? ", "").str.replace(r"(\d),(\d)", "${1}.${2}")
    text = text.str.replace(r"(\d), ", "${1} ").str.replace_all("  +", " ")
    if name == "iso":
        text = text.str.replace("^(....).(..).(..).", "${1}-${2}-${3}T")
        text = text.str.replace(" ?(?:Z|UTC)$", "").str.replace(" ?([+-][0-9]{2}):?([0-9]{2})$", " ${1}${2}")
        return pl.when(text.str.contains(" ")).then(text).otherwise(text + " +0000")
    if name == "ctime":
        text = text.str.replace(" [A-Z]{3,4} ", " ")
    if name == "us":
        text = text.str.replace("(?i) ?([AP]M)$", " ${1}").str.to_uppercase()
    if name == "compact":
        text = text.str.strip_suffix("Z")
    has_zone = text.str.contains("(?:GMT|UTC|[+-][0-9]{4})$")
    zoned = text.str.replace(" ?(?:GMT|UTC)$", " +0000")
    return pl.when(has_zone).then(zoned).otherwise(text + " +0000")
