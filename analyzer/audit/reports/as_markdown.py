"""An audit as Markdown, for the summary of a job or an issue: what is open first, with its commands, then the rest.

It has at most 65,536 characters, which is what a comment on GitHub may have. What is left out is said.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import polars as pl

from analyzer.audit.reports.story import key_cell, missed_by, sentence, why, with_safe_remedy
from analyzer.audit.reports.text_trends import to_leave
from analyzer.audit.reports.words import (
    HOW,
    between,
    deploy_name,
    doubts,
    facts,
    headline,
    opened,
    percent,
    rate,
    several,
    short_store,
    spaced,
    time,
    with_deploys,
)
from analyzer.commands.words import fenced
from analyzer.reports.bounded import Part, fitted
from analyzer.reports.markup import code, prose, table
from analyzer.reports.mending import does
from analyzer.rules.words.word import word
from analyzer.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from analyzer.audit.report import AuditReport
    from analyzer.audit.trends import Trends

NAME: Final = "markdown"

MOST: Final = 65_536  # characters
_CLOSING: Final = 1000  # characters of the last lines
_STORIES: Final = 10
_ROWS: Final = 100  # of a table, as `Part` shows at most


def render(report: AuditReport, trends: Trends, *, width: int, color: bool, verbosity: int = 0) -> str:  # noqa: ARG001 - Markdown has none of these
    """The page. Where it is too long, each section leaves room for those after it."""
    head = f"## lostwrite audit: {prose(headline(trends))}\n\n{' '.join(map(prose, facts(trends)))}\n"
    body = fitted(_body(report, trends), MOST - len(head) - _CLOSING)
    left = f"\nLeft out: {', '.join(body.missing)}; the JSON report has all.\n" if body.missing else ""
    reach = (
        "No trail was read." if report.reach is None else f"The trail was read until {time(report.reach)}."
    )
    return f"{head}{body.text}{left}\n{reach} lostwrite {VERSION}, exit code {report.exit_code}.\n"


def _body(report: AuditReport, trends: Trends) -> Iterator[Part]:
    lost = with_deploys(opened(trends), report)
    headers = ["deploy", "missing since", "store", "key", "cause", "version"]
    yield _tabled(
        "losses", "Open now, the oldest first", headers, [_open(row) for row in lost.iter_rows(named=True)]
    )
    stories = [
        _story(number, row, trends) for number, row in enumerate(lost.head(_STORIES).iter_rows(named=True), 1)
    ]
    unseen = [""] * (lost.height - len(stories))  # are counted alone
    yield Part("stories", [*stories, *unseen], "\n### To put it right\n", most=_STORIES)
    perhaps = with_deploys(opened(trends, "maybe_repaired"), report)
    by = [prose(row["healer"] or HOW.get(row["healed_how"], "unknown")) for row in _shown(perhaps)]
    rows = [[*row[:4], who] for row, who in zip(_open_rows(perhaps), by, strict=False)]
    yield _tabled("losses", "Perhaps put right: look before you write", [*headers[:4], "by"], rows)
    yield Part(
        "causes",
        [*map(_doubt, doubts(report).iter_rows(named=True))],
        "\n### In doubt, by cause\n\n",
        most=20,
    )
    yield _months(trends)
    yield _versions(trends)
    yield Part(
        "versions",
        [f"- {prose(to_leave(row))}" for row in trends.leave.iter_rows(named=True)],
        "\n### Versions to leave\n\n",
        most=20,
    )
    yield _stores(trends)
    yield Part("changes", [*_changes(report)], "\n### Since the earlier audit\n\n")
    problems = report.inputs.explode("problems").drop_nulls("problems").select("source", "problems")
    told = dict.fromkeys([*report.unread, *problems.iter_rows()])
    lines = [f"- {code(source)}: {prose(problem)}" for source, problem in told]
    yield Part("problems", lines, "\n### Not read, or read only in part\n\n", most=20)


def _tabled(what: str, title: str, headers: Sequence[str], rows: Sequence[Sequence[str]]) -> Part:
    lines = table(headers, rows)
    return Part(what, lines[2:], f"\n### {title}\n\n{lines[0]}\n{lines[1]}\n")


def _shown(lost: pl.DataFrame) -> Iterator[dict[str, Any]]:
    return lost.head(_ROWS).iter_rows(named=True)


def _open_rows(lost: pl.DataFrame) -> list[list[str]]:
    """The cells of the first rows; the others are counted alone, without their cells."""
    return [*map(_open, _shown(lost)), *([[""] * 6] * max(lost.height - _ROWS, 0))]


def _open(row: Mapping[str, Any]) -> list[str]:
    return [
        code(deploy_name(row)),
        time(row["missing_since"]),
        code(short_store(row["store"])),
        code(key_cell(row)),
        prose(spaced(row["cause"])),
        prose(row["tool_version"] or "unknown"),
    ]


def _story(number: int, row: Mapping[str, Any], trends: Trends) -> str:
    safe = with_safe_remedy(row)
    place = f"{row['source']}:{row['line']}" if row["line"] is not None else row["source"]
    lines = [f"\n**{number}.** {prose(sentence(row, trends.now))}.\n"]
    told = {"why": why(row), "deploy": missed_by(row), "redeploy": row["redeploy"]}
    lines += [f"- {name}: {prose(text)}" for name, text in told.items() if text]
    lines += [] if row["source"] is None else [f"- log: {code(place)}"]
    if safe["remedy"] is None:
        return "\n".join(
            [*lines, f"- no command: {prose(safe['remedy_note'] or 'nothing is known that would do it')}"]
        )
    needs = safe["remedy_needs"]
    needed = f" It needs: {prose('; '.join(needs))}." if isinstance(needs, list) else ""
    return "\n".join([*lines, f"\n{prose(does(safe))}{needed}\n\n{fenced(str(safe['remedy']))}"])


def _doubt(row: Mapping[str, Any]) -> str:
    known = word(row["cause"]) if row["cause"] else None
    decides = "" if known is None else f" What decides: {prose(' '.join(known.to_do.split()))}"
    count = f"{several(row['writes'], 'write')} of {several(row['deploys'], 'deploy')}"
    return f"- {prose(spaced(row['cause']))}: {count}.{decides}"


def _months(trends: Trends) -> Part:
    names = ("deploys", "judged", "lost", "open", "maybe", "healed", "doubt")
    months = trends.trend.filter(pl.col("by") == "month").tail(36)
    rows = [
        [prose(row["name"] or "unknown"), *(f"{row[name]:,}" for name in names), percent(row["week_share"])]
        for row in months.iter_rows(named=True)
    ]
    headers = [
        "month",
        "deploys",
        "judged",
        "lost",
        "open",
        "perhaps put right",
        "healed",
        "in doubt",
        "healed in 7 days",
    ]
    return _tabled("months", "By month of the deploy", headers, rows)


def _versions(trends: Trends) -> Part:
    rows = [
        [
            prose(f"{row['tool'] or 'unknown tool'} {row['name'] or 'of an unknown version'}"),
            *(f"{row[name]:,}" for name in ("judged", "lost", "open")),
            rate(row["in_1000"]),
            between(row["low"], row["high"]),
        ]
        for row in trends.versions.iter_rows(named=True)
    ]
    headers = ["version", "judged", "lost", "open", "share lost", "95 % sure"]
    return _tabled("versions", "By version", headers, rows)


def _stores(trends: Trends) -> Part:
    rows = [
        [
            code(row["store"] or "unknown"),
            *(f"{row[name]:,}" for name in ("deploys", "losses", "open", "maybe", "healed")),
            "-" if row["open_since"] is None else time(row["open_since"]),
        ]
        for row in trends.stores.head(20).iter_rows(named=True)
    ]
    headers = ["store", "deploys", "losses", "open", "perhaps put right", "healed", "open since"]
    return _tabled("stores", "Worst stores", headers, rows)


def _changes(report: AuditReport) -> Iterator[str]:
    if report.changes is None:
        return
    for name in ("new", "healed", "unchanged", "gone"):
        ids = getattr(report.changes, name)
        more = f" and {len(ids) - 10:,} more" if len(ids) > 10 else ""  # noqa: PLR2004 - a few
        yield f"- {name}: {len(ids):,}{': ' if ids else ''}{', '.join(map(code, ids[:10]))}{more}"
