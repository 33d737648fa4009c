"""No damage turns a deploy that failed into one that succeeded, and none hides that it failed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from analyzer.logs.read import read_logs
from analyzer.sources.source import Source
from tests.effort import combinations
from tests.logs.recovered.damages import CUT, DAMAGES, OF_BLANKS, each
from tests.logs.recovered.logs import LOGS
from tests.sweep.logs import LOGS as OTHERS

if TYPE_CHECKING:
    from collections.abc import Callable


def _tabbed(stop: int) -> Callable[[str], str]:
    """Blanks up to a tab stop as a tab, as editors and `unexpand -a` write them."""

    def tabbed(line: str) -> str:
        parts = [line[at : at + stop] for at in range(0, len(line), stop)]
        return "".join(
            part.rstrip(" ") + "\t" if len(part) == stop and part.endswith("  ") else part for part in parts
        )

    return each(tabbed)


FAILED = {name: log for name, log in LOGS.items() if "failed" in name} | {
    f"{name} of the sweep": log for name, log in OTHERS.items() if "failed" in name and "long" not in name
}
OLDER = {
    f"{name} before v3.202": log.replace("    1 errored\n", "")
    for name, log in FAILED.items()
    if "1 errored" in log
}
"""Pulumi counts what errored since v3.202 (facts on Pulumi's output); before, only a row or a message says it."""
_TABS = {f"tabs of {stop} columns": _tabbed(stop) for stop in (4, 8)}
ALL = DAMAGES | _TABS
_CASES = [
    *combinations(ALL, list(FAILED), each=2),
    *combinations(OF_BLANKS | CUT | _TABS, list(OLDER), each=1),
]


@pytest.mark.parametrize(("damage", "log"), _CASES)
def test_a_damaged_log_of_a_failure_tells_it(damage: str, log: str) -> None:
    text = ALL[damage]((FAILED | OLDER)[log])
    logs = read_logs([Source("a.log", None, text.encode())])
    results = logs.deploys["result"].to_list()
    problems = " ".join(problem for row in logs.inputs["problems"].to_list() for problem in row)
    assert "succeeded" not in results
    failed_step = not logs.events.filter(kind="failed").is_empty()
    assert failed_step or "failed" in results or re.search(r"line \d+ (?:speaks|is an error)", problems)
