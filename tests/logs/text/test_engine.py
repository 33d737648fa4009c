"""What a reader of text says of a log as a whole."""

from __future__ import annotations

import pytest

from analyzer.logs.read import LogScan
from analyzer.sources.source import Source

NOTHING = "taken for a deploy log, but no line of it was recognised"


def problems(text: str, kind: str, *, skim: bool) -> list[str]:
    scan = LogScan([Source("x", None, text.encode())], kind=kind, skim=skim)
    for _ in scan:
        pass
    return [problem for given in scan.inputs["problems"] for problem in given]


@pytest.mark.parametrize("skim", [False, True])
def test_a_log_that_says_nothing_of_a_deploy_is_told(skim: bool) -> None:
    assert problems("one\ntwo\n", "terminal", skim=skim) == [NOTHING]
    assert problems("SST 3.12.5  ready!\ntwo\n", "terminal", skim=skim) == []
    assert problems("", "terminal", skim=skim) == []
