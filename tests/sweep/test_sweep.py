"""Each second shape of the sweep (`make sweep` is all): what a log says behind a prefix; words on deploys are none."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import pytest

from analyzer.api import check
from analyzer.errors import InputError
from tests.effort import combinations, some
from tests.sweep.compare import Said, invented, is_believed, judged, said
from tests.sweep.logs import LOGS
from tests.sweep.negatives import NEGATIVES, TEXTS
from tests.sweep.shapes import SHAPES, prefixed

if TYPE_CHECKING:
    from pathlib import Path

_CASES = combinations(some(list(SHAPES), of=2), list(LOGS), each=1)


@cache
def bare(name: str) -> Said:
    return said(LOGS[name])


@pytest.mark.parametrize("name", LOGS)
def test_the_logs_themselves_say_what_they_should(name: str) -> None:
    log = bare(name)
    assert [deploy[-1] for deploy in log.deploys] == ["failed" if "failed" in name else "succeeded"]
    assert bool(log.failed) == ("failed" in name)
    assert log.steps


@pytest.mark.parametrize(("shape", "name"), _CASES)
def test_a_log_says_the_same_behind_a_prefix(shape: str, name: str) -> None:
    assert judged(bare(name), said(prefixed(LOGS[name], shape))) == "same"


@pytest.mark.parametrize("name", some(list(NEGATIVES), of=5))
def test_words_about_a_deploy_have_no_prefix(name: str) -> None:
    assert not is_believed(NEGATIVES[name])


@pytest.mark.parametrize("name", some(list(NEGATIVES)[::-1], of=5))
def test_words_about_a_deploy_are_none(name: str) -> None:
    assert invented(NEGATIVES[name]) == []


def test_a_text_without_a_deploy_ends_with_3(tmp_path: Path) -> None:
    for number, text in enumerate(TEXTS.values()):
        (tmp_path / f"{number}.log").write_text(text)
        with pytest.raises(InputError):
            check([tmp_path / f"{number}.log"])
