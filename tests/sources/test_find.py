"""`find`: what the words of a user name."""

from __future__ import annotations

import os
import tracemalloc
from typing import TYPE_CHECKING

import pytest

from analyzer.sources import walk
from analyzer.sources.find import find

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in (
        "b.log",
        "a.log",
        "in/c.log",
        "in/deep/d.log",
        ".hidden/e.log",
        ".f.log",
        ".sst/log/pulumi.log",
    ):
        path = tmp_path / "logs" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def names(*words: str | Path, follow_links: bool = False) -> list[str]:
    sources, unread = find(words, follow_links=follow_links)
    assert unread == []
    return [source.name for source in sources]


def test_a_directory_gives_its_shown_files_in_order(tree: Path) -> None:
    below = [".sst/log/pulumi.log", "a.log", "b.log", "in/c.log", "in/deep/d.log"]
    assert names("logs") == [f"logs/{name}" for name in below]
    assert names(tree / "logs") == [str(tree / "logs" / name) for name in below]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("logs/*.log", ["logs/a.log", "logs/b.log"]),
        ("logs/**/[cd].log", ["logs/in/c.log", "logs/in/deep/d.log"]),
        ("**/d.log", ["logs/in/deep/d.log"]),
        ("logs/i?", ["logs/in/c.log", "logs/in/deep/d.log"]),
        ("logs/.hidden/*", ["logs/.hidden/e.log"]),
        ("logs/.sst/**/*.log", ["logs/.sst/log/pulumi.log"]),
    ],
)
@pytest.mark.usefixtures("tree")
def test_a_glob(pattern: str, expected: list[str]) -> None:
    assert names(pattern) == expected


@pytest.mark.usefixtures("tree")
def test_a_hidden_file_that_is_named_is_read() -> None:
    assert names("logs/.f.log", "logs/.hidden") == ["logs/.f.log", "logs/.hidden/e.log"]


def test_the_same_file_is_given_once_and_the_order_of_words_holds(tree: Path) -> None:
    (tree / "link.log").symlink_to("logs/a.log")
    assert names("logs/b.log", "logs/a.log", "link.log", "logs/*.log") == ["logs/b.log", "logs/a.log"]


def test_a_name_with_brackets_is_a_name(tree: Path) -> None:
    (tree / "[a].log").write_text("x")
    assert names("[a].log") == ["[a].log"]


@pytest.mark.usefixtures("tree")
@pytest.mark.parametrize("words", [["logs"], ["logs/**/*"], ["**"]])
def test_a_loop_of_links_ends(tree: Path, words: list[str]) -> None:
    (tree / "logs" / "in" / "up").symlink_to("..")
    (tree / "logs" / "in" / "self").symlink_to(".")
    sources, _ = find(words)
    assert len(sources) == 5


def test_standard_input_is_read_once_and_can_be_opened_again() -> None:
    given = [b"abc"]
    sources, unread = find(["-", "-"], lambda: given[0])
    assert (len(sources), unread) == (1, [])
    assert [next(iter(sources)).open().read() for _ in range(2)] == [b"abc", b"abc"]


def test_a_pipe_is_read() -> None:
    reading, writing = os.pipe()
    os.write(writing, b"abc")
    os.close(writing)
    sources, unread = find([f"/dev/fd/{reading}"])
    os.close(reading)
    assert (unread, next(iter(sources)).open().read()) == ([], b"abc")


@pytest.mark.parametrize(
    ("word", "reason"),
    [
        ("absent", "no such file or directory"),
        ("absent/*.log", "no file matches"),
        ("empty", "a directory without a file that can be read"),
        ("dangling", "no such file or directory"),
        ("nul\0byte", "no such file or directory"),
        ("**x/[", "not a pattern that can be matched"),
        ("/dev/null", "not a regular file"),
        ("-", "standard input cannot be read here"),
        ("s3://b!/key", "not an address in S3: write it as s3://BUCKET/PREFIX"),
    ],
)
def test_what_cannot_be_used_is_told_and_the_rest_is_found(tree: Path, word: str, reason: str) -> None:
    (tree / "empty").mkdir()
    (tree / "dangling").symlink_to("nowhere")
    sources, unread = find([word, "logs/a.log"])
    assert [source.name for source in sources] == ["logs/a.log"]
    assert [(stats.source, stats.kind, stats.problems) for stats in unread] == [(word, "unusable", [reason])]


def test_a_name_that_is_not_utf8_becomes_text(tmp_path: Path) -> None:
    path = os.fsencode(tmp_path) + b"/a\xff.log"
    with open(path, "w") as file:  # noqa: PTH123 (a name in bytes)
        file.write("x")
    (source,) = find([tmp_path])[0]
    assert source.name == f"{tmp_path}/a\\xff.log"
    with source.open() as stream:
        assert stream.read() == b"x"


def test_folders_that_hold_no_logs_are_one_line_each(tmp_path: Path) -> None:
    """`.sst/platform` has thousands of files; a GitHub Actions run has each line twice."""
    names = [
        ".sst/log/sst.log",
        ".sst/log/lambda/fn/1.log",
        ".sst/platform/a.ts",
        ".sst/platform/src/b.ts",
        "web/node_modules/x/c.log",
        "run/0_deploy.txt",
        "run/deploy/1_Set up job.txt",
        "run/deploy/2_Deploy.txt",
    ]
    for name in names:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    sources, unread = find([tmp_path])
    assert [source.name for source in sources] == [
        f"{tmp_path}/.sst/log/sst.log",
        f"{tmp_path}/run/0_deploy.txt",
    ]
    assert {stats.source.removeprefix(f"{tmp_path}"): stats.problems for stats in unread} == {
        "/.sst/platform": ["2 files not read: SST's own code"],
        "/.sst/log/lambda": ["1 file not read: logs of function calls, not of deploys"],
        "/web/node_modules": ["1 file not read: installed packages"],
        "": ["2 files not read: steps of GitHub Actions jobs, of which the job's own log is here too"],
    }


@pytest.mark.parametrize(
    "words",
    [
        ["logs", "logs"],
        ["logs/in", "logs"],
        ["logs", "logs/in", "logs/in/deep"],
        ["logs", "logs/.hidden", "logs/a.log"],
        ["logs/b.log", "logs", "logs/.f.log"],
        ["first", "logs"],
        ["logs", "last", "logs/*"],
        ["first", "last", "linked/in", "logs", "."],
        [".", "logs"],
    ],
)
def test_words_that_overlap_give_each_file_once_under_its_first_name(tree: Path, words: list[str]) -> None:
    (tree / "linked").symlink_to("logs")
    for folder in ("first", "last"):
        (tree / folder).mkdir()
        (tree / folder / "link.log").symlink_to("../logs/b.log")
        (tree / folder / "own.log").write_text("x")
    (tree / "logs" / "aa.log").symlink_to("b.log")  # before and after what they lead to
    (tree / "logs" / "in" / "z.log").symlink_to("c.log")
    alone = [name for word in words for name in names(word, follow_links=True)]
    first = {os.path.realpath(name): name for name in reversed(alone)}
    expected = [name for name in dict.fromkeys(alone) if first[os.path.realpath(name)] == name]
    sources, _ = find(words, follow_links=True)
    assert [source.name for source in sources] == expected
    assert len(sources) == len(expected)
    assert [source.name for source in sources] == expected  # once more


def test_the_files_of_a_large_folder_are_in_order_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walk, "_RUN", 10)
    monkeypatch.setattr(walk, "_BLOCK", 3)
    expected = [f"{number * 7919 % 1000:03}\u00e9.log" for number in range(95)]
    for name in expected:
        (tmp_path / name).write_text("x")
    (tmp_path / "500").mkdir()
    (tmp_path / "500" / "in.log").write_text("x")
    paths = sorted([*expected, "500/in.log"])
    assert names(tmp_path) == [f"{tmp_path}/{path}" for path in paths]


def test_a_million_files_are_never_a_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Past those of a tree that is held, what is held grows by some bytes for each file, not by objects."""
    monkeypatch.setattr(walk, "_HELD", 100)
    monkeypatch.setattr(walk, "_RUN", 200)
    monkeypatch.setattr(walk, "_BLOCK", 50)
    held = []
    for number in range(6_000):
        (tmp_path / f"111122223333_CloudTrail_us-east-1_20250320T0000Z_{number:016d}.json.gz").touch()
        if number in (1_999, 5_999):
            tracemalloc.start()
            sources, _ = find([tmp_path])
            assert sum(1 for _ in sources) == len(sources) == number + 1
            held.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
    assert (held[1] - held[0]) / 4_000 < 40
