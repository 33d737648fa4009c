"""What stands within sources: packed, archived, in UTF-16; what is refused is said, and the rest is read."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import pickle
import tarfile
import zipfile
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from backports import zstd
from hypothesis import given
from hypothesis import strategies as st

from analyzer import api
from analyzer.errors import InputError
from analyzer.logs.read import LogScan
from analyzer.sources import contain, limits
from analyzer.sources.archive import Room
from analyzer.sources.contain import contents
from analyzer.sources.source import Source, UnreadableError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

LOG = b"Updating (prod):\n +  a:b:C d created (1s)\nDuration: 1s\n"


def zipped(files: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in files.items():
            made.writestr(name, content)
    return out.getvalue()


def tarred(files: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as made:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            made.addfile(info, io.BytesIO(content))
    return out.getvalue()


def opened(data: bytes, path: Path | None = None) -> tuple[dict[str, bytes], list[str]]:
    """The bytes of each source that stands within `data`, by name, and what is said of the others."""
    if path is not None:
        path.write_bytes(data)
    found, unread = contents([Source("x", path, b"" if path else data)])
    read = {}
    for source in found:
        with source.open() as stream:
            read[source.name] = stream.read()
        again = pickle.loads(pickle.dumps(source))  # noqa: S301 (our own bytes)
        with again.open() as stream:  # as in another process
            assert stream.read() == read[source.name]
    return read, [problem for stats in unread for problem in stats.problems]


PACKINGS: list[Callable[[bytes], bytes]] = [gzip.compress, zstd.compress, bz2.compress, lzma.compress]


@pytest.mark.parametrize("pack", PACKINGS, ids=["gzip", "zstandard", "bzip2", "xz"])
def test_packed_bytes(pack: Callable[[bytes], bytes]) -> None:
    assert opened(pack(LOG)) == ({"x": LOG}, [])
    assert opened(pack(LOG) + pack(LOG)) == ({"x": LOG + LOG}, [])
    assert opened(pack(pack(LOG))) == ({"x": LOG}, [])
    assert opened(pack(tarred({"a": LOG}))) == ({"x!a": LOG}, [])


@pytest.mark.parametrize("pack", PACKINGS, ids=["gzip", "zstandard", "bzip2", "xz"])
def test_nothing_packed_is_nothing(pack: Callable[[bytes], bytes]) -> None:
    assert opened(pack(b"")) == ({"x": b""}, [])


def test_a_text_that_begins_as_bzip2_does_is_a_text() -> None:
    assert opened(b"BZh9 is the beginning of bzip2\n") == ({"x": b"BZh9 is the beginning of bzip2\n"}, [])


@pytest.mark.parametrize("pack", PACKINGS, ids=["gzip", "zstandard", "bzip2", "xz"])
def test_packed_bytes_that_are_cut_give_what_stands_before(pack: Callable[[bytes], bytes]) -> None:
    """A log is read as far as it can be, and its stats say where that ended."""
    log = LOG + b"".join(b"    line %d of the program\n" % n for n in range(200_000))
    data = pack(log)
    scan = LogScan(*contents([Source("x", None, data[: len(data) * 3 // 4])]))
    events = sum(batch.height for batch in scan)
    inputs = scan.inputs.row(0, named=True)
    assert 1_000 < events < 200_000
    assert inputs["lines"] >= events
    assert "cut short" in inputs["problems"][0]


@pytest.mark.parametrize("pack", [zipped, tarred], ids=["zip", "tar"])
@pytest.mark.parametrize("on_disk", [True, False])
def test_the_files_of_an_archive(
    pack: Callable[[Mapping[str, bytes]], bytes], on_disk: bool, tmp_path: Path
) -> None:
    files = {
        "a/b.log": LOG,
        "c.log.gz": gzip.compress(LOG),
        ".sst/log/sst.log": b"time=",
        "inner.zip": zipped({"d.log": LOG}),
        ".git/config": b"hidden",
        "../../etc/passwd": b"evil",
        "/etc/shadow": b"evil",
        "C:/x": b"evil",
        ".sst/platform/a.ts": b"code",
        ".sst/platform/b.ts": b"code",
    }
    read, problems = opened(pack(files), tmp_path / "x.bin" if on_disk else None)
    assert read == {
        "x!a/b.log": LOG,
        "x!c.log.gz": LOG,
        "x!.sst/log/sst.log": b"time=",
        "x!inner.zip!d.log": LOG,
    }
    assert problems == [
        "3 files not read (../../etc/passwd, ...): a name that leads out of the archive",
        "2 files not read (.sst/platform/a.ts, ...): SST's own code",
    ]
    assert [path.name for path in tmp_path.iterdir()] in ([], ["x.bin"])


def test_the_zip_of_a_github_actions_run_holds_each_line_twice() -> None:
    files = {
        "0_deploy.txt": LOG,
        "deploy/1_Set up job.txt": b"a",
        "deploy/2_Run sst.txt": LOG,
        "deploy/system.txt": b"b",
        "other/1_Set up job.txt": b"c",
    }
    read, problems = opened(zipped(files))
    assert list(read) == ["x!0_deploy.txt", "x!other/1_Set up job.txt"]
    assert problems == [
        "3 files not read (deploy/1_Set up job.txt, ...): "
        "steps of GitHub Actions jobs, of which the job's own log is here too"
    ]


def test_archives_that_are_nested_too_deeply() -> None:
    data = zipped({"a": LOG})
    for _ in range(4):
        data = zipped({"n.zip": data, "b": LOG})
    read, problems = opened(data)
    assert set(read) == {"x!b", "x!n.zip!b", "x!n.zip!n.zip!b"}
    assert problems == ["x!n.zip!n.zip!n.zip: not read: within 3 others"]


def test_a_bomb_is_refused_and_the_rest_is_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(limits, "BOMB_SIZE", 1 << 20)
    zeros = bytes(8 << 20)
    for name, data in {
        "a.zip": zipped({"z": zeros, "beside": LOG}),
        "b.gz": gzip.compress(LOG + zeros),
        "c.log": LOG,
    }.items():
        (tmp_path / name).write_bytes(data)
    found, unread = contents([Source(path.name, path) for path in sorted(tmp_path.iterdir())])
    assert [source.name for source in found] == ["a.zip!beside", "b.gz", "c.log"]
    assert unread[0].problems == [f"z: not read: {limits.BOMB}"]
    scan = LogScan(found, unread)
    assert sum(batch.filter(batch["kind"] == "done").height for batch in scan) == 3
    told = scan.inputs.filter(scan.inputs["source"] == "b.gz")["problems"].item().to_list()
    assert "decompression bomb" in " ".join(told)


def test_what_must_be_held_has_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contain, "Room", lambda: Room(100))
    read, problems = opened(tarred({"a": LOG, "b": bytes(200), "c": b"c"}))
    assert read == {"x!a": LOG, "x!c": b"c"}
    assert problems == [
        "b: not read: more than 512 MiB would have to be kept in memory: unpack the archive first"
    ]


def test_a_file_in_a_zip_that_is_damaged_does_not_stop_the_others(tmp_path: Path) -> None:
    data = bytearray(zipped({"a.log": LOG * 50, "b.log": LOG}))
    data[40] ^= 0xFF  # within the packed bytes of a.log
    (tmp_path / "x.zip").write_bytes(data)
    scan = api.scan_logs([tmp_path / "x.zip"])
    list(scan)
    kinds = dict(scan.inputs.select("source", "kind").rows())
    assert kinds[f"{tmp_path}/x.zip!b.log"] == "pulumi-text"
    problems = scan.inputs["problems"].explode().drop_nulls().to_list()
    assert any("the zip archive is damaged here" in problem for problem in problems)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_is_what_powershell_writes(encoding: str) -> None:
    data = ("\ufeff" + "➜  App:        shop\r\n" * 50_000).encode(encoding)
    read, _ = opened(data)
    assert read["x"].decode("utf-8-sig") == "➜  App:        shop\r\n" * 50_000


def test_an_archive_is_read_as_a_folder_is(tmp_path: Path) -> None:
    """The events of a log are the same, wherever it lies."""
    (tmp_path / "p.log").write_bytes(LOG)
    (tmp_path / "p.zip").write_bytes(zipped({"p.log": LOG}))
    plain, packed = (api.parse_log(tmp_path / name) for name in ("p.log", "p.zip"))
    assert plain.drop("source").equals(packed.drop("source"))


def test_what_is_no_archive_after_all(tmp_path: Path) -> None:
    for name, data in {
        "a.zip": b"PK\x03\x04garbage",
        "b.zip": zipped({}),
        "c.tar": tarred({"x": LOG})[:700],
    }.items():
        (tmp_path / name).write_bytes(data)
    scan = api.scan_logs([tmp_path])
    list(scan)
    assert scan.inputs.filter(scan.inputs["kind"] == "unusable").height >= 2


@given(
    st.binary(max_size=400),
    st.sampled_from([b"", b"PK\x03\x04", b"\x1f\x8b", b"BZh91AY&SY", b"\xff\xfe", b"\x28\xb5\x2f\xfd"]),
)
def test_nothing_raises_but_input_errors(data: bytes, magic: bytes) -> None:
    found, _ = contents([Source("x", None, magic + data)])
    for source in found:
        with suppress(InputError, UnreadableError), source.open() as stream:
            stream.read()
            stream.read()
