"""Writes from SST's terminal output, which says less of an operation than Pulumi's rows do."""

from __future__ import annotations

import hashlib

import pytest

from analyzer.logs.read import read_logs
from analyzer.sources.source import Source
from analyzer.writes.intended import intended_writes

HEADER = "SST 3.12.5  ready!\n\n➜  App:        shop\n   Stage:      prod\n\n~  {}\n\n"
SITE = "Site sst:aws:Astro → "


def writes(log: str, command: str = "Deploy") -> list[tuple[object, ...]]:
    logs = read_logs([Source("log", None, (HEADER.format(command) + log).encode())])
    columns = ("name", "op", "action", "key", "reported", "unsure")
    found = intended_writes(logs.events, logs.deploys).select(columns)
    return [(*(str(row[0]).partition(".")[0],), *row[1:]) for row in found.rows()]


def namespace(name: str) -> str:
    return hashlib.md5(f"shop-prod-{name}".encode(), usedforsecurity=False).hexdigest()[:4]


def test_app_and_stage_of_the_header_give_the_namespace() -> None:
    log = (
        f"|  Created     {SITE}SiteKvKeys sst:aws:KvKeys\n"
        f"|  Updated     {SITE}SiteRoutesUpdate sst:aws:KvRoutesUpdate\n"
    )
    assert writes(log) == [
        ("SiteKvKeys", "create", "put", f"{namespace('Site')}:*", "succeeded", False),
        ("SiteRoutesUpdate", "update", "append", "*:routes", "succeeded", False),
    ]


@pytest.mark.parametrize(("end", "count"), [("Generated", 0), ("Complete", 1)])
def test_a_diff_without_its_header_writes_nothing(end: str, count: int) -> None:
    step = f"|  Created     {SITE}SiteKvKeys sst:aws:KvKeys\n"
    log = f"{step}\n✓  {end}    \n   Site: https://x\n\n+  {SITE}SiteKvKeys sst:aws:KvKeys\n"
    logs = read_logs([Source("log", None, log.encode())])
    assert intended_writes(logs.events, logs.deploys).height == count
    assert (logs.deploys["command"][0] == "preview") is (count == 0)


def test_a_deploy_before_a_diff_without_headers_writes() -> None:
    deployed, compared = (f"|  Created     {SITE}{name}KvKeys sst:aws:KvKeys\n" for name in "AB")
    log = f"{deployed}✓  Complete\n{compared}✓  Generated\n{deployed.replace('A', 'C')}✓  Complete\n"
    logs = read_logs([Source("log", None, log.encode())])
    found = intended_writes(logs.events, logs.deploys)["name"].to_list()
    assert found == ["AKvKeys.sst.aws.KvKeys", "CKvKeys.sst.aws.KvKeys"]


def test_a_route_pattern_with_a_host() -> None:
    log = "|  Created     MyRouterRouteapi example:com/fooRouteKey:sst:aws:KvKeys\n"
    assert [row[3] for row in writes(log)] == [f"{namespace('MyRouterRouteapi.example.com/foo')}:*"]


def test_an_update_of_keys_may_have_had_none_to_write() -> None:
    assert writes("|  Updated     SiteKvKeys sst:aws:KvKeys\n")[0][5] is True


def test_a_masked_name_gives_no_namespace() -> None:
    assert writes("|  Created     ***KvKeys sst:aws:KvKeys\n")[0][3] == "*:*"


def test_a_failure_names_no_operation_and_is_one_write() -> None:
    log = (
        "|  Error       SiteKvKeys sst:aws:KvKeys\noperation error CloudFront KeyValueStore: UpdateKeys, https "
        "response error StatusCode: 402, RequestID: r1, ServiceQuotaExceededException: Limit exceeded\n\n✕  Failed\n\n"
        "SiteKvKeys sst:aws:KvKeys\noperation error CloudFront KeyValueStore: UpdateKeys, https response "
        "error StatusCode: 402, RequestID: r1, ServiceQuotaExceededException: Limit exceeded\n"
    )
    assert writes(log) == [("SiteKvKeys", None, "put", f"{namespace('Site')}:*", "failed", False)]
    logs = read_logs([Source("log", None, (HEADER.format("Deploy") + log).encode())])
    row = intended_writes(logs.events, logs.deploys).row(0, named=True)
    assert (row["request_id"], row["error_code"], row["error_api"]) == (
        "r1",
        "ServiceQuotaExceededException",
        "UpdateKeys",
    )


def test_a_failure_is_of_the_operation_that_was_under_way() -> None:
    log = "⠋  Deleting    SiteKvKeys sst:aws:KvKeys\n|  Error       SiteKvKeys sst:aws:KvKeys\nboom\n"
    assert [row[1:5:3] for row in writes(log)] == [("delete", "failed")]


def test_creating_is_what_its_end_says() -> None:
    """The footer says `Creating` of every step of a replacement (sst cmd/sst/mosaic/ui/footer.go)."""
    log = "⠋  Creating    SiteKvKeys sst:aws:KvKeys\n|  Deleted     SiteKvKeys sst:aws:KvKeys\n"
    assert [(row[1], row[4]) for row in writes(log)] == [("delete", "succeeded")]
    killed = "⠋  Creating    SiteKvKeys sst:aws:KvKeys\n"
    assert [(row[1], row[4]) for row in writes(killed)] == [("create", "unfinished")]


@pytest.mark.parametrize("command", ["Diff", "Refresh"])
def test_a_diff_and_a_refresh_write_nothing(command: str) -> None:
    assert (
        writes("|  Updated     SiteKvKeys sst:aws:KvKeys\n|  Deleted     XKvKeys sst:aws:KvKeys\n", command)
        == []
    )


def test_what_is_locked_writes_nothing() -> None:
    log = "|  Locked      A concurrent update was detected on the app.\n"
    assert writes(log) == []
    logs = read_logs([Source("log", None, (HEADER.format("Deploy") + log).encode())])
    assert logs.deploys["result"].to_list() == ["failed"]


def test_pulumis_log_shown_below_is_the_same_deploy() -> None:
    """A CI job that runs `cat .sst/log/pulumi.log` after `sst deploy`: each write is meant once."""
    row = " +  pulumi-nodejs:dynamic:Resource SiteKvKeys.sst.aws.KvKeys"
    log = (
        "|  Created     SiteKvKeys sst:aws:KvKeys\n\n✓  Complete\n$ cat .sst/log/pulumi.log\nUpdating (prod):\n"
        f"    pulumi:pulumi:Stack shop-prod running\n{row} creating (0s)\n{row} created (1s)\nDuration: 3s\n"
    )
    assert [(row[1], row[4]) for row in writes(log)] == [("create", "succeeded")]
    logs = read_logs([Source("log", None, (HEADER.format("Deploy") + log).encode())])
    told = logs.deploys.select("app", "stage", "tool_version", "result").rows()
    assert told == [("shop", "prod", "3.12.5", "succeeded")]


def test_a_failure_in_both_is_one_write() -> None:
    row = " +  pulumi-nodejs:dynamic:Resource SiteKvKeys.sst.aws.KvKeys"
    log = (
        "|  Error       SiteKvKeys sst:aws:KvKeys\nboom\n\n✕  Failed\n\nSiteKvKeys sst:aws:KvKeys\nboom\n"
        f"##[group]Run cat .sst/log/pulumi.log\nUpdating (prod):\n"
        f"    pulumi:pulumi:Stack shop-prod running\n{row} creating (0s)\n{row} **creating failed** error: boom\n"
        "    pulumi:pulumi:Stack shop-prod **failed** 1 error\nDuration: 3s\nerror: update failed\n"
    )
    assert [(row[1], row[4]) for row in writes(log)] == [("create", "failed")]


def test_the_times_of_a_ci_job_date_the_write() -> None:
    """A step ended when its line was written, and began after the deploy's header was; the job is no part of it."""
    lines = [
        *("build", "SST 3.12.5  ready!", "➜  App:        shop", "   Stage:      prod", "~  Deploy"),
        *("|  Created     SiteKvKeys sst:aws:KvKeys", "✓  Complete", "Post job cleanup."),
    ]
    log = "".join(f"2025-03-20T12:00:{second:02}.0000000Z {line}\n" for second, line in enumerate(lines))
    logs = read_logs([Source("log", None, log.encode())])
    row = intended_writes(logs.events, logs.deploys).row(0, named=True)
    assert [row["start"].second, row["end"].second] == [1, 5]
    deploy = logs.deploys.row(0, named=True)
    assert [deploy["started_at"].second, deploy["ended_at"].second] == [1, 6]
