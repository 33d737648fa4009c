"""What a log says of its deploys, and whether the same log behind a prefix says the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

import polars as pl

from analyzer.logs.read import LogScan, read_logs
from analyzer.prefixes.search import search
from analyzer.sources.source import Source

if TYPE_CHECKING:
    from collections.abc import Sequence

_SILENT = {"noise", "unrecognised"}
Outcome = Literal["same", "refused", "differs", "failure lost"]


class Said(NamedTuple):
    """The deploys (tool, app, stage, command, result), the failed resources, and the steps of key-value resources."""

    deploys: list[tuple[object, ...]]
    failed: list[tuple[object, ...]]
    steps: list[tuple[object, ...]]
    problems: Sequence[str]

    @property
    def has_failed(self) -> bool:
        """Whether a deploy or a resource failed."""
        return bool(self.failed) or any(deploy[-1] == "failed" for deploy in self.deploys)


def said(log: str) -> Said:
    """What `log` says."""
    source = Source("log", None, log.encode())
    logs = read_logs([source])
    events = pl.concat([pl.DataFrame(schema=logs.events.schema), *LogScan([source])])
    failed = events.filter(pl.col("kind") == "failed").select("name", "outcome").unique()
    kept = events.filter(
        pl.col("kind").is_in(["started", "done", "failed"]) & pl.col("name").str.contains("Kv|Routes")
    )
    names = ["tool", "app", "stage", "command", "result"]
    return Said(
        sorted(logs.deploys.select(names).rows(), key=repr),
        sorted(failed.rows(), key=repr),
        kept.select("kind", "op", "type", "name", "outcome", "error_code", "request_id").rows(),
        [problem for problems in logs.inputs["problems"] for problem in problems],
    )


def judged(bare: Said, behind: Said) -> Outcome:
    """How `behind`, what the log says behind a prefix, compares with what it says without."""
    if bare[:3] == behind[:3]:
        return "same"
    if any(
        "not known as a prefix" in problem or "not a deploy log" in problem for problem in behind.problems
    ):
        return "refused"
    lost = bare.has_failed and (not behind.has_failed or not set(bare.failed) <= set(behind.failed))
    return "failure lost" if lost else "differs"


def invented(text: str) -> list[str]:
    """What is read of `text`, which holds no deploy: deploys, events, and a log that is not refused (exit 3)."""
    source = Source("log", None, text.encode())
    logs = read_logs([source])
    events = (batch["kind"].unique().to_list() for batch in LogScan([source]))
    kinds = {str(kind) for batch in events for kind in batch} - _SILENT
    refused = logs.inputs["kind"].item() in ("unknown", "unusable")
    return [*sorted(kinds), *["a deploy"] * logs.deploys.height, *([] if refused else ["not refused"])]


def is_believed(text: str) -> bool:
    """Whether a prefix is inferred before the lines of `text`."""
    lines = pl.Series("line", text.split("\n")).str.strip_chars_end(" \t\r")
    return search([lines]).prefixes is not None
