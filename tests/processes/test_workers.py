"""What a worker cannot do, its parent does; and the workers get nothing of where the user stands."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from analyzer.processes.workers import WorkerLostError, Workers
from analyzer.trail.processes import in_order


def end_in_a_worker(parent: int) -> int:
    """Ends every process but the one that asks."""
    if os.getpid() != parent:
        os._exit(1)
    return parent


def print_in_a_worker(number: int) -> tuple[int, list[str]]:
    print("noise", number, flush=True)  # noqa: T201 - what a library might do
    return number, sys.path


def test_pieces_of_workers_that_ended_are_done_here() -> None:
    pieces = [os.getpid()] * 20
    assert list(in_order(end_in_a_worker, pieces, 3)) == [(pid, pid) for pid in pieces]


def test_all_are_done_here_where_no_worker_can_be_started(monkeypatch: pytest.MonkeyPatch) -> None:
    for executable in ("/nowhere/python", "", sys.prefix):
        monkeypatch.setattr(sys, "executable", executable)
        assert list(in_order(abs, range(-9, 0), 3)) == [(n, -n) for n in range(-9, 0)]


def test_a_worker_has_no_current_folder_in_its_path_and_may_print(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend("")
    before = dict(os.environ)
    with Workers(1) as workers:
        number, path = workers.submit(print_in_a_worker, 7).result()
    assert number == 7
    assert {os.path.realpath(entry) for entry in path}.isdisjoint({str(tmp_path.resolve())})
    assert Path().resolve() == tmp_path.resolve()
    assert dict(os.environ) == before


def test_what_is_asked_of_nobody_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with Workers(2) as workers, pytest.raises(WorkerLostError):
        workers.submit(abs, -1).result()
