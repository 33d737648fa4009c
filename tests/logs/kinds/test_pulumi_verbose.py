"""The verbose log: records of glog and slog, the lines that go on with one, and no value of an input."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import polars as pl
import pytest

from analyzer.logs.kinds import pulumi_verbose
from analyzer.sources.input_stats import InputStats
from analyzer.sources.source import Source
from analyzer.tables import EVENTS

GLOG = (
    "Log file created at: 2025/03/20 12:00:00\n"
    "I0320 12:00:01.123456   77123 provider_plugin.go:512] Provider call {password: hunter2}\n"
    "I0320 12:00:01.123456   77123 rpc.go:74] props: hunter2\n"
    "hunter2\n"
    "E0320 12:00:02.123456   77123 d.go:5] AccessDenied: User: arn is not authorized\n"
    "\tstatus code: 403, request id: 0e7f5c1a-12ab-4c3d-9e8f-001122334455\n"
    " +  aws:s3:Bucket x creating (0s)\n"
    "npm notice\n"
)
SLOG = (
    '{"time":"2026-03-20T13:00:01.5+01:00","level":"DEBUG-4","msg":"props {hunter2}","v":9,"x":"hunter2"}\n'
    '{"time":"2026-03-20T12:00:01.123456789Z","level":"WARN","msg":"a \\"quoted\\" word","v":1}\n'
    '{"time":"2026-03-20T12:00:02Z","level":"WHAT","msg":"hunter2"}\n'
)


def read(log: str, batch_bytes: int = 1 << 22) -> tuple[list[dict[str, Any]], InputStats]:
    stats = InputStats("log")
    frames = pulumi_verbose.read(Source("log", None, log.encode()), stats, batch_bytes=batch_bytes)
    table = pl.concat([pl.DataFrame(schema=EVENTS), *frames])
    assert stats.lines == (stats.recognised or 0) + (stats.noise or 0) + (stats.unrecognised or 0)
    assert "hunter2" not in repr(table.filter(pl.col("kind") != "unrecognised").to_dicts())
    return table.to_dicts(), stats


def test_records_of_glog_and_what_stands_between_them() -> None:
    rows, stats = read(GLOG)
    said = [(row["line"], row["kind"], row["severity"], row["at"]) for row in rows]
    assert said == [
        (1, "noise", None, None),
        (2, "diagnostic", "info", None),
        (3, "diagnostic", "info", None),
        (5, "diagnostic", "error", None),
        (7, "started", None, None),
        (8, "noise", None, None),
    ]
    assert rows[1]["message"] == "Provider call"
    assert rows[3]["message"].endswith("status code: 403, request id: 0e7f5c1a-12ab-4c3d-9e8f-001122334455")
    assert (stats.recognised, stats.noise, stats.unrecognised) == (6, 2, 0)


def test_records_of_slog_have_times() -> None:
    rows, stats = read(
        "hello\n" + SLOG.splitlines(keepends=True)[2] + "".join(SLOG.splitlines(keepends=True)[:2])
    )
    assert [row["kind"] for row in rows] == ["noise", "unrecognised", "diagnostic", "diagnostic"]
    assert [(row["severity"], row["at"], row["message"]) for row in rows[2:]] == [
        ("debug", datetime(2026, 3, 20, 12, 0, 1, 500_000, UTC), "props"),
        ("warning", datetime(2026, 3, 20, 12, 0, 1, 123_456, UTC), 'a "quoted" word'),
    ]
    assert stats.unrecognised == 1


@pytest.mark.parametrize("size", [60, 200, 500])
def test_batches_hold_together(size: int) -> None:
    assert read(GLOG, size)[0] == read(GLOG)[0]
