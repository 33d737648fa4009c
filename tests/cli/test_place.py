"""The file of `--output`: whole or as it was, and nobody else's."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from analyzer.cli.place import opened, problem_of


@pytest.mark.parametrize("error", [KeyboardInterrupt(), SystemExit(143), ValueError(), OSError()])
@pytest.mark.parametrize("old", ["old", None])
def test_an_error_leaves_what_was_there(tmp_path: Path, error: BaseException, old: str | None) -> None:
    out = tmp_path / "o"
    if old:
        out.write_text(old)
    before = [(path.name, path.read_text()) for path in tmp_path.iterdir()]
    with pytest.raises(type(error)):
        _fail(str(out), error)
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == before


def _fail(out: str, error: BaseException) -> None:
    with opened(out) as file:
        file.write(b"half")
        raise error


def test_until_it_is_whole_the_old_file_is_read(tmp_path: Path) -> None:
    out = tmp_path / "o"
    out.write_text("old")
    with opened(str(out)) as file:
        file.write(b"new")
        file.flush()
        assert out.read_text() == "old"
        (beside,) = (path for path in tmp_path.iterdir() if path != out)
        assert stat.S_IMODE(beside.stat().st_mode) == stat.S_IMODE(out.stat().st_mode)
        assert beside.name.startswith(".")
    assert out.read_text() == "new"


@pytest.mark.parametrize("mask", [0, 0o022, 0o077])
def test_a_new_file_is_private_whatever_the_mask(tmp_path: Path, mask: int) -> None:
    before = os.umask(mask)
    try:
        with opened(str(tmp_path / "o")) as file:
            file.write(b"new")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "o").stat().st_mode) == 0o600


def test_a_mode_is_kept_without_its_special_bits(tmp_path: Path) -> None:
    (tmp_path / "o").touch()
    (tmp_path / "o").chmod(0o4755)
    with opened(str(tmp_path / "o")) as file:
        file.write(b"new")
    assert stat.S_IMODE((tmp_path / "o").stat().st_mode) == 0o755


@pytest.mark.parametrize(
    ("output", "problem"),
    [
        ("", "is not a file name"),
        ("a\0b", "is not a file name"),
        (".", "is a directory"),
        ("nowhere/o", "its folder does not exist"),
        ("link", "its folder does not exist"),
        ("o", None),
        ("/dev/stdout", None),
        ("/dev/fd/7", None),
    ],
)
def test_what_is_known_beforehand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, output: str, problem: str | None
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("link").symlink_to("nowhere/o")
    assert problem_of(output) == problem
