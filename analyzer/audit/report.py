"""What an audit gives: tables over all deploys, before any format."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from analyzer.audit.tables import FOLLOWED, OVERLAPS
from analyzer.tables import empty

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    import polars as pl

    from analyzer.reports.report import Report


@dataclass(frozen=True, slots=True)
class Changes:
    """How this audit differs from an earlier one, as ids of writes (AUDIT_WRITES.id).

    Attributes:
        since: until when the earlier one knew the trail.
        new: not in place now; in place, in doubt or unknown then.
        healed: not in place then, and healed or in place now.
        unchanged: not in place then, and nothing shows now that it was put right.
        gone: not in place then, and not among the deploys now.
    """

    since: datetime | None
    new: tuple[str, ...]
    healed: tuple[str, ...]
    unchanged: tuple[str, ...]
    gone: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AuditReport:
    """The result of an audit. Tables have the schemas of `analyzer.audit.tables`, and are redacted.

    Attributes:
        deploys: AUDIT_DEPLOYS, in the order of time.
        writes: AUDIT_WRITES of the deploys that have one that is not in place or in doubt; the healthy ones are
            counted in `counts` and stand in the catalogue.
        counts: `deploy, verdict, writes`: how many writes of each verdict every deploy has.
        findings: AUDIT_FINDINGS, errors first.
        followed: FOLLOWED.
        overlaps: OVERLAPS.
        stores: STORES.
        inputs: AUDIT_INPUTS of what could not be read wholly; the others are counted in `read`.
        read: `role, kind, files, bytes, lines, records, unusable`: what was read, by kind.
        first: the earliest time that the trail speaks for; None without a trail.
        reach: the latest.
        exit_code: 3 where an input that was named is missing or unusable; else 1 where a finding counts; else 0.
        unread: those inputs, as they were named, and why each could not be used.
        changes: how it differs from an earlier audit; None where none was named.
        catalogue: where the tables stand.
        report_of: gives the report of one deploy by its id, as `check` would, for its page.
        made_by: the command line that asked for it, redacted; None where there was none.
    """

    deploys: pl.DataFrame
    writes: pl.DataFrame
    counts: pl.DataFrame
    findings: pl.DataFrame
    stores: pl.DataFrame
    inputs: pl.DataFrame
    read: pl.DataFrame
    first: datetime | None
    reach: datetime | None
    exit_code: int
    catalogue: Path
    report_of: Callable[[str], Report]
    followed: pl.DataFrame = field(default_factory=partial(empty, FOLLOWED))
    overlaps: pl.DataFrame = field(default_factory=partial(empty, OVERLAPS))
    unread: tuple[tuple[str, str], ...] = ()
    changes: Changes | None = None
    made_by: str | None = None
