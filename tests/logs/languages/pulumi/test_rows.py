"""Rows of Pulumi's display, with types and names or with URNs, say which step did what."""

from __future__ import annotations

import pytest

from tests.logs.pulumi_logs import BUCKET, events, read

STEP = ("kind", "type", "name", "op", "outcome", "message")

STACK_URN = "urn:pulumi:prod::shop::pulumi:pulumi:Stack::shop-prod"


@pytest.mark.parametrize(
    ("row", "kind", "op", "outcome", "seconds"),
    [
        (" +  a:b:C n creating (2s)", "started", "create", "started", 2.0),
        (" ++ a:b:C n created replacement (12s) [diff: ~x]", "done", "create-replacement", "done", 12.0),
        (" ++ a:b:C n **creating failed (0.05s)**", "failed", "create-replacement", "failed", 0.05),
        (" +- a:b:C n replaced", "done", "replace", "done", None),
        (" -- a:b:C n **deleting failed**", "failed", "delete-replaced", "failed", None),
        (" >> a:b:C n reading for replacement", "started", "read-replacement", "started", None),
        (" => a:b:C n imported replacement (1s)", "done", "import-replacement", "done", 1.0),
        (" << a:b:C n discarded original", "done", "discard-replaced", "done", None),
        (" ~  a:b:C n **refreshing failed**", "failed", "refresh", "failed", None),
        (" +  a:b:C n creating (interrupted)", "failed", "create", "interrupted", None),
    ],
)
def test_rows(row: str, kind: str, op: str, outcome: str, seconds: float | None) -> None:
    (event,) = events(row)
    assert (event["kind"], event["op"], event["outcome"], event.get("seconds")) == (
        kind,
        op,
        outcome,
        seconds,
    )
    assert (event["type"], event["name"]) == ("a:b:C", "n")
    assert "planning" not in event


def test_a_delete_that_keeps_the_thing_says_so() -> None:
    timed, bare = events(" -  a:b:C n deleted (0.5s)[retain]\n -  a:b:C n deleting[retain]")
    assert timed["old"] == bare["old"] == '{"retainOnDelete": true}'
    assert (timed["op"], timed["seconds"], bare["outcome"]) == ("delete", 0.5, "started")


def test_rows_with_urns() -> None:
    (event,) = events(" +  urn:pulumi:prod::shop::x:y:Z$aws:s3/bucket:Bucket::my::name created (1s)")
    assert event["urn"] == "urn:pulumi:prod::shop::x:y:Z$aws:s3/bucket:Bucket::my::name"
    assert (event["type"], event["name"]) == ("aws:s3/bucket:Bucket", "my::name")


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (
            f" ~  {BUCKET} updated (0.30s) [diff: ~tags]",
            ("done", "aws:s3/bucket:Bucket", "a bucket", "update", "done", "[diff: ~tags]"),
        ),
        (f"    {BUCKET}", ("done", "aws:s3/bucket:Bucket", "a bucket", "same", "done", None)),
        (
            f"    {BUCKET}  [diff: ~protect]",
            ("done", "aws:s3/bucket:Bucket", "a bucket", "same", "done", "[diff: ~protect]"),
        ),
        (
            f"    {BUCKET}  error: no such bucket",
            ("started", "aws:s3/bucket:Bucket", "a bucket", "same", "started", "error: no such bucket"),
        ),
        (
            f"    {BUCKET} **failed** 1 error",
            ("failed", "aws:s3/bucket:Bucket", "a bucket", "same", "failed", "1 error"),
        ),
        (
            f"    {STACK_URN} running",
            ("started", "pulumi:pulumi:Stack", "shop-prod", "same", "started", None),
        ),
        (
            f"    {STACK_URN} running entry: site,50f6,,/",
            ("console", "pulumi:pulumi:Stack", "shop-prod", "same", "started", "entry: site,50f6,,/"),
        ),
        (
            f"    {STACK_URN}  2 messages",
            ("done", "pulumi:pulumi:Stack", "shop-prod", "same", "done", "2 messages"),
        ),
    ],
)
def test_a_row_with_a_urn_says_what_one_without_says(row: str, expected: tuple[object, ...]) -> None:
    table, stats = read(row)
    assert table.select(STEP).rows() == [expected]
    assert stats.unrecognised == 0
    assert row.lstrip(" ~").startswith(str(table["urn"].fill_null("").item()))


@pytest.mark.parametrize(
    ("info", "outcome"),
    [
        ("[diff: ~protect]", "done"),
        ("[diff: ~protect]; 1 warning", "done"),
        ("1 warning; 2 messages", "done"),
        ("warning: deprecated", "started"),
        ("[diff: ~protect]; warning: deprecated", "started"),
    ],
)
def test_a_row_that_is_printed_for_a_message_is_not_over(info: str, outcome: str) -> None:
    table, _ = read(f"    aws:s3:Bucket assets  {info}")
    assert table.select("op", "outcome").rows() == [("same", outcome)]


def test_a_step_that_goes_on_in_the_cloud_is_not_done() -> None:
    table, stats = read(
        " ~  aws:ec2:Instance web **update awaiting** [diff: ~in]; warning: awaiting\n    1 awaiting\n"
    )
    assert table.select("name", "op", "outcome").row(0) == ("web", "update", "failed")
    assert stats.unrecognised == 0
