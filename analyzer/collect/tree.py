"""One tree of a trail in a bucket, listed by the time of delivery: the minute is in the name of each file.

`[PREFIX/]AWSLogs/[o-ID/]ACCOUNT/CloudTrail/REGION/YYYY/MM/DD/ACCOUNT_CloudTrail_REGION_YYYYMMDDTHHmmZ_UNIQUE.json.gz`:
keys come in the order of delivery, so a listing that starts after a made-up key starts at a minute
(docs/facts/cloudtrail.md#2-forms-on-disk). What was listed is kept, so that no span of time is asked for twice.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

import polars as pl

from analyzer.collect.interface import RefusedError
from analyzer.moments import in_utc
from analyzer.sources.s3.answer import S3Error
from analyzer.sources.s3.layout import HOME
from analyzer.sources.s3.tables import LISTED
from analyzer.sources.walk import printable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from analyzer.sources.s3.client import Connection, Page

_TIME: Final = re.compile(r"_(\d{8}T\d{4})(\d{2})?Z[_.]")
_ORGANISATION: Final = re.compile(r"o-[a-z0-9]{10,32}/")
_MOST_ORGANISATIONS: Final = 3
_EMPTY_PAGES: Final = 5
_END: Final = "\U0010ffff"


class Tree(NamedTuple):
    """Where the files of one account lie, of one trail or of several that share a bucket and a prefix.

    Attributes:
        bucket: the bucket.
        root: `[PREFIX/]AWSLogs/[o-ID/]ACCOUNT/`.
        account: whose calls they record.
        region: where these were recorded.
    """

    bucket: str
    root: str
    account: str
    region: str = HOME

    @property
    def logs(self) -> str:
        """The prefix of the log files."""
        return f"{self.root}CloudTrail/{self.region}/"

    @property
    def digests(self) -> str:
        """The prefix of the digests."""
        return f"{self.root}CloudTrail-Digest/{self.region}/"


@dataclass(slots=True)
class Counted:
    """How many listings were asked for, of at most how many."""

    most: int
    lists: int = 0

    def one(self, what: str) -> None:
        """Counts one.

        Raises:
            RefusedError: it would be one too many.
        """
        if self.lists >= self.most:
            raise RefusedError(what, f"not listed: {self.most:,} pages of listings were asked for")
        self.lists += 1


@dataclass(slots=True)
class Branch:
    """The objects below a prefix with days, as far as they are listed.

    Attributes:
        connection: to the endpoint.
        bucket: the bucket.
        prefix: of the log files, or of the digests.
        name: the first part of the name of each file, before its time.
        count: of the listings.
        by_day: names are in order only day by day: a span is listed from its first day on, and without its last.
    """

    connection: Connection
    bucket: str
    prefix: str
    name: str
    count: Counted
    by_day: bool = False
    _chunks: list[pl.DataFrame] = field(default_factory=list)  # LISTED, one of each page
    _known: list[tuple[str, str]] = field(default_factory=list)  # after the one key, up to the other

    def between(self, start: datetime, past: datetime) -> pl.DataFrame:
        """LISTED of what was delivered from `start` on and before `past`, in this order.

        Raises:
            RefusedError: it is not listed, or not as S3 does.
        """
        low, high = self.key(start), self.key(past)
        at = low
        while at < high:
            known = [end for begin, end in self._known if begin <= at < end]
            at = max(known) if known else self._list(at)
        return self._listed().filter(pl.col("key").is_between(pl.lit(low), pl.lit(high), closed="left"))

    def named(self, keys: Iterable[str]) -> pl.DataFrame:
        """LISTED of keys that log files of CloudTrail can have, as far as there are such objects.

        Raises:
            RefusedError: as for `between`.
        """
        wanted = {key: time for key in keys if (time := delivered(key))}
        if not wanted:
            return LISTED.to_frame()
        listed = self.between(min(wanted.values()), max(wanted.values()) + timedelta(minutes=1))
        return listed.filter(pl.col("key").is_in(list(wanted)))

    def begins(self) -> datetime | None:
        """When the first file was delivered; None if there is none, or its name does not say it.

        Raises:
            RefusedError: as for `between`.
        """
        self._list(self.prefix)
        first = self._listed()["key"].min()
        return delivered(first) if isinstance(first, str) else None

    def ends(self) -> bool:
        """Whether all is known up to the newest file."""
        return any(end.endswith(_END) for _, end in self._known)

    def key(self, time: datetime) -> str:
        """A key that comes before all of what is delivered at `time` or later, and after what came before."""
        day = f"{self.prefix}{time:%Y/%m/%d}/"
        return day if self.by_day else f"{day}{self.name}_{time:%Y%m%dT%H%M}"

    def _list(self, after: str) -> str:
        """Lists one page of what comes after a key; up to where all is known then."""
        what = printable(f"s3://{self.bucket}/{self.prefix}")
        page, token = self._page(what, after, None)
        for _ in range(_EMPTY_PAGES):
            if page.objects or token is None:
                break
            page, token = self._page(what, after, token)
        if not page.objects and token is not None:
            raise RefusedError(
                what, "its listing does not end: the endpoint gives pages with nothing in them"
            )
        keys = [each.key for each in page.objects]
        if any(low >= high for low, high in zip([after, *keys], keys, strict=False)):
            raise RefusedError(what, "the endpoint does not list keys in their order, as S3 does")
        if any(not key.startswith(self.prefix) for key in keys):
            raise RefusedError(what, "the endpoint lists keys that are not below the prefix")
        end = keys[-1] if token is not None else self.prefix + _END
        self._known.append((after, end))
        columns = {
            "bucket": [self.bucket] * len(keys),
            "key": keys,
            "size": [each.size for each in page.objects],
            "etag": [each.etag for each in page.objects],
            "modified": [each.modified for each in page.objects],
        }
        chunk = pl.DataFrame(columns, schema=LISTED).filter(~pl.col("key").str.ends_with("/"))
        self._chunks.append(chunk)
        return end

    def _listed(self) -> pl.DataFrame:
        """LISTED of all that is known, by key."""
        if len(self._chunks) != 1:
            table = pl.concat([LISTED.to_frame(), *self._chunks]).unique("key", keep="first").sort("key")
            self._chunks = [table]
        return self._chunks[0]

    def _page(self, what: str, after: str, token: str | None) -> tuple[Page, str | None]:
        self.count.one(what)
        try:
            page = self.connection.page(self.bucket, self.prefix, after=after, token=token)
        except S3Error as error:
            raise RefusedError(what, error.reason) from error
        return page, page.token


def log_files(connection: Connection, tree: Tree, count: Counted) -> Branch:
    """The log files of a tree."""
    return Branch(connection, tree.bucket, tree.logs, f"{tree.account}_CloudTrail_{tree.region}", count)


def digest_files(connection: Connection, tree: Tree, count: Counted) -> Branch:
    """The digests of a tree. Those of several trails lie there: by the day alone they are in order."""
    return Branch(connection, tree.bucket, tree.digests, "", count, by_day=True)


class Place(NamedTuple):
    """Where a trail delivers, and the account whose files are looked for."""

    bucket: str
    prefix: str
    account: str
    organisation: bool


def trees(connection: Connection, place: Place, count: Counted) -> list[Tree]:
    """Where a trail has the files of an account; an organisation's ID is in no answer, and looked for.

    Raises:
        RefusedError: they cannot be looked for.
    """
    bucket, prefix, account = place.bucket, place.prefix, place.account
    top = f"{prefix}/AWSLogs/" if prefix else "AWSLogs/"
    if not place.organisation:
        return [Tree(bucket, f"{top}{account}/", account)]
    what = printable(f"s3://{bucket}/{top}")
    count.one(what)
    try:
        page = connection.page(bucket, top, levels=True)
    except S3Error as error:
        raise RefusedError(what, error.reason) from error
    names = [level[len(top) :] for level in page.prefixes if level.startswith(top)]
    found = [name for name in names if _ORGANISATION.fullmatch(name)][:_MOST_ORGANISATIONS]
    return [Tree(bucket, f"{top}{name}{account}/", account) for name in [*found, *([] if found else [""])]]


def delivered(key: str) -> datetime | None:
    """When a file was delivered, or the hour of a digest ended, by its name."""
    match = _TIME.search(key.rsplit("/", 1)[-1])
    if match is None:
        return None
    try:
        return in_utc(datetime.fromisoformat(match[1] + (match[2] or "")))
    except ValueError:
        return None
