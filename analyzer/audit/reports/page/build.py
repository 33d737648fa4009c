"""The whole index as values: nothing of HTML, and nothing left to compute for the templates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import polars as pl

from analyzer.audit.reports.page.compared import causes, healing, places, versions
from analyzer.audit.reports.page.headline import Fact, facts, looked_at
from analyzer.audit.reports.page.listed import changes, leave, names, overlaps, read_words, stores, unread
from analyzer.audit.reports.page.months import Chart, chart
from analyzer.audit.reports.page.places import place
from analyzer.audit.reports.page.rows import KEYS, rows
from analyzer.audit.reports.page.section import Cell, Head, Section, cut
from analyzer.audit.reports.page.words import UNKNOWN, cause, minute, number, state, to_decide
from analyzer.audit.reports.words import doubts, headline_of, length, several, whole
from analyzer.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Sequence, Set
    from datetime import datetime

    from analyzer.audit.report import AuditReport
    from analyzer.audit.trends import Trends

PAGES: Final = 1_000
"""Pages of deploys at most: each takes about a tenth of a second."""

_OTHERS: Final = 300  # links to deploys whose errors are about no lost write
_RULES: Final = 60


class Row(NamedTuple):
    """A deploy as the table shows it; `code` is the first letter of its state, `order` its place when unsorted."""

    order: int
    code: str
    state: str
    time: str
    name: str
    link: str
    began: str
    missing: str
    cause: str
    more: str
    version: str
    sure: str
    keys: str


class Choice(NamedTuple):
    """What a column can be filtered by: `options` are a value, its text, and whether it is chosen at first."""

    name: str
    label: str
    options: Sequence[tuple[str, str, bool]]


class Fold(NamedTuple):
    """The rows of a state and a month, closed without a script."""

    title: str
    rows: Sequence[Row]


@dataclass(frozen=True, slots=True)
class Index:
    """Everything that is on the page.

    Attributes:
        headline: one sentence, also the title.
        looked_at: what was looked at.
        facts: the numbers below it.
        opened: the rows that are seen without a script.
        folds: the others, by state and month.
        choices: what the rows can be filtered by.
        left: sentences on rows, and on words of the filter, that are left out.
        chart: by month.
        sections: the rest, from top to bottom.
        read: what was read, in sentences.
        version: of the program.
        made_by: the command line; None where there was none.
    """

    headline: str
    looked_at: str
    facts: Sequence[Fact]
    opened: Sequence[Row]
    folds: Sequence[Fold]
    choices: Sequence[Choice]
    left: Sequence[str]
    chart: Chart
    sections: Sequence[Section]
    read: Sequence[str]
    version: str
    made_by: str | None


def pages_of(report: AuditReport) -> list[str]:
    """The deploys that have a page, in the order of time: those that lost a write or are in doubt, or have an error.

    Of more than PAGES the first as the table has them: open ones, then those perhaps put right.
    """
    errors = report.findings.filter(pl.col("severity") == "error")["deploy"]
    wanted = pl.concat([rows(report)["deploy"], errors]).drop_nulls().unique(maintain_order=True)
    known = report.deploys["id"]
    chosen = wanted.filter(wanted.is_in(known.implode())).head(PAGES)
    return known.filter(known.is_in(chosen.implode())).unique(maintain_order=True).to_list()


def build(report: AuditReport, trends: Trends, most: int, longest: int) -> Index:
    """The index of an audit.

    Args:
        report: it, redacted.
        trends: those of the report.
        most: deploys in the table.
        longest: characters of one value that will be shown.
    """
    found, pages = rows(report), frozenset(pages_of(report))
    now = trends.now
    counts = whole(trends)
    shown = [_row(row, order, now, pages) for order, row in enumerate(found.head(most).iter_rows(named=True))]
    months = found["at"].head(most).to_list()
    sections = [
        _decide(report),
        changes(report, pages),
        healing(trends.healing),
        causes(trends.trend),
        versions(trends.versions),
        leave(trends.leave),
        stores(trends.stores),
        places(trends.trend, "app", "By app"),
        places(trends.trend, "stage", "By stage"),
        overlaps(report, pages),
        _rules(report),
        _others(report, found, pages),
        unread(report),
    ]
    return Index(
        headline=headline_of(counts),
        looked_at=looked_at(report),
        facts=facts(counts, found, now),
        opened=[row for row in shown if row.code in "om"],
        folds=_folds(shown, months),
        choices=_choices(shown),
        left=_left(found, most, longest, pages),
        chart=chart(trends.trend, now),
        sections=[section for section in sections if section is not None],
        read=read_words(report),
        version=VERSION,
        made_by=report.made_by,
    )


def _row(row: dict[str, Any], order: int, now: datetime | None, pages: Set[str]) -> Row:
    more = row["causes"] - 1
    likely = f"likely {row['leaning']}" if row["state"] == "doubt" and row["leaning"] else None
    return Row(
        order=order,
        code=row["state"][0],
        state=state(row["state"]),
        time=_time(row, now),
        name=row["name"],
        link=place(row["deploy"]) if row["deploy"] in pages else "",
        began=minute(row["at"]),
        missing=f"{number(row['missing'])} of {number(row['total'])}",
        cause=cause(row["cause"]),
        more=f"+{more}" if more > 0 else "",
        version=row["version"] or UNKNOWN,
        sure=likely or row["sure"] or UNKNOWN,
        keys=" ".join(row["keys"]),
    )


def _time(row: dict[str, Any], now: datetime | None) -> str:
    """How long it has been open, or after how long it was healed."""
    if row["since"] is None or row["state"] in ("doubt", "maybe_repaired"):
        return ""
    if row["state"] == "healed":
        return "" if row["until"] is None else f"after {length(row['until'] - row['since'])}"
    return "" if now is None else length(now - row["since"])


def _folds(shown: Sequence[Row], times: Sequence[datetime | None]) -> list[Fold]:
    """What is not open, by state and by month, in the order of the rows."""
    groups: dict[tuple[str, str], list[Row]] = {}
    for row, at in zip(shown, times, strict=True):
        if row.code not in "om":
            groups.setdefault((row.state, f"{at:%B} {at.year}" if at else "time not known"), []).append(row)
    return [
        Fold(f"{name[0].upper()}{name[1:]}, {month} ({number(len(of))})", of)
        for (name, month), of in groups.items()
    ]


def _choices(shown: Sequence[Row]) -> list[Choice]:
    """Causes, versions and states of the rows; at first those that are not surely put right are chosen."""
    causes_of, versions_of = (
        sorted({row.cause for row in shown}),
        sorted({row.version for row in shown}, key=_parts),
    )
    states: dict[str, str] = {row.code: row.state for row in shown}
    missing = {"o": states.pop("o", None), "m": states.pop("m", None)}
    both = {"om": " or ".join(filter(None, missing.values()))} if any(missing.values()) else {}
    apart = {code: name for code, name in missing.items() if name} if all(missing.values()) else {}
    return [
        Choice("cause", "Cause", [(name, name, False) for name in causes_of]),
        Choice("sst", "SST version", [(name, name, False) for name in versions_of]),
        Choice(
            "state", "State", [(code, name, code == "om") for code, name in (both | apart | states).items()]
        ),
    ]


def _parts(version: str) -> list[tuple[bool, int, str]]:
    """What versions are ordered by: `3.9.1` before `3.10.0`, and what is no number at the end."""
    return [
        (not part.isdecimal(), int(part) if part.isdecimal() else 0, part) for part in version[:40].split(".")
    ]


def _left(found: pl.DataFrame, most: int, longest: int, pages: Set[str]) -> list[str]:
    """What the table leaves out, and how many deploys have no page."""
    told = []
    bare = found.filter(~pl.col("deploy").is_in(list(pages))).height
    if bare:
        told.append(
            f"{several(bare, 'deploy')} of these {'has' if bare == 1 else 'have'} no page: {number(PAGES)} are made at "
            "most, of open ones first. --app, --stage, --since and --until choose others."
        )
    beyond = found.slice(most)
    if beyond.height:
        by = beyond.group_by("state", maintain_order=True).len().iter_rows()
        kinds = ", ".join(f"{number(count)} {state(name)}" for name, count in by)
        told.append(
            f"{several(beyond.height, 'more deploy')} would make the page too large ({kinds}): "
            "writes.csv has their writes."
        )
    shown = found.head(most)
    if (
        shown["keys_left"].sum()
        or shown.filter(pl.col("keys").list.join(" ").str.len_chars() > longest).height
    ):
        told.append(
            f"Of the keys and entries of a deploy the filter knows the first {KEYS}, up to {longest} characters; "
            "writes.csv has all."
        )
    return told


def _decide(report: AuditReport) -> Section | None:
    found = doubts(report)
    if found.is_empty():
        return None
    lines = [
        [
            Cell(cause(name)),
            Cell(number(deploys), look="number"),
            Cell(to_decide(name) or "See the page of the deploy."),
        ]
        for name, deploys in found.select("cause", "deploys").iter_rows()
    ]
    shown, after = cut(lines, _RULES, "causes")
    words = [
        "By cause of doubt; the page of each deploy has the commands. A deploy with several is counted under each."
    ]
    heads = [Head("In doubt because"), Head("Deploys", "number"), Head("What would decide")]
    return Section("decide", "What would decide the doubts", words, heads, shown, after)


def _rules(report: AuditReport) -> Section | None:
    found = (
        report.findings.group_by("code", "name", "severity")
        .agg(findings=pl.len(), deploys=pl.col("deploy").n_unique())
        .sort("code")
    )
    if found.is_empty():
        return None
    lines = [
        [
            Cell(f"{row['code']} {row['name']}"),
            Cell(row["severity"]),
            Cell(number(row["findings"]), look="number"),
            Cell(number(row["deploys"]), look="number"),
        ]
        for row in found.iter_rows(named=True)
    ]
    shown, after = cut(lines, _RULES, "rules")
    heads = [Head("Rule"), Head("Severity"), Head("Findings", "number"), Head("Deploys", "number")]
    return Section("rules", "Findings by rule", [], heads, shown, after, folded=True)


def _others(report: AuditReport, found: pl.DataFrame, pages: Set[str]) -> Section | None:
    """Links to the pages of deploys that lost nothing, and have an error all the same."""
    named = names(report)
    lost = frozenset(found["deploy"])
    others = [deploy for deploy in report.deploys["id"].unique(maintain_order=True) if deploy in pages - lost]
    if not others:
        return None
    lines = [[Cell(named[deploy], link=place(deploy))] for deploy in reversed(others)]
    shown, after = cut(lines, _OTHERS, "deploys")
    words = [
        f"{several(len(lines), 'deploy')} lost nothing, and each has a page of the errors that were found."
    ]
    return Section("others", "Deploys with other errors", words, [Head("Deploy")], shown, after, folded=True)
