"""No secret of the corpus is in any output, wherever it stood and whichever command and format writes it."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import polars as pl
import pytest

from tests.cli.planted import plant
from tests.redaction.secrets import KEY_LINES, SECRETS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.conftest import Outcome

    Run = Callable[..., Outcome]

_SIZE = 10
"""So many characters of a secret are a leak."""


def _parts(text: str) -> set[str]:
    return {text[at : at + _SIZE] for at in range(len(text) - _SIZE + 1)}


_PARTS = pl.Series(
    sorted(set().union(*(_parts(secret.kernel) for secret in SECRETS), *map(_parts, KEY_LINES[1:-2])))
).implode()


def leaks(text: str) -> set[str]:
    """The parts of secrets that `text` shows."""
    return set(pl.Series([text]).str.extract_many(_PARTS, overlapping=True)[0])


def test_a_part_of_a_secret_is_found_within_a_text() -> None:
    kernel = SECRETS[0].kernel
    assert leaks(f"a {kernel[: _SIZE + 1]}, b") == _parts(kernel[: _SIZE + 1])
    assert not leaks(kernel[: _SIZE - 1])


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("planted")
    plant(folder)
    return folder


def _rows(path: Path) -> str:
    return "\n".join(
        json.dumps(row, default=str, ensure_ascii=False) for row in pl.read_parquet(path).to_dicts()
    )


@pytest.mark.parametrize("form", ["table", "ndjson", "csv"])
def test_parse(lostwrite: Run, planted: Path, form: str) -> None:
    outcome = lostwrite("parse", str(planted), "--format", form)
    assert "[redacted]" in outcome.out
    assert not leaks(outcome.out)
    assert not leaks(outcome.err)


def test_parse_to_parquet(lostwrite: Run, planted: Path, tmp_path: Path) -> None:
    assert lostwrite("parse", str(planted), "--format", "parquet", "--output", str(tmp_path / "e")).code == 0
    text = _rows(tmp_path / "e")
    assert "[redacted]" in text
    assert not leaks(text)


@pytest.mark.parametrize("question", ["--unrecognised", "--explain"])
def test_parse_and_what_it_is(lostwrite: Run, planted: Path, question: str) -> None:
    outcome = lostwrite("parse", str(planted), question)
    assert "[redacted]" in outcome.out + outcome.err
    assert not leaks(outcome.out)
    assert not leaks(outcome.err)


@pytest.mark.parametrize("inputs", [[], ["--trail", "trail.json"], ["--keys", "keys.json"]], ids=" ".join)
def test_check(lostwrite: Run, planted: Path, monkeypatch: pytest.MonkeyPatch, inputs: list[str]) -> None:
    monkeypatch.chdir(planted)
    outcome = lostwrite("check", "eventlog.json", *inputs, "--format", "json")
    document = json.loads(outcome.out)
    for write in document["writes"]:
        del write["remedy"]
    text = json.dumps(document, ensure_ascii=False)
    assert "[redacted]" in text
    assert not leaks(text)
    assert not leaks(outcome.err)


def test_check_as_text(lostwrite: Run, planted: Path) -> None:
    outcome = lostwrite("check", str(planted))
    assert "[redacted]" in outcome.out
    assert not leaks(outcome.out)
    assert not leaks(outcome.err)


def test_check_in_the_other_formats(
    lostwrite: Run, planted: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(planted)
    forms = ("github", "markdown", "sarif", "junit", "gitlab", "ndjson", "csv")
    words = [f"--report={form}={tmp_path / form}" for form in forms]
    assert lostwrite("check", "eventlog.json", "--trail", "trail.json", *words).code == 0
    for form in forms:
        text = (tmp_path / form).read_text(encoding="utf-8")
        assert not leaks(re.sub("(?s)```sh\n.*?\n```", "", text)), form


@pytest.mark.parametrize("form", ["text", "json", "ndjson"])
def test_trail(lostwrite: Run, planted: Path, form: str) -> None:
    outcome = lostwrite("trail", str(planted / "trail.json"), "--since", "2020-01-01", "--format", form)
    assert "[redacted]" in outcome.out
    assert not leaks(outcome.out)
    assert not leaks(outcome.err)


def test_trail_to_parquet(lostwrite: Run, planted: Path, tmp_path: Path) -> None:
    whole = str(tmp_path / "c")
    assert lostwrite("trail", str(planted / "trail.json"), "--format", "parquet", "--output", whole).code == 0
    text = _rows(tmp_path / "c")
    assert "[redacted]" in text
    assert not leaks(text)


@pytest.mark.parametrize("command", ["parse", "check", "trail"])
def test_errors(lostwrite: Run, planted: Path, command: str) -> None:
    outcome = lostwrite(command, str(planted / f"no-password={SECRETS[0].text}"))
    assert outcome.code == 3
    assert "[redacted]" in outcome.err
    assert not leaks(outcome.err)


def test_audit(lostwrite: Run, planted: Path, tmp_path: Path) -> None:
    """Every report, and the tables of the catalogue; `.read/` holds names and keys as they are (SECURITY.md)."""
    out, catalogue = tmp_path / "out", tmp_path / "catalogue"
    out.mkdir()
    reports = [
        f"--report={name}={out / name}" for name in ("json", "csv", "markdown", "ndjson", "sarif", "html")
    ]
    outcome = lostwrite("audit", str(planted), "--catalogue", str(catalogue), "--jobs", "1", "-v", *reports)
    assert "[redacted]" in outcome.out
    texts = [outcome.out, outcome.err, *(path.read_text() for path in out.rglob("*") if path.is_file())]
    tables = [path for path in catalogue.rglob("data.parquet") if ".read" not in path.parts]
    texts += [(catalogue / "manifest.json").read_text(), *map(_rows, tables)]
    assert len(tables) > 5
    assert not set().union(*map(leaks, texts))
