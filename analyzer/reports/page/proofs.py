"""The evidence, one story for each decision of a deploy, and the findings that belong to no write."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.reports.answer import NOT_IN_PLACE
from analyzer.reports.defects import cure, defect
from analyzer.reports.effect import effect
from analyzer.reports.story import grouped, story, title
from analyzer.reports.telling import status

if TYPE_CHECKING:
    from datetime import timedelta

    from analyzer.reports.page.clocks import Clock
    from analyzer.reports.report import Report

_STORIES: Final = 40
_FINDINGS: Final = 5  # of one rule
_RULES: Final = 60


@dataclass(frozen=True, slots=True)
class Proof:
    """A story with its findings and its lines of evidence."""

    codes: list[str]
    sentence: str
    more: list[tuple[str, str]]
    lines: list[tuple[str, str, str]]


@dataclass(frozen=True, slots=True)
class Rule:
    """The findings of one rule that are told apart from the writes."""

    code: str
    name: str
    severity: str
    messages: list[str]
    left: int


@dataclass(frozen=True, slots=True)
class Proofs:
    """All of it. `told`: ids of the writes whose findings stand in a story."""

    stories: list[Proof]
    left: int
    rules: list[Rule] = field(default_factory=list)
    suppressed: list[Rule] = field(default_factory=list)
    hidden: int = 0


def proofs(report: Report, clocks: dict[str, Clock], ahead: dict[str, timedelta | None]) -> Proofs:
    """The stories of the writes that are not in place or in doubt, then the other findings.

    Args:
        report: it.
        clocks: of the deploys.
        ahead: how far each log's clock is ahead, where that is told.
    """
    del clocks
    open_writes = report.writes.filter(pl.col("verdict").is_in([*NOT_IN_PLACE, "unverifiable"]))
    groups: list[list[str]] = grouped(open_writes, report.evidence)["ids"].to_list()
    stories = [_story(report, ids, ahead) for ids in groups[:_STORIES]]
    told = [write for ids in groups[:_STORIES] for write in ids]
    of_story = pl.col("write").is_in(told).fill_null(value=False)
    suppressed = report.findings.filter(pl.col("suppressed").fill_null(value=False))
    others = report.findings.filter(~of_story & ~pl.col("suppressed").fill_null(value=False))
    return Proofs(
        stories=stories,
        left=max(len(groups) - _STORIES, 0),
        rules=_rules(others, "message"),
        suppressed=_rules(suppressed, "suppression"),
        hidden=suppressed.height,
    )


def _story(report: Report, ids: list[str], ahead: dict[str, timedelta | None]) -> Proof:
    mine = report.writes.filter(pl.col("id").is_in(ids))
    first = mine.row(0, named=True)
    told = story(mine, report.evidence, ahead.get(str(first["deploy"])))
    findings = report.findings.filter(
        (pl.col("write") == first["id"]) & ~pl.col("suppressed").fill_null(value=False)
    )
    sentence = f"{str(findings['message'][0] if findings.height else title(first)).removesuffix('.')}."
    if told.others:
        sentence += f" The same holds for {told.others}."
    versions = report.deploys.filter(pl.col("id") == first["deploy"])["tool_version"]
    version = versions[0] if len(versions) else None
    more = []
    if first["verdict"] in NOT_IN_PLACE:
        if first["status"] not in (None, "open"):
            more.append(("Status", status(first)))
        if first["status"] != "healed":
            more.append(("Effect", effect(told.writes)))
        known = defect(first, version)
        cured = cure(first, [line.text for line in told.lines], version)
        more += [("Defect", known)] if known else []
        more += [("Prevent", cured)] if cured else []
    codes = [f"{row['severity']} {row['code']} {row['name']}" for row in findings.iter_rows(named=True)]
    return Proof(codes, sentence, more, [(line.label, line.text, line.place) for line in told.lines])


def _rules(findings: pl.DataFrame, text: str) -> list[Rule]:
    rules = []
    for of_rule in findings.partition_by("code", maintain_order=True)[:_RULES]:
        first = of_rule.row(0, named=True)
        shown = of_rule.head(_FINDINGS)
        messages = [
            str(row["message"])
            + (f" (suppressed: {row[text] or 'no reason given'})" if text != "message" else "")
            for row in shown.iter_rows(named=True)
        ]
        rules.append(
            Rule(
                str(first["code"]),
                str(first["name"]),
                str(first["severity"]),
                messages,
                of_rule.height - shown.height,
            )
        )
    return rules
