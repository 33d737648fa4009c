"""Symbolic links below a folder: those that lead out of it are followed only where that was asked for."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from analyzer import api
from analyzer.sources.find import find
from tests.sources.hostile import LOG

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    """A folder with a log, and a link to it; and a folder beside it with one."""
    for name in ("logs/a.log", "logs/in/b.log", "other/c.log", "other/deep/d.log"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(LOG)
    (tmp_path / "logs" / "within.log").symlink_to("in/b.log")
    return tmp_path


def found(*words: Path | str, follow: bool = False) -> tuple[list[str], list[str]]:
    sources, unread = find(list(words), follow_links=follow)
    return [source.name.rpartition("/")[2] for source in sources], [
        problem for stats in unread for problem in stats.problems
    ]


def test_a_link_within_the_folder_is_read_once(logs: Path) -> None:
    names, problems = found(logs / "logs")
    assert (names, problems) == (["a.log", "b.log"], [])


def test_a_link_out_of_the_folder_is_told_and_not_read(logs: Path) -> None:
    (logs / "logs" / "out.log").symlink_to("../other/c.log")
    (logs / "logs" / "sibling").symlink_to(logs / "logs" / ".." / "other")
    names, problems = found(logs / "logs")
    assert names == ["a.log", "b.log"]
    assert problems == [
        "2 files not read: each a link that leads out of the folder; --follow-links follows it"
    ]
    assert found(logs / "logs", follow=True) == (["a.log", "b.log", "out.log", "d.log"], [])


def test_a_folder_with_the_same_beginning_is_another(logs: Path) -> None:
    (logs / "logs-of-others").mkdir()
    (logs / "logs-of-others" / "e.log").write_bytes(LOG)
    (logs / "logs" / "e.log").symlink_to(logs / "logs-of-others" / "e.log")
    assert "e.log" not in found(logs / "logs")[0]


def test_a_link_that_is_named_is_followed(logs: Path) -> None:
    (logs / "link.log").symlink_to("other/c.log")
    (logs / "folder").symlink_to("other")
    assert found(logs / "link.log") == (["link.log"], [])
    assert found(logs / "folder") == (["c.log", "d.log"], [])


def test_what_a_glob_matches_is_not_named(logs: Path) -> None:
    (logs / "logs" / "out.log").symlink_to("../other/c.log")
    (logs / "logs" / "dir").symlink_to("../other")
    names, problems = found(f"{logs}/logs/*.log")
    assert names == ["a.log", "within.log"]
    assert problems == ["not read: a link that leads out of the folder; --follow-links follows it"]
    assert found(f"{logs}/logs/*/*.log")[0] == ["b.log"]
    assert found(f"{logs}/logs/*.log", follow=True)[0] == ["a.log", "out.log", "within.log"]


@pytest.mark.parametrize("follow", [False, True])
def test_loops_are_harmless(logs: Path, follow: bool) -> None:
    (logs / "logs" / "self").symlink_to("self")
    (logs / "logs" / "loop").symlink_to(".")
    (logs / "logs" / "up").symlink_to("..")
    (logs / "other" / "back").symlink_to("../logs")
    (logs / "logs" / "gone").symlink_to("nowhere")
    names, problems = found(logs / "logs", follow=follow)
    assert sorted(names) == (["a.log", "b.log", "c.log", "d.log"] if follow else ["a.log", "b.log"])
    assert len(problems) == (0 if follow else 1)


def test_a_pipe_behind_a_link_is_not_opened(logs: Path) -> None:
    os.mkfifo(logs / "logs" / "pipe")
    (logs / "logs" / "to-pipe").symlink_to("pipe")
    (logs / "logs" / "zero").symlink_to("/dev/zero")
    assert found(logs / "logs", follow=True)[0] == ["a.log", "b.log"]


def test_the_commands_refuse_and_follow(logs: Path) -> None:
    (logs / "logs" / "out.log").symlink_to("../other/c.log")
    for follow, count in ((False, 2), (True, 3)):
        scan = api.scan_logs([logs / "logs"], follow_links=follow)
        for _ in scan:
            pass
        usable = scan.inputs.filter(scan.inputs["kind"] == "pulumi-text")
        assert usable.height == count
        report = api.check([logs / "logs"], follow_links=follow)
        assert report.inputs.filter(report.inputs["kind"] == "pulumi-text").height == count
