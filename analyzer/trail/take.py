"""One `File` → its calls, in a `CallCollector`, and its facts: all else that it shows.

Facts are small, can be stored, and are taken in by `facts.FactCollector` in the order of the files.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from analyzer.sources.input_stats import InputStats
from analyzer.trail.calls.addenda import addendum_of, is_update, reports_outage
from analyzer.trail.calls.call_rows import KEYLESS, calls_of, worn
from analyzer.trail.calls.records import decode, text
from analyzer.trail.calls.usual import usual
from analyzer.trail.coverage.digest import KIND as DIGEST
from analyzer.trail.coverage.log_file_index import hash_of_name
from analyzer.trail.extent import Extent
from analyzer.trail.facts import KEYS_OPEN, FileFacts, Listed, first_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from msgspec import Raw

    from analyzer.trail.calls.addenda import Addendum
    from analyzer.trail.calls.call_collector import CallCollector
    from analyzer.trail.calls.call_rows import Call
    from analyzer.trail.calls.records import Record
    from analyzer.trail.files import File
    from analyzer.trail.interface import Loss

_OUTAGE: Final = "an addendum reports an outage of CloudTrail at"


class Taker:
    """Takes in files, one after the other, and counts them."""

    def __init__(self, collector: CallCollector, *, hashing: bool) -> None:
        self.count = 0
        self.addenda: list[Addendum] = []
        self._collector = collector
        self._hashing = hashing

    def take(self, file: File) -> FileFacts:
        """Keeps the calls of one file; its stats count them."""
        outages: list[datetime] = []
        is_open = bool(file.records or file.digest)
        if file.form is not None and file.records:
            records = _Records(self, self._collector, file.stats, file.form, outages)
            records.take(file.records, file.losses)
            if records.failed == len(file.records) and file.extent.first is None:
                _set_aside(file, f"its {records.failed} records could not be read: {records.first_error}")
            file.records = file.losses = ()  # they hold all bytes of the file
        elif file.form is not None and file.stats.undecodable and not file.stats.records:
            _set_aside(file, *file.stats.problems)
        listed = None
        if self._hashing and file.stats.kind != DIGEST:
            whole = file.stats.undecodable == 0
            listed = Listed(hash_of_name(file.stats.source), file.sha256, whole)
        self.count += 1
        return FileFacts(
            file.stats,
            is_open,
            file.extent,
            list(file.controls),
            list(file.store_changes),
            file.digest,
            outages,
            listed,
        )


def _set_aside(file: File, *problems: str) -> None:
    """A file of which no record could be read says nothing: it is no trail."""
    before = file.stats
    file.stats = InputStats(
        before.source, bytes=before.bytes, undecodable=before.undecodable, problems=list(problems)
    )
    file.extent = Extent()


class _Records:
    """Takes in the records of one file."""

    def __init__(
        self,
        taker: Taker,
        collector: CallCollector,
        stats: InputStats,
        form: str,
        outages: list[datetime],
    ) -> None:
        self._taker, self._collector = taker, collector
        self._stats, self._form, self._outages = stats, form, outages
        self.failed = 0
        self.first_error = ""
        self._problems: list[str] = []
        self._doubts: Counter[str] = Counter()

    def take(self, records: Sequence[bytes | Raw], losses: Sequence[Loss | None]) -> None:
        """Takes them in; what is wrong with them is told in the stats."""
        stats, number = self._stats, self._taker.count
        repaired = 0
        for raw, loss in zip(records, losses or [None] * len(records), strict=True):
            record = usual(raw) if loss is None else None
            if record is not None:
                self._collector.add(record, number, stats.source, self._form)
                continue
            try:
                repaired += self._take_unusual(raw, loss)
            except (ValueError, RecursionError) as error:
                stats.undecodable = (stats.undecodable or 0) + 1
                self.failed += 1
                self.first_error = self.first_error or str(error)
                self._problems.append(f"a record could not be read: {error}")
        stats.problems += first_of(self._problems)
        stats.problems += [f"{count} {words}" for words, count in self._doubts.items()]
        if repaired:
            stats.problems.append(f"{repaired} record(s) with invalid text, which was replaced")

    def _take_unusual(self, raw: bytes | Raw, loss: Loss | None) -> bool:
        """Keeps the calls of one record; whether its text had to be repaired.

        Raises:
            ValueError: it cannot be read.
            RecursionError: it is nested too deeply.
        """
        record, repaired = decode(raw)
        if not record.is_call:
            return False
        calls = calls_of(record, self._stats.source, self._form)
        if loss:
            calls = worn(calls, loss)
        self._doubts.update(_doubts(record, calls, loss, self._form))
        number = self._collector.add_rows(calls, text(record.shared_id), self._taker.count)
        if is_update(record):
            self._taker.addenda.append(addendum_of(record, number))
        if reports_outage(record):
            self._outages.append(calls[0].at)
            self._problems.append(f"{_OUTAGE} {calls[0].at:%Y-%m-%dT%H:%M:%SZ}")
        return repaired


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
        doubts.append(f"{KEYS_OPEN}: {keyless}")
    return doubts
