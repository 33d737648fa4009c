"""What is copied proves what it can, when it is read again offline."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from analyzer.collect.trail_files import fetch_trail
from analyzer.collect.trails import find_trails
from analyzer.sources.s3.answer import S3Error
from analyzer.sources.s3.words import Failure
from analyzer.sources.source import Source
from analyzer.trail.calls.chain import chain
from analyzer.trail.coverage.public_keys import read_public_keys
from analyzer.trail.coverage.selectors import read_selector_file
from analyzer.trail.coverage.spans import covered
from analyzer.trail.read import Reading, read_trail
from tests.collect.fake_trail import ARN, STORE, FakeConnection, FakeKeep, plain, told, write
from tests.trail.signed import Bucket, hour, other_at, public_keys

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    import polars as pl

    from analyzer.sources.s3.client import Page
    from analyzer.trail.trail import Trail

DEPLOY = (hour(3), hour(3) + timedelta(minutes=5))


@pytest.fixture
def keep(tmp_path: Path) -> FakeKeep:
    return FakeKeep(tmp_path)


def trail_of(hours: int, *, late: int | None = None) -> FakeConnection:
    """Hours of a trail with a file every ten minutes, and its digests; in one hour there is a late file."""
    bucket = Bucket()
    for number in range(hours):
        for minutes in range(0, 60, 10):
            at = hour(number) + timedelta(minutes=minutes)
            bucket.deliver(at + timedelta(minutes=5), other_at(at, number * 60 + minutes))
        bucket.close(hour(number), hour(number + 1), first=number == 0)
        if late == number:
            bucket.deliver(hour(number) + timedelta(minutes=40), write(DEPLOY[0], "KV8", "KV9"))
            bucket.close(hour(number), hour(number + 1), backfill=True, first=True)
    connection = FakeConnection()
    connection.objects.update(bucket.files)
    return connection


def collected(connection: FakeConnection, keep: FakeKeep, now: datetime, arn: str = ARN) -> pl.DataFrame:
    trails = find_trails(plain(arn), [STORE], keep)
    return fetch_trail(connection, trails, [STORE], [DEPLOY], keep, now=now, told=told)


def read(keep: FakeKeep, asked: datetime) -> Trail:
    """What a bundle gives: the selectors were asked for at a moment."""
    [source] = keep.of("selectors")
    selectors = read_selector_file(source, keep.items[source].read_bytes(), asked, None)
    files = [Source(name, keep.items[name]) for name in (*keep.of("trail"), *keep.of("digest"))]
    return read_trail(
        files, how=Reading(keys=read_public_keys("keys", public_keys()), selector_files=[selectors])
    )


def covered_spans(trail: Trail) -> list[tuple[datetime, datetime]]:
    table = covered([STORE], trail.digests, trail.selectors, chain(trail.calls), trail.outages)
    return list(table.filter(kind="covered").select("start", "end").iter_rows())


def test_digests_with_all_their_files_cover_a_deploy_until_the_selectors_were_asked_for(
    keep: FakeKeep,
) -> None:
    collected(trail_of(7), keep, hour(7) + timedelta(minutes=30))
    trail = read(keep, hour(5))
    assert trail.digests["missing"].sum() == 0
    [(start, end)] = covered_spans(trail)
    assert start <= DEPLOY[0] - timedelta(hours=1)
    assert end >= DEPLOY[1] + timedelta(minutes=30)


def test_a_second_collection_covers_what_the_first_could_not(keep: FakeKeep) -> None:
    """The selectors hold where they were asked for, and no digest is there yet that reaches so far."""
    connection = trail_of(7)
    objects = dict(connection.objects)
    early = hour(4) + timedelta(minutes=10)
    for key in [key for key in objects if "T04" in key or "T05" in key or "T06" in key or "T07" in key]:
        del connection.objects[key]
    collected(connection, keep, early)
    assert covered_spans(read(keep, early)) == []
    assert [when for what, _, when in keep.opened if what == "deploy 1"] == [hour(5.5)]
    connection.objects.update(objects)
    collected(connection, keep, hour(7) + timedelta(minutes=10))
    assert covered_spans(read(keep, early)) != []


def test_signatures_are_checked_up_to_the_last_digest(keep: FakeKeep) -> None:
    collected(trail_of(7), keep, hour(7) + timedelta(minutes=30))
    states = read(keep, hour(5)).digests["signature"].to_list()
    assert states == ["valid"] * (len(states) - 1) + ["unsigned"]


def test_a_file_that_came_too_late_for_its_digest_is_copied(keep: FakeKeep) -> None:
    connection = trail_of(7, late=3)
    wanted = collected(connection, keep, hour(7) + timedelta(minutes=30))
    assert wanted.filter(kind="digest")["key"].str.contains("_backfill").sum() == 1
    assert "KV9" in read(keep, hour(5)).calls["etag"].to_list()


def test_where_the_chain_proves_all_only_digests_are_copied_whose_files_are_there(keep: FakeKeep) -> None:
    connection = trail_of(8)
    bucket = Bucket()
    for number, at in enumerate((hour(2) - timedelta(minutes=40), hour(3.02), hour(5.6))):
        key = bucket.deliver(at + timedelta(minutes=2), write(at, f"KV{number}", f"KV{number + 1}"))
        connection.objects[key] = bucket.files[key]
    wanted = collected(connection, keep, hour(8) + timedelta(minutes=30))
    trail = read(keep, hour(5))
    assert keep.opened == []
    assert wanted.filter(kind="digest").height == trail.digests.height > 1
    assert trail.digests["missing"].sum() == 0


def test_a_trail_of_another_home_is_shown_unchanged_by_the_files_of_its_home(keep: FakeKeep) -> None:
    connection = trail_of(7)
    home = Bucket(region="eu-west-1")
    for number in range(7):
        home.deliver(hour(number) + timedelta(minutes=5), other_at(hour(number), number))
        home.close(hour(number), hour(number + 1), first=number == 0)
    for files in (dict(connection.objects), home.files):
        connection.objects.update({_of_home(key): _of_home(data) for key, data in files.items()})
    collected(connection, keep, hour(7) + timedelta(minutes=30), ARN.replace("us-east-1", "eu-west-1"))
    assert any("/CloudTrail/eu-west-1/" in source for source in keep.of("trail"))
    regions = {source.split("/CloudTrail-Digest/")[1].split("/")[0] for source in keep.of("digest")}
    assert regions == {"us-east-1", "eu-west-1"}


def _of_home(value: Any) -> Any:
    """A key or a digest of the trail whose home is eu-west-1."""
    if isinstance(value, bytes):
        return value.replace(b"_audit_us-east-1_", b"_audit_eu-west-1_")
    return value.replace("_audit_us-east-1_", "_audit_eu-west-1_")


def test_of_days_ago_it_is_said_that_the_selectors_of_then_are_not_shown(keep: FakeKeep) -> None:
    wanted = collected(trail_of(7), keep, hour(24 * 20))
    assert wanted.filter(kind="digest").height < 6
    assert [why for what, why, _ in keep.opened if what == ARN] == [
        "it is known what it selects now, and not shown that it was so when the deploys ran: state it by"
        " --selectors-since"
    ]
    assert not [what for what, _, _ in keep.opened if what == "deploy 1"]


def test_a_backfill_digest_that_is_not_given_is_said_of_all_digests(keep: FakeKeep) -> None:
    connection = trail_of(7, late=3)
    connection.denied.update(key for key in connection.objects if "_backfill" in key)
    collected(connection, keep, hour(7) + timedelta(minutes=30))
    [(what, why)] = [(what, why) for what, why, _ in keep.opened if what.startswith("s3://")]
    assert what.endswith("/CloudTrail-Digest/us-east-1/")
    assert why == "1 backfill digests are not copied: what they list is not known"


def test_digests_that_are_not_listed_are_refused_by_their_prefix(keep: FakeKeep) -> None:
    class NoDigests(FakeConnection):
        def page(self, bucket: str, prefix: str, **options: Any) -> Page:
            if "CloudTrail-Digest" in prefix:
                raise S3Error(Failure("access denied"))
            return super().page(bucket, prefix, **options)

    connection = NoDigests()
    connection.objects.update(trail_of(7).objects)
    wanted = collected(connection, keep, hour(7) + timedelta(minutes=30))
    assert [(what.rsplit("/AWSLogs/")[-1], why) for what, why in keep.refused] == [
        ("111122223333/CloudTrail-Digest/us-east-1/", "access denied")
    ]
    assert set(wanted["kind"]) == {"trail"}


def test_files_that_digests_list_elsewhere_are_not_fetched(keep: FakeKeep) -> None:
    connection = trail_of(7)
    for key in [key for key in connection.objects if "CloudTrail-Digest" in key]:
        connection.objects[key] = connection.objects[key].replace(
            b'"s3Object": "AWSLogs/111122223333/CloudTrail/', b'"s3Object": "../secrets/'
        )
    connection.objects["../secrets/us-east-1/x"] = b"secret"
    collected(connection, keep, hour(7) + timedelta(minutes=30))
    assert not [key for key in connection.gets if key.startswith("..")]
