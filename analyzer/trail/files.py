"""One CloudTrail file → the records in it that may be calls, and what else it shows. Any process can do this work.

Nothing here depends on another file, so `read` can share files out among processes.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Final

from analyzer.errors import InputError
from analyzer.sources.archive import Allowance, is_archive, members
from analyzer.sources.folders import Refused
from analyzer.sources.identify import HEAD, detect
from analyzer.sources.input_stats import InputStats
from analyzer.sources.limits import DENSE, NESTED, TRAIL_MEMBERS, is_dense
from analyzer.sources.s3.ahead import ahead
from analyzer.sources.source import Source
from analyzer.sources.unpack import GZIP, read_whole
from analyzer.trail.calls.control import changes, records_in
from analyzer.trail.coverage.digest import KIND as DIGEST
from analyzer.trail.coverage.digest import Digest, read_digest
from analyzer.trail.delivery import DELIVERY_LAG
from analyzer.trail.extent import Extent, delivery, is_named
from analyzer.trail.forms import s3_log
from analyzer.trail.refusal import refusal
from analyzer.trail.registry import forms, is_of_trail

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from msgspec import Raw

    from analyzer.sources.source import Stamp
    from analyzer.trail.calls.control import Control
    from analyzer.trail.calls.store_changes import StoreChange
    from analyzer.trail.interface import Loss, TrailForm

_SELF_COUNTING: Final = (
    "s3-log",
    "ocsf-parquet",
    "parquet",
)  # forms that see to it themselves, as most files are only searched


@dataclass(slots=True)
class File:
    """What one file holds.

    Attributes:
        stats: of what was read, and what was wrong with it.
        sha256: of its bytes, unpacked, where it is needed.
        form: `FORM` of its form of CloudTrail; None if it is in no such form.
        records: the bytes of the records that may be calls on a key-value store.
        losses: what the form lost of each of them; empty where it lost nothing.
        extent: how far it reaches.
        controls: the changes of trails in it.
        store_changes: the stores that were created or deleted, as it says.
        digest: the digest that it is.
    """

    stats: InputStats
    sha256: bytes | None = None
    form: str | None = None
    records: Sequence[bytes | Raw] = ()
    losses: Sequence[Loss | None] = ()
    extent: Extent = field(default_factory=Extent)
    controls: Sequence[Control] = ()
    store_changes: Sequence[StoreChange] = ()
    digest: Digest | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """What to look for besides calls.

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
    return [_alone(file) for source in ahead(sources) for file in read_file(look, source)]


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
    data, stats = _open(source, allowance, whole=look.hashing)
    if not is_archive(data):
        file = _read(look, data, stats)
        _tell_of_change(stamp, source, stats)
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
        stats.problems.append(error.reason)
    stats.problems += refused.problems()
    _tell_of_change(stamp, source, stats)
    if stats.problems or empty:
        stats.problems = stats.problems or ["an archive without a file"]
        yield File(stats)


def _tell_of_change(stamp: Stamp | None, source: Source, stats: InputStats) -> None:
    change = stamp.change(source.stamp()) if stamp else None
    if change:
        stats.problems.append(change)


def _alone(file: File) -> File:
    """The file, with its records copied out of its bytes, so that the bytes do not stay in memory."""
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


def _open(source: Source, allowance: Allowance, *, whole: bool) -> tuple[bytes, InputStats]:
    """The bytes of a file, unpacked, and its stats, which report what was wrong with them.

    An archive, and what is no CloudTrail (unless `whole`), is not read to its end. Firehose packs messages of
    CloudWatch Logs, which are packed, once more.
    """
    stats = InputStats(source.name)
    enough = is_archive if whole else _is_enough
    try:
        stats.bytes = source.size()
        data, stats.problems = read_whole(source, enough=enough, spend=allowance.spend)
        for _ in range(NESTED - 1):
            if data.startswith(GZIP) and not stats.problems and allowance.left >= 0:
                inner = Source(source.name, None, data)
                data, stats.problems = read_whole(inner, enough=enough, spend=allowance.spend)
    except OSError as error:
        return b"", InputStats(source.name, problems=[(error.strerror or "cannot be read").lower()])
    return data, stats


def _is_enough(head: bytes) -> bool:
    """Whether what begins with `head` need not be read to its end."""
    return is_archive(head) or (not head.startswith(GZIP) and not is_of_trail(detect(head[:HEAD]).kind))


def _read(look: Look, data: bytes, stats: InputStats) -> File:
    """The records and other contents of the bytes of one file."""
    file = File(stats, hashlib.sha256(data).digest() if look.hashing and data else None)
    identity = detect(data[:HEAD])
    form = forms().get(identity.kind)
    if form is not None:
        _unwrap(look, data, file, form)
    elif identity.kind == DIGEST:
        _take_digest(data, file)
    elif data.startswith(GZIP):
        stats.problems.insert(0, "not CloudTrail: gzip data within gzip data, four times")
    elif data or not stats.problems:
        stats.problems.insert(0, f"not CloudTrail: {refusal(data[:HEAD], identity)}")
    return file


def _unwrap(look: Look, data: bytes, file: File, form: TrailForm) -> None:
    stats = file.stats
    if form.FORM not in _SELF_COUNTING and is_dense(data):
        stats.problems.insert(0, f"not read: {DENSE}")
        return
    named = is_named(stats.source)
    is_own = form.KIND == s3_log.KIND and named and stats.bytes != len(data)  # packed, so with a checksum
    content = s3_log.skim(data) if is_own else form.unwrap(data)
    if content.other:
        form = forms()[content.other]
        content = form.unwrap(data)
    if content.refused:
        stats.problems.insert(0, f"not CloudTrail: {content.refused}")
        return
    if content.extent is None or named:
        file.extent.add(stats.source, data)
    else:
        file.extent.add_extent(content.extent)
    file.form, file.records, file.losses = form.FORM, content.records, content.losses
    stats.kind = form.KIND
    stats.records = content.count
    stats.duplicates = 0
    stats.undecodable = content.damaged
    stats.problems += [told for told in content.problems if not (named and told == s3_log.OF_MANAGEMENT)]
    controls: Sequence[bytes | Raw] = content.controls or ()
    if content.controls is None and (look.thorough or content.records or _is_near(look, stats.source)):
        controls = records_in(data)
    file.controls, file.store_changes = changes(controls, stats.source)


def _take_digest(data: bytes, file: File) -> None:
    stats = file.stats
    try:
        file.digest = read_digest(stats.source, data)
    except (ValueError, RecursionError):
        stats.problems.append("the digest is cut or damaged, and was not used")
    else:
        stats.kind = DIGEST


def _is_near(look: Look, name: str) -> bool:
    at = delivery(name) if look.around else None
    return at is not None and any(start <= at <= end + DELIVERY_LAG for start, end in look.around)
