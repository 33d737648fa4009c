"""LW212: what one resource made and another's delete took away in the same deploy; and what only looks like it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.reports.made import write
from tests.rules.logs_alone import findings
from tests.rules.reasons import made, step, told

if TYPE_CHECKING:
    from pathlib import Path

OLD = "sst:aws:Router Docs.sst.aws.KvKeys"
NEW = "app:Docs$sst:aws:Router Docs.sst.aws.KvKeys"
KEYS = "7c62: metadata={}"
ROUTE = '{"store": "arn:s", "namespace": "50f6", "key": "routes", "entry": "site,7c62,,/"}'
GONE = (
    "The keys 7c62:* of store 5f1c0d2e were created by app:Docs$sst:aws:Router::Docs.sst.aws.KvKeys, and then "
    "deleted with sst:aws:Router::Docs.sst.aws.KvKeys."
)


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_keys_that_moved_to_another_parent_are_gone(tmp_path: Path) -> None:
    log = f"15:40:30-31 create {NEW} {KEYS}\n15:40:40-41 delete {OLD} {KEYS}"
    # prelude, create begun and done, delete begun, and done: line 5
    assert findings(log, tmp_path, "LW212") == [("error", "high", GONE, 5)]


@pytest.mark.parametrize(
    "log",
    [
        f"15:40:30-31 delete {OLD} {KEYS}\n15:40:40-41 create {NEW} {KEYS}",  # the delete came first
        f"15:40:30-31 create {NEW} {KEYS} in B\n15:40:40-41 delete {OLD} {KEYS}",  # two stores
        f"15:40:30-31 create {NEW} 9d01: metadata={{}}\n15:40:40-41 delete {OLD} {KEYS}",  # two namespaces
        f"15:40:30-31 create {NEW} {KEYS}\n15:40:40-41 delete {OLD} {KEYS} keeps",
        f"15:40:30-31 create {NEW} {KEYS}\n15:40:40-41 delete {OLD} {KEYS} fails: no way",
        f"15:40:30-31 create {NEW} {KEYS} fails: no way\n15:40:40-41 delete {OLD} {KEYS}",
        f"15:40:30-31 create-replacement {OLD} {KEYS}\n15:40:40-41 delete-replaced {OLD} {KEYS}",  # one URN
        f"15:40:30-31 create {NEW} {KEYS}\n15:40:40-41 delete {OLD} {KEYS}\n15:40:50-51 update {NEW} {KEYS} -> {KEYS}",
        f"15:40:30-31 same {NEW} {KEYS}\n15:40:40-41 same {OLD} {KEYS}",
    ],
)
def test_what_was_not_taken_away_is_no_finding(log: str, tmp_path: Path) -> None:
    assert findings(log, tmp_path, "LW212") == []


@pytest.mark.parametrize(
    "log",
    [
        f"15:40:30-39 create {NEW} {KEYS}\n15:40:35-45 delete {OLD} {KEYS}",  # under way together
        f"15:40:30-31 create {NEW} {KEYS}\n15:40:40- delete {OLD} {KEYS}\nthe log stops",
    ],
)
def test_a_delete_of_which_the_order_or_the_end_is_open_is_a_warning(log: str, tmp_path: Path) -> None:
    assert [row[:2] for row in findings(log, tmp_path, "LW212")] == [("warning", "low")]


def test_objects_of_two_kinds_of_resources_are_one_thing_where_bucket_and_key_are_the_same(
    tmp_path: Path,
) -> None:
    files = '{"bucketName": "b", "files": [{"key": "1.js"}, {"key": "2.js"}, {"key": "3.js"}]}'
    log = f"""
        15:40:30-31 update sst:aws:Astro$a:b:C NewAssetFiles.sst.aws.BucketFiles {files} -> {files}
        15:40:40-41 delete sst:aws:Astro$a:b:C OldAssetFiles.sst.aws.BucketFiles {files}
        15:40:42-43 delete aws:s3/bucketObjectv2:BucketObjectv2 one {{"bucket": "b", "key": "1.js"}}
        15:40:44-45 delete aws:s3/bucketObjectv2:BucketObjectv2 two {{"bucket": "other", "key": "2.js"}}
    """
    assert [row[2] for row in findings(log, tmp_path, "LW212")] == [
        "3 things, the first of them s3://b/1.js, were updated by sst:aws:Astro$a:b:C::NewAssetFiles.sst.aws."
        "BucketFiles, and then deleted with sst:aws:Astro$a:b:C::OldAssetFiles.sst.aws.BucketFiles.",
        "s3://b/1.js was updated by sst:aws:Astro$a:b:C::NewAssetFiles.sst.aws.BucketFiles, and then deleted with "
        "aws:s3/bucketObjectv2:BucketObjectv2::one.",
    ]


def test_a_record_is_one_thing_by_zone_name_and_type(tmp_path: Path) -> None:
    def record(of: str, zone: str = "Z1") -> str:
        return f'{{"type": "{of}", "fqdn": "www.example.com", "zoneId": "{zone}"}}'

    log = f"""
        15:40:30-31 create aws:route53/record:Record new {record("A")}
        15:40:40-41 delete aws:route53/record:Record old {record("A")}
        15:40:42-43 delete aws:route53/record:Record ipv6 {record("AAAA")}
        15:40:44-45 delete aws:route53/record:Record inner {record("A", "Z2")}
    """
    (found,) = findings(log, tmp_path, "LW212")
    assert found[2] == (
        "Record A www.example.com of zone Z1 was created by aws:route53/record:Record::new, and then deleted with "
        "aws:route53/record:Record::old."
    )


def test_text_gives_a_warning_of_low_confidence_where_the_name_is_the_same(tmp_path: Path) -> None:
    terminal = """
        | SST 3.12.5  ready!
        |
        | ➜  App:        shop
        |    Stage:      prod
        |
        | ~  Deploy
        |
        | |  Created     App app:Docs → DocsKvKeys sst:aws:KvKeys
        | |  Created     App app:Docs → OtherKvKeys sst:aws:KvKeys
        | |  Deleted     Docs sst:aws:Astro → DocsKvKeys sst:aws:KvKeys
        |
        | ✓  Complete
    """
    told = (
        "DocsKvKeys was created, and then one of the same name was deleted: if their store is the same, what was "
        "written is gone."
    )
    assert findings(terminal, tmp_path, "LW212", title="") == [("warning", "low", told, 10)]
    swapped = terminal.replace(
        "Created     App app:Docs → DocsKv", "Deleted     App app:Docs → DocsKv"
    ).replace("Deleted     Docs sst:aws:Astro", "Created     Docs sst:aws:Astro")
    assert findings(swapped, tmp_path, "LW212", title="") == []


@pytest.mark.parametrize(
    ("verdicts", "severities"),
    [
        (["unverifiable", "unverifiable"], ["error"]),
        (["lost", "landed"], ["note"]),  # LW105 has the error
        (["landed", "landed"], []),  # the delete did not take it away
        (["landed", "unverifiable"], ["error"]),
    ],
)
def test_what_became_of_the_writes_decides_how_grave_it_is(
    verdicts: list[str], severities: list[str]
) -> None:
    new, old = "urn:pulumi:p::a::b:C$d:E::Docs.sst.aws.KvKeys", "urn:pulumi:p::a::d:E::Docs.sst.aws.KvKeys"
    identity = '["the keys 7c62:* of store s"]'
    steps = [
        step("Docs", seq=1, urn=new, op="create", kind="done", identity=identity),
        step("Docs", seq=2, urn=old, op="delete", kind="started", identity=identity),
        step("Docs", seq=3, urn=old, op="delete", kind="done", identity=identity),
    ]
    known = made([write(n, urn=new, verdict=each) for n, each in enumerate(verdicts)], events=steps)
    assert [severity for severity, _, _ in told("LW212", known)] == severities
