"""Very many files: those with nothing to tell share rows, the others keep theirs, and nothing is lost in the sums."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import polars as pl

from analyzer.sources.input_stats import InputStats
from analyzer.sources.source import Source
from analyzer.trail import input_rows
from analyzer.trail.input_rows import InputRows
from analyzer.trail.read import Reading, read_trail
from tests.trail.cloudtrail import log, other, record
from tests.trail.signed import day

if TYPE_CHECKING:
    import pytest

    from analyzer.trail.trail import Trail

COUNTS = ("files", "bytes", "records", "duplicates", "undecodable")


def many(count: int) -> list[Source]:
    """Log files, fifty in a folder; in some there are calls, some repeat one, some are damaged, or are none."""
    quiet = log(other("o1"), other("o2"))
    sources = []
    for number in range(count):
        data = quiet
        if number % 100 == 17:
            data = log(record(f"e{number}"))
        elif number % 100 == 18:
            data = log(record(f"e{number - 1}"))  # the same once more: counted, and nothing else
        elif number % 300 == 19:
            data = log(record(f"e{number - 2}", requestID="another"))  # the same eventID says something else
        elif number % 400 == 20:
            data = gzip.compress(quiet)[:-20]
        elif number % 400 == 21:
            data = b"no trail"
        elif number % 400 == 22:
            data = log(other(f"o{number}"))[:-2]
        sources.append(Source(f"logs/{number // 50:02}/{number:05}.json", None, data))
    return sources


def sums(trail: Trail) -> dict[str, int]:
    return {name: int(trail.inputs[name].sum()) for name in COUNTS}


def troubled(trail: Trail) -> list[dict[str, object]]:
    return trail.inputs.filter(pl.col("problems").list.len() > 0).to_dicts()


def test_more_files_than_there_are_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    sources = many(1_200)
    monkeypatch.setattr(input_rows, "ROWS", 1_000)
    trail = read_trail(sources)
    monkeypatch.setattr(input_rows, "ROWS", 1_200)
    apart = read_trail(sources)
    assert apart.inputs.height == len(sources)
    assert sums(trail) == sums(apart)
    assert sums(trail)["files"] == len(sources)
    assert troubled(trail) == troubled(apart)
    assert len(troubled(trail)) == 4 + 3 + 3 + 3
    assert trail.calls.equals(apart.calls)
    shared = trail.inputs.filter(pl.col("problems").list.len() == 0)
    assert shared["source"].to_list() == [f"logs/{number:02}/" for number in range(24)]
    assert shared["kind"].unique().to_list() == ["cloudtrail-s3"]
    assert shared["records"].to_list()[:2] == [2 * (50 - 4) - 2, 2 * 50]
    assert shared["duplicates"].to_list()[:4] == [1, 0, 1, 0]


def test_rows_stand_where_their_first_file_would(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(input_rows, "ROWS", 2)
    quiet = log(other())
    files = {"a/1": quiet, "a/2": b"", "b/1": quiet, "a/3": quiet, "top": quiet, "c/1": log(record())}
    trail = read_trail([Source(name, None, data) for name, data in files.items()])
    assert trail.inputs.select("source", "files").rows() == [("./", 5), ("a/2", 1)]


def test_a_file_alone_in_its_folder_keeps_its_name() -> None:
    inputs = InputRows()
    for number in range(input_rows.ROWS + 1):
        name = "alone/file" if number == 0 else f"f{number}"
        inputs.add(InputStats(name, "cloudtrail-s3", bytes=1), is_open=number % 2 == 0)
    rows = inputs.rows()
    assert [(row.source, row.files, row.bytes) for row in rows] == [
        ("alone/file", 1, 1),
        ("./", input_rows.ROWS, input_rows.ROWS),
    ]


def test_where_even_the_folders_are_very_many_they_share_the_row_of_the_one_above(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(input_rows, "ROWS", 10)
    names = [f"logs/{month:02}/{day:02}/{hour}" for month in range(6) for day in range(8) for hour in "ab"]
    for is_open in (False, True):
        inputs = InputRows()
        for name in names:
            inputs.add(InputStats(name, "cloudtrail-s3"), is_open=is_open)
        inputs.add(InputStats("logs/00/00/c", "cloudtrail-s3", undecodable=1), is_open=False)
        rows = [(row.source, row.files) for row in inputs.rows()]
        assert rows == [*((f"logs/{month:02}/", 16) for month in range(6)), ("logs/00/00/c", 1)]


def test_digests_share_rows_too_unless_something_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    bucket = day(6)
    del bucket.files[next(key for key in sorted(bucket.files) if "/CloudTrail/" in key)]
    apart = read_trail(bucket.sources())
    monkeypatch.setattr(input_rows, "ROWS", 3)
    trail = read_trail(bucket.sources())
    assert sums(trail) == sums(apart)
    assert troubled(trail) == troubled(apart) != []
    assert trail.inputs.height < apart.inputs.height
    assert trail.digests.equals(apart.digests)


def test_several_processes_give_the_same_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(input_rows, "ROWS", 50)
    sources = many(1_500)
    one, two = read_trail(sources), read_trail(sources, (), Reading(jobs=2))
    assert one.inputs.equals(two.inputs)
    assert one.inputs.height < 50
