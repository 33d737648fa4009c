"""An audit as text for a person at three in the morning: what is open, since when, what puts it right; then more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import polars as pl

from analyzer.audit.reports.story import key_cell, missed_by, sentence, why, with_safe_remedy
from analyzer.audit.reports.text_trends import tell_trends
from analyzer.audit.reports.words import (
    HOW,
    deploy_name,
    doubts,
    facts,
    headline,
    length,
    opened,
    role,
    several,
    short_store,
    spaced,
    sure_losses,
    time,
    whole,
    with_deploys,
)
from analyzer.reports.canvas import Canvas
from analyzer.reports.mending import tell_remedy
from analyzer.reports.page.rows import caller
from analyzer.rules.words.word import word
from analyzer.tables import STORES, empty

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from analyzer.audit.report import AuditReport
    from analyzer.audit.trends import Trends

NAME: Final = "text"
VERBOSITIES: Final = (-1, 0, 1)

_ROWS: Final = 50  # of a table; the CSV and the JSON have all
_STORIES: Final = 3  # with their commands, which are screens: of more losses -v has them
_FEW: Final = 10
_NEXT: Final = (
    "Next: -v prints the command that puts each right, and --report html=DIR has a page of each deploy with them. "
    "The audit is kept, so that this takes less time."
)
_ALL: Final = "-v shows all, and --report json=FILE has all"


def render(report: AuditReport, trends: Trends, *, width: int, color: bool, verbosity: int = 0) -> str:
    """The audit in sections, each left out where it has nothing to say."""
    canvas = Canvas(width=width, color=color, unlimited=verbosity > 0)
    canvas.line(headline(trends), _mood(trends))
    lost = with_deploys(opened(trends), report)
    if verbosity < 0:
        _open_table(canvas, lost)
        return canvas.text()
    for fact in facts(trends):
        canvas.line(fact)
    _open_table(canvas, lost)
    _stories(canvas, lost, trends.now)
    _perhaps(canvas, with_deploys(opened(trends, "maybe_repaired"), report))
    _healed(canvas, trends)
    _doubts(canvas, report)
    tell_trends(canvas, trends)
    _changes(canvas, report)
    _overlaps(canvas, report)
    _read(canvas, report)
    return canvas.text()


def _mood(trends: Trends) -> str:
    counts = whole(trends)
    if counts["open"]:
        return "bold red"
    return "bold yellow" if counts["maybe"] or counts["doubt"] or not counts["judged"] else "bold green"


def _head(canvas: Canvas, title: str) -> None:
    canvas.line()
    canvas.line(title, "bold")


def _more(canvas: Canvas, left: int, what: str) -> None:
    if left > 0:
        canvas.line(f"... and {several(left, what)} more; {_ALL}")


def _open_table(canvas: Canvas, lost: pl.DataFrame) -> None:
    """The table `Open now`: the oldest first, numbered as the stories below."""
    if lost.is_empty():
        return
    _head(canvas, "Open now, the oldest first")
    columns: dict[str, Callable[[Mapping[str, Any]], str]] = {
        "DEPLOY": deploy_name,
        "SINCE": lambda row: time(row["missing_since"]),
        "STORE": lambda row: short_store(row["store"]),
        "CAUSE": lambda row: spaced(row["cause"]),
        "KEY": key_cell,
    }
    _table(canvas, columns, lost, numbered=True)


def _table(
    canvas: Canvas,
    columns: Mapping[str, Callable[[Mapping[str, Any]], str]],
    lost: pl.DataFrame,
    *,
    numbered: bool,
) -> None:
    rows = [
        [*([f"{number}."] if numbered else []), *(cell(row) for cell in columns.values())]
        for number, row in enumerate(lost.head(canvas.most(_ROWS)).iter_rows(named=True), start=1)
    ]
    canvas.table([*(["NO"] if numbered else []), *columns], rows, whole=3 + numbered)
    _more(canvas, lost.height - canvas.most(_ROWS), "loss")


def _stories(canvas: Canvas, lost: pl.DataFrame, now: datetime | None) -> None:
    commands = lost.height <= canvas.most(_STORIES)
    for number, row in enumerate(lost.head(canvas.most(_STORIES)).iter_rows(named=True), start=1):
        canvas.line()
        canvas.line(f"{number}. {sentence(row, now)}.")
        lines = [("why", why(row)), ("deploy", missed_by(row)), ("redeploy", row["redeploy"])]
        for label, text in lines:
            if text:
                canvas.labelled(label, [(str(text), "")], indent=3, width=8)
        if row["source"] is not None:
            line = "" if row["line"] is None else f":{row['line']}"
            canvas.labelled("log", [(f"{row['source']}{line}", "")], indent=3, width=8)
        safe = with_safe_remedy(row)
        if commands or safe["remedy"] is None:  # then it says why there is none
            tell_remedy(canvas, [safe], empty(STORES))
    if not commands:
        canvas.line()
        canvas.line(_NEXT, "bold")


def _perhaps(canvas: Canvas, lost: pl.DataFrame) -> None:
    if lost.is_empty():
        return
    _head(canvas, "Perhaps put right: look before you write")
    columns: dict[str, Callable[[Mapping[str, Any]], str]] = {
        "DEPLOY": deploy_name,
        "SINCE": lambda row: time(row["missing_since"]),
        "STORE": lambda row: short_store(row["store"]),
        "BY": lambda row: caller(row["healer"]) if row["healer"] else HOW.get(row["healed_how"], "unknown"),
        "KEY": key_cell,
    }
    _table(canvas, columns, lost, numbered=False)


def _healed(canvas: Canvas, trends: Trends) -> None:
    """The losses that are over, in numbers: none of them needs anybody now."""
    healed = sure_losses(trends).filter(pl.col("state") == "healed")
    if healed.is_empty():
        return
    _head(canvas, "Healed")
    ways = (
        healed.group_by("healed_how")
        .len()
        .sort("len", "healed_how", descending=[True, False], nulls_last=True)
    )
    told = ", ".join(f"{count:,} {HOW.get(str(how), 'nobody knows how')}" for how, count in ways.iter_rows())
    canvas.line(f"{several(healed.height, 'loss')}: {told}.")
    spans = healed.select(pl.col("missing_until") - pl.col("missing_since")).to_series().drop_nulls().sort()
    if spans.len():
        half, longest = length(spans[(spans.len() - 1) // 2]), length(spans[-1])
        most = f"Half of them were missing for at most {half}, the longest for {longest}."
        canvas.line(most if spans.len() > 1 else f"It was missing for {longest}.")


def _doubts(canvas: Canvas, report: AuditReport) -> None:
    found = doubts(report)
    if found.is_empty():
        return
    _head(canvas, "In doubt, by cause")
    for row in found.head(canvas.most(_FEW)).iter_rows(named=True):
        count = f"{several(row['writes'], 'write')} of {several(row['deploys'], 'deploy')}"
        canvas.line(f"{spaced(row['cause'])}: {count}")
        known = word(row["cause"]) if row["cause"] else None
        if known is not None:
            canvas.labelled("decides", [(" ".join(known.to_do.split()), "")], indent=3, width=8)
    _more(canvas, found.height - canvas.most(_FEW), "cause")


def _changes(canvas: Canvas, report: AuditReport) -> None:
    changes = report.changes
    if changes is None:
        return
    _head(canvas, "Since the earlier audit")
    if changes.since is not None:
        canvas.line(f"It knew the trail until {time(changes.since)}.")
    for name in ("new", "healed", "unchanged", "gone"):
        ids = getattr(changes, name)
        shown = ", ".join(ids[: canvas.most(_FEW)])
        more = f" and {len(ids) - _FEW:,} more" if len(ids) > canvas.most(_FEW) else ""
        canvas.labelled(name, [(f"{len(ids):,}{': ' if ids else ''}{shown}{more}", "")], indent=0, width=9)


def _overlaps(canvas: Canvas, report: AuditReport) -> None:
    if report.overlaps.is_empty():
        return
    same = int(report.overlaps["same_stage"].sum())
    _head(canvas, "Deploys at the same time")
    pairs = several(report.overlaps.height, "pair")
    canvas.line(
        f"{pairs} of deploys ran at the same time on one stage or store, {same:,} of them on one stage, where SST's "
        "lock should have kept them apart."
    )


def _read(canvas: Canvas, report: AuditReport) -> None:
    """What was read, and what could not be: nothing is dropped silently."""
    problems = report.inputs.explode("problems").drop_nulls("problems").select("source", "problems")
    told = list(dict.fromkeys([*report.unread, *problems.iter_rows()]))
    if told:
        _head(canvas, "Not read, or read only in part")
    for source, problem in told[: canvas.most(_FEW)]:
        canvas.line(f"{source}: {problem}")
    _more(canvas, len(told) - canvas.most(_FEW), "problem")
    canvas.line()
    for row in report.read.iter_rows(named=True):
        canvas.line(_amount(row), "dim")
    span = (
        "No trail was read."
        if report.reach is None
        else f"The trail speaks for {time(report.first)} to {time(report.reach)}."
    )
    canvas.line(span, "dim")


def _amount(row: Mapping[str, Any]) -> str:
    number, what = (row["records"], "record") if row["records"] else (row["lines"], "line")
    unusable = f" ({row['unusable']:,} unusable)" if row["unusable"] else ""
    told = f"{role(row)} {row['kind']}: {several(row['files'] or 0, 'file')}{unusable}"
    return told if not number else f"{told}, {several(number, what)}"
