"""The digests of deploys, and the log files that these list: each is copied with all files that it lists.

A digest of which a file is not in the bundle proves nothing, and looks like a loss. So where the chain of ETags proves
what it must, only the digests are copied of which the files are there already; where it does not, those of the deploys
until the horizon, with every file that they list, as far as the limits allow. Backfill digests are always copied: what
they list belongs to hours that look complete without them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.collect.digest_names import HOUR, covering, late, named, within
from analyzer.collect.spans import LATE, later
from analyzer.collect.tree import digest_files, log_files
from analyzer.sources.s3.address import SCHEME
from analyzer.sources.s3.tables import LISTED
from analyzer.sources.unpack import read_whole
from analyzer.sources.walk import printable
from analyzer.trail.coverage.digest import read_digest
from analyzer.trail.delivery import DELIVERY_LAG

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from analyzer.collect.objects import Fetcher
    from analyzer.collect.open_ends import OpenEnds
    from analyzer.collect.search import Reached, Span
    from analyzer.collect.tree import Branch, Counted, Tree
    from analyzer.collect.writes import Writes
    from analyzer.sources.source import Source

_DAY: Final = timedelta(days=1)
_NEAR: Final = 3
"""Days within which it is tried to copy all files since a deploy: the trail's selectors of now are those of then, if
its digests, with all of their files, reach from then until now."""
_AT_ONCE: Final = 64
"""Files whose bytes are held at a time."""
_SOON: Final = (
    "it is known what it selects now, and its digests show only later whether it was so when the deploys ran:"
    " collect into the same bundle again"
)
_NOT_SHOWN: Final = (
    "it is known what it selects now, and not shown that it was so when the deploys ran:"
    " state it by --selectors-since"
)
_STOPPED: Final = 3 * HOUR
"""Without a digest for so long, no more are awaited."""


@dataclass(slots=True)
class Digests:
    """Copies the digests of one tree.

    Attributes:
        fetcher: fetches files.
        tree: where they lie.
        writes: what was in log files; those of the listed ones are added.
        trails: the ARNs of the trails whose digests count.
        now: nothing is delivered after it.
        ends: what stays open is noted there.
        count: of the listings.
        homes: the same of the trees in which the changes of these trails are recorded, where these are others.
    """

    fetcher: Fetcher
    tree: Tree
    writes: Writes
    trails: Collection[str]
    now: datetime
    ends: OpenEnds
    count: Counted
    homes: Sequence[Digests] = ()
    logs: Branch = field(init=False)
    digests: Branch = field(init=False)

    def __post_init__(self) -> None:
        self.logs = log_files(self.fetcher.connection, self.tree, self.count)
        self.digests = digest_files(self.fetcher.connection, self.tree, self.count)

    def copy(self, span: Span, reached: Reached) -> None:
        """Copies the digests of a deploy, and says until when its files can still come where none shows it.

        Args:
            span: of the deploy.
            reached: what was read around it, and whether the chains of its stores are closed by that.

        Raises:
            RefusedError: the digests are not listed.
        """
        end = later(span.high, DELIVERY_LAG)
        is_near = not reached.closed and all(each.is_near(span.low) for each in (self, *self.homes))
        names = self._names(span, min(later(end, LATE + _DAY), self.now))
        why = f"of deploy {span.deploy + 1}"
        if reached.closed:
            chosen = within(names, reached.start, reached.end)
        else:
            chosen = covering(names, span.low, self.now if is_near else end)
        self._take(chosen, why)
        self._take_late(late(names, span.low))
        if reached.closed:
            return
        self._tell(span, names, chosen)
        for home in self.homes if is_near else ():
            home.copy_all(span)
        for trail in self.trails:
            if is_near:
                self.ends.selectors(span.deploy, trail, _SOON, later(self.now, 2 * HOUR))
            else:
                self.ends.selectors(span.deploy, trail, _NOT_SHOWN)

    def is_near(self, time: datetime) -> bool:
        """Whether all files since a time may be copied.

        A trail's selectors are known as of now. Digests from a deploy until then show that they were the same.

        Raises:
            RefusedError: they are not listed.
        """
        days = (self.now - time) / _DAY
        return days <= _NEAR and self.logs.between(time, self.now).height <= self.fetcher.limits.whole

    def copy_all(self, span: Span) -> None:
        """Copies all digests since a deploy, which show whether a change of the trails was recorded.

        Raises:
            RefusedError: they are not listed.
        """
        names = self._names(span, self.now)
        self._take(
            covering(names, span.low, self.now), f"what the trail selected since deploy {span.deploy + 1}"
        )
        self._take_late(late(names, span.low))

    def _names(self, span: Span, until: datetime) -> pl.DataFrame:
        """DIGEST_NAMES since a deploy."""
        return named(self.digests.between(span.start, until + _DAY), self.trails)

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
        for files in present.iter_slices(_AT_ONCE):
            self.writes.take(self.fetcher.files(files, "trail", why))

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
