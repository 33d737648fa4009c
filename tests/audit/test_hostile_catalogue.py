"""A catalogue that somebody else put there, or damaged: refused by name, and nothing outside it is touched."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import polars as pl
import pytest

from analyzer.api import audit
from analyzer.errors import InputError
from tests.audit.homes import Home, content

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home of one deploy, and its catalogue."""
    folder = tmp_path_factory.mktemp("hostile")
    Home(folder / "home").deploy(1)
    ran(folder)
    shutil.move(folder / "catalogue", folder / "pristine")
    return folder


@pytest.fixture
def there(made: Path) -> Path:
    """The same, with a catalogue as it was."""
    shutil.rmtree(made / "catalogue", ignore_errors=True)
    shutil.copytree(made / "pristine", made / "catalogue", symlinks=True)
    return made


def ran(folder: Path) -> pl.DataFrame:
    return audit(
        [folder / "home/logs"], trail=[folder / "home/trail"], catalogue=folder / "catalogue"
    ).deploys


@pytest.mark.parametrize(
    "place", ["writes", ".read", ".read/000001", ".read/000001/logs/events.parquet", ".work"]
)
def test_a_link_in_it_is_refused(there: Path, place: str) -> None:
    path, outside = there / "catalogue" / place, there / "outside"
    shutil.rmtree(outside, ignore_errors=True)
    outside.mkdir()
    if path.exists():
        shutil.move(path, outside / "moved")
    path.symlink_to(outside / "moved")
    (there / "home/logs/d001/eventlog.json").touch()
    (there / "catalogue/manifest.json").unlink()  # all is judged and published again
    before = sorted(outside.rglob("*"))
    with pytest.raises(InputError, match="is a link"):
        ran(there)
    assert sorted(outside.rglob("*")) == before


def test_files_that_are_not_of_it_are_not_looked_at(there: Path) -> None:
    before = content(there / "catalogue")
    pl.DataFrame({"deploy": ["evil"]}).write_parquet(there / "catalogue/writes/evil.parquet")
    (there / "catalogue/.read/notes").mkdir()
    (there / "catalogue/.work").mkdir()
    (there / "catalogue/.work/notes").write_text("?")
    (there / "catalogue/.work" / ("a" * 64)).mkdir()
    assert ran(there)["id"].to_list() == ran(there)["id"].to_list()
    assert content(there / "catalogue") == before


@pytest.mark.parametrize("place", [".read/000001/batch.json", ".read/000002/trail/records.parquet"])
def test_what_is_damaged_is_named(there: Path, place: str) -> None:
    (there / "catalogue" / place).write_bytes(b"?" * 100)
    with pytest.raises(InputError, match=place.split("/")[1]):
        ran(there)


def test_a_newer_part_of_it_is_refused_by_name(there: Path) -> None:
    path = there / "catalogue/.read/000001/batch.json"
    path.write_text(path.read_text().replace("batch/v2", "batch/v9"))
    with pytest.raises(InputError, match=r"lostwrite\.batch/v9.* it needs a newer lostwrite"):
        ran(there)


def test_a_catalogue_that_is_a_link_is_refused(there: Path) -> None:
    shutil.move(there / "catalogue", there / "elsewhere")
    (there / "catalogue").symlink_to(there / "elsewhere")
    with pytest.raises(InputError, match="is a link"):
        ran(there)
    (there / "catalogue").unlink()
    shutil.rmtree(there / "elsewhere")


def test_everything_in_it_is_for_its_owner_alone(there: Path) -> None:
    """Whatever the umask is: also what other modules write into it."""
    shutil.rmtree(there / "catalogue")
    ran(there)
    modes = {path.stat().st_mode & 0o077 for path in (there / "catalogue").rglob("*")}
    assert modes == {0}


@pytest.mark.parametrize("place", [".read/000001/logs/events.parquet", ".read/000002/trail/facts.json"])
def test_a_pipe_in_it_is_not_waited_for(there: Path, place: str) -> None:
    path = there / "catalogue" / place
    path.unlink()
    os.mkfifo(path)
    (there / "catalogue/manifest.json").unlink()  # all is judged again
    with pytest.raises(InputError, match="no regular file"):
        ran(there)


def test_a_journal_that_names_a_table_that_is_none_is_refused(there: Path) -> None:
    (there / "catalogue/.work").mkdir()
    text = '{"schema":"lostwrite.publishing/v1","places":[["evil","x","2026-01"]]}'
    (there / "catalogue/.work/publishing.json").write_text(text)
    (there / "catalogue/manifest.json").unlink()
    with pytest.raises(InputError, match="no journal of an audit"):
        ran(there)


def test_calls_on_a_store_of_which_nothing_else_is_known_are_refused(there: Path) -> None:
    path = there / "catalogue/.read/000002/stores.parquet"
    pl.read_parquet(path).with_columns(store=pl.lit("evil")).write_parquet(path)
    with pytest.raises(InputError, match="contradict each other"):
        ran(there)
