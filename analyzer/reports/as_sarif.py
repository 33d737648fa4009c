"""The findings as SARIF 2.1.0, which GitHub's code scanning and editors read.

Source: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html, by section below; what GitHub reads of it:
https://docs.github.com/en/code-security/reference/code-scanning/sarif-files/sarif-support.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

import msgspec

from analyzer.reports.clean import clean, json_safe
from analyzer.reports.told import OF_WRITE, placed, to_copy, told
from analyzer.rules.page import markdown, page, sections, summary, url
from analyzer.rules.registry import rules
from analyzer.sources.s3.address import SCHEME, is_s3
from analyzer.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from analyzer.reports.report import Report
    from analyzer.rules.interface import Rule

NAME = "sarif"

MOST: Final = 25_000  # results of a run: GitHub refuses a file that has more
_ROOT: Final = "%SRCROOT%"
_EXITS: Final = {
    0: "no finding at or above --fail-on",
    1: "a finding at or above --fail-on",
    3: "an input is missing or could not be used",
}
_LINK: Final = re.compile(r"\]\(")
_PLACEHOLDER: Final = re.compile(r"\{\d+\}")

Json = dict[str, Any]


def render(report: Report, *, width: int, color: bool) -> str:  # noqa: ARG001 - JSON has neither
    """A log with one run: a result per finding, and the rules that these are of."""
    findings = placed(told(report), report).to_dicts()
    fired = {finding["code"] for finding in findings}
    used = [known for known in rules() if known.CODE in fired]
    places = {known.CODE: number for number, known in enumerate(used)}
    run = {
        "tool": {"driver": _driver(used)},
        "invocations": [_invocation(report, len(findings))],
        "originalUriBaseIds": {
            _ROOT: {"description": {"text": "The repository, or the folder in which lostwrite ran."}}
        },
        "results": [_result(finding, places[finding["code"]]) for finding in findings[:MOST]],
    }
    log = {
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [run],
    }
    return json_safe(msgspec.json.format(msgspec.json.encode(log), indent=2).decode()) + "\n"


def _driver(used: Sequence[Rule]) -> Json:
    return {
        "name": "lostwrite",
        "version": VERSION,
        "semanticVersion": VERSION,
        "informationUri": "https://github.com/lostwrite/lostwrite",
        "rules": [_rule(known) for known in used],
    }


def _rule(known: Rule) -> Json:
    return {
        "id": known.CODE,
        "name": known.NAME,
        "shortDescription": {"text": _sentence(summary(known))},
        "fullDescription": {"text": " ".join(sections(known)["What it does"].split())},
        "helpUri": url(known),
        "help": {"text": page(known), "markdown": markdown(known)},
        "defaultConfiguration": {"level": known.SEVERITY},
        "properties": {"problem.severity": _problem(known.SEVERITY), "tags": ["deploy", "key-value-store"]},
    }


def _problem(severity: str) -> str:
    """GitHub's word for a severity."""
    return "recommendation" if severity == "note" else severity


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."


def _result(finding: Mapping[str, Any], place: int) -> Json:
    result: Json = {
        "ruleId": finding["code"],
        "ruleIndex": place,
        "kind": "fail",
        "level": finding["severity"],
        "message": {"text": message(f"{finding['message']}{to_copy(finding)}")},
        "locations": [_location(finding)],
        "partialFingerprints": _fingerprints(str(finding["fingerprint"])),
        "suppressions": _suppressions(finding),
        "properties": _properties(finding),
    }
    if finding["baseline_state"] is not None:
        result["baselineState"] = finding["baseline_state"]
    return result


def message(text: str) -> str:
    r"""`text` as a plain text message: brackets of a link, and placeholders, are escaped (3.11.5, 3.11.6)."""
    seen = clean(text)
    if _LINK.search(seen):
        seen = seen.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")
    return seen.replace("{", "{{").replace("}", "}}") if _PLACEHOLDER.search(seen) else seen


def _location(finding: Mapping[str, Any]) -> Json:
    """Where to look. A finding without a place of its own gets the log of its deploy: GitHub refuses one without."""
    source = finding["source"]
    location: Json = {}
    if source is not None:
        location["physicalLocation"] = {"artifactLocation": artifact(str(source))}
        if finding["exact"] and finding["line"] is not None:
            location["physicalLocation"]["region"] = {"startLine": finding["line"]}
        if not finding["exact"]:
            location["message"] = {
                "text": "The finding has no place of its own; this is the log of the deploy."
            }
    names = [("resource", finding["resource"]), ("key", finding["key"]), ("store", finding["store"])]
    logical = [{"kind": kind, "fullyQualifiedName": clean(str(name))} for kind, name in names if name]
    return location | ({"logicalLocations": logical} if logical else {})


def artifact(source: str) -> Json:
    """The file: relative to the folder in which the program ran, or absolute (3.4)."""
    path = "stdin" if source == "-" else source
    encoded = quote(path.encode("utf-8", "replace"), safe="/-._~!$&'()*+,;=@")
    if is_s3(path):
        return {"uri": f"{SCHEME}{encoded.partition('//')[2]}"}
    if path.startswith("/"):
        return {"uri": f"file://{encoded}"}
    return {"uri": encoded.removeprefix("./"), "uriBaseId": _ROOT}


def _fingerprints(fingerprint: str) -> Json:
    """Two names for one: GitHub looks at the second alone, and would hash the log's line for it, which has times."""
    return {"lostwrite/v1": fingerprint, "primaryLocationLineHash": f"{fingerprint}:1"}


def _suppressions(finding: Mapping[str, Any]) -> list[Json]:
    """None where the finding counts. Where one result has the member, each must have it (3.27.23)."""
    if not finding["suppressed"]:
        return []
    reason = finding["suppression"]
    return [{"kind": "external"} | ({"justification": clean(reason)} if reason else {})]


def _properties(finding: Mapping[str, Any]) -> Json:
    names = ("confidence", "deploy", "app", "stage", "write", "store", *OF_WRITE)
    return {name: finding[name] for name in names if finding[name] is not None}


def _invocation(report: Report, findings: int) -> Json:
    notes = [_notification("error", word, why) for word, why in report.unread]
    problems = report.inputs.explode("problems").drop_nulls("problems").select("source", "problems")
    unread = {word for word, _ in report.unread}
    notes += [_notification("warning", *row) for row in problems.iter_rows() if row[0] not in unread]
    if findings > MOST:
        text = f"{findings - MOST} more findings are left out: GitHub refuses more than {MOST} results."
        notes.append({"level": "warning", "message": {"text": text}})
    return {
        "exitCode": report.exit_code,
        "exitCodeDescription": _EXITS.get(report.exit_code, ""),
        "executionSuccessful": not report.unread,
        "toolExecutionNotifications": notes,
    }


def _notification(level: str, source: str, reason: str) -> Json:
    return {
        "level": level,
        "message": {"text": message(f"{source}: {reason}")},
        "locations": [{"physicalLocation": {"artifactLocation": artifact(source)}}],
    }
