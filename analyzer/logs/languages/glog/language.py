"""Pulumi's verbose log as a `Language`: each record is a diagnostic, with the lines that follow it.

A verbose log holds every input of every resource. Of a record that is no warning or error, and reports no failed call,
only the beginning is kept: up to the first character with which a value could begin.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

import msgspec
import polars as pl

from analyzer.logs.text.forms import Meaning, role_of, where
from analyzer.logs.text.language import DIAGNOSTIC, MESSAGE_LINES, NOISE
from analyzer.tables import TIME

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from analyzer.logs.text.language import Settling

GRAMMAR: str = "glog"
OPEN: Collection[str] = ()
YIELDING: Collection[str] = ("a record",)  # a step of `--diff` may follow
ACTING: Collection[str] = ()
SETTLING: Sequence[Settling] = ()
FORMS: Mapping[str, Meaning] = {
    "record": Meaning(role=DIAGNOSTIC),
    "slog": Meaning(role=DIAGNOSTIC),
    "head": Meaning(role=NOISE, ends=True),
}
_SECTION: Final = "a record"
_LEVELS: Final = {
    "I": "info",
    "W": "warning",
    "E": "error",
    "F": "error",
    "DEBUG": "debug",
    "INFO": "info",
    "WARN": "warning",
    "ERROR": "error",
}
_SLOG_TIME: Final = r'^\{"time":"([^"]+)"'
_SLOG_LEVEL: Final = r'"level":"([A-Z]+)'
_SLOG_TEXT: Final = r'"msg":("(?:[^"\\]|\\.)*")'
_RECORD_TEXT: Final = r"^[IWEF][^\]]*\] ?(.*)$"
_BEFORE_VALUES: Final = r"^[^{}\[\]()=:\\\"']{0,120}"
_OF_CALLS: Final = "operation error |status code: "

_form = pl.col("form")
_section = pl.col("section")


def marks(parts: Mapping[str, pl.DataFrame]) -> list[pl.DataFrame]:
    """A record opens a section: what follows belongs to it."""
    opened = pl.lit(_SECTION).alias("section")
    records = where(FORMS, lambda row: row.role == DIAGNOSTIC)
    return [parts[form].select("row", opened) for form in records if form in parts]


@cache
def role() -> pl.Expr:
    """DIAGNOSTIC for records and the lines that go on with one, NOISE for the head of a file."""
    goes_on = (_section == _SECTION) & (_form.is_null() | pl.col("plain"))
    return pl.when(goes_on).then(pl.lit(DIAGNOSTIC)).otherwise(role_of(FORMS))


def message_lines(lines: pl.DataFrame) -> pl.DataFrame:
    """MESSAGE_LINES of records; the lines that go on with one have no severity of their own."""
    mine = lines.filter(_section == _SECTION)
    text = pl.col("text")
    slog = _form == "slog"
    level = pl.when(slog).then(text.str.extract(_SLOG_LEVEL)).when(_form == "record").then(text.str.head(1))
    when = pl.when(slog).then(text.str.extract(_SLOG_TIME).str.replace("Z$", "+00:00"))
    at = when.str.to_datetime("%Y-%m-%dT%H:%M:%S%.f%z", time_unit="us", time_zone="UTC", strict=False)
    severity = level.replace_strict(_LEVELS, default=None, return_dtype=pl.String)
    mine_with_text = mine.with_columns(
        severity=severity,
        at=at.cast(TIME),
        text=pl.when(slog)
        .then(text.str.extract(_SLOG_TEXT))
        .when(_form == "record")
        .then(text.str.extract(_RECORD_TEXT))
        .otherwise(text),
        type=pl.lit(None, pl.String),
        name=pl.lit(None, pl.String),
    )
    whole = pl.col("severity").forward_fill().is_in(["warning", "error"]) | pl.col("text").str.contains(
        _OF_CALLS
    )
    began = pl.when(pl.col("severity").is_not_null()).then(_beginning(slog))
    kept = mine_with_text.with_columns(
        pl.when(whole.fill_null(value=False)).then("text").otherwise(began).alias("text"), slog.alias("slog")
    )
    quoted = kept["slog"] & kept["text"].str.starts_with('"').fill_null(value=False)
    if quoted.any():
        plain = pl.Series([_unquoted(value) for value in kept["text"].filter(quoted)], dtype=pl.String)
        kept = kept.with_columns(kept["text"].scatter(quoted.arg_true(), plain).alias("text"))
    return kept.select(name for name in MESSAGE_LINES if name in kept.columns)


def _beginning(slog: pl.Expr) -> pl.Expr:
    text = pl.when(slog).then(pl.col("text").str.slice(1)).otherwise("text")
    return text.str.extract(_BEFORE_VALUES, 0).str.strip_chars()


def _unquoted(value: str) -> str:
    """The text of a JSON string; the string itself where it is no JSON string."""
    try:
        return str(msgspec.json.decode(value, type=str))
    except ValueError:
        return value.strip('"')


def messages(lines: pl.DataFrame) -> pl.Series:
    """A record with the lines that go on with it is one message."""
    return lines["severity"].is_not_null().cum_sum()


def finished(messages: pl.DataFrame) -> pl.DataFrame:
    """The messages as they are."""
    return messages


def events(lines: pl.DataFrame, parts: Mapping[str, pl.DataFrame]) -> list[pl.DataFrame]:
    """Nothing but its diagnostics."""
    del lines, parts
    return []
