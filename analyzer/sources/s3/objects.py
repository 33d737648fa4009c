"""The words that name objects → sources, and stats of what is not read. What `sources.find` asks of this folder."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, overload

import polars as pl

from analyzer.errors import InputError
from analyzer.sources.input_stats import InputStats
from analyzer.sources.s3.address import SCHEME, address
from analyzer.sources.s3.client import Connection, Object
from analyzer.sources.s3.fetch import S3Opener
from analyzer.sources.s3.listing import listed, reasons
from analyzer.sources.s3.plan import Scope, plan
from analyzer.sources.source import Source
from analyzer.sources.walk import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from analyzer.sources.s3.listing import Listing


class Objects(Sequence[Source]):
    """The sources of objects; each is made when it is asked for.

    Attributes:
        table: LISTED.
    """

    def __init__(self, table: pl.DataFrame, connection: Connection) -> None:
        self.table = table
        self._connection = connection

    def __len__(self) -> int:
        return self.table.height

    @overload
    def __getitem__(self, place: int) -> Source: ...
    @overload
    def __getitem__(self, place: slice) -> Objects: ...
    def __getitem__(self, place: int | slice) -> Source | Objects:
        if isinstance(place, slice):
            return Objects(self.table[place], self._connection)
        return self._source(self.table.row(place))

    def _source(self, row: tuple[Any, ...]) -> Source:
        bucket, key, size, etag, modified = row
        return Source(
            printable(f"{SCHEME}{bucket}/{key}"),
            None,
            opener=S3Opener(self._connection, bucket, Object(key, size, etag, modified)),
            stored=size,
            etag=etag,
            modified=modified,
        )

    def __iter__(self) -> Iterator[Source]:
        return map(self._source, self.table.iter_rows())

    def without(self, others: Objects) -> Objects:
        """Those that are not among others."""
        return Objects(
            self.table.join(others.table, on=["bucket", "key"], how="anti", maintain_order="left"),
            self._connection,
        )


def find_objects(
    word: str, connection: Connection, spans: Iterable[tuple[datetime, datetime]] = ()
) -> tuple[Objects, list[InputStats]]:
    """The objects that a word names, and stats (kind `unusable`) of those that are not read.

    Args:
        word: `s3://BUCKET/PREFIX`.
        connection: to the endpoint.
        spans: when the deploys ran, if the objects are their trail: days that cannot matter are left out (`plan`).

    Raises:
        InputError: they cannot be listed, or there are none to read.
        UsageError: a setting makes no sense.
    """
    where = address(word)
    scope = Scope.of(where, spans)
    listing = listed(word, where, scope, connection)
    is_object = listing.table["key"].to_list() == [where.key]
    planned = plan(listing.table, Scope() if is_object else scope, where.key if is_object else where.folder)
    unread = _unread(where.bucket, planned, listing)
    found = planned.filter("read").drop("read", "why")
    if found.is_empty():
        raise InputError(
            word, "; ".join(stats.problems[0] for stats in unread) or "no object in it can be read"
        )
    return Objects(found, connection), unread


def _unread(bucket: str, planned: pl.DataFrame, listing: Listing) -> list[InputStats]:
    """A row for each reason, by which objects are not read, or prefixes were not listed."""
    left_out = (
        planned.filter(~pl.col("read"))
        .group_by("why", maintain_order=True)
        .agg(pl.len(), pl.col("key").first(), pl.col("size").sum())
    )
    rows = [
        InputStats(
            f"{SCHEME}{bucket}/{key}", bytes=size, files=count, problems=[_told(count, "object", "read", why)]
        )
        for why, count, key, size in left_out.iter_rows()
    ]
    rows += [
        InputStats(f"{SCHEME}{bucket}/{prefix}", problems=[_told(count, "prefix", "listed", why)])
        for prefix, count, why in reasons(listing.unlisted)
    ]
    if listing.strange:
        told = f"{listing.strange:,} keys that the endpoint listed are not below the prefix: not read"
        rows.append(InputStats(f"{SCHEME}{bucket}/", problems=[told]))
    return rows


def _told(count: int, what: str, done: str, why: str) -> str:
    many = {"object": "objects", "prefix": "prefixes"}[what]
    return f"not {done}: {why}" if count == 1 else f"{count:,} {many} not {done}: {why}"
