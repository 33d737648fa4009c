"""The report: everything that a check found, as tables, before any format."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from analyzer.tables import ALIGNMENTS, CALLS, CHAIN, EVENTS, LISTINGS, SETTLE, empty

if TYPE_CHECKING:
    from datetime import datetime

    import polars as pl

    from analyzer.gate.baseline import Comparison
    from analyzer.reports.given import GivenWindow


@dataclass(frozen=True, slots=True)
class Background:
    """The tables behind the verdicts, for a format that draws them. They are **not redacted**: redact what is shown.

    Attributes:
        events: EVENTS of the deploys.
        calls: CALLS of the trail, of all stores and callers.
        chain: CHAIN of these.
        listings: LISTINGS.
    """

    events: pl.DataFrame = field(default_factory=partial(empty, EVENTS))
    calls: pl.DataFrame = field(default_factory=partial(empty, CALLS))
    chain: pl.DataFrame = field(default_factory=partial(empty, CHAIN))
    listings: pl.DataFrame = field(default_factory=partial(empty, LISTINGS))


@dataclass(frozen=True, slots=True)
class Report:
    """What `check` gives. Tables have the schemas of `analyzer.tables`.

    Attributes:
        deploys: DEPLOYS.
        writes: WRITES joined with VERDICTS on the write's id, `remedy` (a command to copy, or null), `remedy_note`
            (why there is none, and where what it needs stands), `remedy_needs` (list of what the command needs) and
            `redeploy` (what a plain redeploy would do; null for writes that are in place).
        evidence: EVIDENCE, ordered by write and `order`.
        findings: FINDINGS, errors first.
        stores: STORES of the trail and, without its columns, other stores of writes that did not land; with `remedy`
            (one command for all of a store), `remedy_note` (what it leaves out, or why there is none) and
            `remedy_needs`.
        inputs: INPUTS.
        exit_code: 3 where an input that was named is missing or could not be used; else 1 where a finding counts
            (`analyzer.gate.terms.Terms`); else 0.
        unread: those inputs, as they were named, and why each could not be used.
        alignments: ALIGNMENTS: where each deploy lies in the trail. A deploy without a row was not looked for.
        settle: SETTLE: what would decide the writes that are in doubt or landed with low confidence.
        window: the times that were given for logs without times, as they were used; None where none were.
        background: the tables behind the verdicts.
        reach: the latest time that the trail speaks for; None without a trail.
        baseline: how the findings differ from the baseline; None where none was given.
        made_by: the command line that asked for the report, redacted; None where there was none.
    """

    deploys: pl.DataFrame
    writes: pl.DataFrame
    evidence: pl.DataFrame
    findings: pl.DataFrame
    stores: pl.DataFrame
    inputs: pl.DataFrame
    exit_code: int
    unread: tuple[tuple[str, str], ...] = ()
    alignments: pl.DataFrame = field(default_factory=partial(empty, ALIGNMENTS))
    settle: pl.DataFrame = field(default_factory=partial(empty, SETTLE))
    window: GivenWindow | None = None
    background: Background = field(default_factory=Background)
    reach: datetime | None = None
    baseline: Comparison | None = None
    made_by: str | None = None
