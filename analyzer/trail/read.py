"""Reads a trail: CloudTrail files → one `Trail`, with each call once, digests, selectors and how far the files reach.

In come sources (files, or members of archives) whose kind `sources.identify` detected. `files` reads each one, in
`processes` where there are many; here their results are joined, as the one part of all files (`part`, `joined`). Out
goes a `Trail`, and for each file a row of INPUTS.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from analyzer.sources.s3.ahead import ahead
from analyzer.trail.calls.call_collector import CallCollector
from analyzer.trail.facts import FactCollector, Summary
from analyzer.trail.files import File, Look, keep_memory, read_file, read_files
from analyzer.trail.joined import trail_of
from analyzer.trail.part import TrailPart
from analyzer.trail.processes import in_order, shares, worth
from analyzer.trail.reading import Reading
from analyzer.trail.take import Taker

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from analyzer.sources.input_stats import InputStats
    from analyzer.sources.source import Source
    from analyzer.trail.part import Part
    from analyzer.trail.trail import Trail

__all__ = ["Reading", "read_trail"]

_PLAIN: Final = Reading()
_FEW: Final = 32  # files that are not worth more than one process


def read_trail(
    sources: Collection[Source],
    unread: Sequence[InputStats] = (),
    how: Reading = _PLAIN,
) -> Trail:
    """The calls on key-value stores in `sources`, which are CloudTrail files in any form that `registry` knows.

    Nothing raises for one input: what cannot be read is reported in `inputs`, which begins with `unread` (of
    words that gave no source), and the rest is read. A record that several files hold counts for the first of
    them. Memory grows with the calls, not with the files. Several processes give the same as one.
    """
    keep_memory()
    look = how.look(sources)
    reader = _Reader(hashing=look.hashing)
    report_progress = how.progress or (lambda _files, _bytes: None)
    for number, files in _files(look, sources, how.jobs or worth(sources)):
        size = 0
        for file in files:
            size += file.stats.bytes
            reader.take(file)
        report_progress(number, size)
    if (
        reader.facts.has_digests and not look.hashing
    ):  # their names did not show them: in an archive, or renamed
        reader = _Reader(hashing=True)
        for source in ahead(sources):
            for file in read_file(Look(thorough=True, hashing=True), source):
                reader.take(file)
    parts, summaries = reader.collected()
    return trail_of(reader.facts, parts, summaries, unread, how)


def _files(look: Look, sources: Collection[Source], jobs: int) -> Iterator[tuple[int, Iterable[File]]]:
    """The read files in their order, in groups, with the number of sources of each group."""
    if jobs < 2 or len(sources) <= _FEW:  # noqa: PLR2004 - one process
        yield from ((1, read_file(look, source)) for source in ahead(sources))
        return
    pieces = shares(sources, len(sources), jobs)
    yield from ((len(piece), files) for piece, files in in_order(partial(read_files, look), pieces, jobs))


class _Reader:
    """Takes in what the files hold, one after the other."""

    def __init__(self, *, hashing: bool) -> None:
        self.facts = FactCollector()
        self._hashing = hashing
        self._collector = CallCollector()
        self._taker = Taker(self._collector, hashing=hashing)

    def take(self, file: File) -> None:
        """Keeps what one file shows."""
        self.facts.take(self._taker.take(file))

    def collected(self) -> tuple[list[Part], list[Summary]]:
        """The one part of all files, and what joining it needs; it is handed over."""
        calls, files = self._collector.collected(), self._taker
        summary = Summary(
            calls.numbered,
            files.count,
            self._hashing,
            self.facts.has_digests,
            files.addenda,
            dict(calls.unclear),
        )
        return [TrailPart(calls.records, calls.keys, calls.repeats, b"")], [summary]
