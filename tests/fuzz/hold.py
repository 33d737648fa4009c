"""What must hold of any bytes, read as any form of log."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import polars as pl

from analyzer.errors import InputError
from analyzer.logs.interface import Prefiltered
from analyzer.logs.read import LogScan
from analyzer.logs.registry import forms
from analyzer.sources.contain import contents
from analyzer.sources.identify import identify
from analyzer.sources.input_stats import InputStats
from analyzer.sources.source import Source, UnreadableError
from analyzer.tables import EVENT_KINDS, EVENTS, OUTCOMES
from analyzer.trail.files import Look, read_file
from tests.logs.enough import assert_prefiltered_enough

if TYPE_CHECKING:
    from analyzer.logs.interface import LogForm


def kind_of(data: bytes) -> str:
    """What the bytes are taken for."""
    return identify(Source("-", None, data)).kind


def hold(data: bytes, kind: str) -> int:
    """Reads `data` as `kind`; gives the lines that were read.

    Raises:
        AssertionError: a line is not accounted for, an event is not what EVENTS says, or what `check` would read of
            the log lacks an event that is needed.
    """
    return _hold(forms()[kind], data)


def hold_scanned(data: bytes) -> int:
    """Reads `data` as `check` and `parse` do, out of records and repaired; gives the lines that were read."""
    for prefilter in (False, True):
        scan = LogScan([Source("-", None, data)], prefilter=prefilter)
        tables = list(scan)
        row = scan.inputs.row(0, named=True)
        lines = row["lines"] or 0
        assert lines == (row["recognised"] or 0) + (row["noise"] or 0) + (row["unrecognised"] or 0)
        assert row["kind"] != "unusable" or row["problems"]
        for table in tables:
            assert table.schema == EVENTS
            assert table["line"].drop_nulls().is_between(1, data.count(b"\n") + 1).all()
    return lines


def hold_packed(data: bytes) -> int:
    """Reads `data` as what logs may stand in, and as a trail; gives how many files were read.

    Nothing raises but what a source of logs says when it is read.
    """
    found, _ = contents([Source("-", None, data)])
    for source in found:
        with suppress(InputError, UnreadableError), source.open() as stream:
            while stream.read(1 << 20):
                pass
    return len(found) + sum(1 for _ in read_file(Look(thorough=True), Source("-", None, data)))


def _hold(form: LogForm, data: bytes) -> int:
    stats = InputStats("-")
    try:
        batches = list(form.read(Source("-", None, data), stats))
    except InputError:
        return 0  # refused with a sentence
    table = pl.concat([pl.DataFrame(schema=EVENTS), *batches])
    lines = stats.lines or 0
    assert lines == (stats.recognised or 0) + (stats.noise or 0) + (stats.unrecognised or 0)
    assert table.schema == EVENTS
    assert set(table["kind"]) <= set(EVENT_KINDS)
    assert set(table["outcome"].drop_nulls()) <= set(OUTCOMES)
    kinds = dict(table["kind"].value_counts().iter_rows())
    assert kinds.get("noise", 0) <= (stats.noise or 0)
    assert kinds.get("unrecognised", 0) == (stats.unrecognised or 0)
    assert table["line"].drop_nulls().is_between(1, max(lines, 1)).all()
    real = table.filter(~pl.col("kind").is_in(["noise", "unrecognised"]))
    assert real["seq"].to_list() == list(range(real.height))
    if isinstance(form, Prefiltered):
        assert_prefiltered_enough(form, data)
    return lines
