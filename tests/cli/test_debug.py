"""`LOSTWRITE_DEBUG=tables:DIR` leaves the tables of a judgement in DIR, for its owner alone."""

from __future__ import annotations

import shlex
import stat
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pytest

from analyzer import tables as of_all
from analyzer.tables import CHAIN, LISTINGS, VERDICTS
from analyzer.verdicts import tables, wild_lists
from analyzer.verdicts.alignment import tables as of_alignment
from analyzer.verdicts.losses import tables as of_losses
from analyzer.verdicts.matching import tables as of_matching

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.conftest import Outcome

    Run = Callable[..., Outcome]

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
NOT_IN_TABLES_PY = {"verdicts", "evidence"}
SCHEMAS = {
    **vars(of_all),
    **vars(of_alignment),
    **vars(of_matching),
    **vars(of_losses),
    **vars(tables),
    **vars(wild_lists),
    "DATED_LISTINGS": LISTINGS,
    "CLOSED_CHAIN": CHAIN,
}


@pytest.fixture
def words(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The command of a sample that has a text log, in its folder."""
    sample = SAMPLES / "racing-routes"
    monkeypatch.chdir(sample)
    return shlex.split((sample / "command").read_text())


def test_each_stage_is_a_file_named_like_its_table(
    lostwrite: Run, words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = lostwrite(*words)
    folder = tmp_path / "to" / "explain"
    monkeypatch.setenv("LOSTWRITE_DEBUG", f"tables:{folder}")
    assert lostwrite(*words) == plain
    names = {path.stem for path in folder.iterdir()}
    assert {path.suffix for path in folder.iterdir()} == {".parquet"}
    assert names >= {
        "windows",
        "ordered_calls",
        "zones",
        "hits",
        "facts",
        "landings",
        "losses",
        "final_verdicts",
    }
    for name in names - NOT_IN_TABLES_PY:
        schema = (
            SCHEMAS.get(name.removeprefix("pattern_").removeprefix("loose_").upper()) or SCHEMAS[name.upper()]
        )
        assert pl.read_parquet_schema(folder / f"{name}.parquet") == schema, name
    assert pl.read_parquet_schema(folder / "verdicts.parquet") == VERDICTS


def test_they_are_for_their_owner_alone_and_replace_what_was_there(
    lostwrite: Run, words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, elsewhere = tmp_path / "tables", tmp_path / "elsewhere"
    monkeypatch.setenv("LOSTWRITE_DEBUG", f"tables:{folder}")
    lostwrite(*words)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    elsewhere.write_text("another's")
    (folder / "facts.parquet").unlink()
    (folder / "facts.parquet").symlink_to(elsewhere)
    (folder / "losses.parquet").write_text("old")
    lostwrite(*words)
    assert elsewhere.read_text() == "another's"
    assert {stat.S_IMODE(path.lstat().st_mode) for path in folder.iterdir()} == {0o600}
    assert pl.read_parquet(folder / "losses.parquet").columns == of_losses.LOSSES.names()


@pytest.mark.parametrize("name", ["", "file/below"])
def test_a_folder_that_cannot_be_is_wrong_usage(
    lostwrite: Run, words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("LOSTWRITE_DEBUG", f"tables:{tmp_path / name}" if name else "tables:")
    outcome = lostwrite(*words)
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.startswith("lostwrite: LOSTWRITE_DEBUG")
    assert outcome.err.count("\n") == 1
