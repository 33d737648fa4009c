"""The folder of the pages: what may be written into, what is replaced, and that nothing is written elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from analyzer.audit.reports.folder import MARKER, problem_of, write
from analyzer.audit.reports.page.places import place
from analyzer.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ONE = [(place("a"), b"a"), ("writes.csv", b"w"), ("index.html", b"i")]


def names(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir()}


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_a_new_folder_is_for_its_owner_only(tmp_path: Path) -> None:
    folder = tmp_path / "pages"
    assert write(str(folder), ONE) == 3
    assert names(folder) == {MARKER, place("a"), "writes.csv", "index.html"}
    assert {mode(folder / name) for name in names(folder)} == {0o600}
    assert {mode(folder), mode(folder / "deploys")} == {0o700}


def test_an_empty_folder_is_taken(tmp_path: Path) -> None:
    assert problem_of(str(tmp_path)) is None
    write(str(tmp_path), ONE)
    assert (tmp_path / "index.html").read_bytes() == b"i"


def test_pages_of_ours_are_replaced_old_ones_removed_and_what_is_not_ours_stays(tmp_path: Path) -> None:
    write(str(tmp_path), ONE)
    for other in ("notes.txt", "deploys/notes.html", "deploys/mine-0123.html"):
        (tmp_path / other).write_text("mine")
    write(str(tmp_path), [(place("b"), b"b"), ("index.html", b"2")])
    assert names(tmp_path) >= {"notes.txt", "deploys/notes.html", "deploys/mine-0123.html", place("b")}
    assert place("a") not in names(tmp_path)
    assert (tmp_path / "index.html").read_bytes() == b"2"


def test_a_published_folder_stays_published(tmp_path: Path) -> None:
    """A web server may read the index, so it may read a page that is new."""
    write(str(tmp_path), ONE)
    (tmp_path / "index.html").chmod(0o644)
    write(str(tmp_path), [(place("b"), b"b"), ("index.html", b"2")])
    assert mode(tmp_path / "index.html") == mode(tmp_path / place("b")) == 0o644


def test_a_folder_with_other_things_in_it_is_refused(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("mine")
    with pytest.raises(UsageError, match="is not empty"):
        write(str(tmp_path), ONE)
    assert names(tmp_path) == {"index.html"}


@pytest.mark.parametrize(
    ("marker", "why"),
    [
        ("lostwrite pages 2\n", "newer version"),
        ("something else\n", "did not write"),
        ("", "did not write"),
        ("lostwrite pages x\n", "did not write"),
        ("lostwrite pages " + "9" * 9_999, "did not write"),
    ],
)
def test_a_marker_that_is_newer_or_not_ours_is_refused(marker: str, why: str, tmp_path: Path) -> None:
    (tmp_path / MARKER).write_text(marker)
    with pytest.raises(UsageError, match=why):
        write(str(tmp_path), ONE)
    assert names(tmp_path) == {MARKER}


def test_what_is_no_folder_is_refused_beforehand(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "lost").symlink_to("nowhere")
    assert problem_of(str(tmp_path / "file")) == "is not a folder"
    assert problem_of(str(tmp_path / "lost")) == "is not a folder"
    assert problem_of(str(tmp_path / "none" / "pages")) == "its parent folder does not exist"
    assert problem_of("") == problem_of("a\0b") == "is not a name of a folder"


def test_nothing_is_written_through_a_link(tmp_path: Path) -> None:
    outside, folder = tmp_path / "outside", tmp_path / "pages"
    outside.mkdir()
    (outside / "secret").write_text("s")
    write(str(folder), ONE)
    for name in ("index.html", place("a"), "writes.csv"):
        (folder / name).unlink()
        (folder / name).symlink_to(outside / "secret")
    write(str(folder), ONE)
    assert (outside / "secret").read_text() == "s"
    assert not any((folder / name).is_symlink() for name in names(folder))


def test_a_folder_of_pages_that_is_a_link_is_refused(tmp_path: Path) -> None:
    outside, folder = tmp_path / "outside", tmp_path / "pages"
    outside.mkdir()
    folder.mkdir()
    (folder / MARKER).write_text("lostwrite pages 1\n")
    (folder / "deploys").symlink_to(outside)
    with pytest.raises(UsageError, match="deploys"):
        write(str(folder), ONE)
    assert list(outside.iterdir()) == []


def test_a_marker_that_is_a_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_text("lostwrite pages 1\n")
    folder = tmp_path / "pages"
    folder.mkdir()
    (folder / MARKER).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UsageError, match="is no file"):
        write(str(folder), ONE)


@pytest.mark.parametrize(
    "name", ["../x", "/etc/x", "deploys/../x", "a/b", "deploys/", "", ".", MARKER, "deploys\\x", "x\0", "c:x"]
)
def test_no_name_leads_out_of_the_folder(name: str, tmp_path: Path) -> None:
    folder = tmp_path / "pages"
    with pytest.raises(UsageError, match="no name of a page"):
        write(str(folder), [(name, b"x")])
    assert {path.name for path in tmp_path.iterdir()} == {"pages"}
    assert names(folder) == {MARKER}


def test_a_run_that_ends_in_the_middle_leaves_the_old_index_and_whole_pages(tmp_path: Path) -> None:
    write(str(tmp_path), ONE)

    def broken() -> Iterator[tuple[str, bytes]]:
        yield place("b"), b"b"
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write(str(tmp_path), broken())
    assert (tmp_path / "index.html").read_bytes() == b"i"
    assert names(tmp_path) == {MARKER, place("a"), place("b"), "writes.csv", "index.html"}
    write(str(tmp_path), ONE)
    assert names(tmp_path) == {MARKER, place("a"), "writes.csv", "index.html"}


def test_what_cannot_be_written_leaves_nothing_half_written(tmp_path: Path) -> None:
    write(str(tmp_path), ONE)
    (tmp_path / "writes.csv").unlink()
    (tmp_path / "writes.csv").mkdir()
    with pytest.raises(OSError, match=r"writes\.csv"):
        write(str(tmp_path), ONE)
    assert not list(tmp_path.glob(".*.tmp"))
