"""What every executor does: the same tests for each of them."""

from __future__ import annotations

import os
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from analyzer.audit.executors.registry import made
from tests.audit.executors.works import end_elsewhere, end_once, refuse, same, where

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.audit.interface import Executor

KINDS = ("serial", "local", "dask")
SEVERAL = ("local", "dask")
MOST_AHEAD = 8  # of two workers: far less than there are pieces


@pytest.fixture(scope="module", params=KINDS)
def executor(request: pytest.FixtureRequest) -> Iterator[Executor]:
    """One of each kind for all tests that leave it whole, as for all steps of an audit."""
    with made(request.param, jobs=2) as started:
        yield started


def test_each_piece_comes_once_with_its_result(executor: Executor) -> None:
    found = list(executor.run(same, range(40)))
    assert sorted(found) == [(number, number) for number in range(40)]
    assert list(executor.run(same, [])) == []


def test_equal_pieces_are_each_done(executor: Executor) -> None:
    assert list(executor.run(same, [7] * 12)) == [(7, 7)] * 12


def test_pieces_are_pulled_when_they_are_needed(executor: Executor) -> None:
    taken: list[int] = []

    def pieces() -> Iterator[int]:
        for number in range(60):
            taken.append(number)
            yield number

    for number, _ in enumerate(executor.run(same, pieces())):
        assert len(taken) <= number + 1 + MOST_AHEAD


def test_what_the_work_raises_is_raised_here(executor: Executor) -> None:
    with pytest.raises(ValueError, match="no threes"):
        list(executor.run(refuse, range(9)))
    assert sorted(executor.run(same, range(5))) == [(number, number) for number in range(5)]


def test_what_nobody_takes_any_more_is_given_up(executor: Executor) -> None:
    with closing(executor.run(same, range(1000))) as results:  # type: ignore[type-var] # it is a generator
        next(results)
    assert sorted(executor.run(same, range(5))) == [(number, number) for number in range(5)]


@pytest.mark.parametrize("kind", SEVERAL)
def test_a_worker_that_is_killed_loses_nothing(tmp_path: Path, kind: str) -> None:
    mark = str(tmp_path / "mark")
    pieces = [(number, mark if number == 5 else "") for number in range(30)]
    with made(kind, jobs=2) as executor:
        assert sorted(executor.run(end_once, pieces)) == [(piece, piece[0]) for piece in sorted(pieces)]
    assert Path(mark).exists()


@pytest.mark.parametrize("kind", SEVERAL)
def test_all_is_done_here_where_every_worker_ends(kind: str) -> None:
    pieces = [os.getpid()] * 12
    with made(kind, jobs=2) as executor:
        assert list(executor.run(end_elsewhere, pieces)) == [(pid, pid) for pid in pieces]
        assert list(executor.run(end_elsewhere, pieces)) == [(pid, pid) for pid in pieces]


@pytest.mark.parametrize("kind", SEVERAL)
def test_the_workers_have_no_current_folder_in_their_path(
    kind: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend("")
    with made(kind, jobs=2) as executor:
        found = [result for _, result in executor.run(where, range(4))]
    assert os.getpid() not in {pid for pid, _ in found}
    for _, path in found:
        assert str(tmp_path.resolve()) not in {os.path.realpath(entry) for entry in path}
        assert "" not in path


@pytest.mark.parametrize("kind", SEVERAL)
def test_no_process_is_left(kind: str) -> None:
    with made(kind, jobs=2) as executor:
        pids = {pid for _, (pid, _) in executor.run(where, range(4))}
        assert all(map(_is_there, pids))
    assert not any(map(_is_there, pids))


def _is_there(pid: int) -> bool:
    """A process that has ended and was waited for has no number any more."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
