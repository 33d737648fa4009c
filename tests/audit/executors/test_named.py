"""A Dask cluster that is named: what it does, and what is said where it cannot."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from analyzer.api import audit
from analyzer.audit.executors import dask
from analyzer.audit.executors.dask import Dask
from analyzer.errors import InputError
from tests.audit.executors.named import named
from tests.audit.executors.works import beginning_here, end_once, refuse, same, sleep
from tests.audit.homes import Home, differing

if TYPE_CHECKING:
    from pathlib import Path


def test_it_does_the_work_and_a_worker_that_is_killed_loses_nothing(tmp_path: Path) -> None:
    with named(tmp_path) as cluster:
        with Dask(scheduler=cluster.address) as executor:
            assert sorted(executor.run(same, range(30))) == [(number, number) for number in range(30)]
            with pytest.raises(ValueError, match="no threes"):
                list(executor.run(refuse, range(9)))
            pieces = [(number, str(tmp_path / "mark") if number == 5 else "") for number in range(30)]
            assert sorted(executor.run(end_once, pieces)) == [(piece, piece[0]) for piece in sorted(pieces)]
        assert sorted(process.poll() is None for process in cluster.processes) == [False, True, True]


def test_one_whose_scheduler_ends_is_said_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dask, "_CONNECT", 1)
    with named(tmp_path, 1) as cluster, Dask(scheduler=cluster.address) as executor:
        results = executor.run(sleep, [0.01] + [600.0] * 20)
        assert next(results) == (0.01, 0.01)
        cluster.processes[0].kill()
        with pytest.raises(InputError, match="does not answer any more") as caught:
            list(results)
        assert caught.value.source == cluster.address


def test_one_without_workers_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dask, "_NOBODY", 0.5)
    monkeypatch.setattr(dask, "_LOOK", 0.2)
    with named(tmp_path, 0) as cluster, Dask(scheduler=cluster.address) as executor:
        with pytest.raises(InputError, match="has had no worker for"):
            list(executor.run(same, range(9)))
        monkeypatch.setattr(dask, "_NOBODY", 300.0)
        cluster.add_worker()
        assert len(list(executor.run(same, range(9)))) == 9


def test_a_worker_that_is_not_like_this_machine_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("analyzer.audit.executors.remote.versions", lambda: (("Python", "2.7"),) * 4)
    with named(tmp_path, 1) as cluster, Dask(scheduler=cluster.address) as executor:
        with pytest.raises(InputError, match=r"a worker has Python .*this machine 2\.7.*same versions"):
            list(executor.run(same, range(9)))
        monkeypatch.undo()
        started = time.monotonic()
        assert len(list(executor.run(same, range(9)))) == 9
        assert time.monotonic() - started < 300


def test_a_cluster_that_has_not_the_program_is_said(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "analyzer.py").touch()
    with named(tmp_path, 0) as cluster:
        cluster.add_worker({"PYTHONPATH": str(other)})
        with (
            Dask(scheduler=cluster.address) as executor,
            pytest.raises(InputError, match="has no module analyzer"),
        ):
            list(executor.run(same, range(9)))


def test_an_audit_on_machines_with_other_folders_names_the_file_that_they_cannot_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The workers run in another folder. What they share with us is read there by its whole path."""
    Home(tmp_path / "home").deploy(1)
    (tmp_path / "there").mkdir()
    monkeypatch.chdir(tmp_path)
    words: dict[str, Any] = {"words": ["home/logs"], "trail": ["home/trail"]}
    with named(tmp_path / "there", 1) as cluster:
        there = audit(**words, catalogue="there/kept", executor=Dask(scheduler=cluster.address))
        here = audit(**words, catalogue="kept")
        assert differing(tmp_path / "there/kept", tmp_path / "kept") == []
        assert there.counts.equals(here.counts)
        monkeypatch.setenv("HERE", "and not where the worker is")
        monkeypatch.setattr("analyzer.audit.probing.beginning_of", beginning_here)
        with pytest.raises(
            InputError, match=r"home/logs/d001/eventlog\.json: a worker cannot read it"
        ) as caught:
            audit(**words, catalogue="other", executor=Dask(scheduler=cluster.address))
        assert caught.value.source == cluster.address
