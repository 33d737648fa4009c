"""What a kind of resource is that writes keys: one file in this folder that satisfies `ResourceKind`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    import polars as pl


@runtime_checkable
class ResourceKind(Protocol):
    """A module that knows how logs show one kind of resource, and which writes an operation on it means."""

    TYPE: str
    """The type token, which reports show: `aws:cloudfront/keyvaluestoreKey:KeyvaluestoreKey`.

    SST's own kinds are dynamic resources of Pulumi, which share one token: of these, the type as SST shows it,
    `sst:aws:KvKeys`. It is the end of the URN's name, too: `SiteKvKeys.sst.aws.KvKeys`.
    """

    NAME_SUFFIXES: tuple[str, ...]
    """What SST appends to a component's name to name such a resource. Empty for a kind that is not SST's."""

    CONSOLE_PHRASES: tuple[str, ...]
    """Texts by which console lines about such a resource are detected: each of these lines holds one of them."""

    APIS: tuple[str, ...]
    """The API operations that make its writes."""

    def exact(self, operations: pl.DataFrame) -> pl.DataFrame:
        """Writes from operations whose inputs and outputs are in an event log."""
        ...

    def derived(self, operations: pl.DataFrame) -> pl.DataFrame:
        """Writes from operations whose resource alone is named, by a text log; keys may be patterns."""
        ...
