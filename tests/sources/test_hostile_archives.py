"""Archives that do harm: what does is refused with a reason, for logs and trails alike; a good file beside is read."""

from __future__ import annotations

import gzip
import io
import lzma
import tarfile
import zipfile
from typing import TYPE_CHECKING

import pytest

from analyzer.sources import archive, limits
from analyzer.sources.archive import Allowance, members
from analyzer.sources.contain import contents
from analyzer.sources.folders import Refused
from analyzer.sources.source import Source
from analyzer.trail.files import Look, read_file
from tests.sources.hostile import LOG, overlapping_zip, pax, tar_file, tar_header, zip_link, zipped

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Reader = Callable[[bytes], tuple[list[str], list[str]]]

END = bytes(1024)
GOOD = tar_file("good.log", LOG)


def of_logs(data: bytes) -> tuple[list[str], list[str]]:
    """The names of what is read of an archive of logs, and the problems."""
    found, unread = contents([Source("x", None, data)])
    read = []
    for source in found:
        with source.open() as stream:
            stream.read()
        read.append(source.name)
    return read, [problem for stats in unread for problem in stats.problems]


def of_trail(data: bytes) -> tuple[list[str], list[str]]:
    """The same of a trail; none of the files is one, so that only names and the archive's problems matter."""
    files = [file.stats for file in read_file(Look(), Source("x", None, data))]
    whole = [problem for stats in files if stats.source == "x" for problem in stats.problems]
    return [stats.source for stats in files if stats.source != "x"], whole


READERS = pytest.mark.parametrize("reader", [of_logs, of_trail])


@READERS
@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (GOOD + tar_file("/etc/passwd", b"x"), "/etc/passwd: not read: a name that leads out of the archive"),
        (GOOD + tar_file("a/../../x", b"x"), "a/../../x: not read: a name that leads out of the archive"),
        (GOOD + tar_file("C:\\x", b"x"), "C:\\x: not read: a name that leads out of the archive"),
        (GOOD + tar_file("\\\\host\\x", b"x"), "\\\\host\\x: not read: a name that leads out of the archive"),
        (GOOD + tar_header("link", 0, tarfile.SYMTYPE), "link: not read: a link or device"),
        (GOOD + tar_header("hard", 0, tarfile.LNKTYPE), "hard: not read: a link or device"),
        (GOOD + tar_header("null", 0, tarfile.CHRTYPE), "null: not read: a link or device"),
        (GOOD + tar_header("pipe", 0, tarfile.FIFOTYPE), "pipe: not read: a link or device"),
        (
            GOOD + tar_file("good.log", b"other"),
            "good.log: not read: a name that the archive contains twice: the first was read",
        ),
        (
            GOOD + tar_file("hole", b"x", tarfile.GNUTYPE_SPARSE),
            "hole: not read: a sparse file: its size is not what is stored",
        ),
        (
            GOOD
            + pax({"GNU.sparse.major": "1", "GNU.sparse.realsize": str(1 << 60)})
            + tar_file("hole", b"x"),
            "hole: not read: a sparse file: its size is not what is stored",
        ),
        (GOOD + tar_header("a", 1 << 62) + LOG, "a: not read: more than 512 MiB"),
        (GOOD + pax({"size": str(1 << 62)}) + tar_header("a", 0) + LOG, "a: not read: more than 512 MiB"),
        (GOOD + tar_file(".git/config", b"x"), None),
        (GOOD + tar_file("__MACOSX/good.log", b"x"), None),
    ],
)
def test_a_tar_archive_gives_the_good_file_and_names_the_other(
    reader: Reader, data: bytes, problem: str | None
) -> None:
    read, problems = reader(data + END)
    assert read == ["x!good.log"]
    said = [
        words.replace(" would have to be kept in memory: unpack the archive first", "") for words in problems
    ]
    assert said[-1:] == ([problem] if problem else [])


@READERS
@pytest.mark.parametrize(
    "damage",
    [
        tar_header("a", 400_000_000) + LOG,  # it claims what does not follow
        tar_header("././@LongLink", 1 << 40, tarfile.GNUTYPE_LONGNAME) + LOG,
        tar_header("pax", 1 << 40, tarfile.XHDTYPE) + LOG,
        tar_file("pax", b"99999 path=x\n", tarfile.XHDTYPE),
        tar_header("a", 3)[:300],
        b"x" * 512,
    ],
)
def test_what_stands_before_damage_in_a_tar_archive_is_read(reader: Reader, damage: bytes) -> None:
    read, problems = reader(GOOD + damage)
    assert read[0] == "x!good.log"
    assert "only what comes before was read" in problems[-1]


@READERS
def test_a_long_chain_of_extended_headers(reader: Reader) -> None:
    """The standard library goes one call deeper for each."""
    chain = tar_header("pax", 0, tarfile.XHDTYPE) * 5_000
    assert reader(chain + GOOD + END) == (["x!good.log"], [])


@READERS
def test_what_tar_writes_is_read(reader: Reader) -> None:
    """Long names, in each of the formats, and a folder."""
    for form in (tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT):
        out = io.BytesIO()
        name = "/".join(["d" * 60] * (3 if form == tarfile.USTAR_FORMAT else 6)) + "/é.log"
        with tarfile.open(fileobj=out, mode="w", format=form) as made:
            folder = tarfile.TarInfo("d")
            folder.type = tarfile.DIRTYPE
            made.addfile(folder)
            info = tarfile.TarInfo(name)
            info.size = len(LOG)
            info.uid = 1 << 33 if form != tarfile.USTAR_FORMAT else 0  # in base 256, or extended
            made.addfile(info, io.BytesIO(LOG))
        assert reader(out.getvalue()) == ([f"x!{name}"], [])


@READERS
def test_a_zip_archive_with_a_link(reader: Reader) -> None:
    assert reader(zip_link("link", "/etc/passwd")) == (["x!good.log"], ["link: not read: a link or device"])


@READERS
def test_the_names_in_a_zip_archive(reader: Reader) -> None:
    names = ("good.log", "mood.log", "../up", "/etc/passwd", "C:/x", ".ssh/id", "a\\..\\..\\b")
    data = zipped(dict.fromkeys(names, LOG)).replace(b"mood.log", b"good.log")
    assert reader(data) == (
        ["x!good.log"],
        [
            "good.log: not read: a name that the archive contains twice: the first was read",
            "4 files not read (../up, ...): a name that leads out of the archive",
        ],
    )


@READERS
def test_one_packed_text_that_is_listed_again_and_again(reader: Reader) -> None:
    read, problems = reader(overlapping_zip(LOG, 1_000))
    assert read == ["x!00000.log"]
    assert problems == [
        "999 files not read (00001.log, ...): it overlaps with another file of the archive: a bomb"
    ]


@READERS
def test_a_file_of_a_zip_archive_that_is_a_bomb(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "BOMB_SIZE", 1 << 20)
    data = zipped({"bomb.log": b"\n" * (8 << 20), "good.log": LOG * 50})
    assert reader(data) == (["x!good.log"], [f"bomb.log: not read: {limits.BOMB}"])


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_zip_archive_is_unpacked_in_small_steps(method: int) -> None:
    """The standard library bounds only what it unpacks of deflate at a time."""
    data = zipped({"a.log": LOG + b"\n" * (2 << 20)}, method)
    (source,), _ = contents([Source("x", None, data)])
    opener = source.opener
    assert opener is not None
    blocks = opener._blocks()  # type: ignore[attr-defined]
    assert max(map(len, blocks)) <= 4096


@READERS
def test_many_files(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    names = {f"{number}.log": b"" for number in range(200)}
    tar = b"".join(tar_file(name, b"") for name in names) + END
    for limit in ("LOG_MEMBERS", "TRAIL_MEMBERS"):
        for module in ("analyzer.sources.contain", "analyzer.trail.files"):
            monkeypatch.setattr(f"{module}.{limit}", 100, raising=False)
    assert reader(zipped(names)) == ([], ["not read: more than 100 files"])
    read, problems = reader(tar)
    assert (len(read), problems) == (100, ["too many files: the rest was not read"])
    assert len(reader(gzip.compress(zipped(dict.fromkeys(list(names)[:50], b""))))[0]) == 50


def test_a_directory_that_is_too_long_is_counted_and_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """To have the standard library read it costs 700 bytes for each entry."""
    monkeypatch.setattr(zipfile, "ZipFile", None)
    data = overlapping_zip(LOG, 2_000)
    for tail in (b"", b"a comment" * 100):
        whole = data[:-2] + len(tail).to_bytes(2, "little") + tail
        with pytest.raises(Exception, match="more than 1,999 files"):
            list(members(Source("x", None, whole), Allowance(1 << 30, 1_999), Refused(), 0))


@READERS
def test_what_archives_in_archives_hold_counts_together(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "BOMB_SIZE", 1 << 20)
    inner = zipped({f"{number}.log": LOG + b"\n" * 500_000 for number in range(10)})
    read, problems = reader(zipped({"good.log": LOG, "a.zip": inner, "b.zip": inner}))
    assert read[0] == "x!good.log"
    assert len(read) < 8
    assert any("decompression bomb" in problem for problem in problems)


def test_packed_files_in_an_archive_count_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "BOMB_SIZE", 1 << 20)
    bombs = {f"{number}.gz": gzip.compress(LOG + b"\n" * 500_000) for number in range(10)}
    read, problems = of_logs(zipped({"good.log": LOG} | bombs))
    assert read == ["x!good.log", "x!0.gz", "x!1.gz"]
    assert len(problems) == 8


@pytest.mark.parametrize("depth", [3, 4, 50])
def test_layers_of_packing(depth: int) -> None:
    data = LOG
    for _ in range(depth):
        data = gzip.compress(data)
    assert of_logs(data) == ((["x"], []) if depth <= 3 else ([], ["not read: within 3 others"]))


@READERS
def test_damage_in_one_file_of_a_zip_archive(reader: Reader) -> None:
    data = bytearray(zipped({"bad.log": LOG * 50, "good.log": LOG}))
    data[45] ^= 0xFF
    if reader is of_trail:
        assert reader(bytes(data))[0] == ["x!bad.log", "x!good.log"]
        return
    found, _ = contents([Source("x", None, bytes(data))])
    assert [source.name for source in found] == ["x!bad.log", "x!good.log"]
    with found[0].open() as stream, pytest.raises(OSError, match="damaged here"):
        list(iter(stream.read, b""))


def test_a_zip_archive_that_lies_about_a_size() -> None:
    data = bytearray(zipped({"a.log": LOG * 1_000, "good.log": LOG}))
    entry = data.index(b"PK\1\2")
    data[entry + 24 : entry + 28] = (10).to_bytes(4, "little")
    found, _ = contents([Source("x", None, bytes(data))])
    with found[0].open() as stream, pytest.raises(OSError, match="damaged here"):
        list(iter(stream.read, b""))
    with found[1].open() as stream:
        assert stream.read() == LOG


def test_only_one_file_of_a_trail_is_held(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files together may be larger than what may be held; those of logs may not."""
    monkeypatch.setattr(archive, "IN_MEMORY", 1_000)
    data = b"".join(tar_file(f"{number}.log", LOG * 10) for number in range(10)) + END
    assert len(of_trail(data)[0]) == 10
    monkeypatch.setattr("analyzer.sources.contain.Room", lambda: archive.Room(1_000))
    assert len(of_logs(data)[0]) == 1


def test_a_packed_archive_that_was_changed_while_it_was_read(tmp_path: Path) -> None:
    path = tmp_path / "x.tar.xz"
    path.write_bytes(lzma.compress(GOOD + END))
    files = read_file(Look(), Source("x", path))
    next(files)
    path.write_bytes(lzma.compress(GOOD + GOOD + END) + bytes(4))
    (last,) = files
    assert "while it was read" in last.stats.problems[-1]
