"""What a trail gives: the calls, and how far it reaches."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    import polars as pl


@dataclass(frozen=True, slots=True)
class Trail:
    """All that was read of one or more CloudTrail inputs.

    Attributes:
        calls: CALLS, deduplicated by eventID, ordered by store, time, eventID, key.
        inputs: INPUTS, a row per file.
        first: the earliest time that any record in hand (of any service, us-east-1 or region unknown) speaks for.
        reach: the latest one, or the newest delivery minute in a file name: what happened more than 30 minutes
            before it has been delivered (facts: CloudTrail delivers within 15 minutes as a rule).
        accounts: the accounts that the files are of, as far as names or records say.
        regions: their Regions, in the same way.
    """

    calls: pl.DataFrame
    inputs: pl.DataFrame
    first: datetime | None
    reach: datetime | None
    accounts: frozenset[str] = field(default=frozenset())
    regions: frozenset[str] = field(default=frozenset())
