"""Log files in hand, as digests look for them: by hash, then by name."""

from __future__ import annotations

import hashlib
import tracemalloc

import pytest

from analyzer.trail.coverage import log_file_index
from analyzer.trail.coverage.digest_entries import DigestEntries
from analyzer.trail.coverage.log_file_index import LogFileIndex


def sha256(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def test_what_became_of_a_file() -> None:
    files = LogFileIndex()
    files.add("logs/a.json.gz", sha256("a"), whole=True)
    files.add("logs/b.json", sha256("b"), whole=False)
    files.add("logs/c.json.gz", None, whole=False)
    files.add("again/b.json.gz", sha256("b"), whole=True)
    assert files.state("renamed", sha256("a")) == "present"
    assert files.state("b", sha256("b")) == "present"  # one of the copies was read wholly
    assert files.state("AWSLogs/x/a.json.gz", sha256("other")) == "altered"
    assert files.state("AWSLogs/x/c.json.gz", sha256("other")) == "unread"
    assert files.state("AWSLogs/x/d.json.gz", sha256("other")) == "missing"


def test_hashes_that_lie_across_others_are_not_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """On one shelf bytes stand side by side: a hash is only one where it begins as one."""
    monkeypatch.setattr(log_file_index, "_SHELVES", 1)
    files = LogFileIndex()
    one, two = bytes(range(32)), bytes(range(33, 65))
    files.add("one", one, whole=True)
    files.add("two", two, whole=True)
    across = one[1:] + b"\x01"
    assert files.state("three", across) == "missing"
    files.add("three", across, whole=False)
    assert [files.state("none", each) for each in (one, two, across)] == ["present", "present", "unread"]


@pytest.mark.parametrize("told", ["", "zz", "00" * 31, sha256("a").hex()[:-1] + "x"])
def test_a_digest_that_says_no_hash_lists_its_files_all_the_same(told: str) -> None:
    listing = DigestEntries([("a", sha256("a").hex()), ("b\0\n", told)])
    assert [file.key for file in listing] == ["a", "b\0\n"]
    assert [file.sha256 for file in listing] == [sha256("a"), bytes(32)]
    assert len(listing) == 2


def test_a_file_and_its_line_in_a_digest_cost_some_bytes() -> None:
    names = [
        f"111122223333_CloudTrail_us-east-1_20250320T0000Z_{sha256(str(n)).hex()[:16]}" for n in range(20_000)
    ]
    tracemalloc.start()
    files = LogFileIndex()
    for name in names:
        files.add(name, sha256(name), whole=True)
    listings = [
        DigestEntries((f"AWSLogs/{name}.json.gz", sha256(name).hex()) for name in names[start : start + 500])
        for start in range(0, 20_000, 500)
    ]
    held_now, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert all(files.state(*file) == "present" for listing in listings for file in listing)
    assert (held_now - 2 * 4_096 * 70) / len(names) < 120
