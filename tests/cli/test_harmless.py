"""Hostile names in a log and in a trail come out harmless, whatever command shows them, in every format that it has."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from analyzer.reports.clean import UNSEEN
from analyzer.reports.registry import names
from tests.reports.page.pages import Reader
from tests.reports.runner import commands

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.conftest import Outcome

    Run = Callable[..., Outcome]

SAMPLE = Path(__file__).parents[2] / "samples" / "first-route-never-written"
EVIL = "\n::set-output name=x::=cmd|' /C calc'!A0\x1b[31m\u202e<script>x</script>\r##[error]z"
"""Of a resource the name is what comes after the last `::` of its URN: a formula."""
_OBEYED = re.compile(f"[\x00-\x08\x0b-\x1f{UNSEEN}\ud800-\udfff]")
_TAGS = re.compile(r"(?<!`)<script>x")


def _with(text: str, *plain: str) -> str:
    for name in plain:
        text = text.replace(name, json.dumps(EVIL)[1:-1])
    return text


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The sample's log, with other names of its resources and its app; in the folder where the program runs."""
    monkeypatch.chdir(tmp_path)
    text = (SAMPLE / "deploy" / "eventlog.json").read_text(encoding="utf-8")
    Path("evil.json").write_text(_with(text, "RouterRoute", "shop"), encoding="utf-8")
    return "evil.json"


@pytest.fixture
def trail(tmp_path: Path) -> str:
    """The sample's trail, with other keys, sessions and roles."""
    folder = tmp_path / "trail"
    folder.mkdir()
    for file in (SAMPLE / "trail").rglob("*.json*"):
        data = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
        text = _with(data.decode(), "d119:/favicon.ico", "redirect:/promo", "GitHubActions", "redirects-job")
        (folder / file.name.removesuffix(".gz")).write_text(text, encoding="utf-8")
    return str(folder)


def _harmless(text: str, form: str) -> None:
    assert _OBEYED.findall(text) == []
    found = [command.name for command in commands(text)]
    assert set(found) <= {"error", "warning", "notice"} if form == "github" else not found
    if form == "csv":
        cells = [cell for row in csv.reader(io.StringIO(text, newline="")) for cell in row]
        assert not [cell for cell in cells if re.match(r"[\s\"]*[=+@-]", cell)]
    if form == "html":
        assert Reader(text).looks("script") == [""], "its own alone"
    if form in ("html", "junit"):
        assert "<script>x" not in text
    if form == "markdown":
        assert not _TAGS.search(text)


def test_a_check_writes_them_harmless_in_every_format_at_once(lostwrite: Run, log: str) -> None:
    reports = [word for name in names() for word in ("--report", f"{name}=report.{name}")]
    outcome = lostwrite("check", log, "--trail", str(SAMPLE / "trail"), *reports, "--output", "told")
    assert (outcome.code, outcome.out, outcome.err) == (1, "", "")
    for name in names():
        text = Path(f"report.{name}").read_text(encoding="utf-8")
        assert "calc" in text
        _harmless(text, name)


@pytest.mark.parametrize("form", ["table", "ndjson", "csv"])
def test_parse_writes_them_harmless(lostwrite: Run, log: str, form: str) -> None:
    outcome = lostwrite("parse", log, "--format", form)
    assert (outcome.code, outcome.err) == (0, "")
    assert "calc" in outcome.out
    _harmless(outcome.out, form)


@pytest.mark.parametrize("form", ["text", "json", "ndjson"])
@pytest.mark.parametrize("words", [(), ("--store", "10a80d9c-3115-4880-a614-384550375359")])
def test_trail_writes_them_harmless(lostwrite: Run, trail: str, form: str, words: tuple[str, ...]) -> None:
    outcome = lostwrite("trail", trail, *words, "--format", form)
    assert (outcome.code, outcome.err) == (0, "")
    assert "calc" in outcome.out or not words
    _harmless(outcome.out, form)
