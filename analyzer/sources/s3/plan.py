"""Which objects of a listing are read, and why others are not.

A log file of CloudTrail is delivered after the calls in it, and at the latest 30 days after them: where the bucket does
not take it, CloudTrail tries again for that long (docs/facts/cloudtrail.md#13-order-duplicates-delay). So the days
from the one before a deploy to 31 days after it can hold its calls; the others are left out, and so are Regions in
which no call on a key-value store is recorded. What is left out proves nothing: an absence is proven by digests or by
the chain of ETags, and both show a file that is not there as a gap.

Of several deploys all days from the first to the last are read. So the trail has no hole before its reach: up to there
it is known who took a write away, or put it right, and after that nothing is said, as of a trail that ends there.

A user who names a day or a Region has chosen himself, and so has one who writes a glob: then all of it is read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.sources.folders import COPIES, is_hidden, no_logs, step_copies
from analyzer.sources.s3.layout import DAY, HOME, TREE
from analyzer.sources.s3.tables import PLANNED
from analyzer.tables import conform

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from typing import Self

    from analyzer.sources.s3.address import Address

BEFORE: Final = timedelta(days=1)
"""The clock of a log may be wrong by hours; a delivery is never before its call."""
AFTER: Final = timedelta(days=31)
"""A delivery is tried for 30 days; one more for the clock."""
EARLIER: Final = "delivered more than a day before the deploys"
LATER: Final = "delivered more than 30 days after the deploys: what took a write away after that is not seen"
OTHER_REGION: Final = f"of another Region than {HOME}, where calls on key-value stores are recorded"
OTHER_SERVICE: Final = "logs of other services of AWS"
EMPTY: Final = "empty"
HIDDEN: Final = "a name that begins with a dot"

_NAMED_DAY: Final = re.compile(TREE + r"\d")
_NAMED_REGION: Final = re.compile(TREE)
_FORM: Final = "%Y/%m/%d"


@dataclass(frozen=True, slots=True)
class Scope:
    """What of a trail is read.

    Attributes:
        days: the first and the last day (`YYYY/MM/DD`); None: all days.
        all_regions: whether other Regions than that of the calls are read.
    """

    days: tuple[str, str] | None = None
    all_regions: bool = True

    @classmethod
    def of(cls, address: Address, spans: Iterable[tuple[datetime, datetime]]) -> Self:
        """What is read of an address for deploys that ran in `spans`; all of it where there are none."""
        ran = list(spans)
        if not ran or address.is_glob or _NAMED_DAY.search(address.folder):
            return cls()
        first, last = min(start for start, _ in ran) - BEFORE, max(end for _, end in ran) + AFTER
        days = (first.strftime(_FORM), last.strftime(_FORM))
        return cls(days, all_regions=_NAMED_REGION.search(address.folder) is not None)


def plan(listing: pl.DataFrame, scope: Scope, folder: str = "") -> pl.DataFrame:
    """PLANNED: LISTED, in its order, with what is read of it.

    Args:
        listing: LISTED.
        scope: the days and Regions that are read.
        folder: the prefix that the user named; names below it say whether an object is hidden, or no log.
    """
    below = [key[len(folder) :] if key.startswith(folder) else key for key in listing["key"]]
    copies = step_copies(below)
    by_name = pl.Series([_no_log(name, copies) for name in below], dtype=pl.String)
    region, day = pl.col("key").str.extract(DAY, 1), pl.col("key").str.extract(DAY, 2)
    why = (
        pl.when(by_name.is_not_null())
        .then(by_name)
        .when(pl.col("size") == 0)
        .then(pl.lit(EMPTY))
        .when(pl.lit(not scope.all_regions) & (region != HOME))
        .then(pl.lit(OTHER_REGION))
        .otherwise(_out_of_days(day, scope))
    )
    planned = listing.with_columns(why=why).with_columns(read=pl.col("why").is_null())
    return conform(planned.select(*PLANNED), PLANNED)


def _no_log(name: str, copies: set[str]) -> str | None:
    """Why an object is no log by its name, as for files on a disk; None where it may be one."""
    parts = tuple(name.split("/"))
    if any(map(is_hidden, parts)) and ".pulumi" not in parts:
        return HIDDEN
    reasons = (no_logs(parts[:end]) for end in range(1, len(parts)))
    return next(filter(None, reasons), COPIES if name in copies else None)


def _out_of_days(day: pl.Expr, scope: Scope) -> pl.Expr:
    if scope.days is None:
        return pl.lit(None, dtype=pl.String)
    first, last = scope.days
    return pl.when(day < first).then(pl.lit(EARLIER)).when(day > last).then(pl.lit(LATER))
