"""Which files of a trail are copied, and by how many calls."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from analyzer.collect.objects import MOST_REFUSED, TrailLimits
from analyzer.collect.trail_files import fetch_trail
from analyzer.collect.trails import find_trails
from analyzer.sources.s3.client import Object, Page
from tests.collect.fake_trail import (
    ACCOUNT,
    ARN,
    BUCKET,
    NOON,
    NOW,
    STORE,
    FakeCloud,
    FakeConnection,
    FakeKeep,
    advanced,
    at,
    delivered,
    described,
    name_of,
    object_of,
    plain,
    quiet,
    running,
    told,
    write,
)
from tests.trail.cloudtrail import record
from tests.trail.signed import BASIC

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl

DEPLOY = (at(0), at(5))


@pytest.fixture
def keep(tmp_path: Path) -> FakeKeep:
    return FakeKeep(tmp_path)


@pytest.fixture
def bucket() -> FakeConnection:
    return FakeConnection()


def fetched(
    bucket: FakeConnection,
    keep: FakeKeep,
    *deploys: tuple[datetime, datetime],
    cloud: FakeCloud | None = None,
    stores: tuple[str, ...] = (STORE,),
    now: datetime = NOW,
    **options: Any,
) -> pl.DataFrame:
    trails = find_trails(cloud or plain(), stores, keep)
    return fetch_trail(bucket, trails, stores, deploys or [DEPLOY], keep, now=now, told=told, **options)


def chain(*minutes: float, first: int = 1) -> dict[str, bytes]:
    """A write at each of the minutes after noon, each of which replaced the ETag of the one before it."""
    files: dict[str, bytes] = {}
    for number, minute in enumerate(minutes, first):
        files |= delivered(at(minute), write(at(minute), f"KV{number}", f"KV{number + 1}"))
    return files


def test_of_20000_files_the_few_between_the_nearest_writes_are_fetched(
    bucket: FakeConnection, keep: FakeKeep
) -> None:
    bucket.objects.update(quiet(NOON - timedelta(days=35), NOON + timedelta(days=35)))
    needed = chain(-60, 2, 100)
    bucket.objects.update(needed)
    assert len(bucket.objects) > 20_000
    wanted = fetched(bucket, keep)
    assert needed.keys() <= set(wanted["key"])
    assert len(bucket.gets) <= 60
    assert len(bucket.lists) <= 30
    assert (keep.refused, keep.opened) == ([], [])
    assert set(wanted["state"]) == {"copied"}
    assert set(keep.of("trail")) == {f"s3://{BUCKET}/{key}" for key in wanted["key"]}


def test_what_lies_between_two_deploys_is_not_copied(bucket: FakeConnection, keep: FakeKeep) -> None:
    days = 24 * 60 * 20
    bucket.objects.update(quiet(NOON - timedelta(days=1), NOON + timedelta(days=21)))
    bucket.objects.update(chain(-20, 2, 20) | chain(days - 20, days + 2, days + 20, first=10))
    wanted = fetched(bucket, keep, DEPLOY, (at(days), at(days + 5)))
    assert len(wanted) < 40
    assert len(bucket.lists) < 15
    assert keep.opened == []


def test_deploys_that_follow_each_other_need_no_search_between_them(
    bucket: FakeConnection, keep: FakeKeep
) -> None:
    days = 24 * 60 * 20
    bucket.objects.update(quiet(NOON - timedelta(days=1), NOON + timedelta(days=21)))
    bucket.objects.update(chain(-10, 2, days + 2, days + 20))
    wanted = fetched(bucket, keep, DEPLOY, (at(days), at(days + 5)))
    assert len(wanted) < 40
    assert keep.opened == []


def test_a_store_whose_etag_is_still_the_one_of_the_last_write_is_not_searched_later(
    bucket: FakeConnection, keep: FakeKeep
) -> None:
    bucket.objects.update(quiet(NOON - timedelta(days=1), NOON + timedelta(days=30)))
    bucket.objects.update(chain(-10, 2))
    wanted = fetched(bucket, keep, etags={STORE: "KV3"})
    assert max(wanted["key"]) < name_of(at(45), 0)
    assert keep.opened == []


def test_without_a_later_write_the_search_ends_and_it_is_said(bucket: FakeConnection, keep: FakeKeep) -> None:
    bucket.objects.update(quiet(NOON - timedelta(days=1), NOON + timedelta(days=30)))
    bucket.objects.update(chain(-10, 2))
    fetched(bucket, keep, limits=TrailLimits(search=50))
    assert len(bucket.gets) < 90
    assert [(what, why) for what, why, _ in keep.opened if what == STORE] == [
        (STORE, "the nearest write after deploy 1: not found in 50 files: no more were looked at")
    ]


def test_a_deploy_of_just_now_says_when_its_records_are_due(bucket: FakeConnection, keep: FakeKeep) -> None:
    bucket.objects.update(quiet(NOON - timedelta(days=1), at(10)))
    bucket.objects.update(chain(-10))
    fetched(bucket, keep, now=at(10))
    assert (STORE, "the nearest write after deploy 1: there is none yet", at(97)) in keep.opened


def test_a_write_that_is_missing_from_the_chain_ends_the_search(
    bucket: FakeConnection, keep: FakeKeep
) -> None:
    bucket.objects.update(quiet(NOON - timedelta(days=10), NOON + timedelta(days=10)))
    bucket.objects.update(chain(-50) | chain(2, 40, first=7))
    wanted = fetched(bucket, keep)
    assert len(wanted) < 60
    [(what, why, _)] = [each for each in keep.opened if each[0] == STORE]
    assert what == STORE
    assert why.startswith(
        "a write is missing from its chain between deploy 1 and the write before it, of 2026-06-10T11:10"
    )


def test_a_store_that_the_deploy_created_is_not_searched_before_it(
    bucket: FakeConnection, keep: FakeKeep
) -> None:
    created = record(
        "c1",
        "CreateKeyValueStore",
        eventSource="cloudfront.amazonaws.com",
        eventTime="2026-06-10T12:01:00Z",
        requestParameters={"name": "router"},
        responseElements={"keyValueStore": {"aRN": STORE, "name": "router"}},
        resources=None,
    )
    bucket.objects.update(quiet(NOON - timedelta(days=10), NOON + timedelta(days=10)))
    bucket.objects.update(delivered(at(1), created, lag=3) | chain(2, 40))
    wanted = fetched(bucket, keep)
    assert min(wanted["key"]) == name_of(at(-15), 0)
    assert keep.opened == []


def test_the_first_file_of_a_trail_ends_the_search(bucket: FakeConnection, keep: FakeKeep) -> None:
    bucket.objects.update(quiet(NOON - timedelta(hours=5), NOON + timedelta(days=1)))
    bucket.objects.update(chain(2, 30))
    fetched(bucket, keep)
    assert (STORE, "the nearest write before deploy 1: the trail has no earlier file", None) in keep.opened
    assert len(bucket.lists) < 10


def test_a_deploy_without_any_write_is_looked_for_an_hour_around_it(
    bucket: FakeConnection, keep: FakeKeep
) -> None:
    """Its clock may be off: what proves an absence then are writes an hour away on either side."""
    bucket.objects.update(quiet(NOON - timedelta(days=10), NOON + timedelta(days=10)))
    bucket.objects.update(chain(-120, -30, 50, 120))
    wanted = fetched(bucket, keep)
    assert set(chain(-120, -30, 50, 120)) <= set(wanted["key"])
    assert keep.opened == []
    assert len(wanted) < 80


def test_what_the_bundle_holds_already_is_not_fetched_again(bucket: FakeConnection, keep: FakeKeep) -> None:
    bucket.objects.update(quiet(NOON - timedelta(days=10), NOON + timedelta(days=10)))
    bucket.objects.update(chain(-60, 2, 100))
    first = fetched(bucket, keep)
    bucket.gets.clear()
    again = fetched(bucket, keep)
    assert bucket.gets == []
    assert again["key"].to_list() == first["key"].to_list()
    assert set(again["state"]) == {"had"}


def test_refused_objects_are_said_a_few_times_and_the_next_trail_is_read(
    bucket: FakeConnection, keep: FakeKeep
) -> None:
    other = "arn:aws:cloudtrail:us-east-1:111122223333:trail/second"
    files = quiet(NOON - timedelta(days=10), NOON + timedelta(days=10)) | chain(-60, 2, 100)
    bucket.objects.update(files)
    bucket.denied.update(files)
    bucket.buckets["second-bucket"] = dict(files)
    cloud = plain()
    cloud.trails = [
        described(KmsKeyId="arn:aws:kms:us-east-1:111122223333:key/1"),
        described(other, S3BucketName="second-bucket", LogFileValidationEnabled=False),
    ]
    cloud.statuses[other], cloud.selectors[other] = running(), advanced(other)
    wanted = fetched(bucket, keep, cloud=cloud)
    assert len(keep.refused) == MOST_REFUSED + 2
    assert keep.refused[-1] == (
        "arn:aws:kms:us-east-1:111122223333:key/1",
        "files that are encrypted with this key were refused: kms:Decrypt on it may be what is missing",
    )
    assert keep.refused[0][0].startswith(f"s3://{BUCKET}/AWSLogs/")
    assert set(wanted.filter(state="copied")["bucket"]) == {"second-bucket"}
    assert not [each for each in keep.opened if each[0] == STORE]


def test_an_organisation_has_its_files_by_account(bucket: FakeConnection, keep: FakeKeep) -> None:
    management = "arn:aws:cloudtrail:us-east-1:999988887777:trail/audit"
    root = f"logs/AWSLogs/o-abcdef0123/{ACCOUNT}/"
    bucket.objects.update(quiet(NOON - timedelta(days=2), NOON + timedelta(days=2), root=root))
    for minute, before, after in ((-20, "KV1", "KV2"), (2, "KV2", "KV3"), (20, "KV3", "KV4")):
        bucket.objects.update(delivered(at(minute), write(at(minute), before, after), root=root))
    cloud = plain(management, IsOrganizationTrail=True, S3KeyPrefix="logs")
    wanted = fetched(bucket, keep, cloud=cloud)
    assert all(key.startswith(root) for key in wanted["key"])
    assert (keep.refused, keep.opened) == ([], [])


def test_stores_that_nobody_named_are_those_that_were_written(bucket: FakeConnection, keep: FakeKeep) -> None:
    other = STORE[:-1] + "2"
    bucket.objects.update(quiet(NOON - timedelta(days=2), NOON + timedelta(days=2)))
    bucket.objects.update(chain(-100, 2, 100))
    foreign = write(at(3), "X1", "X2", other)
    foreign["requestParameters"]["puts"] = [{"key": "other:a"}]
    bucket.objects.update(delivered(at(3), foreign, lag=6))
    wanted = fetched(bucket, keep, stores=(), namespaces=("7c62",))
    assert set(chain(-100, 2, 100)) <= set(wanted["key"])
    assert not [each for each in keep.opened if each[0] == other]


def test_no_more_than_the_limits_is_fetched(bucket: FakeConnection, keep: FakeKeep) -> None:
    bucket.objects.update(quiet(NOON - timedelta(days=2), NOON + timedelta(days=2)))
    fetched(bucket, keep, limits=TrailLimits(files=5))
    assert len(bucket.gets) == 5
    [limit] = [why for what, why, _ in keep.opened if what.startswith("s3://")]
    assert limit.startswith("not fetched, and nothing after it: 5 files of trails are copied")


def test_no_trail_that_records_a_store_is_said(bucket: FakeConnection, keep: FakeKeep) -> None:
    wanted = fetched(bucket, keep, cloud=FakeCloud())
    assert wanted.is_empty()
    none, unseen = keep.opened
    assert none[0] == "cloudtrail:DescribeTrails"
    assert none[1].startswith("this account has no trail, so that nothing recorded the calls")
    assert unseen == (STORE, "no trail that this account can see may have recorded its calls", None)
    assert bucket.lists == []


def test_absurd_times_of_deploys_need_no_file(bucket: FakeConnection, keep: FakeKeep) -> None:
    first, last = datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, tzinfo=UTC)
    assert fetched(bucket, keep, (first, first), (last, last)).is_empty()


@pytest.mark.parametrize("size", [1, 7])
def test_small_pages_give_the_same(bucket: FakeConnection, keep: FakeKeep, size: int) -> None:
    bucket.objects.update(quiet(NOON - timedelta(hours=3), NOON + timedelta(hours=3)) | chain(-60, 2, 100))
    bucket.size = size
    wanted = fetched(bucket, keep)
    assert set(chain(-60, 2, 100)) <= set(wanted["key"])
    assert (keep.refused, keep.opened) == ([], [])


class _Unordered(FakeConnection):
    def page(self, bucket: str, prefix: str, **options: Any) -> Page:
        page = super().page(bucket, prefix, **options)
        return Page(page.objects[::-1], page.prefixes, page.token)


class _Again(FakeConnection):
    def page(self, bucket: str, prefix: str, **_: Any) -> Page:
        return Page(super().page(bucket, prefix).objects[:3], (), "again")


class _Empty(FakeConnection):
    def page(self, bucket: str, prefix: str, **_: Any) -> Page:
        self.lists.append((bucket, prefix, ""))
        return Page((), (), "more")


class _Elsewhere(FakeConnection):
    def page(self, bucket: str, prefix: str, **options: Any) -> Page:
        page = super().page(bucket, prefix, **options)
        return Page((object_of("~/../../etc/passwd", b"x"),), (), page.token)


@pytest.mark.parametrize("kind", [_Unordered, _Again, _Empty, _Elsewhere])
def test_a_listing_that_is_none_of_s3_is_refused_and_ends(kind: type[FakeConnection], keep: FakeKeep) -> None:
    bucket = kind()
    bucket.objects.update(quiet(NOON - timedelta(hours=3), NOON + timedelta(hours=3)))
    fetched(bucket, keep)
    assert keep.refused
    assert bucket.gets == []
    assert len(bucket.lists) < 10


def test_an_object_that_claims_to_be_huge_is_not_fetched(keep: FakeKeep) -> None:
    class Huge(FakeConnection):
        def page(self, bucket: str, prefix: str, **options: Any) -> Page:
            page = super().page(bucket, prefix, **options)
            objects = (Object(each.key, 1 << 50, each.etag, each.modified) for each in page.objects)
            return Page(tuple(objects), (), page.token)

    huge = Huge()
    huge.objects.update(chain(2))
    fetched(huge, keep)
    assert huge.gets == []
    assert keep.refused[0][1].startswith("not fetched: it is larger than 64 MiB")


def test_a_trail_that_does_not_select_the_writes_now_is_copied_for_the_deploys_alone(
    bucket: FakeConnection, keep: FakeKeep
) -> None:
    bucket.objects.update(quiet(NOON - timedelta(days=2), NOON + timedelta(days=2)) | chain(2))
    cloud = plain()
    cloud.selectors[ARN] = {"TrailARN": ARN, "EventSelectors": BASIC}
    wanted = fetched(bucket, keep, cloud=cloud)
    assert (min(wanted["key"]), max(wanted["key"])) == (name_of(at(-15), 0), name_of(at(35), 0))
    assert keep.opened == [
        (
            STORE,
            f"no trail that this account can see selects its writes now: the files of {ARN} may have some",
            None,
        )
    ]


def test_stores_of_two_accounts_are_looked_for_in_the_files_of_each(
    bucket: FakeConnection, keep: FakeKeep
) -> None:
    other = STORE.replace(ACCOUNT, "444455556666")
    management = "arn:aws:cloudtrail:us-east-1:999988887777:trail/audit"
    cloud = plain(management, IsOrganizationTrail=True)
    for account, store in ((ACCOUNT, STORE), ("444455556666", other)):
        root = f"AWSLogs/o-abcdef0123/{account}/"
        bucket.objects.update(quiet(NOON - timedelta(hours=5), NOON + timedelta(hours=5), root=root))
        for minute, number in ((-20, 1), (2, 2)):
            record = write(at(minute), f"{account}-{number}", f"{account}-{number + 1}", store)
            bucket.objects.update(delivered(at(minute), record, root=root))
    fetched(bucket, keep, cloud=cloud, stores=(STORE, other), limits=TrailLimits(search=8))
    assert sorted(what for what, why, _ in keep.opened if "nearest write after" in why) == sorted(
        (STORE, other)
    )
