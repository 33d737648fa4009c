"""The report as Markdown, for the summary of a CI job or a comment: the answer first, then what to do, then the rest.

It has at most 65,536 characters, which is what a comment on GitHub may have; a summary may have more
(docs.github.com, "Workflow commands": 1 MiB for a step). What is left out is said.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.reports.answer import NOT_IN_PLACE, answer
from analyzer.reports.bounded import Part, fitted
from analyzer.reports.markdown_doubts import doubt_parts
from analyzer.reports.markdown_stories import story_parts
from analyzer.reports.markup import code, prose, table
from analyzer.reports.names import short_name
from analyzer.reports.reading import reading
from analyzer.rules.page import url
from analyzer.rules.registry import rule
from analyzer.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from analyzer.reports.report import Report

NAME = "markdown"

MOST: Final = 65_536  # characters
_CLOSING: Final = 1000  # characters of the last lines
_FEW: Final = 5


def render(report: Report, *, width: int, color: bool) -> str:  # noqa: ARG001 - Markdown has neither
    """The page. Where it is too long, its end is kept: what was not read, and the inputs."""
    head = f"## lostwrite: {answer(report)}\n"
    end = fitted(_ending(report), MOST // 4)
    body = fitted(_body(report), MOST - len(head) - len(end.text) - _CLOSING)
    return f"{head}{body.text}{end.text}{_last(report, [*body.missing, *end.missing])}"


def _body(report: Report) -> Iterator[Part]:
    yield Part("deploys", list(_deploys(report)), "\n", most=20)
    bad = report.writes.filter(pl.col("verdict").is_in(NOT_IN_PLACE))
    yield Part("writes", *_table("Not in place", report, bad))
    yield from story_parts(report, bad)
    yield from doubt_parts(report)
    counted = report.findings.filter(~pl.col("suppressed"))
    yield Part("findings", [_finding(row) for row in counted.iter_rows(named=True)], "\n### Findings\n\n")


def _deploys(report: Report) -> Iterator[str]:
    notes = dict(report.alignments.select("deploy", "note").iter_rows())
    for number, deploy in enumerate(report.deploys.iter_rows(named=True), start=1):
        head = f"Deploy {number}" if report.deploys.height > 1 else "Deploy"
        note = notes.get(deploy["id"])
        yield f"- {head} {_deploy(deploy)}{f'. {prose(note)}' if note else ''}"
    if report.window is not None:
        yield f"- The {prose(report.window)}"


def _deploy(deploy: Mapping[str, object]) -> str:
    name = "/".join(str(part) for part in (deploy["app"], deploy["stage"]) if part) or deploy["id"]
    tool = " ".join(str(part) for part in (deploy["tool"], deploy["tool_version"], deploy["command"]) if part)
    start, end = (_time(deploy[column]) for column in ("started_at", "ended_at"))
    when = f"{start or '?'} to {end or '?'}" if start or end else "time unknown"
    told = ", ".join(prose(part) for part in (tool, when, deploy["result"] or "result unknown") if part)
    logs = deploy["sources"] if isinstance(deploy["sources"], list) else []
    return f"{code(name)}: {told}; {', '.join(map(code, logs[:_FEW]))}{', …' if len(logs) > _FEW else ''}"


def _table(title: str, report: Report, writes: pl.DataFrame) -> tuple[list[str], str]:
    """The rows of the writes, and what stands above them."""
    numbers = {name: str(number) for number, name in enumerate(report.deploys["id"], start=1)}
    several = report.deploys.height > 1
    headers = [
        *(["deploy"] if several else []),
        "verdict",
        "confidence",
        "key",
        "resource",
        "cause",
        "status",
    ]
    rows = [
        [
            *([numbers.get(str(write["deploy"]), "?")] if several else []),
            str(write["verdict"]),
            str(write["confidence"] or "unknown"),
            code(write["key"] or "unknown"),
            code(short_name(write["name"])),
            prose(str(write["cause"] or "unknown").replace("_", " ")),
            prose(str(write["status"] or "unknown").replace("_", " ")),
        ]
        for write in writes.iter_rows(named=True)
    ]
    lines = table(headers, rows)
    return lines[2:], f"\n### {title}\n\n{lines[0]}\n{lines[1]}\n"


def _finding(finding: Mapping[str, object]) -> str:
    known = rule(str(finding["code"]))
    named = f"{finding['code']} {finding['name']}"
    link = named if known is None else f"[{named}]({url(known)})"
    known_before = " (known: the baseline has it)" if finding["baseline_state"] == "unchanged" else ""
    place = "" if finding["source"] is None else str(finding["source"])
    place += "" if finding["line"] is None else f":{finding['line']}"
    where = f" {code(place)}" if place else ""
    text = f"- **{finding['severity']}** {link}{known_before}: {prose(finding['message'])}{where}"
    return f"{text}. To copy: {code(finding['help'])}" if finding["help"] else text


def _ending(report: Report) -> Iterator[Part]:
    problems = report.inputs.explode("problems").drop_nulls("problems").select("source", "problems")
    told = dict.fromkeys([*report.unread, *problems.iter_rows()])
    yield Part(
        "problems",
        [f"- {code(source)}: {prose(problem)}" for source, problem in told],
        "\n### Not read, or read only in part\n\n",
        most=20,
    )
    lines = table(
        ["input", "kind", "lines or records", "not understood"],
        [
            [
                code(row["source"]),
                prose(row["kind"]),
                _number(row["lines"], row["records"]),
                _number(row["unrecognised"], row["undecodable"]),
            ]
            for row in report.inputs.iter_rows(named=True)
        ],
    )
    opening = f"\n<details><summary>Inputs</summary>\n\n{lines[0]}\n{lines[1]}\n"
    yield Part("inputs", lines[2:], opening, "\n</details>\n", most=50)


def _number(lines: object, records: object) -> str:
    return next((str(number) for number in (lines, records) if number is not None), "")


def _last(report: Report, missing: list[str]) -> str:
    lines = []
    if missing:
        lines.append(f"Left out: {', '.join(missing)}; the JSON report has all.")
    suppressed = int(report.findings["suppressed"].sum())
    if suppressed:
        lines.append(f"{suppressed} {'finding is' if suppressed == 1 else 'findings are'} suppressed.")
    read = " ".join(reading(report.inputs))
    lines.append(f"{read} lostwrite {VERSION}, exit code {report.exit_code}.".lstrip())
    return "".join(f"\n{line}\n" for line in lines)


def _time(value: object) -> str:
    return "" if value is None else f"{value:%Y-%m-%d %H:%M:%SZ}"
