"""What an address names → LISTED, page by page, within limits; and what was not even listed, and why.

Where the days are known that are read, a trail's tree is listed from the first of them on, and no further than the
last: keys come in order, and a day is part of the key. Without them, or elsewhere, all below the address is listed.

A listing that does not end, repeats itself or is refused is not used at all: half of one would look like a whole.
"""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl

from analyzer.errors import InputError
from analyzer.sources.s3.answer import S3Error
from analyzer.sources.s3.layout import is_above_days, is_of_other_region, is_of_other_service, region_of
from analyzer.sources.s3.plan import EARLIER, LATER, OTHER_REGION, OTHER_SERVICE
from analyzer.sources.s3.tables import LISTED
from analyzer.tables import conform

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.sources.s3.address import Address
    from analyzer.sources.s3.client import Connection, Object, Page
    from analyzer.sources.s3.plan import Scope


@dataclass(slots=True)
class Listing:
    """What an address names.

    Attributes:
        table: LISTED, in the order of the keys, level by level; each key once.
        unlisted: prefixes that were not listed, or not wholly, each with the reason.
        strange: keys that the endpoint gave and that are not below the prefix it was asked for.
    """

    table: pl.DataFrame
    unlisted: list[tuple[str, str]] = field(default_factory=list)
    strange: int = 0


def listed(word: str, address: Address, scope: Scope, connection: Connection) -> Listing:
    """The objects that a word names.

    Raises:
        InputError: the endpoint does not list them, or there is none.
        UsageError: as for `Connection.page`.
    """
    walk = _Walk(word, address, scope, connection)
    try:
        walk.all()
    except S3Error as error:
        raise InputError(word, error.reason) from error
    table = walk.table()
    if table.is_empty() and not walk.unlisted:
        raise InputError(
            word, "no object matches" if address.is_glob else "no such object, and none below it"
        )
    return Listing(table, walk.unlisted, walk.strange)


class _Walk:
    """Lists one address.

    Attributes:
        unlisted: as in `Listing`, like `strange`.
    """

    def __init__(self, word: str, address: Address, scope: Scope, connection: Connection) -> None:
        self._word = word
        self._address = address
        self._scope = scope
        self._connection = connection
        self._limits = connection.settings.limits
        self._end = time.monotonic() + self._limits.listing
        self._chunks: list[pl.DataFrame] = []
        self._found = 0  # objects and prefixes
        self.unlisted: list[tuple[str, str]] = []
        self.strange = 0

    def all(self) -> None:
        """Lists everything that the address names."""
        exact = self._exact()
        if exact:
            self._keep([exact])
        elif self._address.is_glob:
            fits = self._address.fits()
            for page in self._pages(self._address.folder):
                self._keep([each for each in page.objects if fits(each.key)])
        else:
            self._below(self._address.folder, named=True)

    def table(self) -> pl.DataFrame:
        """LISTED of what was found."""
        table = pl.concat([LISTED.to_frame(), *self._chunks]).unique("key", keep="first", maintain_order=True)
        by_level = pl.col("key").str.replace_all("/", "\0", literal=True)
        return conform(table.sort(by_level, maintain_order=True), LISTED)

    def _exact(self) -> Object | None:
        """The object of just this key: it comes before all that begin with it."""
        key = self._address.key
        if not key or key.endswith("/"):
            return None
        page = self._page(key, levels=True)
        return next((each for each in page.objects if each.key == key), None)

    def _below(self, prefix: str, *, named: bool = False) -> None:
        """Lists what is below a prefix, as far as it is read."""
        days = self._scope.days
        if days is None:
            self._flat(prefix)
        elif region_of(prefix):
            self._days(prefix, days)
        elif named or is_above_days(prefix):
            for page in self._pages(prefix, levels=True):
                self._keep(page.objects)
                for level in page.prefixes:
                    self._level(prefix, level)
        else:
            self._flat(prefix)

    def _level(self, prefix: str, level: str) -> None:
        if is_of_other_service(prefix, level[len(prefix) :]):
            self.unlisted.append((level, OTHER_SERVICE))
        elif is_of_other_region(prefix, level[len(prefix) :]) and not self._scope.all_regions:
            self.unlisted.append((level, OTHER_REGION))
        else:
            self._below(level)

    def _flat(self, prefix: str) -> None:
        for page in self._pages(prefix):
            self._keep(page.objects)

    def _days(self, prefix: str, days: tuple[str, str]) -> None:
        """Lists the days of a Region that are read."""
        first = next(iter(self._page(prefix).objects), None)
        if first is None:
            return
        start, end = days
        if first.key < f"{prefix}{start}":
            self.unlisted.append((prefix, EARLIER))
        for each in self._in_order(prefix, f"{prefix}{start}"):
            if each.key > f"{prefix}{end}0":  # `0` comes after `/`
                self.unlisted.append((prefix, LATER))
                return
            self._keep([each])

    def _in_order(self, prefix: str, after: str) -> Iterator[Object]:
        """The objects after a key.

        Raises:
            InputError: they do not come in order, so that where the days end cannot be seen.
        """
        for page in self._pages(prefix, after=after):
            for each in page.objects:
                if each.key <= after:
                    raise InputError(self._word, "the endpoint does not list keys in their order, as S3 does")
                after = each.key
                yield each

    def _keep(self, objects: list[Object] | tuple[Object, ...]) -> None:
        kept = [each for each in objects if not each.key.endswith("/")]
        columns = {
            "bucket": [self._address.bucket] * len(kept),
            "key": [each.key for each in kept],
            "size": [each.size for each in kept],
            "etag": [each.etag for each in kept],
            "modified": [each.modified for each in kept],
        }
        self._chunks.append(pl.DataFrame(columns, schema=LISTED))

    def _page(self, prefix: str, *, levels: bool = False) -> Page:
        return next(self._pages(prefix, levels=levels))

    def _pages(self, prefix: str, *, levels: bool = False, after: str = "") -> Iterator[Page]:
        """The pages of a listing, until there are no more.

        Raises:
            InputError: they do not end within the limits.
        """
        tokens: set[int] = set()
        empty = 0
        token: str | None = None
        while True:
            if time.monotonic() > self._end:
                raise InputError(self._word, f"its listing did not end within {self._limits.listing:g} s")
            page = self._connection.page(
                self._address.bucket, prefix, levels=levels, after=after, token=token
            )
            yield self._own(page, prefix)
            token = page.token
            if token is None:
                return
            if hash(token) in tokens:
                raise InputError(self._word, "its listing does not end: the endpoint gives a page again")
            tokens.add(hash(token))
            empty = 0 if page.objects or page.prefixes else empty + 1
            if empty > self._limits.empty_pages:
                raise InputError(
                    self._word, "its listing does not end: the endpoint gives pages with nothing in them"
                )

    def _own(self, page: Page, prefix: str) -> Page:
        """The page without what is not below the prefix; what is found is counted.

        Raises:
            InputError: it is more than may be listed.
        """
        objects = tuple(each for each in page.objects if each.key.startswith(prefix))
        levels = tuple(level for level in page.prefixes if level.startswith(prefix) and level != prefix)
        self.strange += len(page.objects) + len(page.prefixes) - len(objects) - len(levels)
        self._found += len(objects) + len(levels)
        if self._found > self._limits.objects:
            raise InputError(self._word, f"more than {self._limits.objects:,} objects: name a longer prefix")
        return type(page)(objects, levels, page.token)


def reasons(unlisted: list[tuple[str, str]]) -> list[tuple[str, int, str]]:
    """The first prefix of each reason, and how many prefixes there are of it."""
    counts = Counter(reason for _, reason in unlisted)
    first = {reason: prefix for prefix, reason in reversed(unlisted)}
    return [(first[reason], count, reason) for reason, count in counts.items()]
