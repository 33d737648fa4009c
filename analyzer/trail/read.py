"""CloudTrail files → the trail: the calls in them, each once, and how far they reach."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.errors import InputError
from analyzer.sources.account import Account, accounts_table
from analyzer.sources.archive import Budget, is_archive, members
from analyzer.sources.identify import HEAD, tell
from analyzer.sources.unpack import read_whole
from analyzer.tables import CALLS, conform
from analyzer.trail.addenda import is_update, mend, tells_of_outage
from analyzer.trail.calls import calls_of, worn
from analyzer.trail.control import Control, controls_in
from analyzer.trail.digest import KIND as DIGEST
from analyzer.trail.digest import NAMED, Digest, read_digest, sha256_of
from analyzer.trail.gather import Gatherer
from analyzer.trail.horizon import HOME, Horizon, delivery
from analyzer.trail.processes import in_order, worth
from analyzer.trail.records import Record, decode, text
from analyzer.trail.registry import forms
from analyzer.trail.selectors import timeline
from analyzer.trail.trail import Trail
from analyzer.trail.usual import usual
from analyzer.trail.validate import Held, validated

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from msgspec import Raw

    from analyzer.sources.source import Source
    from analyzer.trail.interface import Loss, TrailForm
    from analyzer.trail.public_keys import PublicKeys
    from analyzer.trail.selectors import Stated

_ORDER: Final = ("store", "at", "event_id", "key", "effect")
_NAMED: Final = 5  # problems of one kind that are named; the others are counted
_PIECE: Final = 32  # files that a process reads at a time, at least,
_PIECES: Final = (
    16  # and how many times each is given some: few enough to cost little, many enough to end together
)
_MOST: Final = 1_000
_LATE: Final = timedelta(minutes=30)  # how long after a call its file may be delivered


@dataclass(frozen=True, slots=True)
class Reading:
    """How a trail is read; the defaults are those of a plain reading.

    Attributes:
        thorough: look in every file for the calls that change a trail; else in those that are decoded anyway, and
            in those of the times `around`. It is so too where digests are in hand: their names tell it.
        around: times near which such calls matter.
        keys: to check the signatures of digests with.
        stated: the selectors of trails, as the user says them.
        jobs: processes; 0: as many as are worth it.
        progress: told of files that were read, and of their bytes as stored.
    """

    thorough: bool = False
    around: Sequence[tuple[datetime, datetime]] = ()
    keys: PublicKeys | None = None
    stated: Sequence[Stated] = ()
    jobs: int = 1
    progress: Callable[[int, int], None] | None = None


def read_trail(
    sources: Sequence[Source],
    accounts: Sequence[Account] = (),
    how: Reading = Reading(),
) -> Trail:
    """The calls on key-value stores in `sources`, which are CloudTrail files in any form that `registry` knows.

    Nothing raises for one input: what cannot be read is told in `inputs`, which begins with `accounts` (of
    words that gave no source), and the rest is read. A record that several files hold counts for the first of
    them. Memory grows with the calls, not with the files. Several processes give the same as one.
    """
    _keep_memory()
    proving = any(NAMED in source.name for source in sources)
    reader = _Reader(thorough=how.thorough or proving, around=how.around, hashing=proving)
    tell = how.progress or (lambda _files, _bytes: None)
    jobs = how.jobs or worth(sources)
    if jobs > 1 and len(sources) > _PIECE:
        size = min(max(len(sources) // (jobs * _PIECES), _PIECE), _MOST)
        pieces = [sources[first : first + size] for first in range(0, len(sources), size)]
        work = partial(_read_piece, reader.thorough, tuple(how.around), reader.hashing)
        for piece, part in in_order(work, pieces, jobs):
            reader.absorb(part)
            tell(len(piece), sum(account.bytes for account in part.accounts))
    else:
        for source in sources:
            before = len(reader.accounts)
            reader.take_all(source, Budget())
            tell(1, sum(account.bytes for account in reader.accounts[before:]))
    if reader.digests and not reader.hashing:  # their names did not tell them: in an archive, or renamed
        reader = _Reader(thorough=True, hashing=True)
        for source in sources:
            reader.take_all(source, Budget())
    return _trail(reader, accounts, how)


def _trail(reader: _Reader, accounts: Sequence[Account], how: Reading) -> Trail:
    calls = reader.calls()
    horizon = reader.horizon
    horizon.include(*_ends(calls))
    digests = validated(reader.digests, reader.held(), how.keys)
    told = dict(digests.select("source", "problems").iter_rows())
    for account in reader.accounts:
        account.problems += told.get(account.source, [])
    whole = digests.filter((pl.col("region") == HOME) & pl.col("run").is_not_null())["end"].to_list()
    return Trail(
        calls,
        accounts_table([*accounts, *reader.accounts]),
        horizon.first,
        max([*whole, *([horizon.reach] if horizon.reach else [])], default=None),
        frozenset(horizon.accounts),
        frozenset(horizon.regions),
        digests,
        timeline(reader.controls, how.stated),
        tuple(sorted(reader.outages)),
    )


@dataclass(slots=True)
class _Part:
    """What a process read of some files."""

    gathered: tuple[pl.DataFrame, pl.DataFrame, int]
    accounts: list[Account]
    horizon: Horizon
    updates: dict[int, tuple[Record, int, str]]
    digests: list[Digest]
    controls: list[Control]
    hashes: list[str | None]
    outages: set[datetime]


def _read_piece(
    thorough: bool, around: Sequence[tuple[datetime, datetime]], hashing: bool, sources: Sequence[Source]
) -> _Part:
    """The work of one process."""
    _keep_memory()
    reader = _Reader(thorough=thorough, around=around, hashing=hashing, keep_all=True)
    for source in sources:
        reader.take_all(source, Budget())
    return reader.part()


def _open(source: Source) -> tuple[bytes, Account]:
    """The bytes of a file, unpacked, and its account, which tells what was wrong with them."""
    account = Account(source.name)
    try:
        account.bytes = source.size()
        data, account.problems = read_whole(source, enough=is_archive)
    except OSError as error:
        return b"", Account(source.name, problems=[(error.strerror or "cannot be read").lower()])
    return data, account


def _keep_memory() -> None:
    """Makes glibc keep freed memory, so that each file is unpacked into pages that the last one left.

    Freeing one large block moves the size from which on it asks the kernel for fresh pages (mallopt(3),
    M_MMAP_THRESHOLD, "dynamic"). Fresh pages cost twice as much as unpacking into them; elsewhere this does nothing.
    """
    bytes((32 << 20) - (64 << 10))


class _Reader:
    """Reads files one after the other."""

    def __init__(
        self,
        *,
        thorough: bool = False,
        around: Sequence[tuple[datetime, datetime]] = (),
        hashing: bool = False,
        keep_all: bool = False,
    ) -> None:
        self.thorough, self.hashing = thorough, hashing
        self._around = around
        self.horizon = Horizon()
        self._forms = forms()
        self.accounts: list[Account] = []
        self.digests: list[Digest] = []
        self.controls: list[Control] = []
        self.outages: set[datetime] = set()
        self._hashes: list[str | None] = []  # of each file, where digests are in hand
        self._gathered = Gatherer(keep_all=keep_all)
        self._updates: dict[int, tuple[Record, int, str]] = {}  # by its number; and its file, and the form

    def take_all(self, source: Source, budget: Budget) -> None:
        """Keeps the calls of one file, or of each file in an archive."""
        data, account = _open(source)
        if not is_archive(data):
            self.take(data, account)
            return
        named = len(self.accounts)
        try:
            for member in members(source, budget):
                self.take_all(member, budget.inner())
        except InputError as error:
            account.problems.append(error.reason)
        if account.problems or len(self.accounts) == named:
            account.problems = account.problems or ["an archive without a file"]
            self.accounts.append(account)
            self._hashes.append(None)

    def take(self, data: bytes, account: Account) -> None:
        """Keeps the calls of one file, and tells the account of it."""
        self.accounts.append(account)
        self._hashes.append(sha256_of(data) if self.hashing and data else None)
        identity = tell(data[:HEAD])
        form = self._forms.get(identity.kind)
        if form is not None:
            self._take(data, account, form)
        elif identity.kind == DIGEST:
            self._take_digest(data, account)
        elif data or not account.problems:
            account.problems.insert(0, f"not CloudTrail: {identity.reason}")

    def part(self) -> _Part:
        """What was read, to be absorbed by the reader of the whole."""
        return _Part(
            self._gathered.all(),
            self.accounts,
            self.horizon,
            self._updates,
            self.digests,
            self.controls,
            self._hashes,
            self.outages,
        )

    def absorb(self, part: _Part) -> None:
        """Takes in what another reader read of the next files."""
        files = len(self.accounts)
        first = self._gathered.add_part(part.gathered, files)
        self._updates |= {
            first + number: (record, files + file, form)
            for number, (record, file, form) in part.updates.items()
        }
        self.accounts += part.accounts
        self.horizon.merge(part.horizon)
        self.digests += part.digests
        self.controls += part.controls
        self._hashes += part.hashes
        self.outages |= part.outages

    def held(self) -> dict[str, Held]:
        """The log files in hand, for the digests."""
        if not self.digests:
            return {}
        return {
            account.source: Held(sha256, account.undecodable == 0)
            for account, sha256 in zip(self.accounts, self._hashes, strict=True)
            if account.kind != DIGEST
        }

    def _take_digest(self, data: bytes, account: Account) -> None:
        try:
            self.digests.append(read_digest(account.source, data))
        except (ValueError, RecursionError):
            account.problems.append("the digest is cut or damaged, and was not used")
        else:
            account.kind = DIGEST

    def calls(self) -> pl.DataFrame:
        """CALLS of all files, mended by their addenda, in order."""
        calls, updates = self._gathered.once(apart=list(self._updates))
        self._tell_of_repeats()
        if not updates:
            return conform(calls, CALLS)
        for number in updates:
            update, file, form = self._updates[number]
            calls = _mended(calls, update, self.accounts[file], form)
        return conform(calls, CALLS).sort(_ORDER, nulls_last=True, maintain_order=True)

    def _take(self, data: bytes, account: Account, form: TrailForm) -> None:
        unwrapped = form.unwrap(data)
        if unwrapped.refused:
            account.problems.insert(0, f"not CloudTrail: {unwrapped.refused}")
            return
        if unwrapped.told is None:
            self.horizon.add(account.source, data)
        else:
            self.horizon.add_told(unwrapped.told)
        account.kind = form.KIND
        account.records = unwrapped.count
        account.duplicates = 0
        account.undecodable = unwrapped.damaged
        account.problems += unwrapped.problems
        problems: list[str] = []
        repaired = 0
        file = len(self.accounts) - 1
        if self.thorough or unwrapped.records or self._is_near(account.source):
            self.controls += controls_in(data, account.source)
        losses = unwrapped.losses or [None] * len(unwrapped.records)
        for raw, loss in zip(unwrapped.records, losses, strict=True):
            record = usual(raw) if loss is None else None
            if record is not None:
                self._gathered.add(record, file, account.source, form.FORM)
                continue
            try:
                repaired += self._take_unusual(raw, loss, account, form, problems)
            except (ValueError, RecursionError) as error:
                account.undecodable += 1
                problems.append(f"a record could not be read: {error}")
        account.problems += _first_of(problems)
        if repaired:
            account.problems.append(f"{repaired} record(s) with invalid text, which was replaced")

    def _is_near(self, name: str) -> bool:
        at = delivery(name) if self._around else None
        return at is not None and any(start <= at <= end + _LATE for start, end in self._around)

    def _take_unusual(
        self, raw: bytes | Raw, loss: Loss | None, account: Account, form: TrailForm, problems: list[str]
    ) -> bool:
        """Keeps the calls of one record; whether its text had to be repaired.

        Raises:
            ValueError: it cannot be read.
            RecursionError: it is nested too deeply.
        """
        record, repaired = decode(raw)
        if not record.is_call:
            return False
        calls = calls_of(record, account.source, form.FORM)
        if loss:
            calls = worn(calls, loss)
        number = self._gathered.add_rows(calls, text(record.shared_id), len(self.accounts) - 1)
        if is_update(record):
            self._updates[number] = (record, len(self.accounts) - 1, form.FORM)
        if tells_of_outage(record):
            self.outages.add(calls[0].at)
            problems.append(
                f"an addendum tells of an outage of CloudTrail at {calls[0].at:%Y-%m-%dT%H:%M:%SZ}"
            )
        return repaired

    def _tell_of_repeats(self) -> None:
        differing: dict[int, list[str]] = {}
        for repeat in self._gathered.repeats:
            account = self.accounts[repeat.file]
            account.duplicates = (account.duplicates or 0) + 1
            if repeat.differs:
                words = f"the record {repeat.event_id} differs from the one in {repeat.first}"
                differing.setdefault(repeat.file, []).append(words)
        for file, problems in differing.items():
            self.accounts[file].problems += _first_of(problems)


def _first_of(problems: list[str]) -> list[str]:
    """The first few, and how many more there were."""
    more = [f"{len(problems) - _NAMED} more problems of records"] if len(problems) > _NAMED else []
    return problems[:_NAMED] + more


def _mended(calls: pl.DataFrame, update: Record, account: Account, form: str) -> pl.DataFrame:
    mended = mend(calls, update, account.source, form)
    if mended is None:
        account.problems.append(f"the addendum {text(update.event_id)} mends a record that is not in hand")
        return calls
    return mended


def _ends(calls: pl.DataFrame) -> list[datetime]:
    """The earliest and the latest time of the calls that us-east-1, or a region unknown, recorded."""
    at = calls.filter(pl.col("region").fill_null(HOME) == HOME).get_column("at")
    ends: list[datetime] = at.sort().gather([0, -1]).to_list() if len(at) else []
    return ends
