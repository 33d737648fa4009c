"""The report as text for a person: the answer, the deploys, what is not in place and why, and the remedy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from analyzer.reports.answer import NOT_IN_PLACE, answer
from analyzer.reports.brief import tell_briefly
from analyzer.reports.canvas import WHOLE, Canvas
from analyzer.reports.doubting import tell_doubts
from analyzer.reports.gating import tell_gate, told_accepted
from analyzer.reports.mending import tell_stores
from analyzer.reports.more import tell_landed, tell_suppressed
from analyzer.reports.names import short_name
from analyzer.reports.reading import tell_inputs
from analyzer.reports.settling import tell_settle
from analyzer.reports.telling import STYLES, label, status, tell_stories

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from analyzer.reports.report import Report

NAME = "text"
VERBOSITIES = (-1, 0, 1)

_ROWS = 100  # more would scroll the answer away; the JSON report has all
_FEW = 5
_STATES = {
    "ambiguous": "Several runs in the trail fit this deploy.",
    "unaligned": "The trail shows no run that fits this deploy.",
}
"""What is said of a clock without a note of its own."""


def render(report: Report, *, width: int, color: bool, verbosity: int = 0) -> str:
    """The report in sections, each left out where it has nothing to say.

    Args:
        report: what was found.
        width: columns.
        color: whether styles become ANSI sequences.
        verbosity: -1 for what is wrong alone, in a line each, and nothing where all is well; 1 for all that is known,
            with no limit to any list.
    """
    canvas = Canvas(width=width, color=color, unlimited=verbosity > 0)
    if verbosity < 0:
        tell_briefly(canvas, report, _mood(report))
        return canvas.text()
    canvas.line(answer(report), _mood(report))
    _deploys(canvas, report)
    verdict = pl.col("verdict")
    _table(canvas, "Not in place", report, verdict.is_in(NOT_IN_PLACE))
    told = tell_stories(canvas, report)
    tell_stores(canvas, report)
    _table(canvas, "Cannot be judged", report, verdict == "unverifiable")
    tell_doubts(canvas, report)
    tell_settle(canvas, report, _numbers(report))
    if verbosity > 0:
        tell_landed(canvas, report)
    _findings(canvas, report, told)
    if verbosity > 0:
        tell_suppressed(canvas, report)
    tell_inputs(canvas, report.inputs, report.inputs)
    tell_gate(canvas, report)
    return canvas.text()


def _mood(report: Report) -> str:
    verdicts = report.writes["verdict"]
    if verdicts.is_in(NOT_IN_PLACE).any():
        return "bold red"
    return "bold yellow" if (verdicts == "unverifiable").any() or verdicts.is_empty() else "bold green"


def _deploys(canvas: Canvas, report: Report) -> None:
    canvas.line()
    numbers = _numbers(report)
    clocks = {row["deploy"]: row for row in report.alignments.iter_rows(named=True)}
    for deploy in report.deploys.head(canvas.most(_ROWS)).iter_rows(named=True):
        head = f"Deploy {numbers[deploy['id']]}".strip()
        canvas.labelled(head, [(_deploy(deploy), "")], indent=0, width=len(head))
        indent = len(head) + 1
        sources = deploy["sources"] or []
        for source in sources[: canvas.most(_FEW)]:
            canvas.place(str(source), indent=indent)
        if len(sources) > canvas.most(_FEW):
            canvas.line(f"and {len(sources) - _FEW} more logs", indent=indent)
        for line in _clock(clocks.get(deploy["id"])):
            canvas.line(line, indent=indent)
    _more(canvas, report.deploys.height - canvas.most(_ROWS), "deploys")
    if report.window is not None:
        canvas.line(str(report.window), indent=7)


def _numbers(report: Report) -> dict[str, str]:
    """What the deploys are called, by their ids: 1, 2, ...; nothing where there is one."""
    ids = report.deploys["id"].to_list()
    return {name: str(number) if len(ids) > 1 else "" for number, name in enumerate(ids, start=1)}


def _deploy(deploy: Mapping[str, object]) -> str:
    name = "/".join(str(part) for part in (deploy["app"], deploy["stage"]) if part) or str(deploy["id"])
    tool = " ".join(str(part) for part in (deploy["tool"], deploy["tool_version"], deploy["command"]) if part)
    start, end = (_time(deploy[column]) for column in ("started_at", "ended_at"))
    when = "time unknown" if start == end == "" else f"{start or '?'} to {end or '?'}"
    parts = (name, tool, when, deploy["result"] or "result unknown")
    return ", ".join(str(part) for part in parts if part)


def _clock(clock: Mapping[str, object] | None) -> Iterator[str]:
    """What is to be said of where the deploy lies in the trail, and the other runs that fit."""
    if clock is None:
        return
    if clock["note"] is not None:
        yield str(clock["note"])
        return
    if clock["state"] in _STATES:
        yield _STATES[str(clock["state"])]
    if clock["state"] == "ambiguous" and isinstance(clock["rivals"], list):
        for run in clock["rivals"][:_FEW]:
            span = f"{_time(run['at']) or '?'} to {_time(run['until']) or '?'}"
            fit = "?" if run["matched"] is None else run["matched"]
            yield f"{span}, by {run['writer'] or 'an unknown writer'}: {fit} operations fit"
        if len(clock["rivals"]) > _FEW:
            yield f"and {len(clock['rivals']) - _FEW} more runs"


def _time(value: object) -> str:
    return "" if value is None else f"{value:%Y-%m-%d %H:%M:%SZ}"


def _table(canvas: Canvas, title: str, report: Report, wanted: pl.Expr) -> None:
    writes = report.writes.filter(wanted)
    if writes.is_empty():
        return
    canvas.line()
    canvas.line(title, "bold")
    columns = _columns(report, writes)
    rows = [
        [cell(write) for _, cell in columns]
        for write in writes.head(canvas.most(_ROWS)).iter_rows(named=True)
    ]
    headers = [header for header, _ in columns]
    canvas.table(headers, rows, whole=headers.index("KEY"))
    _more(canvas, writes.height - canvas.most(_ROWS), "writes")


def _columns(
    report: Report, writes: pl.DataFrame
) -> Sequence[tuple[str, Callable[[dict[str, object]], str]]]:
    """The headers and cells; a column that would say the same of all is left out."""
    numbers = _numbers(report)
    doubt = (writes["verdict"] == "unverifiable").all()
    columns: list[tuple[str, Callable[[dict[str, object]], str]]] = []
    if report.deploys.height > 1:
        columns.append(("DEPLOY", lambda write: numbers.get(str(write["deploy"]), "?")))
    columns.append(("VERDICT", lambda write: str(write["verdict"])))
    if not doubt:
        columns.append(("CONFIDENCE", lambda write: str(write["confidence"] or "unknown")))
    elif writes["leaning"].is_not_null().any():
        columns.append(("PROBABLY", lambda write: str(write["leaning"] or "unknown")))
    columns += [
        ("KEY", lambda write: str(write["key"] or "unknown")),
        ("RESOURCE", lambda write: short_name(write["name"])),
        ("CAUSE", lambda write: str(write["cause"] or "unknown").replace("_", " ")),
    ]
    if writes["status"].is_not_null().any():
        columns.append(("STATUS", _short_status))
    return columns


def _short_status(write: dict[str, object]) -> str:
    """The status without the call that changed it, which would make the table too wide: the story names it."""
    return status(write).partition(" (")[0] or "unknown"


def _findings(canvas: Canvas, report: Report, told: Sequence[str]) -> None:
    """The findings that no story has told, the first few of each rule."""
    shown = pl.col("write").is_in(told).fill_null(value=False) | pl.col("suppressed")
    others = report.findings.filter(~shown)
    if others.is_empty():
        return
    canvas.line()
    canvas.line("Other findings", "bold")
    for of_rule in others.partition_by("severity", "code", "baseline_state", maintain_order=True):
        _rule(canvas, of_rule)


def _rule(canvas: Canvas, findings: pl.DataFrame) -> None:
    """Findings of one rule: what each says, where, and the text to copy that removes the cause."""
    first = findings.row(0, named=True)
    canvas.line(label(first) + told_accepted(findings), STYLES.get(str(first["severity"]), ""))
    shown = findings.select("message", "source", "line", "help").head(canvas.most(_FEW))
    for message, source, line, to_copy in shown.iter_rows():
        canvas.line(str(message), indent=3)
        if line is not None:
            canvas.place(f"{source}:{line}", indent=3)
        if to_copy is not None:
            canvas.place(str(to_copy), indent=3)
    if findings.height > shown.height:
        canvas.line(f"... and {findings.height - shown.height} more; {WHOLE}", indent=3)


def _more(canvas: Canvas, left: int, what: str) -> None:
    if left > 0:
        canvas.line(f"... and {left} more {what}; {WHOLE}")
