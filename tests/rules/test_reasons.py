"""The rules about the why of a write: failed reads, namespaces, purges and other writers."""

from __future__ import annotations

import pytest

from tests.reports.made import DEPLOY, ROUTE, STORE, at, write
from tests.rules.reasons import CI, OTHER, Row, aligned, call, cites, found, keys, made, route, step, told

ENTRY = "Entry site,50f6,,/ of key 7c62:routes (SiteRoutesUpdate, store 5f1c0d2e)"
UNREAD = {**ROUTE, "verdict": "dropped", "cause": "read_failed"}
LOST = {"verdict": "lost", "cause": "deleted"}
SECOND = DEPLOY | {"id": "d2", "stage": "dev", "stack": "shop-dev"}


@pytest.mark.parametrize(
    ("differs", "calls", "how"),
    [
        ({}, [call("e1", "GetKey", "7c62:routes")], " (GetKey: AccessDeniedException)"),
        ({"unset": True}, [], " (the log shows no outputs of the operation)"),
        ({}, [], ""),
    ],
)
def test_a_failed_read_is_told_with_its_error(differs: Row, calls: list[Row], how: str) -> None:
    known = made([write(1, **UNREAD, **differs)], calls=calls, evidence=[cites("w1", "e1")])
    message = f"{ENTRY} was not made: the list of routes could not be read{how}, and the operation returned success."
    assert told("LW201", known) == [("note", "proven", message)]


def test_a_failed_read_that_the_deploy_reports_is_no_surprise() -> None:
    assert told("LW201", made([write(1, **UNREAD | {"verdict": "errored"}, reported="failed")])) == []


MOVED = step("SiteKvKeys", new=keys("aa01", {"a": "1", "b": "2"}), old=keys("7c62", {"a": "1", "b": "3"}))
IGNORED = (
    "SiteKvKeys has the namespace aa01 instead of 7c62, and SST's update ignores that: 1 of its 2 entries is as "
    "before, and is not written under aa01."
)


@pytest.mark.parametrize(
    ("verdict", "severities"),
    [("unverifiable", ["warning"]), ("dropped", ["note"]), ("landed", [])],
)
def test_an_ignored_change_of_namespace_stands_alone_or_explains_a_drop(
    verdict: str, severities: list[str]
) -> None:
    known = made([write(1, key="aa01:a", op="update", verdict=verdict)], events=[MOVED])
    assert told("LW202", known) == [(severity, "high", IGNORED) for severity in severities]


@pytest.mark.parametrize(
    "event",
    [
        step("SiteKvKeys", new=keys("aa01", {"a": "2"}), old=keys("7c62", {"a": "1"})),
        step("SiteKvKeys", new=keys("7c62", {"a": "1"}), old=keys("7c62", {"a": "1"})),
        step("SiteKvKeys", new=keys("aa01", {"a": "1"}, OTHER), old=keys("7c62", {"a": "1"})),
        step("SiteKvKeys", new=keys("aa01", {"a": "1"})),
        MOVED | {"kind": "started"},
        MOVED | {"planning": True},
    ],
    ids=["all changed", "same namespace", "another store", "created", "not done", "preview"],
)
def test_no_change_of_namespace_is_ignored(event: Row) -> None:
    assert told("LW202", made(events=[event])) == []


@pytest.mark.parametrize(("diff", "fires"), [("~entries,namespace", True), ("~entries", False), ("", False)])
def test_pulumis_text_shows_a_change_of_namespace_by_its_diff(diff: str, fires: bool) -> None:
    message = f"updated (1s) [diff: {diff}]" if diff else "updated (1s)"
    event = step("SiteKvKeys", op="update", message=message)
    assert [confidence for _, confidence, _ in told("LW202", made(events=[event]))] == ["low"] * fires


def test_two_stages_with_one_namespace_collide() -> None:
    events = [
        step("WebKvKeys", new=keys("2ecd")),
        step("WebKvKeys", new=keys("2ecd"), deploy="d2"),
        step("WebKvKeys", new=keys("2ecd"), deploy="d2", line=12),
    ]
    message = (
        "WebKvKeys (shop/prod) and WebKvKeys (shop/dev) share the namespace 2ecd of store 5f1c0d2e: they overwrite "
        "each other's keys, and the delete or purge of one deletes all."
    )
    both = made(events=events, deploys=[DEPLOY, SECOND])
    assert told("LW203", both) == [("warning", "proven", message)]
    lost = write(1, key="2ecd:metadata", verdict="lost", cause="namespace_collision")
    explains = made([lost], events=events, deploys=[DEPLOY, SECOND])
    assert told("LW203", explains) == [("note", "proven", message)]


@pytest.mark.parametrize(
    "events",
    [
        [step("AKvKeys", new=keys("2ecd")), step("BKvKeys", new=keys("2ecd", store=OTHER))],
        [step("AKvKeys", new=keys("2ecd")), step("AKvKeys", old=keys("2ecd"), urn="urn:moved")],
        [step("ARoutesUpdate", new=route("2ecd", "a")), step("BRoutesUpdate", new=route("2ecd", "b"))],
        [step("AKvKeys", new=keys('{"secret":1}')), step("BKvKeys", new=keys('{"secret":1}'))],
        [step("AKvKeys", new=keys(None)), step("BKvKeys", new=keys(None))],
    ],
    ids=["two stores", "moved", "one router's routes", "no namespace but a secret", "unknown"],
)
def test_what_shares_no_namespace_does_not_collide(events: list[Row]) -> None:
    assert told("LW203", made(events=events)) == []


def test_a_component_with_the_namespace_of_a_routers_list_collides() -> None:
    events = [step("AKvKeys", new=keys("2ecd")), step("BRoutesUpdate", new=route("2ecd", "a"))]
    (_, _, message) = told("LW203", made(events=events))[0]
    assert "AKvKeys (shop/prod) and the list of routes of a router share the namespace 2ecd" in message


@pytest.mark.parametrize(
    ("purge", "fires"),
    [
        ({}, True),
        ({"line": 5}, False),
        ({"deploy": "d2"}, False),
        ({"old": None}, False),
    ],
    ids=["later", "before", "another deploy", "unknown"],
)
def test_what_a_deploy_created_and_then_purged_is_told(purge: Row, fires: bool) -> None:
    events = [
        step("SiteKvKeys", new=keys("7c62")),
        step("OldKvKeys", old=keys("7c62"), line=60) | purge,
    ]
    message = (
        "The deploy created SiteKvKeys and then deleted OldKvKeys, which has the same namespace: that took 2 of its "
        "writes away."
    )
    known = made([write(1, **LOST), write(2, **LOST, key="7c62:/x")], events=events)
    assert told("LW204", known) == [("note", "proven", message)] * fires


def test_a_purge_that_took_nothing_away_is_no_reason() -> None:
    events = [step("SiteKvKeys", new=keys("7c62")), step("OldKvKeys", old=keys("7c62"), line=60)]
    assert told("LW204", made([write(1)], events=events)) == []


def test_deploys_that_overlap_on_a_store_are_told() -> None:
    writes = [
        write(1, start=at(1, 0), end=at(1, 30)),
        write(2, start=at(2, 0), end=at(2, 10), deploy="d2", store=OTHER),
        write(3, start=at(1, 20), end=at(1, 50), deploy="d2"),
    ]
    known = made(writes, deploys=[DEPLOY, SECOND])
    message = (
        "shop/prod and shop/dev changed store 5f1c0d2e at the same time, from 2025-03-20 12:01:20Z to "
        "2025-03-20 12:01:30Z."
    )
    assert told("LW205", known) == [("note", "high", message)]  # all of them landed
    assert found("LW205", known)["deploy"].to_list() == ["d2"]


def test_a_long_deploy_overlaps_with_each_that_came_meanwhile() -> None:
    writes = [
        write(1, start=at(1, 0), end=at(9, 0)),
        write(2, start=at(2, 0), end=at(2, 10), deploy="d2"),
        write(3, start=at(4, 0), end=at(4, 10), deploy="d3"),
    ]
    known = made(writes, deploys=[DEPLOY, SECOND, SECOND | {"id": "d3", "stage": "prod"}])
    begun = [message.partition(" changed")[0] for _, _, message in told("LW205", known)]
    assert begun == ["shop/prod and shop/dev", "Two deploys of shop/prod"]


def test_clocks_that_are_known_to_be_off_are_no_overlap() -> None:
    writes = [
        write(1, start=at(1, 0), end=at(1, 30)),
        write(2, start=at(1, 20), end=at(1, 50), deploy="d2"),
    ]
    ahead = aligned("d2") | {"offsets": [{"low": -70, "high": -70}]}
    known = made(writes, deploys=[DEPLOY, SECOND], alignments=[aligned(), ahead])
    assert told("LW205", known) == []


@pytest.mark.parametrize(
    ("differs", "recovered", "expected"),
    [
        (
            {},
            0,
            [
                (
                    "warning",
                    "high",
                    "blog/run wrote key 7c62:metadata of store 5f1c0d2e while this deploy did.",
                )
            ],
        ),
        ({"key": "other"}, 0, []),
        (
            {"key": "other"},
            1,
            [
                (
                    "note",
                    "high",
                    "blog/run changed store 5f1c0d2e while this deploy did, and calls of the deploy were refused "
                    "for that.",
                )
            ],
        ),
        ({"caller": CI}, 0, []),
        ({"at": at(9)}, 0, []),
        ({"ok": False}, 0, []),
        ({"store": OTHER}, 0, []),
    ],
    ids=["same key", "another key", "another key, and refused", "own", "later", "failed", "another store"],
)
def test_another_writer_in_the_time_of_a_deploy_is_told(
    differs: Row, recovered: int, expected: list[tuple[str, str, str]]
) -> None:
    blog = CI.replace("sst-ci", "blog")
    other = call("e9", ok=True, error_code=None, caller=blog) | differs
    known = made([write(1, recovered=recovered)], calls=[other], alignments=[aligned()])
    assert told("LW205", known) == expected


def test_findings_of_one_deploy_and_store_have_fingerprints_of_their_own() -> None:
    callers = [CI.replace("sst-ci", name) for name in ("blog", "docs")]
    calls = [
        call(f"e{n}", ok=True, error_code=None, caller=caller) for n, caller in enumerate(callers, start=5)
    ]
    known = made([write(1)], calls=calls, alignments=[aligned()])
    assert found("LW205", known)["fingerprint"].n_unique() == 2
    assert set(known.writes["store"]) == {STORE}
