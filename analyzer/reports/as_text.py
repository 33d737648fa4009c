"""The report as text for a person: the answer, the deploys, what is not in place and why, and the remedy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.reports.answer import NOT_IN_PLACE, answer
from analyzer.reports.canvas import Canvas
from analyzer.reports.reading import tell_inputs
from analyzer.reports.story import short_name, story

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analyzer.reports.report import Report

NAME = "text"

_ROWS = 100  # more would scroll the answer away; the JSON report has all
_STORIES = 10
_STYLES = {
    **dict.fromkeys(("lost", "mismatched", "errored", "dropped", "error"), "bold red"),
    **dict.fromkeys(("unfinished", "unverifiable", "warning"), "yellow"),
}
_HEADERS = ("VERDICT", "CONFIDENCE", "KEY", "RESOURCE", "CAUSE")


def render(report: Report, *, width: int, color: bool) -> str:
    """The report in sections, each left out where it has nothing to say."""
    canvas = Canvas(width=width, color=color)
    canvas.line(answer(report), _mood(report))
    _deploys(canvas, report)
    _table(canvas, "Not in place", report.writes.filter(pl.col("verdict").is_in(NOT_IN_PLACE)))
    _stories(canvas, report)
    _whole_stores(canvas, report)
    _table(canvas, "Cannot be judged", report.writes.filter(pl.col("verdict") == "unverifiable"))
    _findings(canvas, report)
    tell_inputs(canvas, report.inputs, report.inputs)
    return canvas.text()


def _mood(report: Report) -> str:
    verdicts = report.writes["verdict"]
    if verdicts.is_in(NOT_IN_PLACE).any():
        return "bold red"
    return "bold yellow" if (verdicts == "unverifiable").any() or verdicts.is_empty() else "bold green"


def _deploys(canvas: Canvas, report: Report) -> None:
    canvas.line()
    for deploy in report.deploys.head(_ROWS).iter_rows(named=True):
        canvas.labelled("Deploy", [(_deploy(deploy), "")], indent=0, width=6)
    _more(canvas, report.deploys.height - _ROWS, "deploys")
    if report.window is not None:
        canvas.line(str(report.window), indent=7)


def _deploy(deploy: Mapping[str, object]) -> str:
    name = "/".join(str(part) for part in (deploy["app"], deploy["stage"]) if part) or str(deploy["id"])
    tool = " ".join(str(part) for part in (deploy["tool"], deploy["tool_version"], deploy["command"]) if part)
    start, end = (_time(deploy[column]) for column in ("started_at", "ended_at"))
    when = "time unknown" if start == end == "" else f"{start or '?'} to {end or '?'}"
    sources = deploy["sources"]
    logs = ", ".join(str(source) for source in sources) if isinstance(sources, list) else ""
    parts = (name, tool, when, deploy["result"] or "result unknown", logs)
    return ", ".join(str(part) for part in parts if part)


_CHANGES: Final = {
    "put": "writes the key if it is absent or still has its old value",
    "delete": "deletes the key if it still has its old value",
    "append": "adds the entry to the list that is there",
    "remove": "removes the entry from the list that is there",
}
_STOPS: Final = "changes nothing else, and stops if the store changes meanwhile"
"""Of every command that writes: what a person wants to know before it is pasted."""


def _time(value: object) -> str:
    return "" if value is None else f"{value:%Y-%m-%d %H:%M:%SZ}"


def _table(canvas: Canvas, title: str, writes: pl.DataFrame) -> None:
    if writes.is_empty():
        return
    canvas.line()
    canvas.line(title, "bold")
    rows = [
        (
            str(write["verdict"]),
            str(write["confidence"] or "unknown"),
            str(write["key"] or "unknown"),
            short_name(write["name"]),
            str(write["cause"] or "unknown").replace("_", " "),
        )
        for write in writes.head(_ROWS).iter_rows(named=True)
    ]
    canvas.table(_HEADERS, rows, whole=2)
    _more(canvas, writes.height - _ROWS, "writes")


def _stories(canvas: Canvas, report: Report) -> None:
    bad = report.writes.filter(pl.col("verdict").is_in(NOT_IN_PLACE))
    for number, write in enumerate(bad.head(_STORIES).iter_rows(named=True), start=1):
        _story(canvas, report, number, write)
    _more(canvas, bad.height - _STORIES, "stories")


def _story(canvas: Canvas, report: Report, number: int, write: Mapping[str, object]) -> None:
    told = story(write, report.evidence)
    canvas.line()
    canvas.line(f"{number}. {told.title}", "bold")
    for finding in report.findings.filter(pl.col("write") == write["id"]).iter_rows(named=True):
        canvas.line(_label(finding), _STYLES.get(str(finding["severity"]), ""), indent=3)
    for label, lines in told.lines.items():
        canvas.labelled(label, lines, indent=3, width=8)
    if write["redeploy"] is not None:
        canvas.labelled("redeploy", [(str(write["redeploy"]), "")], indent=3, width=8)
    _remedy(canvas, write)


def _remedy(canvas: Canvas, row: Mapping[str, object]) -> None:
    """The command of a write or store, below what it does and needs; or why there is none."""
    needs, note = row["remedy_needs"], row["remedy_note"]
    if row["remedy"] is not None:
        canvas.labelled("does", [(_does(row), "")], indent=3, width=8)
    if isinstance(needs, list):
        canvas.labelled("needs", [("; ".join(needs), "")], indent=3, width=8)
    if note is not None:
        canvas.labelled(
            "remedy", [(f"none: {note}" if row["remedy"] is None else str(note), "")], indent=3, width=8
        )
    if row["remedy"] is not None:
        canvas.line("to put it right:", "bold", indent=3)
        canvas.raw(str(row["remedy"]))


def _does(row: Mapping[str, object]) -> str:
    """What the command does, for whoever is to paste it. A store's row has no action: its command takes all of them."""
    if row.get("pattern"):
        return "The command lists the keys; it changes nothing."
    change = _CHANGES.get(str(row.get("action")), "makes the changes that are missing")
    return f"The command reads the store, then {change}. It {_STOPS}."


def _whole_stores(canvas: Canvas, report: Report) -> None:
    """The one command for all writes of a store, where that is more than the command of one."""
    for row in report.stores.filter(pl.col("remedy").is_not_null()).iter_rows(named=True):
        if (report.writes["remedy"] == row["remedy"]).any():
            continue
        canvas.line()
        canvas.line(f"All of store {row['arn']} in one call", "bold")
        _remedy(canvas, row)


def _findings(canvas: Canvas, report: Report) -> None:
    told = report.writes.filter(pl.col("verdict").is_in(NOT_IN_PLACE)).head(_STORIES)["id"]
    shown = pl.col("write").is_in(told.to_list()).fill_null(False) | pl.col("suppressed")
    others = report.findings.filter(~shown)
    if others.is_empty():
        return
    canvas.line()
    canvas.line("Other findings", "bold")
    for finding in others.head(_ROWS).iter_rows(named=True):
        canvas.line(_label(finding), _STYLES.get(str(finding["severity"]), ""))
        canvas.line(str(finding["message"]), indent=3)
    _more(canvas, others.height - _ROWS, "findings")


def _label(finding: Mapping[str, object]) -> str:
    code = finding["code"]
    return f"{finding['severity']} {code} {finding['name']} (lostwrite explain {code})"


def _more(canvas: Canvas, left: int, what: str) -> None:
    if left > 0:
        canvas.line(f"... and {left} more {what}; --format json has all")
