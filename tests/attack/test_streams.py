"""Closed and full standard streams, outputs that cannot be written, readers that go away: a code, and no traceback."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.attack.command import LOG, lostwrite, shell

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.attack
FULL = "standard output: cannot be written: no space left on device"
CLOSED = "standard output: cannot be written: it is closed"
PARSE = "$L parse a.json --format ndjson"


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """A folder with a deploy log."""
    (tmp_path / "a.json").write_bytes(LOG.read_bytes())
    return tmp_path


@pytest.mark.parametrize(
    ("line", "code", "told"),
    [
        ("$L rules >&-", 2, CLOSED),
        ("$L rules >/dev/full", 2, FULL),
        ("$L --version >&-", 2, CLOSED),
        ("$L --help >/dev/full", 2, FULL),
        ("$L check a.json >&-", 2, CLOSED),
        (f"{PARSE} >/dev/full", 2, FULL),
        (f"{PARSE} --output /dev/full", 2, "--output /dev/full: cannot be written: no space left on device"),
        (f"{PARSE} --output /dev/stdout >&-", 2, "--output /dev/stdout: cannot be written: it is closed"),
        ("$L parse a.json --format parquet --output /dev/full", 2, "--output /dev/full: cannot be written: no space"),
        (f"{PARSE} --output {'o' * 300}", 2, "--output ooo"),
        (f"{PARSE} --output {'o/' * 3000}", 2, "--output o/o/o"),
        ("$L parse - <&-", 3, "-: standard input cannot be read: it is closed"),
        ("$L check - <&-", 3, "-: standard input cannot be read: it is closed"),
        ("$L parse nowhere 2>&-", 3, ""),
        ("$L parse nowhere 2>/dev/full", 3, ""),
        ("$L --nonsense 2>/dev/full", 2, ""),
        ("$L parse nowhere <&- >&- 2>&-", 3, ""),
        ("$L rules >&- 2>&-", 2, ""),
        ("$L rules <&- 2>&- >rules.txt", 0, ""),
    ],
)  # fmt: skip
def test_closed_and_full_streams(here: Path, line: str, code: int, told: str) -> None:
    done = shell(line, here)
    assert done.returncode == code
    assert done.stderr.startswith(f"lostwrite: {told}" if told else "")
    assert done.stderr.count("\n") == bool(told)


def test_no_file_becomes_a_standard_stream(here: Path) -> None:
    """The first file that is opened would be standard output, and get the sentences for standard error."""
    done = shell("$L check a.json nowhere --output o.txt <&- >&- 2>&-", here)
    assert done.returncode == 3
    assert "lostwrite:" not in (here / "o.txt").read_text()
    assert (here / "a.json").read_bytes() == LOG.read_bytes()


@pytest.mark.parametrize(
    "words", ["rules", "--help", "--version", "parse a.json --format ndjson", "check a.json"]
)
def test_a_reader_that_went_away_is_no_failure(here: Path, words: str) -> None:
    read_end, write_end = os.pipe()
    os.close(read_end)
    done = lostwrite(*words.split(), cwd=here, stdout=write_end)
    os.close(write_end)
    assert (done.returncode, done.stderr) == (0, "")


def test_devices_and_pipes_are_written_as_they_are(here: Path) -> None:
    whole = shell(PARSE, here).stdout
    assert shell(f"{PARSE} --output /dev/stdout | cat", here).stdout == whole
    assert shell(f"{PARSE} --output /dev/fd/3 3>&1", here).stdout == whole
    assert shell(f"{PARSE} --output /dev/stdout > f; cat f", here).stdout == whole
    assert shell(f"mkfifo p; {PARSE} --output p & cat p; wait", here).stdout == whole
    assert shell(f"{PARSE} --output /dev/null", here).returncode == 0
    assert stat.S_ISCHR(Path(os.devnull).stat().st_mode)
    assert shell(f"{PARSE} --output /dev/stdout | true", here).stderr == ""
    assert stat.S_ISFIFO((here / "p").stat().st_mode)


@pytest.mark.parametrize("form", ["ndjson", "csv", "parquet", "table"])
def test_a_file_of_its_owner_that_keeps_the_mode_it_had(here: Path, form: str) -> None:
    out = here / "o" / "new"
    out.parent.mkdir()
    assert lostwrite("parse", "a.json", "--format", form, "--output", str(out), cwd=here).returncode == 0
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    first = out.read_bytes()
    out.write_text("old")
    out.chmod(0o664)
    assert lostwrite("parse", "a.json", "--format", form, "--output", str(out), cwd=here).returncode == 0
    assert (stat.S_IMODE(out.stat().st_mode), out.read_bytes()) == (0o664, first)
    assert [path.name for path in out.parent.iterdir()] == ["new"]


def _older(here: Path) -> Path:
    out = here / "o" / "old"
    out.parent.mkdir()
    out.write_text("old")
    return out


def _too_large(here: Path) -> tuple[str, Path]:
    return "ulimit -f 1; " + PARSE + " --output o/old", _older(here)


def _link_to_full(here: Path) -> tuple[str, Path]:
    out = _older(here)
    (out.parent / "link").symlink_to("/dev/full")
    return PARSE + " --output o/link", out


@pytest.mark.parametrize("case", [_too_large, _link_to_full])
def test_what_fails_leaves_the_old_file(here: Path, case: Callable[[Path], tuple[str, Path]]) -> None:
    line, out = case(here)
    before = sorted(path.name for path in out.parent.iterdir())
    done = shell(line, here)
    assert done.returncode == 2
    assert "cannot be written: " in done.stderr
    assert "Traceback" not in done.stderr
    assert out.read_text() == "old"
    assert sorted(path.name for path in out.parent.iterdir()) == before
