"""A bundle that somebody else made: it leads nowhere, costs little, and says only what its bytes confirm."""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
from typing import TYPE_CHECKING, Any

import pytest

from analyzer import check, render
from analyzer.bundle.files import is_bundle
from analyzer.bundle.manifest import NAME, SCHEMA
from analyzer.bundle.open import opened
from analyzer.bundle.writer import Writer
from analyzer.errors import InputError
from tests.test_proof import LOG

if TYPE_CHECKING:
    from pathlib import Path

    from analyzer.bundle.open import Opened

DATA = LOG.read_bytes()
PLACE = "home/eventlog/shop/prod/0123456789abcdef01234567.json"


def item(path: str = PLACE, data: bytes = DATA, **fields: Any) -> dict[str, Any]:
    return {
        "path": path,
        "source": f"s3://b/{path}",
        "kind": "log",
        "size": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
        "at": "2026-01-01T00:00:00Z",
    } | fields


def made(folder: Path, *items: dict[str, Any], **members: Any) -> Path:
    """A folder with a log and this manifest."""
    (folder / PLACE).parent.mkdir(parents=True, exist_ok=True)
    (folder / PLACE).write_bytes(DATA)
    manifest = {"schema": SCHEMA, "tool": "0.1.0", "items": items, **members}
    (folder / NAME).write_text(json.dumps(manifest))
    return folder


def note(bundle: Opened) -> str:
    return next(problem for stats in [*bundle.notes, *bundle.rows] for problem in stats.problems)


@pytest.mark.parametrize(
    "path",
    [
        "../outside.json",
        "/etc/passwd",
        "home/../../outside.json",
        "home//x",
        "home/./x",
        "home/.hidden/x",
        "home\\..\\x",
        "C:/x/y",
        "home/\u001b[2Jx",
        "home/a\u0000b",
        "home/nul",
        "manifest.json",
        "home/" + "x" * 5000,
        "/".join(["home", *"x" * 100]),
    ],
)
def test_a_path_that_leads_elsewhere_is_refused_with_all_of_the_bundle(tmp_path: Path, path: str) -> None:
    (tmp_path / "outside.json").write_bytes(DATA)
    bundle = opened(made(tmp_path / "b", item(path)))
    assert not bundle.logs
    assert note(bundle).endswith(
        "is no manifest of a bundle (lostwrite.bundle/v1), or a damaged one: nothing of it was read"
    )


@pytest.mark.parametrize(
    "damage",
    [
        b"",
        b"null",
        b"[" * 200_000,
        b'{"schema": "lostwrite.bundle/v1", "x": ' + b"[" * 100_000,
        b'{"schema": "lostwrite.bundle/v1", "items": {}}',
        b'{"schema": "lostwrite.bundle/v1", "items": [{}]}',
        b'{"schema": "lostwrite.bundle/v1", "refused": [{"what": "\\ud800", "why": ""}]}',
        b'{"schema": "lostwrite.bundle/v99999999999"}',
        b'{"schema": "lostwrite.bundle/v1", "items": [], "made_at": "never"}',
        b"\xff\xfe",
    ],
)
def test_a_manifest_that_is_none_is_one_sentence(tmp_path: Path, damage: bytes) -> None:
    made(tmp_path)
    (tmp_path / NAME).write_bytes(damage)
    bundle = opened(tmp_path)
    assert not bundle.rows
    assert len(bundle.notes) == 1
    assert "\n" not in note(bundle)
    with pytest.raises(InputError):
        Writer.open(tmp_path)


def test_two_items_of_one_path_are_refused_and_so_are_two_that_differ_by_their_case(tmp_path: Path) -> None:
    assert not opened(made(tmp_path, item(), item(PLACE.upper()))).logs


def test_a_manifest_of_a_gigabyte_is_not_read(tmp_path: Path) -> None:
    made(tmp_path, item())
    with (tmp_path / NAME).open("r+b") as file:
        file.truncate(1 << 30)
    assert is_bundle(tmp_path)
    assert "is larger than 67,108,864 bytes" in note(opened(tmp_path))


def test_sizes_that_no_file_has_are_no_cost(tmp_path: Path) -> None:
    bundle = opened(made(tmp_path, item(size=1 << 50, etag="1")))
    assert "it is not as it was copied" in note(bundle)
    assert Writer.open(tmp_path).has(f"s3://b/{PLACE}", "1") is None


def test_many_refusals_are_counted(tmp_path: Path) -> None:
    refused = [{"what": f"s3://b/{number}", "why": "w" * 5000} for number in range(1500)]
    bundle = opened(made(tmp_path, item(), refused=refused))
    assert len(bundle.notes) == 1001
    assert bundle.notes[-1].problems == ["500 more things are not in the bundle"]
    assert max(len(stats.problems[0]) for stats in bundle.notes) < 700


@pytest.mark.parametrize("place", [PLACE, "home/eventlog", NAME])
def test_nothing_is_read_through_a_link(tmp_path: Path, place: str) -> None:
    made(tmp_path / "b", item())
    made(tmp_path / "other", item())
    (tmp_path / "b" / place).rename(tmp_path / "away")
    (tmp_path / "b" / place).symlink_to(tmp_path / "other" / place)
    bundle = opened(tmp_path / "b")
    assert not bundle.logs
    assert "is a link, and nothing in a bundle may be one" in note(bundle)


def test_a_pipe_in_the_place_of_a_file_is_not_waited_for(tmp_path: Path) -> None:
    made(tmp_path, item())
    (tmp_path / PLACE).unlink()
    os.mkfifo(tmp_path / PLACE)
    assert "is no regular file" in note(opened(tmp_path))


def test_the_manifests_word_for_a_file_is_no_more_than_where_to_look(tmp_path: Path) -> None:
    """A log that is called a trail's file, selectors, keys or a listing is none; and it is told."""
    kinds = ("trail", "digest", "selectors", "public_keys", "listing", "status")
    items = [item(f"logs/{kind}", kind=kind) for kind in kinds]
    made(tmp_path, item(), *items)
    for kind in kinds:
        (tmp_path / "logs").mkdir(exist_ok=True)
        (tmp_path / "logs" / kind).write_bytes(DATA)
    report = check([tmp_path])
    told = dict(report.inputs.explode("problems").select("source", "problems").iter_rows())
    assert report.inputs.filter(source=str(tmp_path / PLACE))["kind"].to_list() == ["engine-events"]
    for kind, words in {
        "trail": "not CloudTrail",
        "digest": "not CloudTrail",
        "listing": "not a key listing",
        "selectors": "not the output of aws cloudtrail get-event-selectors",
        "public_keys": "not the output of aws cloudtrail list-public-keys",
    }.items():
        assert words in told[str(tmp_path / "logs" / kind)]
    assert set(report.writes["verdict"]) == {"unverifiable"}


@pytest.mark.parametrize(
    "time", ["0001-01-01T00:00:00", "9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+14:00"]
)
def test_a_log_that_changed_when_nothing_can_have_is_read_all_the_same(tmp_path: Path, time: str) -> None:
    bundle = opened(made(tmp_path, item(modified=time)))
    assert [source.modified for source in bundle.logs] == [None]
    assert check([made(tmp_path, item(modified=time))]).writes.height


def test_what_it_says_reaches_no_terminal_as_it_is(tmp_path: Path) -> None:
    evil = "s3://b/\x1b]0;title\x07\u202e\n::error::x"
    made(tmp_path, item(), refused=[{"what": evil, "why": evil}], open=[{"what": evil, "why": evil}])
    report = check([tmp_path])
    for form in ("text", "github", "markdown", "html"):
        printed = render(report, form)
        assert "\x1b" not in printed
        assert "\x07" not in printed
        assert "\n::error::x" not in printed


def test_names_in_an_archive_lead_nowhere(tmp_path: Path) -> None:
    manifest = json.dumps({"schema": SCHEMA, "tool": "0", "items": [item()]}).encode()
    with tarfile.open(tmp_path / "b.tar", "w") as tar:
        for name, data in ((NAME, manifest), ("../../outside", b"x"), (PLACE, DATA), (PLACE, b"twice")):
            header = tarfile.TarInfo(name)
            header.size = len(data)
            tar.addfile(header, io.BytesIO(data))
    bundle = opened(tmp_path / "b.tar")
    assert [source.content for source in bundle.logs] == [DATA]
    assert bundle.rows[0].problems == [
        "../../outside: not read: a name that leads out of the archive",
        f"{PLACE}: not read: a name that the archive contains twice: the first was read",
    ]


def test_a_manifest_that_another_program_wrote_anew_is_one(tmp_path: Path) -> None:
    """Sorted by names, the schema comes after many items."""
    made(tmp_path, item(), asked={"x": "y" * 100_000})
    told = json.loads((tmp_path / NAME).read_text())
    (tmp_path / NAME).write_text(json.dumps(told, sort_keys=True))
    assert is_bundle(tmp_path)
    (tmp_path / NAME).write_text('{"name": "web", "start_url": "/"}')
    assert not is_bundle(tmp_path)
