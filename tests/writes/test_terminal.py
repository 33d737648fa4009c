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
