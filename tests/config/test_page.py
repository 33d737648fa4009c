"""docs/configuration.md says what is true: its tables are of the code, its files are read, its runs are run.

`REGOLD=1 pytest` writes the tables.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.cli.conftest import lostwrite as program
from tests.config.page import tables

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.conftest import Outcome

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "configuration.md"
SAMPLE = ROOT / "samples" / "first-route-never-written"
BLOCKS = re.findall(
    r"<!-- (?P<what>file|run): (?P<words>.*?) -->\n```(?:toml|text)\n(?P<text>.*?)```",
    PAGE.read_text(encoding="utf-8"),
    re.DOTALL,
)

lostwrite = program  # the fixture


@pytest.mark.parametrize("marker", tables())
def test_the_tables_are_those_of_the_code(marker: str) -> None:
    page = PAGE.read_text(encoding="utf-8")
    before, found, rest = page.partition(f"{marker}\n\n")
    written, end, after = rest.partition("\n<!-- the end -->")
    assert found
    assert end
    if os.environ.get("REGOLD") == "1":
        written = tables()[marker]
        PAGE.write_text(before + found + written + end + after, encoding="utf-8")
    assert written == tables()[marker]


def test_its_files_are_read_and_its_runs_print_what_it_shows(
    lostwrite: Callable[..., Outcome], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the order of the page. A file holds until the next one, and none where it is about the baseline."""
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    assert [what for what, _, _ in BLOCKS].count("run") == 5
    for what, words, text in BLOCKS:
        if what == "file":
            _clear(tmp_path)
            (tmp_path / words).write_text(text, encoding="utf-8")
        else:
            if "baseline" in words:
                _clear(tmp_path)
            assert _output(lostwrite, words) == text, words


def _clear(folder: Path) -> None:
    for file in folder.glob("*.toml"):
        file.unlink()


def _output(lostwrite: Callable[..., Outcome], words: str) -> str:
    command, _, cut = words.removeprefix("lostwrite ").partition(" | ")
    inputs = {"LOG": str(SAMPLE / "deploy"), "TRAIL": str(SAMPLE / "trail")}
    outcome = lostwrite(*(inputs.get(word, word) for word in command.split()))
    lines = (outcome.out or outcome.err).splitlines(keepends=True)
    if not cut:
        return "".join(lines)
    which, _, count = cut.split()
    return "".join(lines[: int(count)] if which == "head" else lines[-int(count) :])


def test_every_exit_code_is_in_the_readme_too() -> None:
    codes = re.compile(r"^\| (\d[\d, ]*) \|", re.MULTILINE)
    ours, readme = (
        {code for row in codes.findall(text) for code in row.split(", ")}
        for text in (
            PAGE.read_text(encoding="utf-8"),
            (ROOT / "README.md").read_text(encoding="utf-8").partition("### Exit codes")[2],
        )
    )
    assert ours == {"0", "1", "2", "3", "4", "130", "143"}
    assert ours <= readme
