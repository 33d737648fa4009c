"""Texts as cells of a CSV file that a spreadsheet opens: none is a formula, and each is one line."""

from __future__ import annotations

import polars as pl

from analyzer.reports.clean import UNSEEN, clean

_FORMULA = (
    r"(^[\s\"]*|;[\s\"]*)([=+@\-\x{FF1D}\x{FF0B}\x{FF0D}\x{FF20}\x{FE66}\x{FE62}\x{FE63}\x{FE6B}\x{2212}])"
)
_UNSEEN = f"[\x00-\x1f{UNSEEN}]|##"


def harmless() -> pl.Expr:
    r"""Every column of texts so that a spreadsheet takes none of them for a formula.

    Control, direction and zero-width characters are written out (`\n`, `\x1b`, `\u202e`), and what a spreadsheet
    would take for a formula gets an apostrophe before it (OWASP, "CSV Injection"): also behind blanks and quotes, in
    full-width forms, and behind a semicolon, which parts cells where a comma is the decimal sign.
    """
    text = pl.col(pl.String)
    return text.map_batches(_visible, return_dtype=pl.String).str.replace_all(_FORMULA, "${1}'${2}")


def _visible(texts: pl.Series) -> pl.Series:
    """`texts`, each clean; only those that need it are looked at one by one."""
    rows = texts.str.contains(_UNSEEN).fill_null(value=False).arg_true()
    if rows.is_empty():
        return texts
    return texts.clone().scatter(rows, pl.Series(map(clean, texts.gather(rows)), dtype=pl.String))
