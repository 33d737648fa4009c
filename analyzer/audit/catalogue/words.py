"""The columns of a catalogue that hold a word of a list: another word would be shown, or counted, as nothing known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.errors import InputError
from analyzer.rules.registry import codes
from analyzer.severities import SEVERITIES
from analyzer.tables import ACTIONS, CONFIDENCES, VERDICTS_OF

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

_OF_WRITES: Final = {"action": ACTIONS, "verdict": VERDICTS_OF, "confidence": CONFIDENCES}


def require_words(table: str, rows: pl.DataFrame, place: str) -> None:
    """Requires each word to be one that this version knows; null is none.

    Raises:
        InputError: one is not.
    """
    for column, words in _words(table).items():
        if not rows.select(pl.col(column).drop_nulls().is_in(list(words)).all()).item():
            raise InputError(place, f"has a word that this version does not know, in the column {column}")


def _words(table: str) -> Mapping[str, Collection[str]]:
    if table == "findings":
        return {"code": codes(of_run=True) | codes(of_run=False), "severity": SEVERITIES}
    return _OF_WRITES if table == "writes" else {}
