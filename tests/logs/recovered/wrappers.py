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


def spaced(number: int) -> str:
    """The same as CloudWatch Insights writes it, without a zone."""
    return iso(number).replace("T", " ")[:-4]


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
    "zap": _lines(
        lambda n, line: {"level": "info", "ts": at(n).timestamp(), "caller": "a.go:8", "msg": line}
    ),
    "serilog": _lines(lambda n, line: {"@t": iso(n, "1"), "@mt": "{Line}", "Line": line, "Source": "Deploy"}),
    "datadog": _lines(lambda n, line: {"id": f"A{n}", "attributes": {"timestamp": iso(n), "message": line}}),
    "fluentd": _lines(
        lambda n, line: {"log": line, "kubernetes": {"pod_name": "run-1"}, "@timestamp": iso(n)}
    ),
    "logcli": _lines(lambda n, line: {"labels": {"job": "ci"}, "line": line, "timestamp": iso(n, "123")}),
    "journald": _lines(lambda n, line: {"MESSAGE": line, "__REALTIME_TIMESTAMP": str(epoch(n, 1_000_000))}),
    "google": _lines(lambda n, line: {"insertId": f"a{n}", "textPayload": line, "timestamp": iso(n, "000")}),
    "bunyan": _lines(
        lambda n, line: {"name": "ci", "pid": 3, "level": 30, "msg": line, "time": iso(n), "v": 0}
    ),
    "nested": _lines(
        lambda n, line: {"timestamp": epoch(n), "message": json.dumps({"l": "info", "m": line})}
    ),
    "behind a clock": _lines(
        lambda n, line: {"t": iso(n), "msg": line}, before="2026-03-04 05:06:07 ci/run: "
    ),
    "dotnet": _lines(
        lambda n, line: {"Timestamp": iso(n), "State": {"Stdout": line, "{Format}": "{Stdout}"}}
    ),
    "prefixed": _lines(
        lambda n, line: {"log": f"{iso(n)} {line}\n", "stream": "stderr", "time": iso(n, "789")}
    ),
    "chunks": _chunks,
    "whole": lambda lines: json.dumps({"status": 255, "time": iso(0), "output": _text(lines)}) + "\n",
}
"""A record a line."""


def _cloudwatch(lines: Sequence[str]) -> dict[str, Any]:
    events = [
        {"timestamp": epoch(n), "message": line, "ingestionTime": epoch(n)} for n, line in enumerate(lines)
    ]
    return {"events": events, "nextForwardToken": "f/3"}


def _insights(lines: Sequence[str]) -> dict[str, Any]:
    def row(n: int, line: str) -> list[dict[str, str]]:
        fields = {"@timestamp": spaced(n), "@message": line, "@ptr": f"Cl{n}"}
        return [{"field": name, "value": value} for name, value in fields.items()]

    return {"results": [row(n, line) for n, line in enumerate(lines)], "status": "Complete"}


def _loki(lines: Sequence[str]) -> dict[str, Any]:
    values = [[str(epoch(n, 1_000_000_000)), line] for n, line in enumerate(lines)]
    return {"status": "success", "data": {"result": [{"stream": {"job": "ci"}, "values": values}]}}


def _command_error(lines: Sequence[str]) -> str:
    error = {"commandResult": {"code": 255, "stdout": _text(lines), "stderr": ""}, "name": "CommandError"}
    return "CommandError: " + json.dumps(error, indent=2) + "\n"


def _one_by_one(lines: Sequence[str]) -> str:
    return "".join(json.dumps({"ts": iso(n), "msg": line}, indent=1) + "\n" for n, line in enumerate(lines))


DOCUMENTS: dict[str, Callable[[Sequence[str]], str]] = {
    "cloudwatch": _document(_cloudwatch, 4),
    "cloudwatch on one line": _document(_cloudwatch),
    "insights": _document(_insights, 2),
    "loki": _document(_loki),
    "array": _document(lambda lines: [{"ts": iso(n), "line": line} for n, line in enumerate(lines)], 2),
    "array of texts": _document(list, 1),
    "command error": _command_error,
    "pretty one by one": _one_by_one,
}
"""One document, or several over many lines."""

TABLES: dict[str, Callable[[Sequence[str]], str]] = {
    "loki csv": _table(["Time", "Line"], lambda n, line: [epoch(n), line]),
    "insights csv": _table(["@timestamp", "@message", "@log"], lambda n, line: [spaced(n), line, "1:/ci"]),
    "tsv": _table(["time", "message"], lambda n, line: [iso(n), line], "\t"),
    "semicolons": _table(["id", "timestamp", "message"], lambda n, line: [n, iso(n), line], ";"),
}
"""A line of names, then a row a line."""

WRAPPERS = LINES | DOCUMENTS | TABLES
