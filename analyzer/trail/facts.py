"""What files of a trail show besides calls: taken in file by file, or read back from a part, then a `Trail`'s.

`FileFacts` of a part are JSON: a foreign file can hold nothing but these types. `FactCollector` takes them in, in the
order of the files; its memory does not grow with them.
"""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - msgspec reads the types
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import msgspec
import polars as pl

from analyzer.sources.input_stats import InputStats  # noqa: TC001 - msgspec reads the types
from analyzer.sources.inputs import inputs_table
from analyzer.tables import CALLS, empty
from analyzer.trail.calls.addenda import Addendum  # noqa: TC001 - msgspec reads the types
from analyzer.trail.calls.call_rows import KEYLESS
from analyzer.trail.calls.control import Control  # noqa: TC001 - msgspec reads the types
from analyzer.trail.calls.store_changes import StoreChange, with_stores
from analyzer.trail.calls.store_lives import store_lives
from analyzer.trail.coverage.digest import Digest  # noqa: TC001 - msgspec reads the types
from analyzer.trail.coverage.digest_entries import DigestEntries
from analyzer.trail.coverage.log_file_index import LogFileIndex
from analyzer.trail.coverage.selectors import timeline
from analyzer.trail.coverage.validate import validated
from analyzer.trail.extent import HOME, Extent
from analyzer.trail.forms.s3_log import OF_MANAGEMENT
from analyzer.trail.input_rows import InputRows
from analyzer.trail.trail import Trail

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from analyzer.trail.reading import Reading

KEYS_OPEN: Final = "call(s) may have named keys that cannot be read"
_MOST_NAMED: Final = 5  # problems of one kind that are named; the others are counted
_VERSION: Final = 1


class Listed(NamedTuple):
    """What a digest may be compared with: the hash of a file's name, and of its bytes (None: they were not read)."""

    name: bytes
    sha256: bytes | None
    whole: bool  # all its records were read


class FileFacts(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    """What one file shows besides calls."""

    stats: InputStats
    is_open: bool  # more may be added to its stats
    extent: Extent
    controls: list[Control]
    store_changes: list[StoreChange]
    digest: Digest | None
    outages: list[datetime]
    listed: Listed | None


class Summary(msgspec.Struct):
    """What joining the calls of a part needs of its facts.

    Attributes:
        records: how many records were numbered.
        file_count: how many files.
        hashing: whether files were hashed.
        digests: whether one of them is a digest.
        addenda: those of its records that only correct others.
        unclear: records whose keys turned out to be hidden or cut, by the file's number.
        version: of this form.
    """

    records: int
    file_count: int
    hashing: bool
    digests: bool
    addenda: list[Addendum]
    unclear: dict[int, int]
    version: int = _VERSION


class Facts(Summary, kw_only=True):
    """All facts of a part."""

    files: list[FileFacts]


def encoded(facts: Facts) -> bytes:
    """JSON."""
    return _ENCODER.encode(facts)


def decoded(data: bytes) -> Facts:
    """Facts of JSON.

    Raises:
        ValueError: it is none of these, or of another version.
    """
    facts: Facts = _FACTS.decode(data)
    _require_version(facts)
    if facts.file_count != len(facts.files):
        raise ValueError("files are missing")
    return facts


def summary(data: bytes) -> Summary:
    """A few of the facts; the others are not decoded.

    Raises:
        ValueError: as `decoded`.
    """
    known: Summary = _SUMMARY.decode(data)
    _require_version(known)
    return known


def first_of(problems: list[str], count: int | None = None) -> list[str]:
    """The first few, and how many more there were (of `count`)."""
    more = (len(problems) if count is None else count) - _MOST_NAMED
    return problems[:_MOST_NAMED] + ([f"{more} more problems of records"] if more > 0 else [])


class FactCollector:
    """Takes in facts, file by file, in their order."""

    def __init__(self, *, digests: bool = True) -> None:
        """Takes in nothing yet.

        Args:
            digests: whether one of the files may be a digest: else nothing will be looked for among the others.
        """
        self.has_digests = False
        self._digests_may_come = digests
        self._extent = Extent()
        self._rows = InputRows()
        self._log_files = LogFileIndex()
        self._digests: list[Digest] = []
        self._controls: list[Control] = []
        self._store_changes: dict[str, StoreChange] = {}  # by the eventID: files may repeat a record
        self._outages: set[datetime] = set()
        self._of_management = 0  # files of management events alone

    def take(self, file: FileFacts) -> None:
        """The facts of the next file."""
        self._extent.merge(file.extent)
        self._controls += file.controls
        if file.store_changes:
            changes = {change.event_id: change for change in file.store_changes}
            self._store_changes = changes | self._store_changes
        self._outages.update(file.outages)
        if file.digest is not None:
            self._digests.append(file.digest)
            self.has_digests = True
        if file.listed is not None and self._digests_may_come:
            self._log_files.add_hashed(file.listed.name, file.listed.sha256, whole=file.listed.whole)
        self._tell_of_management(file.stats)
        self._rows.add(file.stats, is_open=file.is_open)

    def tell_of_repeats(self, repeats: pl.DataFrame) -> None:
        """REPEATS_OF_FILES: how many records of each file are repeats, and how some of these differ."""
        for file, count, differing, words in repeats.iter_rows():
            stats = self._rows.of(file)
            stats.duplicates = (stats.duplicates or 0) + count
            stats.problems += first_of(words, differing)

    def tell_of_unclear(self, unclear: Mapping[int, int]) -> None:
        """How many records of each file have keys that turned out to be hidden or cut."""
        for file, count in unclear.items():
            self._rows.of(file).problems.append(f"{count} {KEYS_OPEN}: {KEYLESS[-1]}")

    def tell(self, file: int, problem: str) -> None:
        """A problem of a file."""
        self._rows.of(file).problems.append(problem)

    def trail(self, ends: Sequence[datetime], unread: Sequence[InputStats], how: Reading) -> Trail:
        """The trail without calls.

        Args:
            ends: the times of the first and of the last call.
            unread: words that gave no source.
            how: keys, and the selectors that the user gave.
        """
        self._extent.include(*ends)
        digests = validated(self._digests, self._log_files, how.keys)
        problems = dict(digests.select("source", "problems").iter_rows())
        for stats in self._rows.opened():
            stats.problems += problems.get(stats.source, [])
        whole = digests.filter((pl.col("region") == HOME) & pl.col("run").is_not_null())["end"].to_list()
        reach = [self._extent.reach] if self._extent.reach else []
        store_changes = with_stores(self._store_changes.values())
        calls = empty(CALLS)
        return Trail(
            calls,
            inputs_table([*unread, *self._rows.rows()]),
            self._extent.first,
            max([*whole, *reach], default=None),
            frozenset(self._extent.accounts),
            frozenset(self._extent.regions),
            digests,
            timeline(self._controls, how.selector_files),
            tuple(sorted(self._outages)),
            store_changes,
            store_lives(store_changes, calls),
        )

    def _tell_of_management(self, stats: InputStats) -> None:
        """Leaves it at the first few files: those of a trail that lost their names are all alike."""
        if OF_MANAGEMENT in stats.problems:
            self._of_management += 1
            if self._of_management > _MOST_NAMED:
                stats.problems.remove(OF_MANAGEMENT)


class _StoredExtent(NamedTuple):
    first: datetime | None
    reach: datetime | None
    accounts: list[str]
    regions: list[str]


def _plain(value: object) -> object:
    if isinstance(value, Extent):
        return _StoredExtent(value.first, value.reach, sorted(value.accounts), sorted(value.regions))
    if isinstance(value, DigestEntries):
        return [(entry.key, entry.sha256.hex()) for entry in value]
    raise NotImplementedError(f"cannot be stored: {type(value)}")


def _typed(kind: type[Any], value: object) -> object:
    if kind is Extent:
        stored = msgspec.convert(value, _StoredExtent)
        extent = Extent()
        extent.first, extent.reach = stored.first, stored.reach
        extent.accounts, extent.regions = set(stored.accounts), set(stored.regions)
        return extent
    if kind is DigestEntries:
        return DigestEntries(msgspec.convert(value, list[tuple[str, str]]))
    raise NotImplementedError(f"cannot be read back: {kind}")


def _require_version(facts: Summary) -> None:
    if facts.version != _VERSION:
        raise ValueError(f"version {facts.version} is not known")


_ENCODER: Final = msgspec.json.Encoder(enc_hook=_plain)
_FACTS: Final = msgspec.json.Decoder(Facts, dec_hook=_typed)
_SUMMARY: Final = msgspec.json.Decoder(Summary, dec_hook=_typed)
