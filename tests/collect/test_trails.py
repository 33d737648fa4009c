"""Which trails record a store, by what CloudTrail says of them, and what is kept of it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from analyzer.collect.recording import candidates
from analyzer.collect.spans import spans
from analyzer.collect.trails import MOST, find_trails, keep_public_keys
from analyzer.trail.coverage.public_keys import read_public_keys
from analyzer.trail.coverage.selectors import read_selector_file, share_of_writes
from tests.collect.fake_trail import (
    ACCOUNT,
    ARN,
    NOW,
    STORE,
    FakeCloud,
    FakeKeep,
    advanced,
    at,
    described,
    plain,
    running,
)
from tests.trail.signed import ADVANCED, BASIC, DATA, STORES, public_keys

if TYPE_CHECKING:
    from pathlib import Path

OTHER = "arn:aws:cloudtrail:us-east-1:111122223333:trail/other"
DEPLOYS = spans([(at(0), at(5))], NOW)


@pytest.fixture
def keep(tmp_path: Path) -> FakeKeep:
    return FakeKeep(tmp_path)


def shares(cloud: FakeCloud, keep: FakeKeep, store: str = STORE) -> dict[str, str]:
    """What each trail records of the store."""
    return {
        row["name"]: row["records"][0]["share"]
        for row in find_trails(cloud, [store], keep).iter_rows(named=True)
    }


def chosen(cloud: FakeCloud, keep: FakeKeep) -> list[str]:
    """The names of the trails whose files are copied, the best first."""
    trails = find_trails(cloud, [STORE], keep)
    return [arn.rsplit("/", 1)[-1] for arn in candidates(trails, DEPLOYS)["arn"]]


def test_the_answers_are_kept_as_check_reads_them(keep: FakeKeep) -> None:
    find_trails(plain(), [STORE], keep)
    [source] = keep.of("selectors")
    assert source == f"cloudtrail:GetEventSelectors {ARN}"
    file = read_selector_file(source, keep.items[source].read_bytes(), NOW, None)
    assert (file.trail, share_of_writes(file.selectors, STORE)) == (ARN, "all")
    [trails] = keep.of("trails")
    assert json.loads(keep.items[trails].read_bytes())["trailList"][0]["TrailARN"] == ARN
    [status] = keep.of("status")
    assert json.loads(keep.items[status].read_bytes())["IsLogging"] is True


def test_public_keys_are_kept_as_check_reads_them(keep: FakeKeep) -> None:
    from base64 import b64decode

    said = json.loads(public_keys())["PublicKeyList"]
    cloud = FakeCloud(keys=[key | {"Value": b64decode(key["Value"]), "ValidityEndTime": NOW} for key in said])
    keep_public_keys(cloud, at(0), at(60), keep)
    [source] = keep.of("public_keys")
    read_public_keys(source, keep.items[source].read_bytes())


def test_that_there_are_no_public_keys_is_said(keep: FakeKeep) -> None:
    keep_public_keys(FakeCloud(), at(0), at(60), keep)
    assert keep.refused == [
        ("cloudtrail:ListPublicKeys", "there is no key of that time: signatures cannot be checked")
    ]


@pytest.mark.parametrize(
    ("selectors", "share"),
    [
        ({"TrailARN": ARN, "AdvancedEventSelectors": ADVANCED}, "all"),
        ({"TrailARN": ARN, "EventSelectors": BASIC}, "none"),
        (
            advanced(
                selectors=[{"FieldSelectors": [DATA, STORES, {"Field": "readOnly", "Equals": ["true"]}]}]
            ),
            "none",
        ),
        (
            advanced(
                selectors=[{"FieldSelectors": [DATA, STORES, {"Field": "eventName", "Equals": ["PutKey"]}]}]
            ),
            "some",
        ),
        (
            advanced(
                selectors=[
                    {"FieldSelectors": [DATA, {"Field": "resources.type", "Equals": ["AWS::S3::Object"]}]}
                ]
            ),
            "none",
        ),
        ({"TrailARN": OTHER, "AdvancedEventSelectors": ADVANCED}, "unknown"),
        ({"TrailARN": ARN}, "unknown"),
    ],
)
def test_selectors_say_what_is_recorded(selectors: dict[str, Any], share: str, keep: FakeKeep) -> None:
    cloud = FakeCloud([described()], {ARN: running()}, {ARN: selectors})
    assert shares(cloud, keep) == {"audit": share}
    assert bool(keep.refused) == (share == "unknown")


def test_a_trail_of_another_region_alone_never_records_a_store_and_is_not_asked(keep: FakeKeep) -> None:
    arn = f"arn:aws:cloudtrail:eu-west-1:{ACCOUNT}:trail/local"
    cloud = plain(arn, IsMultiRegionTrail=False)
    assert shares(cloud, keep) == {"local": "never"}
    assert cloud.asked == []


def test_a_multi_region_trail_of_another_region_does(keep: FakeKeep) -> None:
    assert shares(plain(f"arn:aws:cloudtrail:eu-west-1:{ACCOUNT}:trail/all"), keep) == {"all": "all"}


def test_another_account_is_recorded_by_an_organisation_alone(keep: FakeKeep) -> None:
    arn = "arn:aws:cloudtrail:us-east-1:999988887777:trail/org"
    assert shares(plain(arn), keep) == {"org": "never"}
    assert shares(plain(arn, IsOrganizationTrail=True), keep) == {"org": "all"}


def test_what_is_denied_is_noted_and_the_trail_is_used_all_the_same(keep: FakeKeep) -> None:
    cloud = FakeCloud([described()])
    assert shares(cloud, keep) == {"audit": "unknown"}
    assert keep.refused == [
        (f"cloudtrail:GetTrailStatus {ARN}", "access denied"),
        (f"cloudtrail:GetEventSelectors {ARN}", "access denied"),
    ]
    assert chosen(cloud, keep) == ["audit"]


@pytest.mark.parametrize(
    "fields",
    [
        {"S3BucketName": "../etc"},
        {"S3BucketName": "a..b"},
        {"S3BucketName": None},
        {"S3KeyPrefix": "logs/../../x"},
        {"S3KeyPrefix": "a\\b"},
        {"S3KeyPrefix": "a\nb"},
        {"S3KeyPrefix": "x" * 201},
        {"S3KeyPrefix": 7},
        {"TrailARN": "arn:aws:cloudtrail:us-east-1:1:trail/x"},
        {"TrailARN": f"{ARN}\x1b[2J"},
        {"TrailARN": None},
    ],
)
def test_a_trail_with_values_that_cannot_be_is_left_out_and_said(
    fields: dict[str, Any], keep: FakeKeep
) -> None:
    cloud = FakeCloud([described(**fields), described(OTHER)], {OTHER: running()}, {OTHER: advanced(OTHER)})
    assert find_trails(cloud, [STORE], keep)["name"].to_list() == ["other"]
    [(what, why)] = keep.refused
    assert what == "cloudtrail:DescribeTrails"
    assert why.isprintable()


def test_no_more_trails_are_asked_than_there_can_be(keep: FakeKeep) -> None:
    cloud = FakeCloud([described(f"{ARN}{number}", IsMultiRegionTrail=False) for number in range(MOST + 1)])
    assert find_trails(cloud, [STORE], keep).height == MOST
    assert keep.refused[0] == ("cloudtrail:DescribeTrails", "it names 201 trails: 200 were looked at")


def test_the_times_of_a_status_are_read_and_absurd_ones_are_not(keep: FakeKeep) -> None:
    cloud = plain()
    cloud.statuses[ARN] = {
        "IsLogging": "yes",
        "StartLoggingTime": datetime(1, 1, 1, tzinfo=UTC),
        "LatestDeliveryTime": 1e300,
        "LatestDigestDeliveryTime": NOW.timestamp(),
    }
    [row] = find_trails(cloud, [STORE], keep).to_dicts()
    assert (row["logging"], row["started"], row["delivered"], row["digested"]) == (None, None, None, NOW)


@pytest.mark.parametrize(
    ("status", "logged"),
    [
        ({"IsLogging": True, "StartLoggingTime": at(-60)}, ["yes"]),
        ({"IsLogging": True, "StartLoggingTime": at(60)}, ["unknown"]),  # it may have been started twice
        ({"IsLogging": True, "StopLoggingTime": at(-90), "StartLoggingTime": at(60)}, []),
        ({"IsLogging": True, "StopLoggingTime": at(3), "StartLoggingTime": at(60)}, ["part"]),
        ({"IsLogging": True, "StopLoggingTime": at(30), "StartLoggingTime": at(60)}, ["unknown"]),
        ({"IsLogging": False, "StartLoggingTime": at(-90), "StopLoggingTime": at(-60)}, []),
        ({"IsLogging": False, "StartLoggingTime": at(-90), "StopLoggingTime": at(3)}, ["part"]),
        ({"IsLogging": False, "StartLoggingTime": at(-90), "StopLoggingTime": at(60)}, ["yes"]),
        ({"IsLogging": False}, []),
        ({"IsLogging": True}, ["unknown"]),
        ({}, ["unknown"]),
    ],
)
def test_whether_a_trail_logged_during_the_deploys(
    status: dict[str, Any], logged: list[str], keep: FakeKeep
) -> None:
    cloud = plain()
    cloud.statuses[ARN] = status
    trails = find_trails(cloud, [STORE], keep)
    assert candidates(trails, DEPLOYS)["logged"].to_list() == logged


def test_that_the_account_has_no_trail_is_said(keep: FakeKeep) -> None:
    assert find_trails(FakeCloud(), [STORE], keep).is_empty()
    (said,) = keep.opened
    assert said[1].startswith("this account has no trail")


def test_of_two_trails_the_one_that_runs_is_read(keep: FakeKeep) -> None:
    cloud = plain()
    cloud.trails = [described(), described(OTHER)]
    cloud.statuses[ARN] = {"IsLogging": False, "StartLoggingTime": at(-9999), "StopLoggingTime": at(-60)}
    cloud.statuses[OTHER], cloud.selectors[OTHER] = running(), advanced(OTHER)
    assert chosen(cloud, keep) == ["other"]


def test_the_trail_that_selects_all_and_has_digests_is_the_best(keep: FakeKeep) -> None:
    names = ("none", "some", "nodigests", "all")
    arns = {name: f"arn:aws:cloudtrail:us-east-1:{ACCOUNT}:trail/{name}" for name in names}
    said = {
        "none": {"TrailARN": arns["none"], "EventSelectors": BASIC},
        "some": advanced(arns["some"], [{"FieldSelectors": [DATA, STORES, {"Field": "x", "Equals": ["y"]}]}]),
        "nodigests": advanced(arns["nodigests"]),
        "all": advanced(arns["all"]),
    }
    cloud = FakeCloud(
        [described(arn, LogFileValidationEnabled=name != "nodigests") for name, arn in arns.items()],
        {arn: running() for arn in arns.values()},
        {arns[name]: answer for name, answer in said.items()},
    )
    assert chosen(cloud, keep) == ["all", "nodigests", "some", "none"]


def test_no_trails_give_no_candidates(keep: FakeKeep) -> None:
    assert candidates(find_trails(FakeCloud(), [STORE], keep), DEPLOYS).is_empty()


def test_trails_that_are_denied_are_noted(keep: FakeKeep) -> None:
    from analyzer.collect.interface import RefusedError

    class Denied(FakeCloud):
        def describe_trails(self) -> list[dict[str, Any]]:
            raise RefusedError("cloudtrail:DescribeTrails", "access denied")

    assert find_trails(Denied(), [STORE], keep).is_empty()
    assert keep.refused == [("cloudtrail:DescribeTrails", "access denied")]


def test_spans_reach_from_before_a_deploy_to_the_horizon_and_are_never_later_than_now() -> None:
    table = spans([(at(0), at(5)), (at(600), at(500))], at(510))
    assert table.select("deploy", "start", "end").rows() == [
        (1, at(485), at(510)),
        (0, at(-15), at(37)),
    ]
    assert table.filter(pl.col("low") >= pl.col("high")).is_empty()
    assert spans([(at(0), at(5))], NOW - timedelta(days=400)).is_empty()
