"""The findings as workflow commands, which GitHub shows as annotations of the job, and of the log's line in a diff.

Bounded as GitHub is: a step shows 10 errors, 10 warnings and 10 notices. Escaped as its toolkit does
(actions/toolkit, packages/core/src/command.ts), so that a value can neither end a command nor begin one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.reports.answer import answer
from analyzer.reports.clean import clean
from analyzer.reports.told import to_copy

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from analyzer.reports.report import Report

NAME = "github"

MOST: Final = 10  # of a kind, which a step shows (docs.github.com, "Usage limits for workflow annotations")
_LONGEST: Final = (
    4000  # characters; the runner cuts a message at 4,096 (src/Runner.Worker/ExecutionContext.cs)
)
_KINDS: Final = {"error": "error", "warning": "warning", "note": "notice"}
_UNREAD: Final = "lostwrite could not use an input"


def render(report: Report, *, width: int, color: bool) -> str:  # noqa: ARG001 - commands have neither
    """The answer, a command per finding, and what is not shown. Suppressed findings are counted alone."""
    return "".join(f"{line}\n" for line in _lines(report))


def _lines(report: Report) -> Iterator[str]:
    yield answer(report)
    counted = report.findings.filter(~pl.col("suppressed"))
    commands = {kind: _commands(counted, severity, kind) for severity, kind in _KINDS.items()}
    commands["error"] = [
        *(command("error", f"{word}: {why}", title=_UNREAD) for word, why in report.unread),
        *commands["error"],
    ]
    left = []
    for kind, lines in commands.items():
        room = MOST - 1 if kind == "notice" else MOST  # the last notice says what is left
        yield from lines[:room]
        if len(lines) > room:
            left.append(_counted(len(lines) - room, f"more {kind}"))
    if left:
        told = f"Not shown: {', '.join(left)}. A step shows {MOST} of a kind; the JSON report has all."
        yield command("notice", told, title="lostwrite")
    if counted.height < report.findings.height:
        yield f"{_counted(report.findings.height - counted.height, 'finding')} suppressed, and not shown here."


def _commands(findings: pl.DataFrame, severity: str, kind: str) -> list[str]:
    """Those of a severity. What the baseline has does not count, and is a notice."""
    known = (pl.col("baseline_state") == "unchanged").fill_null(value=False)
    shown = pl.when(known).then(pl.lit("note")).otherwise("severity")
    return [_finding(kind, row) for row in findings.filter(shown == severity).iter_rows(named=True)]


def _finding(kind: str, finding: Mapping[str, object]) -> str:
    code = finding["code"]
    known = " (known: the baseline has it)" if finding["baseline_state"] == "unchanged" else ""
    return command(
        kind,
        f"{finding['message']}{to_copy(finding)}\nMore: lostwrite explain {code}",
        file=None if finding["source"] == "-" else finding["source"],
        line=finding["line"],
        title=f"{code} {finding['name']}{known}",
    )


def command(kind: str, message: str, **properties: object) -> str:
    """One command on one line; properties that are None are left out. Line feeds in `message` are kept."""
    given = ",".join(f"{name}={_property(value)}" for name, value in properties.items() if value is not None)
    text = "\n".join(clean(line) for line in message.split("\n"))
    if len(text) > _LONGEST:
        text = text[:_LONGEST] + "…"
    return f"::{kind} {given}::{_data(text)}"


def _property(value: object) -> str:
    return _data(clean(str(value))).replace(":", "%3A").replace(",", "%2C")


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _counted(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"
