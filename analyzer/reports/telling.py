"""The stories as text: the plain sentence, the effect for users, the cause and its cure, the evidence, the remedy."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import polars as pl

from analyzer.reports.answer import NOT_IN_PLACE
from analyzer.reports.canvas import WHOLE, openable
from analyzer.reports.defects import cure, defect
from analyzer.reports.effect import effect
from analyzer.reports.gating import told_accepted
from analyzer.reports.mending import tell_remedy
from analyzer.reports.story import MEANT, grouped, story, title

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.reports.canvas import Canvas
    from analyzer.reports.report import Report
    from analyzer.reports.story import Line, Story

_MOST = 10  # more would scroll the answer away; the JSON report has all
_INDENT, _LABEL = 3, 8
_NOTICED = 2  # seconds; a clock that differs by less is not told of
STYLES = {
    **dict.fromkeys(("lost", "mismatched", "errored", "dropped", "error"), "bold red"),
    **dict.fromkeys(("unfinished", "unverifiable", "warning"), "yellow"),
}


def tell_stories(canvas: Canvas, report: Report) -> list[str]:
    """Tells the first stories; gives the ids of their writes."""
    bad = report.writes.filter(pl.col("verdict").is_in(NOT_IN_PLACE))
    all_ids: list[list[str]] = grouped(bad, report.evidence)["ids"].to_list()
    shown = all_ids[: canvas.most(_MOST)]
    for number, ids in enumerate(shown, start=1):
        mine = bad.filter(pl.col("id").is_in(ids))
        _tell(canvas, report, number, story(mine, report.evidence, _ahead(report, mine["deploy"][0])))
    left = len(all_ids) - len(shown)
    if left > 0:
        canvas.line(f"... and {left} more stories; {WHOLE}")
    return [write for ids in shown for write in ids]


def _ahead(report: Report, deploy: str | None) -> timedelta | None:
    """How far the log's clock is ahead, where one offset of more than a few seconds is known."""
    offsets = report.alignments.filter((pl.col("deploy") == deploy) & (pl.col("state") == "aligned"))[
        "offsets"
    ]
    known = offsets[0].to_list() if len(offsets) else []
    seconds = [(offset["low"] + offset["high"]) // 2 for offset in known]
    return timedelta(seconds=seconds[0]) if len(seconds) == 1 and abs(seconds[0]) > _NOTICED else None


def _tell(canvas: Canvas, report: Report, number: int, told: Story) -> None:
    findings = report.findings.filter(pl.col("write") == told.first["id"])
    canvas.line()
    sentence = findings["message"][0] if findings.height else title(told.first)
    more = f" The same holds for {told.others}." if told.others else ""
    canvas.line(f"{number}. {sentence}{more}", "bold")
    alike = report.findings.filter(pl.col("write").is_in([write["id"] for write in told.writes]))
    for code in findings.iter_rows(named=True):
        accepted = told_accepted(alike.filter(pl.col("code") == code["code"]))
        canvas.line(label(code) + accepted, STYLES.get(str(code["severity"]), ""), indent=_INDENT)
    for name, text in _about(report, told):
        _say(canvas, name, text)
    _evidence(canvas, told)
    if told.first["redeploy"] is not None:
        _say(canvas, "redeploy", str(told.first["redeploy"]))
    if told.first["status"] == "maybe_repaired":
        _say(
            canvas,
            "first",
            "Look whether there is still something to repair: what came later may have made it right.",
        )
    tell_remedy(canvas, told.writes, report.stores)


def _about(report: Report, told: Story) -> Iterator[tuple[str, str]]:
    """What a person wants to know before the evidence: what is broken now, why, and how not to have it again."""
    write = told.first
    version = report.deploys.filter(pl.col("id") == write["deploy"])["tool_version"]
    ran = version[0] if len(version) else None
    if write["status"] not in (None, "open"):
        yield "status", status(write)
    if write["status"] != "healed":
        yield "effect", effect(told.writes)
    known = defect(write, ran)
    if known is not None:
        yield "defect", known
    prevention = cure(write, [line.text for line in told.lines], ran)
    if prevention is not None:
        yield "prevent", prevention


def _evidence(canvas: Canvas, told: Story) -> None:
    before = ""
    for line in told.lines:
        again = "" if line.label == before else line.label
        canvas.labelled(again, [(_text(line, told), openable(line.place))], indent=_INDENT, width=_LABEL)
        before = line.label


def _text(line: Line, told: Story) -> str:
    others = len(told.writes) - 1
    if line.label != MEANT or not others:
        return line.text
    return f"{line.text} (and {others} more of the same operation)"


def _say(canvas: Canvas, name: str, text: str) -> None:
    canvas.labelled(name, [(text, "")], indent=_INDENT, width=_LABEL)


def status(write: dict[str, object]) -> str:
    """`open`, `maybe repaired: ...`, `healed: ...`, or empty where it is not known."""
    state = str(write["status"] or "").replace("_", " ")
    if not state or write["healed_by"] is None:
        return state
    by = str(write["healed_by"]).replace("deploy deploy-", "deploy ")  # the report numbers the deploys
    return f"{state}: {by}"


def label(finding: dict[str, object]) -> str:
    """`error LW101 dropped-write (lostwrite explain LW101)`."""
    code = finding["code"]
    return f"{finding['severity']} {code} {finding['name']} (lostwrite explain {code})"
