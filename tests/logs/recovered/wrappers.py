"""Forms in which a log is stored or exported: each takes the lines of a log and gives the bytes of such a file."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

BEGAN = datetime(2026, 3, 4, 5, 6, 7, 250_000, UTC)


def at(number: int) -> datetime:
    """When line `number` was written."""
    return BEGAN + timedelta(milliseconds=1500 * number)


def iso(number: int, digits: str = "") -> str:
    """The same as RFC 3339, with more digits of a second."""
    return f"{at(number):%Y-%m-%dT%H:%M:%S.%f}{digits}Z"


def epoch(number: int, unit: int = 1000) -> int:
    """The same as a number since 1970, of so many in a second."""
    return round(at(number).timestamp() * 1000) * unit // 1000


def _lines(record: Callable[[int, str], Any], before: str = "") -> Callable[[Sequence[str]], str]:
    def wrap(lines: Sequence[str]) -> str:
        return "".join(
            before + json.dumps(record(n, line), ensure_ascii=n % 2 == 0) + "\n"
            for n, line in enumerate(lines)
        )

    return wrap


def _document(
    value: Callable[[Sequence[str]], Any], indent: int | None = None
) -> Callable[[Sequence[str]], str]:
    return lambda lines: json.dumps(value(lines), indent=indent, ensure_ascii=False) + "\n"


def _table(
    names: Sequence[str], row: Callable[[int, str], Sequence[object]], by: str = ","
) -> Callable[[Sequence[str]], str]:
    def wrap(lines: Sequence[str]) -> str:
        out = io.StringIO()
        writer = csv.writer(out, delimiter=by, lineterminator="\n")
        writer.writerow(names)
        writer.writerows(row(n, line) for n, line in enumerate(lines))
        return out.getvalue()

    return wrap


def _text(lines: Sequence[str]) -> str:
    return "\n".join(lines) + "\n"


def _chunks(lines: Sequence[str]) -> str:
    parts = [_text(lines[n : n + 4]) for n in range(0, len(lines), 4)]
    return _lines(lambda n, part: {"ts": epoch(n, 1) + 0.25, "chunk": part})(parts)


LINES: dict[str, Callable[[Sequence[str]], str]] = {
    "docker": _lines(lambda n, line: {"log": line + "\n", "stream": "stdout", "time": iso(n, "789")}),
    "zap": _lines(lambda n, line: {"level": "info", "ts": at(n).timestamp(), "caller": "run.go:81", "msg": line}),
    "serilog": _lines(lambda n, line: {"@t": iso(n, "1"), "@mt": "{Line}", "Line": line, "SourceContext": "Deploy"}),
    "datadog": _lines(lambda n, line: {"id": f"AQ{n}", "attributes": {"timestamp": iso(n), "message": line, "tags": ["env:live"]}}),
    "fluentd": _lines(lambda n, line: {"log": line, "kubernetes": {"pod_name": "run-1", "labels": {"app": "ci"}}, "@timestamp": iso(n)}),
    "logcli": _lines(lambda n, line: {"labels": {"job": "ci"}, "line": line, "timestamp": iso(n, "123")}),
    "journald": _lines(lambda n, line: {"MESSAGE": line, "_PID": "12", "__REALTIME_TIMESTAMP": str(epoch(n, 1_000_000))}),
    "google": _lines(lambda n, line: {"insertId": f"a{n}", "textPayload": line, "timestamp": iso(n, "000"), "severity": "INFO"}),
    "bunyan": _lines(lambda n, line: {"name": "ci", "hostname": "h", "pid": 3, "level": 30, "msg": line, "time": iso(n), "v": 0}),
    "nested": _lines(lambda n, line: {"timestamp": epoch(n), "message": json.dumps({"lvl": "info", "msg": line})}),
    "behind a clock": _lines(lambda n, line: {"t": iso(n), "msg": line}, before="2026-03-04 05:06:07 ci/run: "),
    "dotnet": _lines(lambda n, line: {"Timestamp": iso(n), "LogLevel": "Information", "State": {"Stdout": line, "{OriginalFormat}": "{Stdout}"}}),
    "prefixed": _lines(lambda n, line: {"log": f"{iso(n)} {line}\n", "stream": "stderr", "time": iso(n, "789")}),
    "chunks": _chunks,
    "whole": lambda lines: json.dumps({"status": 255, "time": iso(0), "output": _text(lines)}) + "\n",
}  # fmt: skip
"""A record a line."""

DOCUMENTS: dict[str, Callable[[Sequence[str]], str]] = {
    "cloudwatch": _document(
        lambda lines: {"events": [{"timestamp": epoch(n), "message": line, "ingestionTime": epoch(n) + 9} for n, line in enumerate(lines)], "nextForwardToken": "f/3"}, 4),
    "cloudwatch one line": _document(
        lambda lines: {"events": [{"logStreamName": "a/b", "timestamp": epoch(n), "message": line + "\n"} for n, line in enumerate(lines)]}),
    "insights": _document(
        lambda lines: {"results": [[{"field": "@timestamp", "value": iso(n).replace("T", " ")[:-4]}, {"field": "@message", "value": line}, {"field": "@ptr", "value": f"Cl{n}"}] for n, line in enumerate(lines)], "status": "Complete"}, 2),
    "loki": _document(
        lambda lines: {"status": "success", "data": {"resultType": "streams", "result": [{"stream": {"job": "ci"}, "values": [[str(epoch(n, 1_000_000_000)), line] for n, line in enumerate(lines)]}]}}),
    "array": _document(lambda lines: [{"ts": iso(n), "line": line} for n, line in enumerate(lines)], 2),
    "array of texts": _document(list, 1),
    "command error": lambda lines: "CommandError: " + json.dumps(
        {"commandResult": {"code": 255, "stdout": _text(lines), "stderr": ""}, "name": "CommandError"}, indent=2) + "\n",
    "pretty one by one": lambda lines: "".join(json.dumps({"ts": iso(n), "msg": line}, indent=1) + "\n" for n, line in enumerate(lines)),
}  # fmt: skip
"""One document, or several over many lines."""

TABLES: dict[str, Callable[[Sequence[str]], str]] = {
    "loki csv": _table(["Time", "Line"], lambda n, line: [epoch(n), line]),
    "insights csv": _table(["@timestamp", "@message", "@log"], lambda n, line: [iso(n).replace("T", " ")[:-4], line, "1:/ci"]),
    "tsv": _table(["time", "message"], lambda n, line: [iso(n), line], "\t"),
    "semicolons": _table(["id", "timestamp", "message"], lambda n, line: [n, iso(n), line], ";"),
}  # fmt: skip
"""A line of names, then a row a line."""

WRAPPERS = LINES | DOCUMENTS | TABLES
