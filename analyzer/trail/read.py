"""CloudTrail files → the trail: the calls in them, each once, and how far they reach."""

from __future__ import annotations

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
from analyzer.trail.gather import Gatherer
from analyzer.trail.horizon import HOME, Horizon
from analyzer.trail.records import Record, decode, text
from analyzer.trail.registry import forms
from analyzer.trail.trail import Trail
from analyzer.trail.usual import usual

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from msgspec import Raw

    from analyzer.sources.source import Source
    from analyzer.trail.interface import Loss, TrailForm

_ORDER: Final = ("store", "at", "event_id", "key", "effect")
_NAMED: Final = 5  # problems of one kind that are named; the others are counted


def read_trail(sources: Sequence[Source], accounts: Sequence[Account] = ()) -> Trail:
    """The calls on key-value stores in `sources`, which are CloudTrail files in any form that `registry` knows.

    Nothing raises for one input: what cannot be read is told in `inputs`, which begins with `accounts` (of
    words that gave no source), and the rest is read. A record that several files hold counts for the first of
    them. Memory grows with the calls, not with the files.
    """
    _keep_memory()
    reader = _Reader()
    for source in sources:
        reader.take_all(source, Budget())
    calls = reader.calls()
    horizon = reader.horizon
    horizon.include(*_ends(calls))
    return Trail(
        calls,
        accounts_table([*accounts, *reader.accounts]),
        horizon.first,
        horizon.reach,
        frozenset(horizon.accounts),
        frozenset(horizon.regions),
    )


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

    def __init__(self) -> None:
        self.horizon = Horizon()
        self._forms = forms()
        self.accounts: list[Account] = []
        self._gathered = Gatherer()
        self._updates: dict[int, tuple[Record, Account, TrailForm]] = {}  # by the number of the record

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

    def take(self, data: bytes, account: Account) -> None:
        """Keeps the calls of one file, and tells the account of it."""
        self.accounts.append(account)
        identity = tell(data[:HEAD])
        form = self._forms.get(identity.kind)
        if form is not None:
            self._take(data, account, form)
        elif data or not account.problems:
            account.problems.insert(0, f"not CloudTrail: {identity.reason}")

    def calls(self) -> pl.DataFrame:
        """CALLS of all files, mended by their addenda, in order."""
        calls, updates = self._gathered.once(apart=list(self._updates))
        self._tell_of_repeats()
        if not updates:
            return conform(calls, CALLS)
        for number in updates:
            calls = _mended(calls, *self._updates[number])
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
            self._updates[number] = (record, account, form)
        if tells_of_outage(record):
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


def _mended(calls: pl.DataFrame, update: Record, account: Account, form: TrailForm) -> pl.DataFrame:
    mended = mend(calls, update, account.source, form.FORM)
    if mended is None:
        account.problems.append(f"the addendum {text(update.event_id)} mends a record that is not in hand")
        return calls
    return mended


def _ends(calls: pl.DataFrame) -> list[datetime]:
    """The earliest and the latest time of the calls that us-east-1, or a region unknown, recorded."""
    at = calls.filter(pl.col("region").fill_null(HOME) == HOME).get_column("at")
    ends: list[datetime] = at.sort().gather([0, -1]).to_list() if len(at) else []
    return ends
