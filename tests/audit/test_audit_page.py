"""docs/audit.md: its queries run on a catalogue, and give what the catalogue holds."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from analyzer.api import audit
from tests.audit.homes import Home

if TYPE_CHECKING:
    import pytest

PAGE = Path(__file__).parents[2] / "docs/audit.md"


def blocks(language: str) -> list[str]:
    return re.findall(
        rf"^```{language}\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )


def rows(query: str) -> list[tuple[str, ...]]:
    """What it gives, as texts: duckdb needs pytz for times as values of Python."""
    texts = f"SELECT COLUMNS(*)::VARCHAR FROM ({query.strip().rstrip(';')})"  # noqa: S608 - the page's own
    return duckdb.execute(texts).fetchall()


def test_the_queries_of_the_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    home = Home(Path("home"))
    home.deploy(1)
    home.deploy(2, made=False)
    (tmp_path / "home/logs/noise.bin").write_bytes(bytes(range(256)) * 8)
    report = audit(["home/logs"], trail=["home/trail"])
    assert report.deploys.height == 2
    opened, months, versions, callers, inputs = (rows(text) for text in blocks("sql"))
    assert [row[4] for row in opened] == ["0002:/a"][: len(opened)]
    assert months == [("2026-01", "landed", "1"), ("2026-02", "unverifiable", "1")]
    assert [row[:2] for row in versions] == [("unknown", "2")]
    assert [(row[0].split("/")[1], *row[1:]) for row in callers] == [
        ("other", "UpdateKeys", "4", "0"),
        ("ci", "UpdateKeys", "1", "0"),
    ]
    assert [Path(row[0]).name for row in inputs] == ["noise.bin"]
    exec(compile(blocks("python")[0], "docs/audit.md", "exec"), {})  # noqa: S102 - the page's own example
    shown = capsys.readouterr().out
    assert "2026-01" in shown
    assert "unverifiable" in shown
