"""Reports made by hand, as `check` would give them: each is a case that a person meets, and is made once."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from analyzer.commands.kvs import Edit, Put, update
from tests.reports.made import (
    DEPLOY,
    LOG,
    READ_LOG,
    READ_TRAIL,
    ROUTE,
    STORE,
    TRAIL,
    at,
    case,
    report,
    table,
    write,
)

if TYPE_CHECKING:
    from analyzer.reports.report import Report

__all__ = [
    "DEPLOY",
    "LIST_KEYS",
    "LOG",
    "READ_LOG",
    "READ_TRAIL",
    "ROUTE",
    "SECOND",
    "STORE",
    "TRAIL",
    "at",
    "case",
    "dropped",
    "healthy",
    "hostile",
    "in_doubt",
    "in_question",
    "nothing_found",
    "report",
    "table",
    "two_deploys",
    "write",
]


@cache
def dropped() -> Report:
    """The first route of a router, which SST 3.10.0 never writes; beside it a write that landed."""
    remedy = update(STORE, [Edit("7c62:routes", add=("site,50f6,,/",))])
    return report(
        [
            write(1, recovered=2, event_id="e1"),
            write(
                2,
                **ROUTE,
                verdict="dropped",
                cause="never_attempted",
                remedy=remedy,
                redeploy="A plain redeploy does not heal it.",
            ),
        ],
        deploys=[DEPLOY | {"tool_version": "3.10.0"}],
        evidence=[
            _proof(1, 0, "log", at(1, 11), f"{LOG}:41", "SiteKvKeys created"),
            _proof(1, 1, "call", at(1, 10), f"{TRAIL}#e1", "UpdateKeys put 7c62:metadata"),
            _proof(2, 0, "log", at(1, 12), f"{LOG}:42", "SiteRoutesUpdate created (0.51s)"),
            _proof(
                2,
                1,
                "call",
                at(1, 12),
                f"{TRAIL}#e2",
                "GetKey 7c62:routes: ResourceNotFoundException, by sst-ci",
            ),
            _proof(
                2,
                2,
                "chain",
                at(1, 10),
                f"{TRAIL}#e1",
                "last write of the store before the window: KV1 to KV2",
            ),
            _proof(
                2, 3, "chain", at(2, 30), f"{TRAIL}#e3", "the next one begins at KV2: nothing lies between"
            ),
        ],
        stores=[
            {
                "arn": STORE,
                "writes": 5,
                "reads": 7,
                "first_at": at(0, 2),
                "last_at": at(2, 30),
                "links": 4,
                "gaps": 0,
                "state": "proven",
                "reason": "an unbroken chain brackets the deploy",
            }
        ],
    )


@cache
def in_doubt() -> Report:
    """Data events are off, one trail file is broken, and the log is text without a store or keys."""
    unsure = {"verdict": "unverifiable", "cause": "data_events_off", "confidence": "low", "exact": False}
    return report(
        [
            write(1, **unsure, store=None, urn=None, start=None, end=None),
            write(2, **{**ROUTE, "key": "*:routes", "entry": None}, **unsure, store=None, pattern=True),
            write(3, event_id="e9"),
        ],
        inputs=[
            READ_LOG,
            READ_TRAIL,
            {
                "source": "trail/cut.json.gz",
                "files": 1,
                "kind": "unusable",
                "bytes": 12,
                "problems": ["the gzip stream ends too early"],
            },
        ],
        deploys=[{"id": "d1", "tool": "pulumi", "form": "text", "sources": ["pulumi.log"]}],
    )


@cache
def hostile() -> Report:
    """Text that tries to be markup, a terminal sequence, a credential; and a key too long for a line."""
    leak = "AKIAIOSFODNN7EXAMPLE aws_secret_access_key=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
    return report(
        [
            write(
                1,
                key="ab12:[red]" + "/very" * 40,
                verdict="errored",
                cause="access_denied",
                reported="failed",
                error_api="UpdateKeys",
                error_code="AccessDeniedException",
                remedy=update(STORE, [Put("ab12:[red]\x1b[31m\u202e", "[bold]' \u200b")]),
            ),
            write(
                2,
                verdict="lost",
                cause="namespace_collision",
                confidence="high",
                key="\x1b]0;owned\x07\u202e:\u200bx\U000e0041",
                remedy_note="the value looks like a credential, and is not shown: see \x1b[2J.log:3",
            ),
        ],
        evidence=[
            _proof(
                1,
                0,
                "log",
                at(1),
                "a[b].log:3",
                f"failed with {leak}",
            ),
            _proof(1, 1, "call", at(1), "t#e", "authorization: Bearer abcdefghijklmnopqrstuvwxyz\r\nnext"),
        ],
        inputs=[READ_LOG | {"problems": ["line 7: [/red] \x1b[2J password=hunter22"]}],
    )


def _proof(number: int, *row: object) -> dict[str, object]:
    """A row of EVIDENCE: order, kind, at, source, detail."""
    return {"write": f"w{number}", **dict(zip(("order", "kind", "at", "source", "detail"), row, strict=True))}


@cache
def healthy() -> Report:
    """Everything landed, one write at the second try."""
    return report([write(1), write(2, key="7c62:/index.html"), write(3, **ROUTE, recovered=1)])


@cache
def two_deploys() -> Report:
    """Two deploys raced: one route was lost, one write is open, one cannot be judged for want of a time."""
    return report(
        [
            write(1, **ROUTE, verdict="lost", cause="lost_update", confidence="high"),
            write(2, deploy="d2", verdict="unfinished", cause="interrupted", reported="unfinished", end=None),
            write(
                3,
                deploy="d2",
                verdict="unverifiable",
                cause="no_window",
                confidence="low",
                start=None,
                end=None,
            ),
        ],
        evidence=[
            _proof(1, 0, "log", at(1, 11), f"{LOG}:41", "SiteRoutesUpdate created"),
            _proof(1, 1, "call", at(1, 11), f"{TRAIL}#e1", "UpdateKeys put 7c62:routes, by sst-ci"),
            _proof(1, 2, "call", at(1, 11), f"{TRAIL}#e2", "GetKey 7c62:routes, by sst-laptop"),
            _proof(
                1,
                3,
                "chain",
                at(1, 12),
                f"{TRAIL}#e3",
                "UpdateKeys put 7c62:routes, by sst-laptop: KV3 to KV4",
            ),
        ],
        deploys=[
            DEPLOY | {"tool_version": "3.11.1"},
            {
                "id": "d2",
                "app": "shop",
                "stage": "prod",
                "tool": "sst",
                "command": "update",
                "started_at": at(1),
                "result": "interrupted",
                "form": "text",
                "sources": ["b/pulumi.log", "b/ci.log"],
            },
        ],
    )


LIST_KEYS = f"aws cloudfront-keyvaluestore list-keys --kvs-arn {STORE} > keys.json"
SECOND = {
    "id": "d2",
    "app": "shop",
    "stage": "prod",
    "tool": "pulumi",
    "command": "update",
    "result": "succeeded",
    "form": "text",
    "sources": ["b/pulumi.log"],
}
"""A deploy whose log has no times."""


@cache
def in_question() -> Report:
    """The newest deploy, by a clock that is ahead: a route probably never landed. And a log that fits two runs."""
    open_end = {"verdict": "unverifiable", "cause": "chain_not_closed", "confidence": "low"}
    rivals = {"verdict": "unverifiable", "cause": "rivals", "confidence": "low", "deploy": "d2"}
    likely = {
        "leaning": "dropped",
        "leaning_reason": "the deploy's other writes were logged, and no call made it",
    }
    writer = {
        "principal": "arn:aws:sts::111122223333:assumed-role/deploy-prod",
        "session": "GitHubActions",
        "ip": "198.51.100.7",
        "user_agent": "aws-sdk-go-v2/1.36.1",
    }
    runs = [
        {"writer": "deploy-prod/GitHubActions", "offset": None, "at": at(n), "until": at(n, 40), "matched": 2}
        for n in (10, 20)
    ]
    return report(
        [
            write(1, **ROUTE, **open_end, **likely),
            write(2, event_id="e1"),
            write(3, key="7c62:/index.html", confidence="low", event_id="e1"),
            write(4, **ROUTE, **rivals, start=None, end=None),
            write(
                5,
                **rivals,
                start=None,
                end=None,
                store=None,
                key=None,
                leaning="landed",
                leaning_reason="each run that fits made such a call",
            ),
        ],
        evidence=[
            _proof(1, 0, "log", at(1, 11), f"{LOG}:41", "SiteRoutesUpdate created"),
            _proof(
                1, 1, "alignment", None, TRAIL, "6 of 7 operations match calls of deploy-prod/GitHubActions"
            ),
        ],
        deploys=[DEPLOY, SECOND],
        alignments=[
            {
                "deploy": "d1",
                "state": "aligned",
                "offsets": [{"low": 69, "high": 71}],
                "basis": "own_keys",
                "matched": 6,
                "of": 7,
                "misses": 1,
                "extras": 0,
                "writers": [writer],
                "rivals": [],
                "note": "The log's clock is 70 s ahead of CloudTrail's.",
            },
            {
                "deploy": "d2",
                "state": "ambiguous",
                "offsets": [],
                "matched": 2,
                "of": 2,
                "writers": [],
                "rivals": runs,
            },
        ],
        settle=[
            {"write": "w1", "order": 0, "what": "a listing of the store", "command": LIST_KEYS},
            {
                "write": "w1",
                "order": 1,
                "what": "the trail's files of the 30 minutes after the deploy",
                "when": at(33, 11),
            },
            {"write": "w3", "order": 0, "what": "a listing of the store", "command": LIST_KEYS},
            *(
                {
                    "write": f"w{number}",
                    "order": order,
                    "what": f"the time of the deploy, if it was the run of 12:{minute}",
                    "command": f"lostwrite check b/pulumi.log --since 2025-03-20T12:{minute}:00Z "
                    f"--until 2025-03-20T12:{minute}:40Z",
                }
                for number in (4, 5)
                for order, minute in enumerate((10, 20))
            ),
        ],
    )


@cache
def nothing_found() -> Report:
    """A deploy that writes no keys."""
    return report([], inputs=[READ_LOG])
