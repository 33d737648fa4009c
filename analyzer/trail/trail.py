"""`Trail`: all that was read of CloudTrail inputs. `read` fills it; the verdicts and `report` use it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from analyzer.tables import DIGESTS, SELECTORS, STORE_LIVES, empty

if TYPE_CHECKING:
    from datetime import datetime

    import polars as pl

    from analyzer.trail.calls.store_changes import StoreChange


@dataclass(frozen=True, slots=True)
class Trail:
    """All that was read of one or more CloudTrail inputs.

    Attributes:
        calls: CALLS, deduplicated by eventID, ordered by store, time, eventID, key.
        inputs: INPUTS, a row per file; where there are very many, one for those of a folder (`input_rows`).
        first: the earliest time that any available record (of any service, us-east-1 or region unknown) speaks for.
        reach: the latest one, the newest delivery minute in a file name, or the end of a digest of which all files
            are available: what happened more than 30 minutes before it has been delivered (CloudTrail delivers
            within 15 minutes as a rule).
        accounts: the accounts that the files are of, as far as names or records say.
        regions: their Regions, in the same way.
        digests: DIGESTS, each compared with the available files.
        selectors: SELECTORS.
        store_changes: when stores were created or deleted, in the order of time.
        store_lives: STORE_LIVES: from when to when each store existed, as far as the records say.
        outages: when records were made that came late because of an outage of CloudTrail.
    """

    calls: pl.DataFrame
    inputs: pl.DataFrame
    first: datetime | None
    reach: datetime | None
    accounts: frozenset[str] = field(default=frozenset())
    regions: frozenset[str] = field(default=frozenset())
    digests: pl.DataFrame = field(default_factory=partial(empty, DIGESTS))
    selectors: pl.DataFrame = field(default_factory=partial(empty, SELECTORS))
    outages: tuple[datetime, ...] = ()
    store_changes: tuple[StoreChange, ...] = ()
    store_lives: pl.DataFrame = field(default_factory=partial(empty, STORE_LIVES))
