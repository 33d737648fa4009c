"""CloudTrail files → the records in them that may be calls, and what each file says besides: the work of any process.

Nothing here depends on another file, so that files can be shared out among processes.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Final

from analyzer.errors import InputError
from analyzer.sources.account import Account
from analyzer.sources.archive import Allowance, is_archive, members
from analyzer.sources.folders import Refused
from analyzer.sources.identify import HEAD, tell
from analyzer.sources.limits import DENSE, NESTED, TRAIL_MEMBERS, is_dense
from analyzer.sources.source import Source
from analyzer.sources.unpack import GZIP, read_whole
from analyzer.trail.control import changes, records_in
from analyzer.trail.delivery import DELIVERY_LAG
from analyzer.trail.digest import KIND as DIGEST
from analyzer.trail.digest import Digest, read_digest
from analyzer.trail.horizon import Horizon, delivery
from analyzer.trail.registry import forms

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from msgspec import Raw

    from analyzer.sources.source import Stamp
    from analyzer.trail.births import Birth
    from analyzer.trail.control import Control
    from analyzer.trail.interface import Loss, TrailForm

_COUNTED: Final = (
    "s3-log",
    "ocsf-parquet",
)  # forms that see to it themselves, as most files are only searched


@dataclass(slots=True)
class File:
    """What one file holds.

    Attributes:
        account: of what was read, and what was wrong with it.
        sha256: of its bytes, unpacked, where that was asked for.
        form: `FORM` of its form of CloudTrail; None where it is none.
        records: the bytes of the records that may be calls on a key-value store.
        losses: what the form lost of each of them; empty where it lost nothing.
        horizon: how far it reaches.
        controls: the changes of trails in it.
        births: the stores that were made or deleted, as it says.
        digest: the digest that it is.
    """

    account: Account
    sha256: bytes | None = None
    form: str | None = None
    records: Sequence[bytes | Raw] = ()
    losses: Sequence[Loss | None] = ()
    horizon: Horizon = field(default_factory=Horizon)
    controls: Sequence[Control] = ()
    births: Sequence[Birth] = ()
    digest: Digest | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """What is looked for besides calls.

    Attributes:
        thorough: the changes of trails, in every file; else in files that are decoded anyway, and in those
            `around`.
        around: times near which such changes matter.
        hashing: the hash of each file.
    """

    thorough: bool = False
    around: Sequence[tuple[datetime, datetime]] = ()
    hashing: bool = False


def read_files(look: Look, sources: Sequence[Source]) -> list[File]:
    """What the files hold, to be handed to another process."""
    keep_memory()
    return [_alone(file) for source in sources for file in read_file(look, source)]


def read_file(
    look: Look, source: Source, allowance: Allowance | None = None, depth: int = 0
) -> Iterator[File]:
    """What one file holds, or each file in an archive. Nothing raises for what is in it.

    Args:
        look: what is looked for.
        source: the file.
        allowance: of the archive that the file stands in, if it stands in one.
        depth: how many archives it stands in.
    """
    stamp = source.stamp() if depth == 0 else None
    allowance = allowance or Allowance.of(source, TRAIL_MEMBERS)
    data, account = _open(source, allowance, whole=look.hashing)
    if not is_archive(data):
        file = _read(look, data, account)
        _tell_of_change(stamp, source, account)
        yield file
        return
    empty = True
    refused = Refused()
    try:
        for member in members(source, allowance, refused, depth):
            for file in read_file(look, member, allowance, depth + 1):
                empty = False
                yield file
    except InputError as error:
        account.problems.append(error.reason)
    account.problems += refused.problems()
    _tell_of_change(stamp, source, account)
    if account.problems or empty:
        account.problems = account.problems or ["an archive without a file"]
        yield File(account)


def _tell_of_change(stamp: Stamp | None, source: Source, account: Account) -> None:
    change = stamp.change(source.stamp()) if stamp else None
    if change:
        account.problems.append(change)


def _alone(file: File) -> File:
    """The file, with its records taken out of its bytes, which would stay in memory with them."""
    file.records = [bytes(record) for record in file.records]
    return file


@cache
def keep_memory() -> None:
    """Makes glibc keep freed memory, so that each file is unpacked into pages that the last one left.

    Freeing one large block moves the size from which on it asks the kernel for fresh pages (mallopt(3),
    M_MMAP_THRESHOLD, "dynamic"). Fresh pages cost twice as much as unpacking into them; elsewhere this does nothing.
    Once is enough for a process.
    """
    bytes((32 << 20) - (64 << 10))


def _open(source: Source, allowance: Allowance, *, whole: bool) -> tuple[bytes, Account]:
    """The bytes of a file, unpacked, and its account, which tells what was wrong with them.

    An archive, and what is no CloudTrail (unless `whole`), is not read to its end. Firehose packs messages of
    CloudWatch Logs, which are packed, once more.
    """
    account = Account(source.name)
    enough = is_archive if whole else _is_enough
    try:
        account.bytes = source.size()
        data, account.problems = read_whole(source, enough=enough, spend=allowance.spend)
        for _ in range(NESTED - 1):
            if data.startswith(GZIP) and not account.problems and allowance.left >= 0:
                inner = Source(source.name, None, data)
                data, account.problems = read_whole(inner, enough=enough, spend=allowance.spend)
    except OSError as error:
        return b"", Account(source.name, problems=[(error.strerror or "cannot be read").lower()])
    return data, account


def _is_enough(head: bytes) -> bool:
    """Whether what begins with `head` need not be read to its end."""
    return is_archive(head) or (not head.startswith(GZIP) and not _is_wanted(tell(head[:HEAD]).kind))


def _is_wanted(kind: str) -> bool:
    return kind in forms() or kind == DIGEST


def _read(look: Look, data: bytes, account: Account) -> File:
    """What stands in the bytes of one file."""
    file = File(account, hashlib.sha256(data).digest() if look.hashing and data else None)
    identity = tell(data[:HEAD])
    form = forms().get(identity.kind)
    if form is not None:
        _unwrap(look, data, file, form)
    elif identity.kind == DIGEST:
        _take_digest(data, file)
    elif data.startswith(GZIP):
        account.problems.insert(0, "not CloudTrail: gzip data within gzip data, four times")
    elif data or not account.problems:
        account.problems.insert(0, f"not CloudTrail: {identity.reason}")
    return file


def _unwrap(look: Look, data: bytes, file: File, form: TrailForm) -> None:
    account = file.account
    if form.FORM not in _COUNTED and is_dense(data):
        account.problems.insert(0, f"not read: {DENSE}")
        return
    unwrapped = form.unwrap(data)
    if unwrapped.refused:
        account.problems.insert(0, f"not CloudTrail: {unwrapped.refused}")
        return
    if unwrapped.told is None:
        file.horizon.add(account.source, data)
    else:
        file.horizon.add_told(unwrapped.told)
    file.form, file.records, file.losses = form.FORM, unwrapped.records, unwrapped.losses
    account.kind = form.KIND
    account.records = unwrapped.count
    account.duplicates = 0
    account.undecodable = unwrapped.damaged
    account.problems += unwrapped.problems
    controls: Sequence[bytes | Raw] = unwrapped.controls or ()
    if unwrapped.controls is None and (look.thorough or unwrapped.records or _is_near(look, account.source)):
        controls = records_in(data)
    file.controls, file.births = changes(controls, account.source)


def _take_digest(data: bytes, file: File) -> None:
    account = file.account
    try:
        file.digest = read_digest(account.source, data)
    except (ValueError, RecursionError):
        account.problems.append("the digest is cut or damaged, and was not used")
    else:
        account.kind = DIGEST


def _is_near(look: Look, name: str) -> bool:
    at = delivery(name) if look.around else None
    return at is not None and any(start <= at <= end + DELIVERY_LAG for start, end in look.around)
