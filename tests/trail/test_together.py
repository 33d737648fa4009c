"""Parts of a trail put together to one, and stretches of it: what the parts themselves give."""

from __future__ import annotations

import pickle
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.trail.facts import summary
from analyzer.trail.joined import across, calls_of_stores, joined
from analyzer.trail.read import Reading, read_trail
from analyzer.trail.stored import load_part, write_part
from analyzer.trail.together import Stretch, together
from tests.effort import examples
from tests.trail.test_joined import STORES, UNREAD, assert_same, parts_of, trail_files

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analyzer.sources.source import Source
    from analyzer.trail.part import Part


def stretches_of(parts: Sequence[Part]) -> list[Stretch]:
    """Where each part is in the one of all."""
    found: list[Stretch] = []
    record = file = 0
    for part in parts:
        known = summary(part.facts)
        found.append(Stretch(record, known.records, file, known.file_count))
        record, file = record + known.records, file + known.file_count
    return found


@settings(max_examples=examples(12))
@given(st.integers(0, 1 << 32).map(trail_files), st.lists(st.integers(0, 20), min_size=1, max_size=4))
def test_put_together_or_taken_apart_again_they_give_what_all_files_give(
    sources: list[Source], cuts: list[int]
) -> None:
    whole = read_trail(sources, UNREAD)
    with TemporaryDirectory() as name:
        folder = Path(name)
        parts = parts_of(sources, cuts, folder)
        assert_same(joined([together(parts[:-1]), parts[-1]], UNREAD, Reading()), whole)
        write_part(together(parts), folder / "all")
        assert_same(joined([load_part(folder / "all")], UNREAD, Reading()), whole)
        apart = [load_part(folder / "all", stretch) for stretch in stretches_of(parts)]
        apart = pickle.loads(pickle.dumps(apart))  # noqa: S301
        assert_same(joined(apart, UNREAD, Reading()), whole)
        assert_same(joined([apart[0], together(apart[1:])], UNREAD, Reading()), whole)
        calls = calls_of_stores(apart, across(apart), STORES[:1])
        assert calls.equals(calls_of_stores(parts, across(parts), STORES[:1]))
