"""Two deploys that print at once into one log are read apart: each has its own end and its own steps."""

from __future__ import annotations

from itertools import zip_longest

import polars as pl
import pytest

from analyzer.logs.read import LogScan, read_logs
from analyzer.sources.source import Source
from tests.effort import combinations
from tests.sweep.logs import LOGS

_CLOCK = "2026-03-09T22:58:42.085518Z "
_STREAMS = [
    ("infra: ", "web: "),
    ("[0] ", "[1] "),
    ("Step #1: ", "Step #2: "),
    ("[job-a] ", "[job-b] "),
    ("a:deploy: ", "b:deploy: "),
    (_CLOCK + "infra | ", _CLOCK + "web | "),
]
_PAIRS = [("sst", "sst failed"), ("rows failed", "rows"), ("tree", "sst failed"), ("diff failed", "tree")]


def mixed(one: str, other: str, streams: tuple[str, str]) -> str:
    """The lines of two logs by turns, each behind its prefix."""
    turns = zip_longest(one.splitlines(), other.splitlines())
    lines = (
        prefix + line
        for pair in turns
        for prefix, line in zip(streams, pair, strict=True)
        if line is not None
    )
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize(("streams", "pair"), combinations(_STREAMS, _PAIRS, each=1), ids=repr)
def test_each_has_its_own_result_and_steps(pair: tuple[str, str], streams: tuple[str, str]) -> None:
    one, other = (LOGS[name] for name in pair)
    source = Source("a.log", None, mixed(one, other, streams).encode())
    logs = read_logs([source])
    ends = ["failed" if "failed" in name else "succeeded" for name in pair]
    assert logs.deploys["result"].to_list() == ends
    assert "each was read apart" in logs.inputs["problems"].item().to_list()[0]
    events = pl.concat(LogScan([source]))
    for deploy, log in zip(logs.deploys["id"], (one, other), strict=True):
        alone = pl.concat(LogScan([Source("a.log", None, log.encode())]))
        assert _steps(events.filter(deploy=deploy)) == _steps(alone)
        first = events.filter(deploy=deploy)["line"].to_list()[0]
        began = mixed(one, other, streams).splitlines()[first - 1]
        assert began.startswith(streams[0 if log is one else 1])


def _steps(events: pl.DataFrame) -> list[tuple[object, ...]]:
    return (
        events.filter(pl.col("kind").is_in(["started", "done", "failed"]))
        .select("kind", "op", "type", "name", "error_code")
        .rows()
    )


def test_one_deploy_after_the_other_is_left_as_it_is() -> None:
    log = "".join(f"[{n}] {line}\n" for n in (0, 1) for line in LOGS["rows"].splitlines())
    logs = read_logs([Source("a.log", None, log.encode())])
    assert logs.deploys["result"].to_list() == ["succeeded", "succeeded"]
    assert logs.inputs["problems"].item().to_list() == []


def test_no_result_is_said_of_deploys_that_cannot_be_told_apart() -> None:
    log = mixed(LOGS["rows failed"], LOGS["rows"], ("infra: ", "web: ")).replace(
        "infra:  +", "infra/WARN:  +"
    )
    logs = read_logs([Source("a.log", None, log.encode())])
    assert logs.deploys["result"].to_list() == [None, None]
    assert logs.inputs["problems"].item().to_list() == [
        "several deploys print at once, behind `infra: ` and `web: `: split the log to have each judged"
    ]
