"""What the sections of Pulumi's display say is about the resource that they name."""

from __future__ import annotations

import polars as pl

from tests.logs.pulumi_logs import BUCKET, events, read


def test_policies_are_about_a_resource() -> None:
    log = """\
Policies:
    ✅ acme@v1.0.0 (local: acme)
    ❌ other@v0.0.1
        - [mandatory] [severity: high]  no-x  (aws:s3:Bucket: my bucket)
          No x.

          At all.
        - [remediate]  tags  (3 resources)
Policy Violations:
    [advisory]  acme v0.0.1  no-x (a (b): aws:s3/bucket:Bucket)
    No x.
Diagnostics:
  aws:s3:Bucket (c):
    mandatory: [no-x] No x.
"""
    found = [event for event in events(log) if event["kind"] == "diagnostic"]
    assert [(event.get("severity"), event.get("type"), event.get("name")) for event in found] == [
        (None, None, None),
        (None, None, None),
        ("error", "aws:s3:Bucket", "my bucket"),
        ("info", None, None),
        ("warning", "aws:s3/bucket:Bucket", "a (b)"),
        ("error", "aws:s3:Bucket", "c"),
    ]
    assert (
        found[2]["message"]
        == "    - [mandatory] [severity: high]  no-x  (aws:s3:Bucket: my bucket)\n      No x.\n      At all."
    )


def test_policies_of_a_diff() -> None:
    log = (
        '    acme@v1.0.0 [remediate]  tags  (aws:s3:Bucket: assets)\n      + owner: "me"\n\n'
        "    acme@v [mandatory]  no-public  (aws:s3:Bucket: assets)must not be public,\nand never was\n"
        "+ aws:s3:Bucket: (create)\n    [urn=urn:pulumi:prod::shop::aws:s3:Bucket::assets]\n"
    )
    table, stats = read(log)
    said = table.filter(pl.col("kind") == "diagnostic")
    assert said.select("severity", "type", "name", "message").rows() == [
        ("info", "aws:s3:Bucket", "assets", "[remediate]  tags  (aws:s3:Bucket: assets)"),
        (
            "error",
            "aws:s3:Bucket",
            "assets",
            "[mandatory]  no-public  (aws:s3:Bucket: assets)must not be public,\nand never was",
        ),
    ]
    assert table.filter(pl.col("op") == "create").height == 1
    assert stats.unrecognised == 0


def test_a_policy_names_a_resource_by_its_urn() -> None:
    policy = f"        - [advisory]  warning  (aws:s3/bucket:Bucket: {BUCKET})\n          text\n"
    log = "Policies:\n    ⚠️ acme@v1.0.0\n" + policy
    said = read(log)[0].filter(pl.col("message").str.contains("advisory"))
    assert said.select("type", "name").rows() == [("aws:s3/bucket:Bucket", "a bucket")]


def test_a_group_of_2018_names_its_resource() -> None:
    log = (
        "Diagnostics:\n  aws:rds:Instance: baseA\n    error: Plan apply failed: x\n\n"
        "  pulumi:pulumi:Stack: my stack\n    error: update failed\n\nOutputs:\n  aws:rds:Instance: baseA\n"
    )
    table, stats = read(log)
    assert table.filter(pl.col("kind") == "diagnostic").select("type", "name", "message").rows() == [
        ("aws:rds:Instance", "baseA", "error: Plan apply failed: x"),
        ("pulumi:pulumi:Stack", "my stack", "error: update failed"),
    ]
    assert stats.unrecognised == 0
