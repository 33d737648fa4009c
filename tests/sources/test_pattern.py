"""A path fits a glob exactly where the glob would find it, or a folder above it."""

from __future__ import annotations

from pathlib import Path

import pytest

from analyzer.sources.pattern import fits

PATHS = ("a.log", "b.txt", "d/a.log", "d/e/a.log", "d/e/f/b.log", ".h/a.log", "d/.h/a.log", "[x].log")
PATTERNS = (
    "*",
    "*.log",
    "d/*",
    "*/a.log",
    "**/*.log",
    "**",
    "d/**/*.log",
    "d/**/e/*",
    "**/e",
    "?.log",
    "[[]x].log",
)


@pytest.mark.parametrize("pattern", PATTERNS)
def test_it_says_what_pathlib_finds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pattern: str) -> None:
    monkeypatch.chdir(tmp_path)
    for name in PATHS:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    found = set(Path().glob(pattern))
    for name in PATHS:
        path = Path(name)
        seen = not any(part.startswith(".") for part in path.parts)
        expected = seen and bool(found & {path, *path.parents} - {Path()} or (pattern == "**"))
        assert fits(pattern, str(tmp_path / path)) is expected, name


def test_many_wildcards_take_no_time() -> None:
    assert not fits("/" + "**/" * 40 + "*a", "/" + "b/" * 60 + "c")
