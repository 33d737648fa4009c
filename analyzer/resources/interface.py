"""What a kind of resource is that writes keys: one file in this folder that satisfies `Writer`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    import polars as pl


@runtime_checkable
class Writer(Protocol):
    """A module that knows which writes an operation on one resource kind means."""

    SUFFIX: str
    """How the URN's name ends: `.sst.aws.KvKeys`."""

    TYPE: str
    """What reports call the kind: `sst:aws:KvKeys`."""

    def exact(self, operations: pl.DataFrame) -> pl.DataFrame:
        """Writes from operations whose inputs and outputs an event log gives."""
        ...

    def derived(self, operations: pl.DataFrame) -> pl.DataFrame:
        """Writes from operations of which text names only the resource; keys may be patterns."""
        ...
