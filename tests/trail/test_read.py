"""`read_trail`: many files, each accounted for, each record once."""

from __future__ import annotations

import errno
import gzip
import os
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from analyzer.sources.input_stats import InputStats
from analyzer.sources.source import Source
from analyzer.sources.unpack import read_whole
from analyzer.trail import files as reading
from analyzer.trail.read import read_trail
from analyzer.trail.refusal import READ
from tests.trail.cloudtrail import inputs, log, other, read, record
from tests.trail.forms.forms import lines

GOOD = log(record("good"))


def test_the_account_of_a_file() -> None:
    file = log(record("e1"), other("o1"), record("e2"))
    assert inputs(file)[0] == {
        "source": "f0",
        "files": 1,
        "kind": "cloudtrail-s3",
        "bytes": len(file),
        "lines": None,
        "recognised": None,
        "noise": None,
        "unrecognised": None,
        "records": 3,
        "duplicates": 0,
        "undecodable": 0,
        "problems": [],
    }


def test_nothing_in_hand() -> None:
    trail = read_trail([], [InputStats("gone", problems=["no such file or directory"])])
    assert (trail.calls.height, trail.first, trail.reach) == (0, None, None)
    assert trail.inputs.get_column("source").to_list() == ["gone"]


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "not CloudTrail: empty (0 bytes)"),
        (b"\x00\x01\x02" * 50, "not CloudTrail: a binary file"),
        (b"\x1f\x8b\x08garbage", "the gzip data is cut short: only what comes before was read"),
        (gzip.compress(b"", mtime=0), "not CloudTrail: empty (0 bytes)"),
        (b'{"a": 1}', f"not CloudTrail: an object with the keys 'a'; {READ}"),
        (b'{"sequence":1,"timestamp":2}', f"not CloudTrail: a log of engine events; {READ}"),
        (
            b'{"Records":[{"eventSource":"aws:s3"}]}',
            "not CloudTrail: these are S3 event notifications, not CloudTrail records",
        ),
    ],
)
def test_what_is_no_trail_is_named_and_the_rest_is_read(data: bytes, problem: str) -> None:
    trail = read(data, GOOD)
    bad, good = trail.inputs.to_dicts()
    assert (bad["kind"], bad["problems"]) == ("unusable", [problem])
    assert (good["kind"], good["problems"]) == ("cloudtrail-s3", [])
    assert trail.calls.get_column("event_id").to_list() == ["good"]


def test_a_gzip_that_is_cut_gives_its_records_and_says_so() -> None:
    packed = gzip.compress(log(record("e1"), record("e2")), 0)[:-300]
    trail = read(packed, GOOD)
    assert trail.calls.get_column("event_id").to_list() == ["e1", "good"]
    assert trail.inputs.get_column("problems").to_list()[0] == [
        "the gzip data is cut short: only what comes before was read",
        "the JSON is cut short after 1 whole record(s)",
    ]


def test_a_gzip_of_several_members() -> None:
    file = log(record("e1"), record("e2"))
    packed = gzip.compress(file[:500]) + gzip.compress(file[500:])
    trail = read(packed)
    assert trail.calls.get_column("event_id").to_list() == ["e1", "e2"]
    assert trail.inputs.get_column("problems").to_list() == [[]]


def test_a_file_that_unpacks_to_too_much_is_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "read_whole", partial(read_whole, cap=1 << 20))
    trail = read(gzip.compress(b'{"Records":[' + b" " * (2 << 20)), GOOD)
    assert trail.inputs.get_column("problems").to_list() == [["holds more than 1 MiB: not read"], []]
    assert trail.calls.height == 1


def test_a_file_without_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "f"
    path.write_bytes(GOOD)

    def refuse(*_: object) -> None:  # not by chmod: root may read everything
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(Path, "open", refuse)
    assert read_trail([Source("f", path)]).inputs.to_dicts()[0]["problems"] == ["permission denied"]


def test_files_that_are_gone_or_folders(tmp_path: Path) -> None:
    trail = read_trail([Source("gone", tmp_path / "gone"), Source("folder", tmp_path)])
    assert trail.inputs.get_column("problems").to_list() == [
        ["no such file or directory"],
        ["is a directory"],
    ]
    assert trail.inputs.get_column("kind").to_list() == ["unusable"] * 2


def test_a_record_counts_for_the_first_file_that_has_it() -> None:
    same = dict(reversed(record("e1").items()))
    trail = read(log(record("e1"), record("e2")), log(record("e3"), same), log(same, same))
    assert trail.calls.select("event_id", "source").rows() == [("e1", "f0"), ("e2", "f0"), ("e3", "f1")]
    assert trail.inputs.select("records", "duplicates").rows() == [(2, 0), (2, 1), (2, 2)]
    assert trail.inputs.get_column("problems").to_list() == [[], [], []]


def test_two_bodies_under_one_id_are_told() -> None:
    trail = read(log(record("e1")), log(record("e1", requestID="r9")))
    assert trail.calls.get_column("request_id").to_list() == ["r1"]
    assert trail.inputs.get_column("problems").to_list() == [[], ["the record e1 differs from the one in f0"]]


def test_copies_for_several_accounts_count_once() -> None:
    trail = read(
        log(record("e1", sharedEventID="s")),
        log(record("e2", sharedEventID="s", recipientAccountId="444455556666")),
    )
    assert trail.calls.get_column("event_id").to_list() == ["e1"]
    assert trail.inputs.select("duplicates", "problems").rows() == [(0, []), (1, [])]


def test_many_problems_of_records_are_counted() -> None:
    bad = [record(f"e{number}", eventTime=None) for number in range(9)]
    (row,) = inputs(log(record("good"), *bad))
    assert (row["kind"], row["records"], row["undecodable"]) == ("cloudtrail-s3", 10, 9)
    assert row["problems"] == ["a record could not be read: no eventTime"] * 5 + [
        "4 more problems of records"
    ]


def test_a_file_of_which_no_record_can_be_read_is_no_trail_and_says_why_once() -> None:
    """Nothing of it says when anything was called: it speaks for no account and no time."""
    trail = read(log(*[record(f"e{number}", eventTime="10/20/2026 11:48") for number in range(9)]))
    (row,) = trail.inputs.to_dicts()
    assert (row["kind"], row["records"], row["undecodable"]) == ("unusable", None, 9)
    (why,) = row["problems"]
    assert why.startswith(
        "its 9 records could not be read: eventTime is '10/20/2026 11:48', and what is read is ISO"
    )
    assert (trail.reach, trail.accounts) == (None, frozenset())


def test_a_file_with_other_services_that_can_be_read_is_a_trail() -> None:
    other = record("e1", eventSource="s3.amazonaws.com", eventName="GetObject")
    (row,) = inputs(log(other, record("bad", eventTime="never")))
    assert (row["kind"], row["records"], row["undecodable"]) == ("cloudtrail-s3", 2, 1)


class TestAddenda:
    def mended(self, **fields: Any) -> list[dict[str, Any]]:
        original = record("e1", errorCode="ServiceUnavailable", responseElements=None)
        addendum = {"reason": "UPDATED_DATA", "originalEventID": "e1", **fields.pop("addendum")}
        trail = read(log(record("a1", addendum=addendum, **fields)), log(original, record("e2")))
        assert trail.inputs.get_column("problems").to_list() == [[], []]
        return trail.calls.to_dicts()

    def test_an_update_is_laid_over_its_original(self) -> None:
        first, second = self.mended(addendum={"updatedFields": "errorCode, responseElements"}, requestID="r9")
        assert (first["event_id"], first["ok"], first["error_code"], first["etag"]) == (
            "e1",
            True,
            None,
            "KV2",
        )
        assert (first["request_id"], first["source"], second["event_id"]) == ("r1", "f1", "e2")

    def test_an_update_of_the_keys_replaces_the_rows(self) -> None:
        puts = [{"key": key} for key in ("x", "y")]
        rows = self.mended(
            addendum={"updatedFields": "requestParameters"},
            requestParameters={"puts": puts, "ifMatch": "KV7"},
        )
        assert [(row["event_id"], row["key"], row["ok"]) for row in rows] == [
            ("e1", "x", False),
            ("e1", "y", False),
            ("e2", "7c62:a", True),
        ]

    def test_an_update_of_what_is_not_in_hand_is_told(self) -> None:
        trail = read(log(record("a1", addendum={"reason": "UPDATED_DATA", "originalEventID": "gone"})))
        assert trail.calls.is_empty()
        told = "the addendum a1 corrects a record that is not available"
        assert trail.inputs.get_column("problems").to_list() == [[told]]

    def test_a_delayed_record_is_a_call_and_an_outage_is_told(self) -> None:
        trail = read(
            log(
                record("e1", addendum={"reason": "DELIVERY_DELAY"}),
                record("e2", addendum={"reason": "SERVICE_OUTAGE"}),
            )
        )
        assert trail.calls.height == 2
        told = "an addendum reports an outage of CloudTrail at 2026-06-10T00:05:02Z"
        assert trail.inputs.get_column("problems").to_list() == [[told]]


class TestExtent:
    def extent(self, *files: tuple[str, bytes]) -> tuple[datetime | None, datetime | None]:
        trail = read_trail([Source(name, None, data) for name, data in files])
        return trail.first, trail.reach

    def at(self, hour: int, minute: int = 0) -> datetime:
        return datetime(2026, 6, 10, hour, minute, tzinfo=UTC)

    def other(self, time: str, **fields: Any) -> dict[str, Any]:
        return other(eventTime=f"2026-06-10T{time}:00Z", **fields)

    def test_the_times_of_other_services_count(self) -> None:
        file = log(self.other("03:00"), self.other("02:00"), self.other("04:00"))
        assert self.extent(("a", file)) == (self.at(2), self.at(4))

    def test_of_each_region_the_own_records_count(self) -> None:
        home, away = self.other("10:00"), self.other("20:00", awsRegion="eu-west-1")
        for records in ((home, away), (away, home), (away, home, away)):
            for file in (log(*records), log(*records, indent=2), lines(records)):
                assert self.extent(("a", file)) == (self.at(10), self.at(10))
                assert read(file).regions == {"us-east-1", "eu-west-1"}

    def test_the_calls_in_hand_count_wherever_they_stand(self) -> None:
        file = log(self.other("03:00"), record(eventTime="2026-06-10T09:00:00Z"), self.other("04:00"))
        assert self.extent(("a", file)) == (self.at(3), self.at(9))

    def test_the_minute_of_delivery_counts(self) -> None:
        name = "x/111122223333_CloudTrail_us-east-1_20260610T0510Z_AbCd.json.gz"
        assert self.extent((name, log(self.other("05:00")))) == (self.at(5), self.at(5, 10))
        assert self.extent((name, log(self.other("23:00")))) == (self.at(5, 10), self.at(5, 10))

    def test_files_of_other_regions_say_nothing(self) -> None:
        name = "111122223333_CloudTrail_eu-central-1_20260610T0510Z_AbCd.json.gz"
        assert self.extent((name, log(self.other("05:00")))) == (None, None)
        assert self.extent(("a", log(self.other("05:00", awsRegion="eu-west-1")))) == (None, None)
        assert self.extent(("a", log(self.other("05:00", awsRegion=None)))) == (self.at(5), self.at(5))

    def test_pretty_print_and_odd_times(self) -> None:
        assert self.extent(("a", log(self.other("05:00"), indent=4))) == (self.at(5), self.at(5))
        assert self.extent(("a", log(other(eventTime="soon")))) == (None, None)
        assert (
            self.extent(("a_CloudTrail_us-east-1_20269999T9999Z_b", log(self.other("05:00"))))
            == (self.at(5),) * 2
        )
