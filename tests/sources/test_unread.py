"""Which words gave nothing, from the names and kinds of what was read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from analyzer.sources.input_stats import InputStats
from analyzer.sources.inputs import inputs_table
from analyzer.sources.unread import unread

if TYPE_CHECKING:
    from pathlib import Path


def names_of(words: list[str], usable: list[str], failed: list[str]) -> list[str]:
    rows = [InputStats(name, kind="engine-events") for name in usable]
    rows += [InputStats(name, problems=["is odd"]) for name in failed]
    return [word for word, _ in unread(words, inputs_table(rows))]


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("d/a", "d/b", "d!x/a", "e/a"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "link").symlink_to("d")


@pytest.mark.parametrize(
    ("words", "usable", "failed", "expected"),
    [
        (["d/a"], ["d/a"], [], []),
        (["d/a"], [], ["d/a"], ["d/a"]),
        (["d/a", "d/b"], ["d/a"], ["d/b"], ["d/b"]),
        (["d"], ["d/a"], ["d/b"], []),
        (["d/"], [], ["d/a", "d/b"], ["d/"]),
        (["./d"], [], ["d/a"], ["./d"]),
        (["d", "e"], ["d/a"], ["e/a"], ["e"]),
        (["."], ["e/a"], ["d/a"], []),
        (["z"], ["z!m"], ["z!n", "z"], []),
        (["z"], [], ["z!n"], ["z"]),
        (["d/*"], ["d/a"], ["d/b"], []),
        (["d/*"], ["e/a"], ["d/b"], ["d/*"]),
        (["d/*"], ["d/z!m"], ["d/b"], []),
        (["n*"], ["d/a"], ["n*"], ["n*"]),
        (["-"], ["d/a"], ["-"], ["-"]),
        (["d/a", "d"], ["d/a"], ["d/b"], []),
        (["./d/a", "d"], ["./d/a"], ["d/b"], []),
        (["d", "link"], ["d/a"], ["d/b"], []),
        (["link", "d"], ["link/a"], ["d/b"], []),
        (["d", "d", "d/a"], [], ["d/a"], ["d", "d/a"]),
        (["t/AWSLogs"], ["t/"], ["t/AWSLogs/x"], []),
    ],
)
def test_a_word_of_which_nothing_is_usable(
    words: list[str], usable: list[str], failed: list[str], expected: list[str]
) -> None:
    assert names_of(words, usable, failed) == expected


def test_a_neighbour_whose_name_goes_on_is_another_one() -> None:
    assert names_of(["d/a"], ["d/ab", "d/a.log"], ["d/a"]) == ["d/a"]
    assert names_of(["d/a", "d/a!b"], ["d/a!b"], ["d/a"]) == ["d/a"]


def test_the_reason_is_the_words_own_or_that_of_its_first_file() -> None:
    rows = [InputStats("d/a", problems=["is odd", "and old"]), InputStats("n", problems=["no such file"])]
    assert unread(["n", "d"], inputs_table(rows)) == (
        ("n", "no such file"),
        ("d", "nothing in it could be used (d/a: is odd)"),
    )
