"""A part of a trail without files that were read again: as if these had never been in it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.sources.source import Source
from analyzer.trail.coverage.digest import NAME_PART
from analyzer.trail.joined import joined
from analyzer.trail.lasting import LastingPart
from analyzer.trail.part import read_part
from analyzer.trail.read import Reading, read_trail
from analyzer.trail.stored import load_part, store_part
from tests.effort import examples
from tests.trail.cloudtrail import log, record
from tests.trail.test_joined import assert_same, trail_files

if TYPE_CHECKING:
    from analyzer.trail.part import Part
    from analyzer.trail.trail import Trail

HOW = Reading(thorough=True, hashing=True)


def without(sources: list[Source], names: set[str], folder: Path | None = None) -> Trail:
    part: Part = read_part(sources, HOW)
    if folder is not None:
        store_part(read_part(sources, HOW), folder / "part")
        part = load_part(folder / "part")
    return joined([LastingPart(part, frozenset(names))], (), HOW)


def plain_files(seed: int) -> list[Source]:
    """`trail_files` without sharedEventIDs: what the file that is gone said of one, stays known of the record."""
    sources = [
        source
        for source in trail_files(seed)
        if source.content[:2] != b"\x1f\x8b" or NAME_PART in source.name
    ]
    return [
        replace(source, content=source.content.replace(b'"sharedEventID"', b'"other"')) for source in sources
    ]


def without_form(trail: Trail) -> Trail:
    """A record that one file repeats of another stays as the other one's form showed it."""
    return replace(trail, calls=trail.calls.drop("form"))


@settings(max_examples=examples(10))
@given(
    st.integers(0, 1 << 32).map(plain_files),
    st.sets(st.integers(0, 5), min_size=1, max_size=3),
    st.booleans(),
)
def test_it_is_what_the_other_files_alone_give(
    sources: list[Source], numbers: set[int], stored: bool
) -> None:
    gone = {f"d/f{number}" for number in numbers}
    fresh = read_trail([source for source in sources if source.name not in gone], (), HOW)
    with TemporaryDirectory() as folder:
        lasting = without(sources, gone, Path(folder) if stored else None)
    assert_same(without_form(lasting), without_form(fresh))


def test_a_repeat_takes_the_place_of_a_record_whose_file_was_read_again() -> None:
    sources = [Source(name, None, log(record("e1"))) for name in ("a", "b", "c")]
    trail = without(sources, {"a"})
    assert trail.calls["source"].to_list() == ["b"]
    assert trail.inputs.select("source", "duplicates").rows() == [("b", 0), ("c", 1)]


def test_a_file_in_an_archive_that_was_read_again_is_gone_too() -> None:
    part = read_part([Source("x.tar!a", None, log(record("e1"))), Source("x", None, log(record("e2")))], HOW)
    trail = joined([LastingPart(part, frozenset({"x.tar"}))], (), HOW)
    assert trail.calls["event_id"].unique().to_list() == ["e2"]
