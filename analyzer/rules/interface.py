"""What a rule is: one module in this folder, named by its code, that satisfies `Rule`; `registry` finds it.

The module's docstring is the rule's page: a first line `CODE name: what it is about`, then sections under
Markdown headings: `## What it does`, `## Why it matters`, `## How it is proven`, `## Example`, `## What to do` and
`## References`. `lostwrite explain CODE` prints it and `docs/rules` is generated from it. Tests run the example: its
notation is that of tests/rules/example.py.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import TYPE_CHECKING, Literal, Protocol, runtime_checkable

from analyzer.tables import ALIGNMENTS, EVENTS, MISFITS, SUPPRESSIONS, empty
from analyzer.verdicts.groups import Groups

if TYPE_CHECKING:
    import polars as pl

    from analyzer.reports.given import GivenWindow
    from analyzer.severities import Severity


@dataclass(frozen=True)
class Case:
    """All that is known when the rules run: tables with the schemas of `analyzer.tables`.

    Source: docs/architecture.md#2-the-way-of-the-data.

    Attributes:
        writes: WRITES joined with VERDICTS on the write's id (a row per write).
        window: the times that were given for logs without times; None where none were.
        events: EVENTS of the deploys, without what says nothing of a step, an error or an end.
        groups: which deploys and stores say something of each other.
        suppressions: what became of the suppressions, once the findings of all other rules are known; before, none.
    """

    deploys: pl.DataFrame
    writes: pl.DataFrame
    evidence: pl.DataFrame
    calls: pl.DataFrame
    stores: pl.DataFrame
    inputs: pl.DataFrame
    misfits: pl.DataFrame = field(default_factory=partial(empty, MISFITS))
    alignments: pl.DataFrame = field(default_factory=partial(empty, ALIGNMENTS))
    window: GivenWindow | None = None
    events: pl.DataFrame = field(default_factory=partial(empty, EVENTS))
    groups: Groups = field(default_factory=Groups)
    suppressions: pl.DataFrame = field(default_factory=partial(empty, SUPPRESSIONS))

    @cached_property
    def key_resources(self) -> pl.DataFrame:
        """What `analyzer.rules.key_resources` gives of the case, for all rules once."""
        from analyzer.rules.key_resources import key_resources

        return key_resources(self.events, self.deploys)

    @cached_property
    def doubts(self) -> frozenset[str | None]:
        """The causes of the writes that are `unverifiable`: most of the rules about doubts have nothing to say."""
        return frozenset(self.writes.filter(verdict="unverifiable")["cause"])

    @cached_property
    def refusals(self) -> pl.DataFrame:
        """What `analyzer.rules.refused` gives of the case, for all rules once."""
        from analyzer.rules.refused import refusals

        return refusals(self)


@runtime_checkable
class Rule(Protocol):
    """A module that looks for one thing."""

    CODE: str
    NAME: str
    SEVERITY: Severity

    def find(self, case: Case) -> pl.DataFrame:
        """Findings: `confidence, write, deploy, message, source, line`; the registry adds the rest.

        A finding about a whole store names it in a column `store`; one that is graver or milder than `SEVERITY` says
        so in a column `severity`. `about` tells several of one deploy and store apart, or says what a finding about
        neither is about, for its fingerprint. `help` is a text to copy that removes the cause. A column of nulls may be
        left out.
        """
        ...


@runtime_checkable
class OfRun(Rule, Protocol):
    """A rule about the run and its inputs, not about deploys: an audit runs it once, over all inputs together."""

    OF_RUN: Literal[True]
