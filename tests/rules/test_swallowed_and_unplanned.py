"""LW210, LW211, LW213 and LW214: what a log shows to be missing though no operation failed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.reports.made import ROUTE, write
from tests.rules.logs_alone import findings
from tests.rules.reasons import made, step, told

if TYPE_CHECKING:
    from pathlib import Path

FILES = "sst:aws:Astro$a:b:C SiteAssetFiles.sst.aws.BucketFiles"
PUSH = "sst:aws:Astro$a:b:C SiteInvalidation.sst.aws.DistributionInvalidation"
KEYS = "sst:aws:Astro$a:b:C SiteKvKeys.sst.aws.KvKeys"
ONE = '{"files": [{"key": "a.html", "hash": "1"}]}'
TWO = '{"files": [{"key": "a.html", "hash": "2"}]}'
HEAD = """
        | SST 4.2.0  ready!
        |
        | ➜  App:        shop
        |    Stage:      prod
        |
        | ~  Deploy
        |
"""


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_a_leak_names_what_was_deleted_and_what_never_came(tmp_path: Path) -> None:
    log = f"""{HEAD}
        | |  Deleted     Store sst:aws:Nextjs → StoreKvKeys sst:aws:KvKeys
        | |  Deleted     Blog sst:aws:Nextjs → BlogKvKeys sst:aws:KvKeys
        | |  Created     Blog sst:aws:Nextjs → BlogKvKeys sst:aws:KvKeys
        | Promise leak detected:
        | CONTEXT(1021): resolveURN(resource:StoreKvKeys.sst.aws.KvKeys[pulumi-nodejs:dynamic:Resource])
        | CONTEXT(1022): resolveURN(resource:ShopKvKeys.sst.aws.KvKeys[pulumi-nodejs:dynamic:Resource])
        |
        | ✕  Failed
    """
    told = (
        "The program ended before it had registered its resources; deleted and not written again: StoreKvKeys; "
        "never registered: ShopKvKeys."
    )
    assert [row[:3] for row in findings(log, tmp_path, "LW210", title="")] == [("error", "high", told)]


def test_a_leak_that_took_nothing_away_is_a_warning_with_the_number_of_promises(tmp_path: Path) -> None:
    log = """
        15:40:30-31 create aws:s3/bucket:Bucket Assets {}
        15:40:32 error: The Pulumi runtime detected that 412 promises were still active
    """
    told = "The program ended before it had registered its resources (412 promises were still open)."
    assert [row[:3] for row in findings(log, tmp_path, "LW210", "LW401")] == [("warning", "high", told)]


def test_another_resource_whose_outputs_vanished_is_a_warning_of_low_confidence(tmp_path: Path) -> None:
    oac = "pulumi-nodejs:dynamic:Resource Oac.sst.aws.OriginAccessControl"
    log = f'15:40:30-31 update {oac} {{"etag": "E"}} -> {{}} => {{}}'
    told = "Oac is reported as updated, and its outputs are empty: its provider returned before it wrote."
    assert [row[:3] for row in findings(log, tmp_path, "LW211")] == [("warning", "low", told)]


@pytest.mark.parametrize(("entry", "severity"), [("a", "warning"), ("b", "error")])
def test_a_route_that_keeps_its_entry_needs_no_write_and_warns_that_the_state_lost_it(
    entry: str, severity: str, tmp_path: Path
) -> None:
    """After an upgrade of SST all resources are updated, and most of them change nothing."""
    log = f"15:40:30-31 update SiteRoutesUpdate 7c62:routes + a -> 7c62:routes + {entry} unset"
    found = findings(log, tmp_path, "LW211")
    assert [row[:2] for row in found] == [(severity, "high")]


def test_a_create_that_came_back_without_an_id_is_told(tmp_path: Path) -> None:
    error = "plugin returned empty resource.ID from create"
    log = f"""
        15:40:30-31 create SiteRoutesUpdate 7c62:routes + a fails: {error}
        15:40:32-33 create my:own:Thing Other {{}} fails: {error}
    """
    found = findings(log, tmp_path, "LW211")
    assert [row[:2] for row in found] == [("warning", "high")]
    assert found[0][2].startswith("SiteRoutesUpdate came back without an id: ")


@pytest.mark.parametrize(
    ("cause", "count"), [("access_denied", 0), ("throttled", 0), ("service_error", 1), (None, 1)]
)
def test_an_empty_id_is_not_told_where_the_trail_says_what_went_wrong(cause: str | None, count: int) -> None:
    said = "plugin returned empty resource.ID from create"
    name = "SiteRoutesUpdate.sst.aws.KvRoutesUpdate"
    refused = step("SiteRoutesUpdate", kind="diagnostic", message=said) | {"name": name}
    known = made([write(1, **ROUTE | {"verdict": "errored", "cause": cause, "name": name})], events=[refused])
    assert len(told("LW211", known)) == count


@pytest.mark.parametrize(
    ("changes", "severity", "what"),
    [
        (f"15:40:30-31 update {FILES} {ONE} -> {TWO}", "warning", "files"),
        (f"15:40:30-31 update {KEYS} 7c62: a=1 -> 7c62: a=2", "note", "keys"),
        (
            f"15:40:30-31 update {KEYS} 7c62: a=1 -> 7c62: a=2\n15:40:31-32 update {FILES} {ONE} -> {TWO}",
            "warning",
            "files and keys",
        ),
    ],
)
def test_a_change_behind_an_invalidation_that_stayed_the_same_is_told(
    changes: str, severity: str, what: str, tmp_path: Path
) -> None:
    found = findings(f"{changes}\n15:40:40-41 same {PUSH}", tmp_path, "LW213")
    told = f"The {what} of Site changed, and its invalidation stayed the same: CloudFront may serve what it has cached."
    confidence = "high" if severity == "warning" else "low"
    assert [row[:3] for row in found] == [(severity, confidence, told)]


@pytest.mark.parametrize(
    "log",
    [
        f"15:40:30-31 update {FILES} {ONE} -> {TWO}\n15:40:40-41 update {PUSH}",
        f"15:40:30-31 update {FILES} {ONE} -> {TWO}\n15:40:40-41 delete {PUSH}",
        f"15:40:30-31 update {FILES} {ONE} -> {TWO}",  # the site has none
        f"15:40:30-31 update {FILES} {ONE} -> {ONE}\n15:40:40-41 same {PUSH}",
        f"15:40:30-31 create {FILES} {ONE}\n15:40:40-41 same {PUSH}",
        f"15:40:30-31 update {FILES} {ONE} -> {TWO} fails: no way\n15:40:40-41 same {PUSH}",
        f"15:40:30-31 update {FILES} {ONE} -> {TWO}\n15:40:40-41 same {PUSH.replace('Site', 'Blog')}",
    ],
)
def test_a_site_whose_cdn_was_told_or_that_did_not_change_is_no_finding(log: str, tmp_path: Path) -> None:
    assert findings(log, tmp_path, "LW213") == []
