"""What a form of CloudTrail on disk is: one file in this folder that satisfies `TrailForm`; `registry` finds it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from msgspec import Raw


@dataclass(frozen=True, slots=True)
class Unwrapped:
    """The records of one file.

    Attributes:
        records: the bytes (JSON) of each record that may be a call on a key-value store; others may be left out.
        count: all records of the file, wanted or not.
        damaged: spans of bytes that hold no record that can be read.
        problems: what was wrong, in words.
    """

    records: Sequence[bytes | Raw]
    count: int
    damaged: int = 0
    problems: Sequence[str] = ()


@runtime_checkable
class TrailForm(Protocol):
    """A module that unwraps one form of CloudTrail."""

    KIND: str
    """The kind that `analyzer.sources.identify` tells, and that `inputs[].kind` shows."""

    FORM: str
    """What the column `form` of CALLS says."""

    def unwrap(self, data: bytes) -> Unwrapped:
        """The records in `data`, the whole of one file, unpacked. Never raises for what is in it."""
        ...
