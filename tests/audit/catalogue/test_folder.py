"""The catalogue's folder: private, never left through a link, and never believed."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

import polars as pl
import pytest

from analyzer.audit.catalogue.folder import Folder, parquet
from analyzer.audit.catalogue.lock import locked
from analyzer.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

SCHEMA = pl.Schema({"a": pl.Int64(), "b": pl.String()})


def test_files_and_folders_are_for_their_owner_alone(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "deep/catalogue")
    folder.write(b"x", "one", "two", "file")
    modes = {
        path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "deep/catalogue").rglob("*")
    }
    assert modes == {"one": 0o700, "two": 0o700, "file": 0o600}
    assert stat.S_IMODE((tmp_path / "deep/catalogue").stat().st_mode) == 0o700


@pytest.mark.parametrize("link", ["catalogue", "catalogue/writes", "catalogue/writes/data.parquet"])
def test_nothing_is_read_or_written_through_a_link(tmp_path: Path, link: str) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "data.parquet").write_bytes(b"theirs")
    place = tmp_path / link
    place.parent.mkdir(parents=True, exist_ok=True)
    place.symlink_to(outside / "data.parquet" if link.endswith("parquet") else outside)
    folder = Folder(tmp_path / "catalogue")
    with pytest.raises(InputError, match="is a link"):
        folder.read("writes", "data.parquet")
    if link.endswith("parquet"):
        folder.write(b"ours", "writes", "data.parquet")
        assert not place.is_symlink(), "the link itself is replaced"
    else:
        with pytest.raises(InputError, match="is a link"):
            folder.write(b"ours", "writes", "data.parquet")
    assert (outside / "data.parquet").read_bytes() == b"theirs"


def test_a_link_is_removed_and_what_it_leads_to_stays(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "kept").write_bytes(b"theirs")
    (tmp_path / "catalogue").mkdir()
    (tmp_path / "catalogue/.work").symlink_to(outside)
    Folder(tmp_path / "catalogue").remove(".work")
    assert not (tmp_path / "catalogue/.work").is_symlink()
    assert (outside / "kept").exists()


def test_a_table_may_lack_columns_and_have_others_but_no_other_type(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "c")
    folder.write(parquet(pl.DataFrame({"c": [1], "a": [2]})), "t")
    assert folder.table(SCHEMA, "t").rows() == [(2, None)]
    folder.write(parquet(pl.DataFrame({"a": ["text"], "b": ["x"]})), "t")
    with pytest.raises(InputError, match="is no table of this catalogue"):
        folder.table(SCHEMA, "t")
    folder.write(b"PAR1 nonsense PAR1", "t")
    with pytest.raises(InputError, match="or a damaged one"):
        folder.table(SCHEMA, "t")


def test_a_table_of_more_rows_than_any_has_is_refused_before_it_is_read(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "c")
    many = pl.select(pl.repeat(1, 2_000_000, dtype=pl.Int64).alias("a"))
    folder.write(parquet(many), "t")
    assert (tmp_path / "c/t").stat().st_size < 100_000
    with pytest.raises(InputError, match="2,000,000 rows, which are too many"):
        folder.table(SCHEMA, "t")


def test_a_pipe_or_a_folder_is_no_file(tmp_path: Path) -> None:
    import os

    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    for name in ("pipe", "folder"):
        with pytest.raises(InputError, match=r"is no regular file|is a directory"):
            Folder(tmp_path).read(name)


def test_equal_rows_give_equal_bytes() -> None:
    assert parquet(pl.DataFrame({"a": [1, 2]})) == parquet(
        pl.concat([pl.DataFrame({"a": [1]}), pl.DataFrame({"a": [2]})])
    )


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="a system without users")
def test_a_catalogue_of_another_user_is_refused_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Folder(tmp_path / "kept")
    with locked(folder):
        pass
    before = sorted(tmp_path.rglob("*"))
    monkeypatch.setattr("os.geteuid", lambda: os.getuid() + 1)
    with pytest.raises(InputError, match="belongs to another user") as caught, locked(folder):
        pass
    assert caught.value.source == str(tmp_path / "kept")
    assert sorted(tmp_path.rglob("*")) == before


def test_a_second_audit_is_refused_and_a_dead_one_holds_nothing(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "c")
    with locked(folder), pytest.raises(InputError, match="another audit is writing"), locked(folder):
        pass
    with locked(folder):
        assert (tmp_path / "c/.lock").exists(), "it stays, and holds nothing"


LATER = 253_402_300_800_000_000  # the first microsecond of the year 10000
TIMED = pl.Schema({"at": pl.Datetime("us", "UTC"), "b": pl.String()})


@pytest.mark.parametrize("time", [LATER, -LATER, 2**63 - 1])
def test_a_time_that_python_has_not_is_refused(tmp_path: Path, time: int) -> None:
    folder = Folder(tmp_path)
    rows = pl.DataFrame({"at": [0, time], "b": ["x", "y"]}).with_columns(pl.col("at").cast(TIMED["at"]))
    folder.write(parquet(rows.head(1)), "fine")
    folder.write(parquet(rows), "odd")
    assert folder.table(TIMED, "fine").height == 1
    with pytest.raises(InputError, match="a damaged one"):
        folder.table(TIMED, "odd")


def test_a_row_that_lacks_what_each_has_is_refused(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.write(parquet(pl.DataFrame({"a": [1, None], "b": ["x", "y"]}, schema=SCHEMA)), "rows")
    assert folder.table(SCHEMA, "rows", needed=["b"]).height == 2
    with pytest.raises(InputError, match="a damaged one"):
        folder.table(SCHEMA, "rows", needed=["a"])


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_pipe_is_neither_waited_for_nor_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "data.parquet")
    folder = Folder(tmp_path)
    for opened in (folder.read, folder.file):
        with pytest.raises(InputError, match="no regular file"):
            opened("data.parquet")
    os.mkfifo(tmp_path / ".lock")
    with pytest.raises(InputError, match="the lock of the catalogue"), locked(folder):
        pass


def test_folders_that_are_too_deep_to_be_removed_are_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def too_deep(_path: Path) -> None:
        raise RecursionError

    monkeypatch.setattr("analyzer.sources.private_folder.shutil.rmtree", too_deep)
    (tmp_path / ".work").mkdir()
    with pytest.raises(InputError, match="too deep"):
        Folder(tmp_path).remove(".work")
