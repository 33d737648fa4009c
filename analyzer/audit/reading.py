"""A batch of sources → what it gives, by any process: logs, CloudTrail files and listings, each detected by content.

What a home holds besides logs (CloudTrail files, listings of keys) is read as such, whatever its word was given for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.audit.by_content import ByContent
from analyzer.audit.catalogue.held import RAW_WRITES, STORE_COUNTS
from analyzer.audit.catalogue.parts import FileRead
from analyzer.audit.inventory import hash_of
from analyzer.logs.ids import stable
from analyzer.logs.part import read_part
from analyzer.sources.contain import contents
from analyzer.sources.s3.ahead import held
from analyzer.store.listing import read_listings
from analyzer.tables import DEPLOYS, conform
from analyzer.trail.joined import across, calls_of_stores
from analyzer.trail.part import read_part as read_trail_part
from analyzer.trail.reading import Reading
from analyzer.verdicts.homes import homes_of
from analyzer.writes.intended import intended_writes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from analyzer.audit.inventory import Found
    from analyzer.logs.part import LogPart
    from analyzer.sources.input_stats import InputStats
    from analyzer.trail.part import TrailPart

FILES: Final = 200
LOG_BYTES: Final = 32 << 20
TRAIL_BYTES: Final = 64 << 20


@dataclass(frozen=True, slots=True)
class Piece:
    """A batch of sources of one role.

    Attributes:
        found: the sources.
    """

    found: tuple[Found, ...]


@dataclass(frozen=True, slots=True)
class Read:
    """What a batch gives.

    Attributes:
        files: its files, as they were before they were read.
        logs: of its deploy logs.
        trail: of its CloudTrail files.
        tables: `writes`, `homes` and `stores`, by which is planned; `listings`, `keys` and `inputs` of listings.
        bytes: as stored.
    """

    files: tuple[FileRead, ...]
    logs: LogPart | None
    trail: TrailPart | None
    tables: Mapping[str, pl.DataFrame]
    bytes: int


def read(piece: Piece) -> Read:
    """What a batch gives. Nothing raises for one source."""
    hashes = [hash_of(one.source) for one in piece.found]
    if piece.found[0].role == "trail":
        files = [
            _file(one, digest, [one.source.name]) for one, digest in zip(piece.found, hashes, strict=True)
        ]
        sources = [one.source for one in piece.found]
        trail = read_trail_part(sources, _HOW)
        return Read(tuple(files), None, trail, _indexes(None, trail), _bytes(piece))
    return _read_logs(piece, hashes)


def _read_logs(piece: Piece, hashes: Sequence[str]) -> Read:
    found = ByContent()
    unread: list[InputStats] = []
    files: list[FileRead] = []
    near = held(one.source for one in piece.found)
    for one, source, digest in zip(piece.found, near, hashes, strict=True):
        plain, refused = contents([source])
        unread += refused
        names = [*(inner.name for inner in plain), *(stats.source for stats in refused)]
        files.append(_file(one, digest, list(dict.fromkeys(names))))
        found.take(plain)
    part = read_part(
        [source for source, _ in found.logs],
        unread,
        identities=[identity for _, identity in found.logs],
        ids=stable,
    )
    trail = read_trail_part(found.trail, _HOW) if found.trail else None
    tables = _indexes(part, trail)
    if found.listings:
        listed = read_listings((), more=found.listings)
        tables |= {
            "listings": listed.table,
            "keys": listed.keys,
            "inputs": pl.concat([part.inputs, listed.inputs]),
        }
    return Read(tuple(files), part, trail, tables, _bytes(piece))


def _indexes(logs: LogPart | None, trail: TrailPart | None) -> dict[str, pl.DataFrame]:
    """The small tables by which deploys and stores find each other."""
    made: dict[str, pl.DataFrame] = {}
    if logs is not None:
        deploys = conform(logs.deploys, DEPLOYS)
        made["writes"] = intended_writes(logs.events, deploys).select(RAW_WRITES.names())
    if trail is not None:
        calls = calls_of_stores([trail], across([trail]), None)
        made["homes"] = homes_of(calls)
        made["stores"] = conform(
            calls.group_by("store").agg(
                calls=pl.len().cast(pl.Int64), first_at=pl.col("at").min(), last_at=pl.col("at").max()
            ),
            STORE_COUNTS,
        ).sort("store")
    return made


_HOW: Final = Reading(thorough=True, hashing=True)
"""When deploys ran is not known yet; and digests may come when the files that they list are gone: all are hashed."""


def _file(one: Found, digest: str, sources: Sequence[str]) -> FileRead:
    return FileRead(one.key, one.source.name, one.size, one.stamp, digest, tuple(sources))


def _bytes(piece: Piece) -> int:
    return sum(one.size for one in piece.found)
