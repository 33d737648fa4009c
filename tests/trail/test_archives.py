"""zip and tar among the trail's files: their members are files of the trail."""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
from functools import partial
from typing import TYPE_CHECKING

import pytest

from analyzer.sources import archive, limits
from analyzer.sources.source import Source
from analyzer.sources.unpack import read_whole
from analyzer.trail import files
from analyzer.trail.read import read_trail
from analyzer.trail.refusal import READ
from tests.trail.cloudtrail import log, read, record

if TYPE_CHECKING:
    from pathlib import Path

NAME = "AWSLogs/111122223333_CloudTrail_us-east-1_20260610T0010Z_abcdefghijklmnop.json.gz"
LINK = "link.json: not read: a link or device"
FILES = {
    NAME: gzip.compress(log(record("e1"))),
    "../../etc/plain.json": log(record("e2")),
    "lines": gzip.compress(b""),
    "notes.txt": b"hello",
    ".hidden": log(record("e3")),
    "__MACOSX/x.json": log(record("e4")),
}


def zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("AWSLogs/", b"")
        for name, content in files.items():
            made.writestr(name, content)
    return out.getvalue()


def tarred(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as made:
        link = tarfile.TarInfo("link.json")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        made.addfile(link)
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            made.addfile(info, io.BytesIO(content))
    return out.getvalue()


def gunzipped(data: bytes) -> bytes:
    return gzip.decompress(data) if data.startswith(b"\x1f\x8b") else data


@pytest.mark.parametrize(
    "pack",
    [
        zipped,
        tarred,
        lambda files: gzip.compress(tarred(files)),
        lambda files: gzip.compress(zipped(files)),
    ],
    ids=["zip", "tar", "tar.gz", "zip.gz"],
)
def test_the_files_of_an_archive_are_read(pack, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "trail"
    path.write_bytes(pack(FILES))
    trail = read_trail([Source("trail", path)])
    assert {row["source"]: row["event_id"] for row in trail.calls.to_dicts()} == {
        f"trail!{NAME}": "e1",
    }
    links = [LINK] if b"ustar" in gunzipped(path.read_bytes()) else []
    told = {row["source"]: (row["kind"], row["problems"]) for row in trail.inputs.to_dicts()}
    assert told == {
        f"trail!{NAME}": ("cloudtrail-s3", []),
        "trail!lines": ("unusable", ["not CloudTrail: empty (0 bytes)"]),
        "trail!notes.txt": ("unusable", [f"not CloudTrail: text without a record of CloudTrail; {READ}"]),
        "trail": (
            "unusable",
            [*links, "../../etc/plain.json: not read: a name that leads out of the archive"],
        ),
    }
    assert trail.reach is not None
    assert f"{trail.reach:%H:%M}" == "00:10"  # of the delivery, by the member's name
    assert list(tmp_path.iterdir()) == [path]


def test_archives_in_archives_are_read_three_deep() -> None:
    inner = zipped({"a.json": log(record("e1"))})
    two = tarred({"b.zip": inner})
    assert read(zipped({"c.tar": two})).calls["source"].to_list() == ["f0!c.tar!b.zip!a.json"]
    deep = read(tarred({"d.zip": zipped({"c.tar": two}), "e.json": log(record("e2"))}))
    assert deep.calls["event_id"].to_list() == ["e2"]
    assert deep.inputs["problems"].to_list() == [["an archive within 3 others: not read"], [LINK], [], [LINK]]


@pytest.mark.parametrize(("pack", "own"), [(zipped, True), (tarred, False)], ids=["zip", "tar"])
def test_a_file_that_is_too_large_is_named_and_the_rest_is_read(  # type: ignore[no-untyped-def]
    pack, own: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = pack({"a.json": log(record("e1")), "b.json": bytes(3 << 20), "c.json": log(record("e2"))})
    monkeypatch.setattr(archive, "IN_MEMORY", 1 << 20)
    monkeypatch.setattr(files, "read_whole", partial(read_whole, cap=1 << 20))
    trail = read(data)
    assert trail.calls["event_id"].to_list() == ["e1", "e2"]
    told = {row["source"]: row["problems"] for row in trail.inputs.to_dicts() if row["problems"]}
    if own:
        assert told == {"f0!b.json": ["not CloudTrail: a binary file"]}  # no more than its head was read
    else:
        assert told == {"f0": [LINK, "b.json: not read: more than 1 MiB"]}


def test_too_much_in_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """A megabyte that an archive of some kilobytes holds in many files of archives of archives."""
    monkeypatch.setattr(limits, "BOMB_SIZE", 1 << 20)
    inner = zipped({str(place): log() + b" " * 400_000 for place in range(9)})
    trail = read(zipped({"a.json": log(record("e1")), "x.zip": inner, "y.zip": inner}))
    assert trail.calls["event_id"].to_list() == ["e1"]
    told = {row["source"]: row["problems"] for row in trail.inputs.to_dicts() if row["problems"]}
    assert told == {name: [f"{limits.BOMB}: the rest was not read"] for name in ("f0!x.zip", "f0")}


def test_damaged_archives() -> None:
    whole = tarred({"a.json": log(record("e1")), "b.json": log(record("e2")) + bytes(20_000)})
    trail = read(whole[:5_000])
    assert trail.calls["event_id"].to_list() == ["e1", "e2"]  # of what the file that is cut still holds
    assert trail.inputs["problems"].to_list()[-1] == [
        "the archive is damaged: only what comes before was read",
        LINK,
    ]
    (row,) = read(zipped(FILES)[:200]).inputs.to_dicts()
    assert (row["kind"], row["problems"]) == (
        "unusable",
        ["the zip archive is damaged"],
    )
    packed = gzip.compress(whole, 0)[:5_000]
    assert read(packed).calls["event_id"].to_list() == ["e1", "e2"]
    flipped = bytearray(zipped({"a.json": log(record("e1")), "b.json": log(record("e2"))}))
    flipped[flipped.index(b"b.json") + 20] ^= 255
    assert read(bytes(flipped)).calls["event_id"].to_list() == ["e1"]


def test_an_empty_archive_and_a_locked_one() -> None:
    assert read(zipped({})).inputs["problems"].to_list() == [["an archive without a file"]]
    locked = bytearray(zipped({"a.json": log(record("e1")), "b.json": log(record("e2"))}))
    directory = locked.index(b"PK\x01\x02")  # of the folder; then comes that of a.json
    locked[locked.index(b"PK\x01\x02", directory + 1) + 8] |= 1
    trail = read(bytes(locked))
    assert trail.calls["event_id"].to_list() == ["e2"]
    assert trail.inputs["problems"].to_list()[-1] == ["a.json: not read: encrypted"]


def test_what_gzip_in_an_archive_unpacks_to_counts_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten thousand small members of a zip may unpack to terabytes."""
    monkeypatch.setattr(limits, "BOMB_SIZE", 1 << 20)
    bombs = {f"{place}.json.gz": gzip.compress(log() + b" " * 400_000) for place in range(9)}
    trail = read(zipped({"a.json": log(record("e1")), **bombs}))
    assert trail.calls["event_id"].to_list() == ["e1"]
    assert trail.inputs["source"].to_list() == [
        "f0!a.json",
        "f0!0.json.gz",
        "f0!1.json.gz",
        "f0!2.json.gz",
        "f0",
    ]
    assert trail.inputs["problems"].to_list()[-1] == [f"{limits.BOMB}: the rest was not read"]


@pytest.mark.parametrize("times", [2, 3, 4])
def test_gzip_within_gzip_is_read_three_deep(times: int) -> None:
    """Firehose packs a subscription's messages, which are packed, once more where it is told to compress."""
    data = log(record("e1"))
    for _ in range(times):
        data = gzip.compress(data)
    (stats,) = read(data).inputs.to_dicts()
    if times <= 3:
        assert (stats["kind"], stats["records"], stats["problems"]) == ("cloudtrail-s3", 1, [])
    else:
        assert stats["problems"] == ["not CloudTrail: gzip data within gzip data, four times"]
