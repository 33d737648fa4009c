"""The writes as a JUnit report, which GitLab, Jenkins and others show as tests: a suite per deploy, a case per write.

A write that is not in place has failed; one whose operation failed or did not finish is an error; one that cannot be
judged is skipped, with the reason. Findings about no write are a suite of their own. Times are in UTC, as JUnit's have
no zone.
"""

from __future__ import annotations

import re
from io import BytesIO
from typing import TYPE_CHECKING, Final

import polars as pl
from junitparser import Attr, Error, Failure, IntAttr, JUnitXml, Skipped, TestCase, TestSuite

from analyzer.reports.answer import doubt
from analyzer.reports.clean import clean
from analyzer.reports.names import short_name
from analyzer.reports.told import to_copy

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from junitparser.junitparser import FinalResult

    from analyzer.reports.report import Report

NAME = "junit"

_RESULTS: Final[dict[str, Callable[[str, str], FinalResult]]] = {
    **dict.fromkeys(("lost", "mismatched", "dropped"), Failure),
    **dict.fromkeys(("errored", "unfinished"), Error),
}
_NO_XML: Final = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold (https://www.w3.org/TR/xml/#charsets); `clean` writes out most of it."""
_FETCHED: Final = re.compile(r"\[(?=\[[A-Za-z]+\|)")
"""`[[ATTACHMENT|FILE]]` and `[[PROPERTY|...]]`: Jenkins (JUnit Attachments) and GitLab look for them in any output of a
case, and would show a file of the job that a name chose."""


class Case(TestCase):
    """A case that says where to look, as GitLab and pytest name it."""

    file = Attr()
    line = IntAttr()


def render(report: Report, *, width: int, color: bool) -> str:  # noqa: ARG001 - XML has neither
    """An XML document; the elements are indented."""
    root = JUnitXml("lostwrite")
    findings = _by_write(report.findings)
    evidence = _by_write(report.evidence.sort("order", maintain_order=True))
    deploys = {row["id"]: row for row in report.deploys.iter_rows(named=True)}
    for writes in report.writes.partition_by("deploy", maintain_order=True):
        rows = writes.to_dicts()
        deploy = deploys.get(rows[0]["deploy"], {})
        if (
            report.window is not None and deploy.get("started_at") is None
        ):  # its times are a person's, not the log's
            rows = [row | {"start": None, "end": None} for row in rows]
        cases = [_case(row, findings.get(row["id"], []), evidence.get(row["id"], [])) for row in rows]
        root.add_testsuite(_suite(_name(deploy), cases, deploy.get("started_at")))
    others = report.findings.filter(pl.col("write").is_null()).to_dicts()
    if others:
        root.add_testsuite(_suite("findings about no single write", [_of_finding(row) for row in others]))
    root.update_statistics()  # type: ignore[no-untyped-call]
    file = BytesIO()
    root.write(file, pretty=True)
    return file.getvalue().decode()


def _by_write(table: pl.DataFrame) -> dict[str, list[dict[str, object]]]:
    parts = table.drop_nulls("write").partition_by("write", as_dict=True, maintain_order=True)
    return {str(write): part.to_dicts() for (write,), part in parts.items()}


def _suite(name: str, cases: Sequence[Case], at: datetime | None = None) -> TestSuite:
    suite = TestSuite(_text(name))
    if at is not None:
        suite.timestamp = f"{at:%Y-%m-%dT%H:%M:%S}"
    suite.add_testcases([*cases])
    return suite


def _name(deploy: Mapping[str, object]) -> str:
    """With the id, for two deploys of a stage are two suites."""
    stack = "/".join(str(deploy[part]) for part in ("app", "stage") if deploy.get(part))
    name = str(deploy.get("id") or "unknown deploy")
    return f"{stack} ({name})" if stack else name


def _case(
    write: Mapping[str, object],
    findings: Sequence[Mapping[str, object]],
    evidence: Sequence[Mapping[str, object]],
) -> Case:
    what = " ".join(
        str(part) for part in (write["action"], write["key"] or "unknown key", write["entry"]) if part
    )
    case = Case(_text(what), _text(short_name(write["name"])), _seconds(write["start"], write["end"]))
    _locate(case, write)
    told = [_finding(finding) for finding in findings]
    proofs = [_proof(row) for row in evidence if row["detail"] is not None]
    result = _result(write, findings)
    if result is not None:
        result.text = "\n".join([*told, *proofs, *_mend(write)])
        case.result = [result]
    elif told:
        case.system_out = "\n".join(told)
    return case


def _result(write: Mapping[str, object], findings: Sequence[Mapping[str, object]]) -> FinalResult | None:
    """None where the write is in place."""
    verdict, cause = str(write["verdict"]), str(write["cause"] or "")
    if verdict == "landed":
        return None
    if verdict not in _RESULTS:
        likely = f" (probably {write['leaning']})" if write["leaning"] else ""
        grave = any(finding["severity"] == "error" and not _waived(finding) for finding in findings)
        return (Failure if grave else Skipped)(f"cannot be judged{likely}: {doubt(cause)}", cause)
    if findings and (waived := _waived(findings[0])) and all(map(_waived, findings)):
        return Skipped(_text(waived), verdict)
    later = write["status"] not in (None, "open")
    status = f", {write['status']}".replace("_", " ") if later else ""
    because = f": {cause}".replace("_", " ") if cause else ""
    return _RESULTS[verdict](f"{verdict} ({write['confidence']}{status}){because}", verdict)


def _waived(finding: Mapping[str, object]) -> str:
    """Why the finding does not count; empty where it does."""
    if finding["suppressed"]:
        return f"suppressed: {finding['suppression'] or 'no reason given'}"
    return "known: the baseline has it" if finding["baseline_state"] == "unchanged" else ""


def _of_finding(finding: Mapping[str, object]) -> Case:
    """Of its severity: an error has failed, a warning is skipped, a note has passed."""
    case = Case(_text(f"{finding['message']}"), f"{finding['code']} {finding['name']}")
    _locate(case, finding)
    waived = _waived(finding)
    if waived:
        case.result = [Skipped(_text(waived), str(finding["code"]))]
    elif finding["severity"] == "note":
        case.system_out = _finding(finding)
    else:
        kind = Failure if finding["severity"] == "error" else Skipped
        result = kind(_text(str(finding["message"])), str(finding["code"]))
        result.text = _finding(finding)
        case.result = [result]
    return case


def _locate(case: Case, row: Mapping[str, object]) -> None:
    if row["source"] is not None:
        case.file = _text(str(row["source"]))
    if isinstance(row["line"], int):
        case.line = row["line"]


def _finding(finding: Mapping[str, object]) -> str:
    return _text(
        f"{finding['severity']} {finding['code']} {finding['name']}: {finding['message']}{to_copy(finding)}"
    )


def _proof(row: Mapping[str, object]) -> str:
    at = "" if row["at"] is None else f"{row['at']:%Y-%m-%d %H:%M:%SZ} "
    where = f" ({row['source']})" if row["source"] else ""
    return _text(f"{row['kind']}: {at}{row['detail']}{where}")


def _mend(write: Mapping[str, object]) -> list[str]:
    if write["remedy"] is not None:
        return ["The text, Markdown and JSON reports have the command that puts it right."]
    return (
        [] if write["remedy_note"] is None else [_text(f"No command puts it right: {write['remedy_note']}")]
    )


def _seconds(start: object, end: object) -> float | None:
    return None if start is None or end is None else (end - start).total_seconds()  # type: ignore[operator]


def _text(text: str) -> str:
    return _FETCHED.sub(r"\\x5b", _NO_XML.sub("", clean(text)))
