"""An input is never written, whatever names it and whatever the output is called."""

from __future__ import annotations

import os
import zipfile
from typing import TYPE_CHECKING

import pytest

from tests.attack.command import INSTALLED, LOG, shell

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.conftest import Outcome

    Program = Callable[..., Outcome]

pytestmark = pytest.mark.attack


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """Logs, a trail and proofs; and names that lead to each: links, in folders and out of them."""
    logs, other = tmp_path / "logs", tmp_path / "other"
    (logs / "deep" / ".hidden").mkdir(parents=True)
    (logs / "node_modules").mkdir()
    other.mkdir()
    (logs / "a.json").write_bytes(LOG.read_bytes())
    (logs / "deep" / "b.json").write_bytes(LOG.read_bytes())
    (tmp_path / "t.json").write_text('{"Records":[]}')
    (tmp_path / "k.json").write_text('{"Items":[]}')
    with zipfile.ZipFile(tmp_path / "z.zip", "w") as archive:
        archive.write(LOG, "a.json")
    (other / "soft").symlink_to("../logs/a.json")
    os.link(logs / "deep" / "b.json", other / "hard")
    (tmp_path / "folder").symlink_to("logs")
    (other / "c.json").write_text("to be linked")
    (logs / "into").symlink_to("../other/c.json")
    (other / "d.json").write_text("to be linked")
    os.link(other / "d.json", logs / "deep" / "into")
    return tmp_path


def contents(here: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(here.rglob("*")) if path.is_file()}


REFUSED = [
    ("check logs/a.json", "logs/a.json"),
    ("check logs/a.json", "./logs/../logs/a.json"),
    ("check logs/a.json", "folder/a.json"),
    ("check logs/a.json", "other/soft"),
    ("check other/soft", "logs/a.json"),
    ("check logs/deep/b.json", "other/hard"),
    ("check logs", "logs/a.json"),
    ("check logs", "logs/new.txt"),
    ("check logs", "logs/deep/new.txt"),
    ("check logs", "folder/deep/new.txt"),
    ("check folder", "logs/new.txt"),
    ("check .", "new.txt"),
    ("check logs", "other/soft"),
    ("check logs", "other/hard"),
    ("check logs", "other/c.json"),
    ("check logs", "other/d.json"),
    ("check logs/*.json", "logs/a.json"),
    ("check logs/*.json", "logs/new.json"),
    ("check logs/**/*.json", "logs/deep/new.json"),
    ("check logs/**/*.json", "logs/new.json"),
    ("check logs/d*", "logs/deep/new.txt"),
    ("check lo[g]s", "logs/deep/new.txt"),
    ("check logs/deep/*.json", "other/hard"),
    ("check logs/d*", "other/d.json"),
    ("check z.zip", "z.zip"),
    ("check logs --trail t.json", "t.json"),
    ("check logs --trail .", "new.txt"),
    ("check logs --keys k.json", "k.json"),
    ("check logs --keys arn:x=k.json", "k.json"),
    ("check logs --keys arn:x=.", "new.json"),
    ("check logs --selectors t.json", "t.json"),
    ("check logs --public-keys t.json", "t.json"),
    ("trail t.json", "t.json"),
    ("trail . --format parquet", "new.parquet"),
    ("trail t.json --selectors k.json", "k.json"),
    ("trail t.json --public-keys k.json", "k.json"),
    ("parse logs --format ndjson", "logs/new.json"),
    ("parse logs --format parquet", "logs/a.json"),
    ("parse logs --explain", "logs/a.json"),
    ("parse logs --unrecognised", "logs/a.json"),
]


@pytest.mark.parametrize(("words", "output"), REFUSED, ids=" > ".join)
def test_an_output_that_is_read_is_refused(program: Program, here: Path, words: str, output: str) -> None:
    before = contents(here)
    outcome = program(*words.split(), "--output", output)
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.startswith(f"lostwrite: --output {output}: ")
    assert "an input" in outcome.err
    assert contents(here) == before


@pytest.mark.parametrize(
    ("words", "output"),
    [
        ("parse logs", "report.txt"),
        ("parse logs", "logs/deep/.hidden/report.txt"),
        ("parse logs", "logs/node_modules/report.txt"),
        ("parse logs/*.json", "logs/report.txt"),
        ("parse logs/*.json", "logs/deep/report.json"),
        ("parse logs/a.json", "logs/report.json"),
        ("parse logs", "logsreport.txt"),
    ],
    ids=" > ".join,
)
def test_another_file_is_written_and_again(program: Program, here: Path, words: str, output: str) -> None:
    before = contents(here)
    for _ in range(2):
        outcome = program(*words.split(), "--output", output)
        assert (outcome.code, outcome.out) == (0, "")
    after = contents(here)
    assert after.pop(str(here / output))
    assert after == before


def test_an_output_that_is_a_link_is_written_where_it_leads(program: Program, here: Path) -> None:
    (here / "old.txt").write_text("old")
    (here / "link").symlink_to("old.txt")
    (here / "dangling").symlink_to("other/new.txt")
    for name, target in (("link", "old.txt"), ("dangling", "other/new.txt")):
        assert program("parse", "logs/a.json", "--output", name).code == 0
        assert (here / name).is_symlink()
        assert "RouterRoute" in (here / target).read_text()


def test_a_file_that_may_not_be_written_is_not_replaced(here: Path) -> None:
    """A rename would do it, as only the folder's mode counts for that."""
    (here / "kept").write_text("old")
    (here / "kept").chmod(0o400)
    done = shell("$L parse logs/a.json --output kept", here)
    if os.geteuid() == 0:
        assert done.returncode == 0  # root may write any file
    else:
        assert (done.returncode, (here / "kept").read_text()) == (2, "old")
        assert "permission denied" in done.stderr


@pytest.mark.parametrize(
    ("line", "code", "told"),
    [
        ("$L parse logs/a.json --format ndjson >> logs/a.json", 2, "standard output writes to it"),
        ("$L check logs/a.json >> folder/a.json", 2, "standard output writes to it"),
        ("$L check logs/a.json - < t.json --output t.json", 2, "standard input reads"),
        ("$L check logs/a.json nowhere 2>> logs/a.json", 2, ""),
        ("$L parse logs/a.json nowhere 2>> folder/a.json", 2, ""),
    ],
)
def test_streams_that_are_inputs(here: Path, line: str, code: int, told: str) -> None:
    before = contents(here)
    done = shell(line, here)
    assert done.returncode == code
    assert told in done.stderr
    assert contents(here) == before


def test_parse_does_not_read_what_it_writes(here: Path) -> None:
    """The shell makes the file before the program starts, in the folder that is read."""
    (here / "logs" / "into").unlink()
    alone = shell("$L parse logs --format ndjson", here).stdout
    for _ in range(2):
        done = shell("$L parse logs --format ndjson > logs/out.json", here)
        assert "logs/out.json" not in done.stderr
        assert (here / "logs" / "out.json").read_text() == alone


def test_a_folder_by_another_name_than_its_own(
    program: Program, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where letters have no case, or by a second mount: `realpath` gives two names for it."""
    (here / "LOGS").symlink_to("logs")
    real = os.path.realpath

    def without_case(path: str) -> str:
        return str(path) if "LOGS" in str(path) else real(path)

    with monkeypatch.context() as patched:
        patched.setattr(os.path, "realpath", without_case)
        outcome = program("parse", "logs", "--output", str(here / "LOGS" / "new.txt"))
    if INSTALLED is None:
        assert (outcome.code, "an input" in outcome.err) == (2, True)


@pytest.mark.usefixtures("here")
def test_a_device_may_be_the_output(program: Program) -> None:
    assert program("parse", "logs/a.json", "--output", os.devnull).code == 0
