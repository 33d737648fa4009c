"""Exports of log stores: newest record first, columns of other names, lines as bytes, and loggers that write logfmt."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from tests.effort import combinations
from tests.logs.recovered.logs import LOGS, problems, said

if TYPE_CHECKING:
    from collections.abc import Sequence

_FIRST = datetime(2025, 3, 21, 15, 40, tzinfo=UTC)


def _times(lines: Sequence[str]) -> list[datetime]:
    return [_FIRST + timedelta(milliseconds=400 * place) for place in range(len(lines))]


def _table(names: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)
    writer.writerows([names, *rows])
    return out.getvalue()


def _datadog(lines: Sequence[str]) -> str:
    rows = [[time.isoformat(), "ci-1", line] for time, line in zip(_times(lines), lines, strict=True)]
    return _table(["Date", "Host", "Message"], rows[::-1])


def _kibana(lines: Sequence[str]) -> str:
    rows = [
        [time.strftime("%b %d, %Y @ %H:%M:%S"), line] for time, line in zip(_times(lines), lines, strict=True)
    ]
    return _table(["@timestamp", "message"], rows[::-1])


def _loki(lines: Sequence[str]) -> str:
    rows = [
        json.dumps({"line": line, "timestamp": time.isoformat()})
        for time, line in zip(_times(lines), lines, strict=True)
    ]
    return "\n".join(rows[::-1])


def _one_time(lines: Sequence[str]) -> str:
    """A record holds several lines, in their order."""
    some = ["\n".join(lines[place : place + 5]) for place in range(0, len(lines), 5)]
    return json.dumps(
        [{"t": time.isoformat(), "m": text} for time, text in zip(_times(some), some, strict=True)][::-1]
    )


NEWEST_FIRST = {"datadog": _datadog, "kibana": _kibana, "loki": _loki, "several lines": _one_time}


@pytest.mark.parametrize(("form", "log"), combinations(NEWEST_FIRST, ["sst failed", "pulumi failed"], each=1))
def test_records_of_which_the_newest_stands_first_are_read_in_the_order_of_time(form: str, log: str) -> None:
    text = NEWEST_FIRST[form](LOGS[log].splitlines())
    assert said(text) == said(LOGS[log])
    assert any("newest" in problem for problem in problems(text))


@pytest.mark.parametrize(
    "names", [("_raw", "_time"), ("LogEntry", "TimeGenerated [UTC]"), ("log.payload", "received at")]
)
def test_a_column_is_known_by_the_last_word_of_its_name(names: tuple[str, str]) -> None:
    lines = LOGS["sst failed"].splitlines()
    rows = [[line, time.isoformat()] for time, line in zip(_times(lines), lines, strict=True)]
    assert said(_table(names, rows)) == said(LOGS["sst failed"])


def test_a_line_that_stands_as_bytes_is_a_line_as_the_others() -> None:
    lines = LOGS["sst failed"].splitlines()
    records = [{"MESSAGE": line if line.isascii() else list(f"\x1b[1m{line}".encode())} for line in lines]
    assert said("\n".join(map(json.dumps, records))) == said(LOGS["sst failed"])


@pytest.mark.parametrize(
    ("head", "log"),
    combinations(
        ["time={} level=INFO msg=", "ts={} caller=run.go:42 msg=", "level=info log="],
        ["sst failed", "pulumi failed"],
        each=1,
    ),
)
def test_what_a_program_logs_as_logfmt_is_the_text_of_the_deploy(head: str, log: str) -> None:
    lines = LOGS[log].splitlines()
    text = [
        head.format(time.isoformat()) + json.dumps(line, ensure_ascii=False)
        for time, line in zip(_times(lines), lines, strict=True)
    ]
    assert said("\n".join(text)) == said(LOGS[log])


def test_the_log_of_sst_is_no_wrapper_though_an_error_quotes_a_deploy() -> None:
    quoted = json.dumps("stdout: " + LOGS["pulumi failed"], ensure_ascii=False)
    lines = [f"time=2025-03-21T15:40:2{n}.000Z level=INFO msg=publishing type=x" for n in range(9)]
    lines.append(f'time=2025-03-21T15:40:29.000Z level=ERROR msg="stack run failed" error={quoted}')
    assert not any("logfmt" in problem for problem in problems("\n".join(lines)))


def _chunks(text: str, size: int) -> list[str]:
    return [text[place : place + size] for place in range(0, len(text), size)]


@pytest.mark.parametrize("log", ["sst failed", "pulumi failed", "tree failed"])
def test_a_recorded_terminal_is_read_though_its_events_end_anywhere(log: str) -> None:
    output = _chunks(LOGS[log].replace("\n", "\r\n"), 57)
    events = [json.dumps([place * 0.3, "o", text]) for place, text in enumerate(output)]
    cast = "\n".join([json.dumps({"version": 2, "width": 120, "height": 40}), *events])
    assert said(cast) == said(LOGS[log])


@pytest.mark.parametrize("log", ["sst failed", "pulumi failed"])
def test_a_line_that_docker_cut_goes_on_in_the_next_record_but_no_line_between_does(log: str) -> None:
    records = [
        json.dumps({"log": text, "stream": "stdout"})
        for line in LOGS[log].splitlines()
        for text in _chunks(f"{line}\n", 150)
    ]
    assert said("\n".join(records)) == said(LOGS[log])
    between = "\n".join(
        f"{record}\nnote" if place % 5 == 0 else record for place, record in enumerate(records[:3])
    )
    assert said(between + "\n" + "\n".join(records[3:])) == said(LOGS[log])
