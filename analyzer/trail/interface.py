"""What a form of CloudTrail on disk is: one file in `forms/` that satisfies `TrailForm`; `registry` finds it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from msgspec import Raw


class Loss(NamedTuple):
    """What a form has lost of a record.

    Attributes:
        words: what, for `CALLS.degraded`.
        keys: the call may have named keys that the form no longer shows.
        outcome: the form would not show an error.
    """

    words: str
    keys: bool = False
    outcome: bool = False


@dataclass(slots=True)
class FileExtent:
    """What the records of one file, of any service, say of how far they reach.

    Attributes:
        first: the earliest `eventTime`, of us-east-1 or without a Region.
        last: the latest one.
        accounts: the accounts that received them.
        regions: their Regions.
    """

    first: datetime | None = None
    last: datetime | None = None
    accounts: set[str] = field(default_factory=set)
    regions: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class FileRecords:
    """The records of one file.

    Attributes:
        records: the bytes (JSON) of each record that may be a call on a key-value store; others may be left out.
        count: all records of the file, wanted or not.
        damaged: spans of bytes that hold no record that can be read.
        problems: what was wrong, in words.
        losses: what the form lost of each of `records`; empty where it lost nothing.
        extent: how far the records reach; None if the file's own bytes say it.
        refused: why the file is no CloudTrail after all; nothing of it is used.
        other: the kind of the form in which the file is after all; nothing of this is used.
        controls: the records that `control.changes` reads; None if the file's own bytes hold them.
    """

    records: Sequence[bytes | Raw]
    count: int
    damaged: int = 0
    problems: Sequence[str] = ()
    losses: Sequence[Loss | None] = ()
    extent: FileExtent | None = None
    refused: str | None = None
    other: str | None = None
    controls: Sequence[bytes | Raw] | None = None


@runtime_checkable
class TrailForm(Protocol):
    """A module that unwraps one form of CloudTrail."""

    KIND: str
    """The kind that `analyzer.sources.identify` detects, and that `inputs[].kind` shows."""

    FORM: str
    """What the column `form` of CALLS says."""

    def unwrap(self, data: bytes) -> FileRecords:
        """The records in `data`, the whole of one file, unpacked. Never raises for what is in it."""
        ...
