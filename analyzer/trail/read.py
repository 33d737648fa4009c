"""Reads a trail: CloudTrail files → one `Trail`, with each call once, digests, selectors and how far the files reach.

In come sources (files, or members of archives) whose kind `sources.identify` detected. `files` reads each one, in
`processes` where there are many; here their results are joined. Out goes a `Trail`, and for each file a row of INPUTS.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.sources.inputs import inputs_table
from analyzer.sources.s3.ahead import ahead
from analyzer.tables import CALLS, conform
from analyzer.trail.calls.addenda import corrected_calls, is_update, reports_outage
from analyzer.trail.calls.call_collector import CallCollector
from analyzer.trail.calls.call_rows import KEYLESS, calls_of, worn
from analyzer.trail.calls.records import Record, decode, text
from analyzer.trail.calls.store_changes import with_stores
from analyzer.trail.calls.store_lives import store_lives
from analyzer.trail.calls.usual import usual
from analyzer.trail.coverage.digest import KIND as DIGEST
from analyzer.trail.coverage.digest import NAME_PART
from analyzer.trail.coverage.log_file_index import LogFileIndex
from analyzer.trail.coverage.selectors import timeline
from analyzer.trail.coverage.validate import validated
from analyzer.trail.extent import HOME, Extent
from analyzer.trail.files import File, Look, keep_memory, read_file, read_files
from analyzer.trail.forms.s3_log import OF_MANAGEMENT
from analyzer.trail.input_rows import InputRows
from analyzer.trail.processes import in_order, shares, worth
from analyzer.trail.trail import Trail

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
    from datetime import datetime

    from msgspec import Raw

    from analyzer.sources.input_stats import InputStats
    from analyzer.sources.source import Source
    from analyzer.trail.calls.call_rows import Call
    from analyzer.trail.calls.control import Control
    from analyzer.trail.calls.store_changes import StoreChange
    from analyzer.trail.coverage.digest import Digest
    from analyzer.trail.coverage.public_keys import PublicKeys
    from analyzer.trail.coverage.selectors import SelectorFile
    from analyzer.trail.interface import Loss

_ORDER: Final = ("store", "at", "event_id", "key", "effect")
_KEYS_OPEN: Final = "call(s) may have named keys that cannot be read"
_MOST_NAMED: Final = 5  # problems of one kind that are named; the others are counted
_FEW: Final = 32  # files that are not worth more than one process


@dataclass(frozen=True, slots=True)
class Reading:
    """How a trail is read; the defaults are those of a plain reading.

    Attributes:
        thorough: look in every file for the calls that change a trail; else in those that are decoded anyway, and
            in those of the times `around`. It is so too where digests are available: their names show it.
        around: times near which such calls matter.
        keys: to check the signatures of digests with.
        selector_files: the selectors of trails, as the user gave them.
        jobs: processes; 0: as many as are worth it.
        progress: is called with the numbers of files that were read, and of their bytes as stored.
    """

    thorough: bool = False
    around: Sequence[tuple[datetime, datetime]] = ()
    keys: PublicKeys | None = None
    selector_files: Sequence[SelectorFile] = ()
    jobs: int = 1
    progress: Callable[[int, int], None] | None = None


def read_trail(
    sources: Collection[Source],
    unread: Sequence[InputStats] = (),
    how: Reading = Reading(),
) -> Trail:
    """The calls on key-value stores in `sources`, which are CloudTrail files in any form that `registry` knows.

    Nothing raises for one input: what cannot be read is reported in `inputs`, which begins with `unread` (of
    words that gave no source), and the rest is read. A record that several files hold counts for the first of
    them. Memory grows with the calls, not with the files. Several processes give the same as one.
    """
    keep_memory()
    proving = any(NAME_PART in source.name for source in sources)
    look = Look(thorough=how.thorough or proving, around=tuple(how.around), hashing=proving)
    reader = _Reader(hashing=proving)
    report_progress = how.progress or (lambda _files, _bytes: None)
    for number, files in _files(look, sources, how.jobs or worth(sources)):
        size = 0
        for file in files:
            size += file.stats.bytes
            reader.take(file)
        report_progress(number, size)
    if reader.digests and not proving:  # their names did not show them: in an archive, or renamed
        reader = _Reader(hashing=True)
        for source in ahead(sources):
            for file in read_file(Look(thorough=True, hashing=True), source):
                reader.take(file)
    return _trail(reader, unread, how)


def _files(look: Look, sources: Collection[Source], jobs: int) -> Iterator[tuple[int, Iterable[File]]]:
    """The read files in their order, in groups, with the number of sources of each group."""
    if jobs < 2 or len(sources) <= _FEW:  # noqa: PLR2004 - one process
        yield from ((1, read_file(look, source)) for source in ahead(sources))
        return
    pieces = shares(sources, len(sources), jobs)
    yield from ((len(piece), files) for piece, files in in_order(partial(read_files, look), pieces, jobs))


def _trail(reader: _Reader, unread: Sequence[InputStats], how: Reading) -> Trail:
    calls = reader.calls()
    extent = reader.extent
    extent.include(*_ends(calls))
    digests = validated(reader.digests, reader.log_files, how.keys)
    problems = dict(digests.select("source", "problems").iter_rows())
    for stats in reader.input_rows.opened():
        stats.problems += problems.get(stats.source, [])
    whole = digests.filter((pl.col("region") == HOME) & pl.col("run").is_not_null())["end"].to_list()
    store_changes = with_stores(reader.store_changes.values())
    return Trail(
        calls,
        inputs_table([*unread, *reader.input_rows.rows()]),
        extent.first,
        max([*whole, *([extent.reach] if extent.reach else [])], default=None),
        frozenset(extent.accounts),
        frozenset(extent.regions),
        digests,
        timeline(reader.controls, how.selector_files),
        tuple(sorted(reader.outages)),
        store_changes,
        store_lives(store_changes, calls),
    )


class _Reader:
    """Takes in what the files hold, one after the other."""

    def __init__(self, *, hashing: bool) -> None:
        self.extent = Extent()
        self.input_rows = InputRows()
        self.log_files = LogFileIndex()
        self.digests: list[Digest] = []
        self.controls: list[Control] = []
        self.store_changes: dict[str, StoreChange] = {}  # by the eventID: files may repeat a record
        self.outages: set[datetime] = set()
        self._hashing = hashing
        self._of_management = 0  # files of management events alone
        self._collector = CallCollector()
        self._updates: dict[int, tuple[Record, int, str]] = {}  # by its number; and its file, and the form

    def take(self, file: File) -> None:
        """Keeps the calls of one file, and what it says besides; its stats count them."""
        self.extent.merge(file.extent)
        self.controls += file.controls
        self.store_changes = {change.event_id: change for change in file.store_changes} | self.store_changes
        if file.digest is not None:
            self.digests.append(file.digest)
        is_open = bool(file.records or file.digest)
        if file.form is not None and file.records:
            self._take_records(file, file.form)
            file.records = file.losses = ()  # they hold all bytes of the file
        if self._hashing and file.stats.kind != DIGEST:
            self.log_files.add(file.stats.source, file.sha256, whole=file.stats.undecodable == 0)
        self._tell_of_management(file.stats)
        self.input_rows.add(file.stats, is_open=is_open)

    def _tell_of_management(self, stats: InputStats) -> None:
        """Leaves it at the first few files: those of a trail that lost their names are all alike."""
        if OF_MANAGEMENT in stats.problems:
            self._of_management += 1
            if self._of_management > _MOST_NAMED:
                stats.problems.remove(OF_MANAGEMENT)

    def calls(self) -> pl.DataFrame:
        """CALLS of all files, corrected by their addenda, in order."""
        calls, updates = self._collector.once(apart=list(self._updates))
        self._tell_of_repeats()
        for number, count in self._collector.unclear.items():
            self.input_rows.of(number).problems.append(f"{count} {_KEYS_OPEN}: {KEYLESS[-1]}")
        if not updates:
            return conform(calls, CALLS)
        for number in updates:
            update, file, form = self._updates[number]
            calls = _mended(calls, update, self.input_rows.of(file), form)
        return conform(calls, CALLS).sort(_ORDER, nulls_last=True, maintain_order=True)

    def _take_records(self, file: File, form: str) -> None:
        problems: list[str] = []
        doubts: Counter[str] = Counter()
        repaired = 0
        stats, number = file.stats, self.input_rows.count
        for raw, loss in zip(file.records, file.losses or [None] * len(file.records), strict=True):
            record = usual(raw) if loss is None else None
            if record is not None:
                self._collector.add(record, number, stats.source, form)
                continue
            try:
                repaired += self._take_unusual(raw, loss, stats, form, problems, doubts)
            except (ValueError, RecursionError) as error:
                stats.undecodable = (stats.undecodable or 0) + 1
                problems.append(f"a record could not be read: {error}")
        stats.problems += _first_of(problems)
        stats.problems += [f"{number} {words}" for words, number in doubts.items()]
        if repaired:
            stats.problems.append(f"{repaired} record(s) with invalid text, which was replaced")

    def _take_unusual(  # noqa: PLR0913, PLR0917 - what is counted of it
        self,
        raw: bytes | Raw,
        loss: Loss | None,
        stats: InputStats,
        form: str,
        problems: list[str],
        doubts: Counter[str],
    ) -> bool:
        """Keeps the calls of one record; whether its text had to be repaired.

        Raises:
            ValueError: it cannot be read.
            RecursionError: it is nested too deeply.
        """
        record, repaired = decode(raw)
        if not record.is_call:
            return False
        calls = calls_of(record, stats.source, form)
        if loss:
            calls = worn(calls, loss)
        doubts.update(_doubts(record, calls, loss, form))
        number = self._collector.add_rows(calls, text(record.shared_id), self.input_rows.count)
        if is_update(record):
            self._updates[number] = (record, self.input_rows.count, form)
        if reports_outage(record):
            self.outages.add(calls[0].at)
            problems.append(
                f"an addendum reports an outage of CloudTrail at {calls[0].at:%Y-%m-%dT%H:%M:%SZ}"
            )
        return repaired

    def _tell_of_repeats(self) -> None:
        differing: dict[int, list[str]] = {}
        for repeat in self._collector.repeats:
            stats = self.input_rows.of(repeat.file)
            stats.duplicates = (stats.duplicates or 0) + 1
            if repeat.differs:
                words = f"the record {repeat.event_id} differs from the one in {repeat.first}"
                differing.setdefault(repeat.file, []).append(words)
        for file, problems in differing.items():
            self.input_rows.of(file).problems += _first_of(problems)


def _doubts(record: Record, calls: Sequence[Call], loss: Loss | None, form: str) -> list[str]:
    """What the record of `calls` leaves open, in words that follow a number."""
    doubts: list[str] = []
    if calls[0].ok is None and record.shows_errors and not (loss and loss.outcome):
        doubts.append("write(s) have an unknown outcome: neither an error nor an eTag is in the record")
    elif calls[0].ok is None:
        doubts.append(
            f"call(s) have an unknown outcome: the form {form} lacks errorCode and errorMessage here"
        )
    if keyless := next((words for words in KEYLESS if words in (calls[0].degraded or "")), None):
        doubts.append(f"{_KEYS_OPEN}: {keyless}")
    return doubts


def _first_of(problems: list[str]) -> list[str]:
    """The first few, and how many more there were."""
    more = [f"{len(problems) - _MOST_NAMED} more problems of records"] if len(problems) > _MOST_NAMED else []
    return problems[:_MOST_NAMED] + more


def _mended(calls: pl.DataFrame, update: Record, stats: InputStats, form: str) -> pl.DataFrame:
    correction = corrected_calls(calls, update, stats.source, form)
    if correction is None:
        stats.problems.append(f"the addendum {text(update.event_id)} corrects a record that is not available")
        return calls
    return correction


def _ends(calls: pl.DataFrame) -> list[datetime]:
    """The earliest and the latest time of the calls that us-east-1, or a region unknown, recorded."""
    at = calls.filter(pl.col("region").fill_null(HOME) == HOME).get_column("at")
    ends: list[datetime] = at.sort().gather([0, -1]).to_list() if len(at) else []
    return ends
