"""What a reader of text says of a log as a whole."""

from __future__ import annotations

import pytest

from analyzer.logs.read import LogScan
from analyzer.logs.unlike import UNDERSTOOD
from analyzer.sources.source import Source


def problems(text: str, kind: str, *, prefilter: bool) -> list[str]:
    scan = LogScan([Source("x", None, text.encode())], kind=kind, prefilter=prefilter)
    for _ in scan:
        pass
    return [problem for given in scan.inputs["problems"] for problem in given]


@pytest.mark.parametrize("prefilter", [False, True])
def test_a_log_that_says_nothing_of_a_deploy_is_told(prefilter: bool) -> None:
    (told,) = problems("one\ntwo\n", "terminal", prefilter=prefilter)
    assert told.startswith(UNDERSTOOD)
    assert problems("SST 3.12.5  ready!\ntwo\n", "terminal", prefilter=prefilter) == []
    assert problems("", "terminal", prefilter=prefilter) == []
