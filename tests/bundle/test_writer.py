"""A bundle that is being filled: private, gone on with, and never left by a name."""

from __future__ import annotations

import errno
import json
import os
import stat
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, BinaryIO

import pytest

from analyzer.bundle.manifest import NAME, Manifest, read
from analyzer.bundle.writer import Writer
from analyzer.errors import InputError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LOG = "s3://sst-state-abc/eventlog/shop/prod/0123456789abcdef01234567.json"
FILE = (
    "s3://trails/AWSLogs/111122223333/CloudTrail/us-east-1/2026/11/30/"
    "111122223333_CloudTrail_us-east-1_20261130T2205Z_aBcDeFgHiJkLmNoP.json.gz"
)
DIGEST = FILE.replace("/CloudTrail/", "/CloudTrail-Digest/").replace("_aBcDeFgHiJkLmNoP", "")
BACKFILL = DIGEST.replace(".json", "_backfill.json")
TRAIL = "arn:aws:cloudtrail:us-east-1:111122223333:trail/main"
STORE = "arn:aws:cloudfront::111122223333:key-value-store/11111111-2222-3333-4444-555555555555"


def manifest_of(folder: Path) -> Manifest:
    return read((folder / NAME).read_bytes(), NAME)


def test_files_stand_where_their_keys_say_and_are_for_their_owner_alone(tmp_path: Path) -> None:
    with Writer.open(tmp_path / "b") as writer:
        log = writer.put("log", LOG, b"[]", etag='"1"')
        trail = writer.put("trail", FILE, b"{}")
    assert log == tmp_path / "b/home/eventlog/shop/prod/0123456789abcdef01234567.json"
    assert trail == tmp_path / "b/trail" / FILE.removeprefix("s3://")
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "b").rglob("*")}
    assert modes == {0o600, 0o700}
    assert [item.source for item in manifest_of(tmp_path / "b").items] == [LOG, FILE]


@pytest.mark.parametrize(
    "key",
    [
        "../../etc/passwd",
        "/etc/passwd",
        "a//b",
        "a/./b",
        "a\x1b[2J/b",
        "a\nb",
        ".git/config",
        "node_modules/x/y.json",
        "a\\..\\b",
        "C:/x",
        "a/aux.json",
        "a/b.",
        "a!b",
        "x" * 300,
        "/".join("abcdefghij" * 10),
        "\u202egz",
    ],
)
def test_a_key_that_is_no_safe_path_gets_a_name_of_ours(tmp_path: Path, key: str) -> None:
    with Writer.open(tmp_path / "b") as writer:
        path = writer.put("trail", f"s3://trails/{key}", b"{}")
    assert path.parent == tmp_path / "b/trail/by-hash"
    item = manifest_of(tmp_path / "b").items[0]
    assert item.source == f"s3://trails/{key}"


def test_two_keys_that_differ_by_their_case_or_that_need_a_file_as_a_folder_stand_apart(
    tmp_path: Path,
) -> None:
    with Writer.open(tmp_path / "b") as writer:
        paths = [
            writer.put("trail", f"s3://t/{key}", key.encode())
            for key in ("a/x", "A/X", "a/x/y", "b/c/d", "b/c")
        ]
    assert len({str(path).casefold() for path in paths}) == len(paths)
    assert [path.read_bytes() for path in paths] == [b"a/x", b"A/X", b"a/x/y", b"b/c/d", b"b/c"]


def test_what_is_in_the_bundle_in_this_version_is_not_fetched_again(tmp_path: Path) -> None:
    with Writer.open(tmp_path / "b") as writer:
        path = writer.put("log", LOG, b"[1]", etag='"1"')
    writer = Writer.open(tmp_path / "b")
    assert writer.has(LOG, '"1"') == path
    assert writer.has(LOG, '"2"') is None
    assert writer.has(LOG, None) is None
    assert writer.has(FILE, '"1"') is None
    path.write_bytes(b"[2]")
    assert writer.has(LOG, '"1"') is None, "it is not as it was copied"


def test_a_bundle_that_was_being_made_is_one_and_is_gone_on_with(tmp_path: Path) -> None:
    writer = Writer.open(tmp_path / "b")
    writer.put("log", LOG, b"[1]", etag='"1"')
    assert not manifest_of(tmp_path / "b").complete
    del writer  # with its process
    again = Writer.open(tmp_path / "b")
    again.put("log", LOG, b"[1]", etag='"1"')
    with pytest.raises(KeyboardInterrupt), again:
        raise KeyboardInterrupt
    assert [item.etag for item in manifest_of(tmp_path / "b").items] == ['"1"']
    assert not manifest_of(tmp_path / "b").complete
    Writer.open(tmp_path / "b").close()
    assert manifest_of(tmp_path / "b").complete


def interrupted(folder: Path) -> None:
    """The run ends between a digest and the backfill digests that may say more of its hour."""
    writer = Writer.open(folder)
    writer.ask({"home": "shop/prod"})
    writer.put("digest", DIGEST, b"{}", etag='"1"')
    with pytest.raises(KeyboardInterrupt), writer:
        raise KeyboardInterrupt


def not_allowed(folder: Path) -> None:
    """The run ends well, but one of the backfill digests was more than it might fetch."""
    with Writer.open(folder) as writer:
        writer.ask({"home": "shop/prod"})
        writer.put("digest", DIGEST, b"{}", etag='"1"')
        writer.leave_open(BACKFILL, "not fetched, and nothing after it")


@pytest.mark.parametrize("earlier", [interrupted, not_allowed])
def test_digests_of_a_run_that_may_lack_a_backfill_count_only_where_a_later_run_wants_them(
    tmp_path: Path, earlier: Callable[[Path], None]
) -> None:
    earlier(tmp_path / "b")
    earlier(tmp_path / "c")
    for _ in range(2):  # whatever the second one is asked for, it does not look for the first one's backfills
        with Writer.open(tmp_path / "b") as writer:
            writer.ask({"home": "shop/dev"})
        assert manifest_of(tmp_path / "b").complete
        assert manifest_of(tmp_path / "b").items == ()
    with Writer.open(tmp_path / "c") as writer:
        assert writer.has(DIGEST, '"1"'), "the same request goes on without fetching it again"
    assert [item.source for item in manifest_of(tmp_path / "c").items] == [DIGEST]


def test_what_an_interrupted_run_was_asked_for_is_said_by_the_next_one(tmp_path: Path) -> None:
    interrupted(tmp_path / "b")
    with Writer.open(tmp_path / "b") as writer:
        writer.ask({"home": "shop/dev"})
    assert [one.what for one in manifest_of(tmp_path / "b").open] == ["home shop/prod"]


def test_each_answer_about_selectors_stays_and_a_listing_is_replaced(tmp_path: Path) -> None:
    for hour in (1, 2):
        now = partial(datetime, 2026, 11, 30, hour, tzinfo=UTC)
        with Writer.open(tmp_path / "b", now=now) as writer:
            writer.put("selectors", f"cloudtrail:GetEventSelectors {TRAIL}", b"{}")
            writer.put("listing", f"cloudfront-keyvaluestore:ListKeys {STORE}", b"{}")
    items = manifest_of(tmp_path / "b").items
    assert [item.kind for item in items] == ["selectors", "listing", "selectors"]
    assert [item.at.hour for item in items] == [1, 2, 2]


def test_a_refusal_of_an_earlier_run_stays_until_the_thing_is_there(tmp_path: Path) -> None:
    with Writer.open(tmp_path / "b") as writer:
        writer.refuse(FILE, "KMS denies it")
        writer.refuse("ssm:GetParameter /sst/bootstrap", "denied")
    with Writer.open(tmp_path / "b"):
        pass
    assert [one.what for one in manifest_of(tmp_path / "b").refused] == [FILE]
    with Writer.open(tmp_path / "b") as writer:
        writer.put("trail", FILE, b"{}")
    assert manifest_of(tmp_path / "b").refused == ()


def test_what_is_refused_now_is_missing_though_an_earlier_run_got_it(tmp_path: Path) -> None:
    listing = f"cloudfront-keyvaluestore:ListKeys {STORE}"
    with Writer.open(tmp_path / "b") as writer:
        writer.put("listing", listing, b"{}")
    with Writer.open(tmp_path / "b") as writer:
        writer.refuse(listing, "denied")
    assert [one.what for one in manifest_of(tmp_path / "b").refused] == [listing]
    with Writer.open(tmp_path / "b") as writer:
        writer.refuse(FILE, "denied by one trail")
        writer.put("trail", FILE, b"{}")
    assert manifest_of(tmp_path / "b").refused == ()


def test_a_folder_of_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(UsageError, match="no bundle"):
        Writer.open(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_a_bundle_of_a_newer_version_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / NAME).write_text(json.dumps({"schema": "lostwrite.bundle/v2"}))
    with pytest.raises(InputError, match=r"is lostwrite\.bundle/v2, and .* it needs a newer lostwrite"):
        Writer.open(tmp_path)


def test_one_run_at_a_time_fills_a_bundle(tmp_path: Path) -> None:
    with Writer.open(tmp_path / "b") as first:
        with pytest.raises(InputError, match="another run is filling this bundle"):
            Writer.open(tmp_path / "b")
        first.put("log", LOG, b"[]")
        with Writer.open(tmp_path / "c"):
            pass
    with Writer.open(tmp_path / "b") as second:
        assert second.files == 1


def test_on_a_full_disk_the_bundle_names_what_is_in_it_and_the_next_run_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What did not fit leaves no room taken: the manifest fits still."""
    opened: Callable[..., BinaryIO] = os.fdopen

    class Full:
        def __init__(self, file: BinaryIO) -> None:
            self.file = file

        def __enter__(self) -> Full:
            return self

        def __exit__(self, *_: object) -> None:
            self.file.close()

        def write(self, data: bytes) -> None:
            self.file.write(data[:4096])
            if len(data) > 4096:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        def flush(self) -> None:
            self.file.flush()

        def fileno(self) -> int:
            return self.file.fileno()

    monkeypatch.setattr(
        "analyzer.sources.private_folder.os.fdopen",
        lambda number, mode: Full(opened(number, mode)) if mode == "wb" else opened(number, mode),
    )
    writer = Writer.open(tmp_path / "b")
    writer.put("log", LOG, b"[1]", etag='"1"')
    with pytest.raises(InputError, match="no space left on device"), writer:
        writer.put("trail", FILE, bytes(5000), etag='"2"')
    assert [item.source for item in manifest_of(tmp_path / "b").items] == [LOG]
    assert not list((tmp_path / "b").rglob("*.new"))
    monkeypatch.undo()
    with Writer.open(tmp_path / "b") as writer:
        assert writer.has(LOG, '"1"')
        writer.put("trail", FILE, bytes(5000), etag='"2"')
    assert manifest_of(tmp_path / "b").complete
