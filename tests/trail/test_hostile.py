"""Files of a trail, of listings and of selectors that cost more than their size: refused, or read within bounds."""

from __future__ import annotations

import io
import json
import tracemalloc
from typing import TYPE_CHECKING

import polars as pl
import pytest

from analyzer.errors import InputError
from analyzer.sources import limits
from analyzer.sources.source import Source
from analyzer.store.listing import read_listings
from analyzer.trail.coverage.user_files import read_public_key_file, read_selector_files
from analyzer.trail.unwrap import json_values
from analyzer.trail.unwrap.csv_rows import csv_rows
from tests.trail.cloudtrail import log, read, record

if TYPE_CHECKING:
    from pathlib import Path

RECORD = json.dumps(record("e1")).encode()
HEADER = b"eventversion,eventtime,eventsource,eventname,requestparameters\n"
MANY = limits.UNCOUNTED + 10


@pytest.mark.parametrize(
    "data",
    [
        b'{"Records":[' + RECORD + b",{}" * MANY + b"]}",
        b'{"Records":[' + RECORD + b",1" * MANY + b"]}",
        b'{"Records":[' + RECORD + b"," + b"[" * MANY,
        RECORD + b"\n" + b"1\n" * MANY,
        RECORD + b"\n" + b"{" * MANY,
        HEADER + b"\n" * MANY,
        HEADER + b"1\n" * MANY,
        HEADER + b",,,,\n" * MANY,
        b"2025-01-01T00:00:00Z " + RECORD + b"\n" * MANY,
    ],
    ids=["objects", "numbers", "brackets", "lines", "braces", "blank rows", "rows", "cells", "export"],
)
def test_a_file_of_too_many_values_is_refused_and_the_good_one_is_read(data: bytes) -> None:
    trail = read(data, log(record("e1")))
    assert trail.calls["source"].to_list() == ["f1"]
    first, second = trail.inputs["problems"].to_list()
    assert limits.DENSE in first[0]
    assert second == []


def test_a_wide_table_whose_cells_are_mostly_empty_is_read() -> None:
    """An export of all fields has hundreds of columns."""
    wide = HEADER.strip() + b"".join(b",field.%d" % number for number in range(300)) + b"\n"
    row = b"1,2,3,4,5" + b",".join([b""] * 200 + [b"a value of it"] * 101) + b"\n"
    data = wide + row * 5_000
    assert data.count(b",") > limits.VALUES
    assert not limits.is_dense(data)
    assert sum(1 for found in csv_rows(data) if found) == 5_000


def test_a_wide_table_whose_cells_are_nearly_all_empty_is_read() -> None:
    """Such is an export of all fields where each event has but its own."""
    wide = HEADER.strip() + b"".join(b",field.%d" % number for number in range(300)) + b"\n"
    data = wide + (b"1,2,3,4," + b"5" * 400 + b"," * 300 + b"\n") * 5_000
    assert data.count(b",") > len(data) // limits.BYTES_PER_CELL
    assert not limits.is_dense(data)
    assert sum(1 for found in csv_rows(data) if found) == 5_000


def test_a_row_of_empty_cells_without_end_is_damage() -> None:
    rows = csv_rows(HEADER + b"1,2,3,4,5\n" + b"," * 10_000_000 + b"\n1,2,3,4,5\n")
    tracemalloc.start()
    assert [row is None for row in rows] == [False, True, False]
    assert tracemalloc.get_traced_memory()[1] < 60_000_000
    tracemalloc.stop()


def test_a_table_of_too_many_columns() -> None:
    wide = HEADER.strip() + b",x" * limits.COLUMNS + b"\n" + b"," * (limits.COLUMNS + 4) + b"\n"
    assert list(csv_rows(wide)) == [None]
    assert len(list(csv_rows(HEADER + b"1,2,3,4,5\n"))) == 1


def test_damaged_rows_are_counted_and_the_first_are_named() -> None:
    (stats,) = read(HEADER + b"1\n" * 1_000).inputs.to_dicts()
    assert stats["undecodable"] == 1_000
    assert stats["problems"] == ["the table is damaged: these rows were not read: 1, 2, 3, 4, 5, ..."]


def test_a_file_is_not_read_again_from_each_of_its_damages_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """Values that do not end, in each other: from each the whole rest would be read."""
    reads = 0
    decoder = json.JSONDecoder(strict=False)

    class Counting:
        def raw_decode(self, text: str, at: int) -> tuple[object, int]:
            nonlocal reads
            reads += 1
            return decoder.raw_decode(text, at)

    monkeypatch.setattr(json_values, "_JSON", Counting())
    data = b'\n{"a":[' * 500 + b"12345678901234567," * 500_000
    found = json_values.values(data)
    assert reads <= limits.RESCANS + 1
    assert "the rest was not read" in found.problems[-1]


def test_deep_nesting_costs_one_value() -> None:
    deep = b'{"eventVersion":"1.08","x":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    trail = read(
        b'{"Records":['
        + RECORD
        + b","
        + deep
        + b","
        + RECORD.replace(b"e1", b"e2").replace(b"r1", b"r2")
        + b"]}"
    )
    assert trail.calls["event_id"].to_list() == ["e1", "e2"]


def test_a_long_number_and_a_long_text() -> None:
    for value in (b"9" * 1_000_000, b'"' + b"a" * 5_000_000 + b'"'):
        data = b'{"Records":[' + RECORD[:-1] + b',"x":' + value + b"}]}"
        assert read(data).inputs["records"].to_list() == [1]


def test_a_parquet_file_of_more_rows_than_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    """A column of one value costs nothing, however often it stands there."""
    monkeypatch.setattr("analyzer.trail.forms.ocsf_parquet.VALUES", 1_000)
    row = {"api": {"operation": "x"}, "metadata": {"uid": "CloudTrail"}, "time": 1}
    out = io.BytesIO()
    pl.DataFrame([row]).select(pl.all().repeat_by(500_000).explode()).write_parquet(out)
    (stats,) = read(out.getvalue()).inputs.to_dicts()
    assert stats["problems"] == ["the Parquet data is damaged: not all of it was read"]


def test_listings_selectors_and_keys_are_bounded(tmp_path: Path) -> None:
    path = tmp_path / "many.json"
    path.write_bytes(b'{"Items":[]}' * limits.VALUES * 2)
    (stats,) = read_listings([path]).inputs.to_dicts()
    assert stats["problems"] == [f"{limits.DENSE}; it is not used"]
    for data in (b"[" * 200_000, b'{"TrailARN":"a","EventSelectors":[' + b"9" * 10_000 + b"]}"):
        path.write_bytes(data)
        with pytest.raises(InputError, match="not the output of"):
            read_selector_files([path], None)
    with path.open("wb") as file:
        file.truncate(limits.LISTING_BYTES + 1)
    with pytest.raises(InputError, match=r"holds more than 64 MiB|sparse"):
        read_public_key_file(path)
    assert Source("x", path).size() == limits.LISTING_BYTES + 1
