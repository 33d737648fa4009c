"""A checkpoint of a stack's state: `app/` and `snapshot/` objects of SST's home, `pulumi stack export`.

Source: pulumi/pulumi sdk/go/common/apitype/core.go (VersionedCheckpoint, DeploymentV3, OperationV2). A state holds what
is, not what a deploy did. It names the stack, Pulumi's version, and operations that began and never ended. These may
belong to an earlier deploy, so no write is expected because of them. No resource is decoded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from analyzer.logs.documents.document import document_rows
from analyzer.logs.documents.home_rows import place_of
from analyzer.logs.documents.rows import Row, microseconds, name_of, tables, type_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    import polars as pl

    from analyzer.logs.documents.document import Document
    from analyzer.sources.input_stats import InputStats
    from analyzer.sources.source import Source

KIND: Final = "sst-state"


class _Manifest(msgspec.Struct):
    time: str | None = None
    version: str | None = None


class _Resource(msgspec.Struct):
    urn: str | None = None


class _Operation(msgspec.Struct):
    resource: _Resource | None = None
    type: str | None = None


class _Deployment(msgspec.Struct):
    manifest: _Manifest | None = None
    pending_operations: list[_Operation] | None = None


class _Checkpoint(msgspec.Struct):
    stack: str | None = None
    latest: _Deployment | None = None


class _State(msgspec.Struct):
    checkpoint: _Checkpoint | None = None
    deployment: _Deployment | None = None
    manifest: _Manifest | None = None
    pending_operations: list[_Operation] | None = None


def read(source: Source, stats: InputStats) -> Iterator[pl.DataFrame]:
    """EVENTS of a state: facts of the stack, and a warning for each operation that never ended."""
    return tables(source.name, rows(source, stats))


def rows(source: Source, stats: InputStats) -> Iterator[list[Row]]:
    """The rows of `read`."""
    stats.kind = KIND

    def of_state(document: Document, state: _State) -> list[Row]:
        return list(_rows(source.name, document.line, state))

    return document_rows(source, stats, _State, of_state)


def _rows(source: str, line: int, state: _State) -> Iterator[Row]:
    checkpoint = state.checkpoint or _Checkpoint()
    latest = checkpoint.latest or state.deployment or _Deployment(state.manifest, state.pending_operations)
    manifest = latest.manifest or _Manifest()
    stack = (checkpoint.stack or "").split("/")
    named = [("app", stack[-2]), ("stage", stack[-1])] if len(stack) > 1 else []
    for fact, value in [*(named or place_of(source)), ("pulumi_version", manifest.version)]:
        if value:
            yield Row(line, "header", at=microseconds(manifest.time), fact=fact, value=value)
    for pending in latest.pending_operations or []:
        urn = pending.resource.urn if pending.resource else None
        yield Row(
            line,
            "diagnostic",
            urn=urn,
            type=type_of(urn),
            name=name_of(urn),
            message=f"pending operation: interrupted while {pending.type or 'changing'}",
            severity="warning",
        )
