"""The digests of deploys, and the log files that these list: each is copied with all files that it lists.

A digest of which a file is not in the bundle proves nothing, and looks like a loss. So where the chain of ETags proves
what it must, only the digests are copied of which the files are there already; where it does not, those of the deploys
until the horizon, with every file that they list, as far as the limits allow. Backfill digests are always copied: what
they list belongs to hours that look complete without them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.collect.digest_names import HOUR, covering, late, named, within
from analyzer.collect.spans import LATE, later
from analyzer.sources.s3.address import SCHEME
from analyzer.sources.s3.tables import LISTED
from analyzer.sources.unpack import read_whole
from analyzer.sources.walk import printable
from analyzer.trail.coverage.digest import read_digest
from analyzer.trail.delivery import DELIVERY_LAG

if TYPE_CHECKING:
    from collections.abc import Collection

    from analyzer.collect.objects import Fetcher
    from analyzer.collect.open_ends import OpenEnds
    from analyzer.collect.search import Reached, Span
    from analyzer.collect.tree import Branch
    from analyzer.collect.writes import Writes
    from analyzer.sources.source import Source

_DAY: Final = timedelta(days=1)
_NEAR: Final = 3
"""Days within which it is tried to copy all files since a deploy: the trail's selectors of now are those of then, if
its digests, with all of their files, reach from then until now."""
_STOPPED: Final = 3 * HOUR
"""Without a digest for so long, no more are awaited."""


@dataclass(slots=True)
class Digests:
    """Copies the digests of one tree.

    Attributes:
        fetcher: fetches files.
        logs: lists the log files.
        digests: lists the digests.
        writes: what was in log files; those of the listed ones are added.
        trails: the name and the home Region of each trail whose digests count.
        now: nothing is delivered after it.
        ends: what stays open is noted there.
    """

    fetcher: Fetcher
    logs: Branch
    digests: Branch
    writes: Writes
    trails: Collection[tuple[str, str]]
    now: datetime
    ends: OpenEnds

    def copy(self, span: Span, reached: Reached) -> None:
        """Copies the digests of a deploy, and says until when its files can still come where none shows it.

        Args:
            span: of the deploy.
            reached: what was read around it, and whether the chains of its stores are closed by that.

        Raises:
            RefusedError: the digests are not listed.
        """
        end = later(span.high, DELIVERY_LAG)
        until = min(later(end, LATE + _DAY), self.now)
        names = named(self.digests.between(span.start, until + _DAY), self.trails)
        why = f"of deploy {span.deploy + 1}"
        if reached.closed:
            chosen = within(names, reached.start, reached.end)
        else:
            chosen = covering(names, span.low, self.now if self._is_near(reached.end) else end)
        self._take(chosen, why)
        self._take_late(late(names, span.low))
        if not reached.closed:
            self._tell(span, names, chosen)

    def _is_near(self, time: datetime) -> bool:
        """Whether all files since a time may be copied.

        A trail's selectors are known as of now. Digests from a deploy until then show that they were the same.
        """
        days = (self.now - time) / _DAY
        return days <= _NEAR and self.logs.between(time, self.now).height <= self.fetcher.limits.whole

    def _take(self, chosen: pl.DataFrame, why: str) -> None:
        """Fetches digests, then the log files that they list and that are not there yet."""
        listed = chosen.select(*LISTED)
        keys: set[str] = set()
        for source in self.fetcher.files(listed, "digest", why):
            keys |= _files_of(source)
        self._complete(keys, why)

    def _take_late(self, chosen: pl.DataFrame) -> None:
        """Fetches backfill digests; one that is not there takes its worth from all others, and that is said."""
        self._take(chosen, "files that came too late for their own digest")
        states = [self.fetcher.state(*row) for row in chosen.select("bucket", "key").iter_rows()]
        lost = sum(state == "refused" for state in states)
        if lost:
            what = printable(f"{SCHEME}{self.digests.bucket}/{self.digests.prefix}")
            self.fetcher.keep.leave_open(
                what, f"{lost:,} backfill digests are not copied: what they list is not known"
            )

    def _complete(self, keys: set[str], why: str) -> None:
        """Fetches log files by their keys, as far as they are in the bucket and the limits allow."""
        missing = sorted(
            key
            for key in keys
            if key.startswith(self.logs.prefix) and self.fetcher.state(self.logs.bucket, key) is None
        )
        if not missing:
            return
        present = self.logs.named(missing)
        most = self.fetcher.limits.whole
        if present.height > most:
            what = printable(f"{SCHEME}{self.logs.bucket}/{self.logs.prefix}")
            why = f"{present.height:,} files that digests list are not copied, as they are more than {most:,}"
            self.fetcher.keep.leave_open(what, why)
            return
        self.writes.take(self.fetcher.files(present, "trail", why))

    def _tell(self, span: Span, names: pl.DataFrame, chosen: pl.DataFrame) -> None:
        """Says until when files of a deploy can come, where no digest shows that none is missing."""
        end = later(span.high, DELIVERY_LAG)
        if not chosen.filter(pl.col("end") >= end).is_empty():
            return
        newest = names.filter(~pl.col("backfill"))["end"].max()
        if isinstance(newest, datetime) and self.now - newest < _STOPPED:
            hours = max(-(-(end - newest) // HOUR), 1)
            why = "the digest that shows whether all files of its last hour are there is still to come"
            self.ends.files(span.deploy, why, newest + hours * HOUR + DELIVERY_LAG)
        else:
            why = "no digest shows whether all of its files are there: one may come up to 30 days late"
            self.ends.files(span.deploy, why, _future(later(span.high, LATE), self.now))


def _files_of(source: Source) -> set[str]:
    """The keys of the log files that a digest lists; none of what is no digest, which the bundle's reader will tell."""
    data, problems = read_whole(source)
    try:
        return set() if problems else {file.key for file in read_digest(source.name, data).files}
    except ValueError:
        return set()


def _future(time: datetime, now: datetime) -> datetime | None:
    return time if time > now else None
