"""What reading a part of a log must give: whatever is needed of the whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from analyzer.logs.needed import needed
from analyzer.sources.input_stats import InputStats
from analyzer.sources.source import Source
from analyzer.tables import EVENTS

if TYPE_CHECKING:
    from analyzer.logs.interface import Prefiltered


def read(form: Prefiltered, data: bytes, *, prefilter: bool) -> tuple[pl.DataFrame, InputStats]:
    stats = InputStats("x")
    take = form.prefiltered if prefilter else form.read
    batches = list(take(Source("x", None, data), stats))
    return pl.concat([pl.DataFrame(schema=EVENTS), *batches]), stats


def assert_prefiltered_enough(form: Prefiltered, data: bytes) -> None:
    """The needed events are the same but for their number in the log, and so are the counts."""
    whole, counted = read(form, data, prefilter=False)
    part, counted_part = read(form, data, prefilter=True)
    for name in ("lines", "recognised", "noise", "unrecognised", "problems"):
        assert getattr(counted_part, name) == getattr(counted, name), name
    assert _needed_of(part).rows() == _needed_of(whole).rows()


def _needed_of(events: pl.DataFrame) -> pl.DataFrame:
    """What is needed of each deploy, but for noise at its ends, which tells nothing."""
    known = events.with_columns(deploy=pl.format("{}", pl.col("run").fill_null(1)))
    return known.filter(needed()).filter(pl.col("kind") != "noise").drop("seq")
