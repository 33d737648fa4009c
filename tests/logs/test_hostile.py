"""Logs that are made to cost more than their size: each kind read with its shortest, longest and deepest unit.

The bounds are on the stats and on what is held, not on the clock: a loaded machine must not fail a test. What takes
longer than it should is found by `make fuzz`.
"""

from __future__ import annotations

import tracemalloc

import polars as pl
import pytest

from analyzer.errors import InputError
from analyzer.logs.documents import document
from analyzer.logs.kinds import engine_events
from analyzer.logs.registry import forms
from analyzer.logs.text.clean import parted
from analyzer.sources import limits
from analyzer.sources.input_stats import InputStats
from analyzer.sources.source import Source
from tests.effort import combinations

HEADS = {
    "engine-events": b'{"sequence":0,"timestamp":1700000000,"preludeEvent":{"config":{}}}\n',
    "pulumi-text": b"Updating (prod):\n +  a:b:C d created (1s)\nDuration: 1s\n",
    "sst-log": b"time=2025-03-20T12:00:00.000Z level=INFO msg=hello\n",
    "terminal": b"SST 3.9.1  ready!\n\xe2\x9e\x9c  App:        shop\n~  Deploy\n",
    "pulumi-verbose": b"I0320 12:00:00.000000   12 a.go:3] hi\n",
    "preview-digest": b'{"steps":[{"op":"same","urn":"urn:pulumi:a::b::c::d"}],"changeSummary":{}}\n',
}
UNITS = {
    "blank lines": b"\n" * 300_000,
    "carriage returns": b"\r" * 300_000,
    "short lines": b"a\n" * 30_000,
    "braces": b"{" * 300_000,
    "brackets": b"[" * 300_000 + b"]" * 300_000,
    "lines of a brace": b"{\n" * 30_000,
    "empty objects": b"{}\n" * 30_000,
    "a text without end": b'"' + b"a" * 1_200_000,
    "a long number": b"9" * 300_000,
    "NUL": b"\0" * 300_000,
    "spaces": b" " * 300_000,
    "escapes": b"\x1b[" * 100_000,
}


@pytest.mark.parametrize(("unit", "kind"), combinations(UNITS, list(HEADS), each=3))
def test_every_line_is_accounted_for_whatever_it_is(kind: str, unit: str) -> None:
    data = HEADS[kind] + UNITS[unit] + b"\n" + HEADS[kind]
    stats = InputStats("x")
    table = pl.concat(list(forms()[kind].read(Source("x", None, data), stats)))
    lines = data.count(b"\n")
    assert stats.lines == lines
    assert lines == (stats.recognised or 0) + (stats.noise or 0) + (stats.unrecognised or 0)
    assert table["line"].max() is not None
    assert len(table) <= lines + 4  # a header tells two things


def test_a_great_many_braces_are_not_held() -> None:
    """A pattern that alternates within a repetition held 600 bytes for each."""
    data = HEADS["engine-events"] + b'"' + b"a" * 2_000_000 + b"\n"
    tracemalloc.start()
    list(engine_events.read(Source("x", None, data), InputStats("x")))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 12 * len(data)


def test_the_lines_of_a_value_that_does_not_end_are_not_all_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_events, "VALUE_LINES", 100)
    stats = InputStats("x")
    data = HEADS["engine-events"] + b"{\n" * 1_000 + HEADS["engine-events"]
    table = pl.concat(list(engine_events.read(Source("x", None, data), stats)))
    assert (stats.lines, stats.recognised, stats.unrecognised) == (1_002, 2, 1_000)
    assert len(stats.problems) == 6
    assert table["kind"].to_list().count("unrecognised") == 1_000


def test_an_event_of_too_many_values() -> None:
    config = b",".join(b'"%d":1' % number for number in range(limits.VALUES + 1))
    event = b'{"sequence":1,"timestamp":1,"preludeEvent":{"config":{' + config + b"}}}\n"
    stats = InputStats("x")
    list(engine_events.read(Source("x", None, HEADS["engine-events"] + event), stats))
    assert (stats.recognised, stats.unrecognised) == (1, 1)
    assert limits.DENSE in stats.problems[0]


def test_a_document_of_too_many_values_is_refused() -> None:
    data = b'{"steps":[' + b"{}," * limits.UNCOUNTED + b"{}]}"
    with pytest.raises(InputError, match="not read: more than 1,000,000 values"):
        list(forms()["preview-digest"].read(Source("x", None, data), InputStats("x")))
    half = b'{"steps":[' + b"{}," * 1_000 + b"{}]}"
    stats = InputStats("x")
    list(forms()["preview-digest"].read(Source("x", None, half), stats))
    assert (stats.recognised, stats.problems) == (1, [])


def test_where_a_document_begins_is_sought_once() -> None:
    """White space over many lines was looked through again from each of them: half an hour for a megabyte."""
    assert document._located(b"x\n" + b"\n" * 1_000_000 + b"x{\n").begin == 0
    found = document._located(b"x\n\n  {\n}  \r\n\n}x\n\n")
    assert (found.begin, found.end) == (5, 8)


def test_runs_are_parted_by_their_lines() -> None:
    run = b"a\n" * 1_000 + b"b" * 5_000 + b"\n"
    pieces = list(parted(run, most=100))
    assert b"".join(pieces) == run
    assert all(piece.endswith(b"\n") and piece.count(b"\n") <= 100 for piece in pieces)
    assert list(parted(b"\n" * 1_000, most=100)) == [b"\n" * 1_000]
    assert list(parted(b"no end", most=100)) == [b"no end"]
    assert list(parted(b"a\nb\nc", most=1)) == [b"a\n", b"b\n", b"c"]


@pytest.mark.parametrize("kind", ["pulumi-text", "terminal"])
def test_blank_lines_in_bulk_move_no_line(kind: str) -> None:
    stats = InputStats("x")
    data = HEADS[kind] + b"\n" * 100_000 + HEADS[kind]
    read = forms()[kind].read
    table = pl.concat(list(read(Source("x", None, data), stats, batch_bytes=10_000)))  # type: ignore[call-arg]
    whole = pl.concat(list(read(Source("x", None, data), InputStats("x"))))
    telling = pl.col("kind") != "noise"
    assert table.filter(telling).equals(whole.filter(telling))
    assert len(table) < 50_000 < len(whole)
