"""Objects of a trail's bucket, fetched once each, a few at a time, into the bundle: their bytes, and WANTED of all."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import accumulate
from typing import TYPE_CHECKING, Final, NamedTuple

import polars as pl

from analyzer.collect.tables import WANTED
from analyzer.errors import InputError
from analyzer.sources.s3.address import SCHEME
from analyzer.sources.s3.ahead import ahead
from analyzer.sources.s3.objects import Objects
from analyzer.sources.s3.tables import LISTED
from analyzer.sources.source import Source, UnreadableError
from analyzer.sources.walk import printable
from analyzer.tables import from_columns

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from analyzer.collect.interface import Keep, Told
    from analyzer.sources.s3.client import Connection

MOST_REFUSED: Final = 10
"""Objects in a row of one tree that are not given: no more of it are asked for then."""

LARGEST: Final = 64 << 20
"""Bytes of an object: CloudTrail begins another file long before."""
_TOO_LARGE: Final = (
    f"not fetched: it is larger than {LARGEST >> 20} MiB, and so no file that CloudTrail delivered"
)


@dataclass(frozen=True, slots=True)
class TrailLimits:
    """How much of trails is copied.

    Attributes:
        files: objects that are fetched, of all trails.
        size: bytes of these.
        lists: pages of listings.
        days: how far from a deploy the nearest write is looked for, on either side.
        search: objects that are fetched for this, on each side of each deploy.
        whole: log files that are fetched so that the digests of a deploy list none that is missing.
    """

    files: int = 20_000
    size: int = 4 << 30
    lists: int = 500
    days: float = 32
    search: int = 1_000
    whole: int = 500


class Found(NamedTuple):
    """A row of LISTED."""

    bucket: str
    key: str
    size: int
    etag: str | None
    modified: datetime | None

    @property
    def source(self) -> str:
        """Its address."""
        return f"{SCHEME}{self.bucket}/{self.key}"


@dataclass(slots=True)
class Fetcher:
    """Fetches objects, each once, keeps them, and notes what became of each.

    Attributes:
        connection: to the endpoint.
        keep: the bundle.
        told: is told of each object.
        limits: how much is fetched.
        refused: objects in a row that were not given.
        fetched: objects that were asked for.
        size: their bytes.
        missing: objects that are not in the bundle: refused, or more than the limits allow.
        is_full: whether something was left out because of the limits.
    """

    connection: Connection
    keep: Keep
    told: Told
    limits: TrailLimits
    refused: int = 0
    fetched: int = 0
    size: int = 0
    missing: int = 0
    is_full: bool = False
    _states: dict[tuple[str, str], str] = field(default_factory=dict)
    _rows: list[tuple[object, ...]] = field(default_factory=list)

    def files(self, listed: pl.DataFrame, kind: str, why: str) -> Iterator[Source]:
        """Those of `listed` (LISTED) that were not asked for before, with their bytes; all of them are kept.

        What the endpoint does not give is noted as refused; what the limits do not allow, as open.
        """
        rows = self._plausible([Found(*row) for row in listed.iter_rows()], kind, why)
        new = [row for row in rows if (row.bucket, row.key) not in self._states]
        held = {row.key: self.keep.has(row.source, row.etag) for row in new}
        absent = self._allowed([row for row in new if held[row.key] is None])
        frame = pl.DataFrame(absent, schema=LISTED, orient="row")
        coming = ahead(Objects(frame, self.connection))
        for row in new:
            path = held[row.key]
            if path is not None:
                self._note(row, kind, why, "had")
                yield Source(printable(row.source), None, path.read_bytes())
            elif not self.is_refused and (source := next(coming, None)):
                data = self._data(source, row, kind)
                self._note(row, kind, why, "refused" if data is None else "copied")
                if data is not None:
                    yield Source(source.name, None, data)
            else:
                self._note(row, kind, why, "refused")

    @property
    def is_refused(self) -> bool:
        """Whether so many objects in a row were refused that no more of this trail are asked for."""
        return self.refused >= MOST_REFUSED

    def state(self, bucket: str, key: str) -> str | None:
        """What became of an object: copied, had or refused; None if it was not asked for."""
        return self._states.get((bucket, key))

    def table(self) -> pl.DataFrame:
        """WANTED, in the order in which they were asked for."""
        columns = zip(WANTED, zip(*self._rows, strict=True), strict=True) if self._rows else ()
        return from_columns(dict(columns), WANTED)

    def _plausible(self, rows: list[Found], kind: str, why: str) -> list[Found]:
        """Those that are no larger than a file of CloudTrail can be."""
        for row in rows:
            if row.size > LARGEST and (row.bucket, row.key) not in self._states:
                self.keep.refuse(printable(row.source), _TOO_LARGE)
                self._note(row, kind, why, "refused")
        return [row for row in rows if row.size <= LARGEST]

    def _allowed(self, rows: list[Found]) -> list[Found]:
        """The first of them, as far as the limits allow."""
        sizes = list(accumulate((row.size for row in rows), initial=self.size))
        most = self.limits.files - self.fetched
        allowed = [row for row, size in zip(rows[:most], sizes[1:], strict=False) if size <= self.limits.size]
        if len(allowed) < len(rows) and not self.is_full:
            self.is_full = True
            what = printable(rows[len(allowed)].source)
            self.keep.leave_open(
                what,
                f"not fetched, and nothing after it: {self.fetched + len(allowed):,} files of trails are copied,"
                f" {self.limits.files:,} or {self.limits.size:,} bytes at the most",
            )
        return allowed

    def _data(self, source: Source, row: Found, kind: str) -> bytes | None:
        self.fetched += 1
        try:
            with source.open() as stream:
                data = stream.read()
        except (UnreadableError, InputError) as error:
            self.refused += 1
            self.keep.refuse(printable(row.source), error.reason)
            if self.refused == MOST_REFUSED:
                why = f"{MOST_REFUSED} objects in a row were refused: no more of this trail are asked for"
                self.keep.refuse(printable(f"{SCHEME}{row.bucket}/"), why)
            return None
        self.refused = 0
        self.size += len(data)
        self.keep.put(kind, row.source, data, etag=row.etag, modified=row.modified)
        self.told("files of the trail", self.fetched, None, len(data))
        return data

    def _note(self, row: Found, kind: str, why: str, state: str) -> None:
        self._states[row.bucket, row.key] = state
        self.missing += state == "refused"
        self._rows.append((*row, kind, why, state))
