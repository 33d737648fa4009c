"""Endpoints that misbehave: each run ends soon, says why in a sentence, and keeps what it got."""

from __future__ import annotations

import itertools
import json
import time
from typing import TYPE_CHECKING, NamedTuple

import pytest

from tests.collect.stage.answers import refused, refused_s3, said
from tests.collect.stage.delivered import Trail
from tests.collect.stage.gathering import HASTY, PATIENT, collected
from tests.collect.stage.proxy import S3, SSM, TRAIL, Answer, Asked
from tests.collect.stage.stage import Stage, stage
from tests.collect.stage.state import STATE
from tests.sources.s3.endpoint import entry, page_of
from tests.world.trail import ACCOUNT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from analyzer.sources.s3.settings import S3Limits
    from tests.collect.stage.proxy import Rule

__all__ = ["stage"]
LONGEST = 45
"""Seconds, on a machine that has much else to do."""
BUCKET = Trail().bucket
LATE = Trail("late", "trail-late", until=18.04)
SKEWED = "The difference between the request time and the current time is too large."


def listing(entries: str, token: str | None = None) -> Answer:
    """A page of a listing of S3."""
    return Answer(200, page_of(entries, token), (("Content-Type", "application/xml"),))


def of(service: str, operation: str, bucket: str = "") -> Callable[[Asked], bool]:
    """Whether a call is this one."""
    return lambda asked: (
        (asked.service, asked.operation) == (service, operation) and (not bucket or asked.bucket == bucket)
    )


def always(which: Callable[[Asked], bool], answer: Rule) -> Rule:
    """A rule that gives each such call this answer."""
    return lambda asked: answer(asked) if which(asked) else None


def at_first(times: int, rule: Rule) -> Rule:
    """A rule that holds for the first calls that it concerns."""
    left = itertools.count(times, -1)

    def once(asked: Asked) -> Answer | None:
        answer = rule(asked)
        return answer if answer is not None and next(left) > 0 else None

    return once


def after_first(times: int, rule: Rule) -> Rule:
    """A rule that holds for all calls that it concerns but the first ones."""
    left = itertools.count(times, -1)
    return lambda asked: answer if (answer := rule(asked)) is not None and next(left) <= 0 else None


def endless(start: bytes = b"") -> Iterator[bytes]:
    """A body of which there is always more; a client that stops reading ends it."""
    yield start
    for _ in range(100_000):
        yield b" " * 65_536


def log_of(asked: Asked, number: int) -> str:
    """The entry of a log file that would be next in the prefix that is listed."""
    account = ACCOUNT if ACCOUNT in asked.query.get("prefix", "") else ""
    day = f"{asked.query.get('prefix', '')}2025/05/06/"
    return entry(f"{day}{account}_CloudTrail_us-east-1_20250506T1135Z_{number:016d}.json.gz", 3)


def fresh_pages(asked: Asked) -> Answer | None:
    """Pages that go on for ever, with keys and tokens that are new each time."""
    number = int(asked.query.get("continuation-token", "0")) + 1
    return None if "delimiter" in asked.query else listing(log_of(asked, number), str(number))


def same_page(asked: Asked) -> Answer | None:
    """The same page for ever, and a token that leads to it."""
    return None if "delimiter" in asked.query else listing(log_of(asked, 1), "again")


def empty_pages(_: Asked) -> Answer:
    """Pages without a key, and always another one."""
    return listing("", "more")


def keys_for_ever(asked: Asked) -> Answer:
    """Public keys without an end, by new tokens."""
    number = int(json.loads(asked.body or b"{}").get("NextToken", "0"))
    return said({"PublicKeyList": [], "NextToken": str(number + 1)})


class Case(NamedTuple):
    """How an endpoint misbehaves.

    Attributes:
        rule: what it does.
        told: of which one must stand in a refusal; none: it helps to try again, and nothing is refused.
        kept: whether files are in the bundle all the same.
        calls: at most so many calls of what misbehaves.
        limits: how long is waited.
        trail: of the account.
        update: that is gathered.
    """

    rule: Callable[[], Rule]
    told: tuple[str, ...]
    kept: bool = True
    calls: int = 60
    limits: S3Limits = PATIENT
    trail: Trail = Trail()
    update: str = "removed"


LISTS_STATE, LISTS_TRAIL = of(S3, "ListObjectsV2", STATE), of(S3, "ListObjectsV2", BUCKET)
GETS_STATE, GETS_TRAIL = of(S3, "GetObject", STATE), of(S3, "GetObject", BUCKET)
ASKS = of(SSM, "GetParameter")
SLOW = ("slow down",)
CASES: dict[str, Case] = {
    "the trail's pages repeat": Case(
        lambda: always(LISTS_TRAIL, same_page), ("order", "does not end", "repeats")
    ),
    "the trail's pages never end": Case(
        lambda: always(LISTS_TRAIL, fresh_pages), ("does not end", "order", "pages", "limit", "more")
    ),
    "the trail's pages are empty": Case(lambda: always(LISTS_TRAIL, empty_pages), ("does not end", "empty")),
    "the home's pages repeat": Case(
        lambda: always(LISTS_STATE, same_page), ("order", "does not end"), kept=False
    ),
    "tokens of keys repeat": Case(
        lambda: always(of(TRAIL, "ListPublicKeys"), lambda _: said({"PublicKeyList": [], "NextToken": "x"})),
        ("do not end",),
        trail=LATE,
        update="newest",
    ),
    "tokens of keys never end": Case(
        lambda: always(of(TRAIL, "ListPublicKeys"), keys_for_ever),
        ("do not end",),
        trail=LATE,
        update="newest",
    ),
    "the parameter is throttled at first": Case(
        lambda: at_first(1, always(ASKS, lambda _: refused("ThrottlingException", "Rate exceeded"))), ()
    ),
    "the parameter is throttled for ever": Case(
        lambda: always(ASKS, lambda _: refused("ThrottlingException", "Rate exceeded")),
        SLOW,
        kept=False,
        calls=5,
    ),
    "the trails are throttled for ever": Case(
        lambda: always(of(TRAIL, "DescribeTrails"), lambda _: refused("ThrottlingException")), SLOW
    ),
    "objects are throttled at first": Case(
        lambda: at_first(2, always(GETS_TRAIL, lambda _: refused_s3("SlowDown", "slow", 503))), ()
    ),
    "objects fail inside for ever": Case(
        lambda: always(GETS_TRAIL, lambda _: refused_s3("InternalError", "oops", 500)),
        ("InternalError", "had failed"),
    ),
    "listings fail inside at first": Case(
        lambda: at_first(1, always(LISTS_STATE, lambda _: refused_s3("InternalError", "oops", 500))), ()
    ),
    "an object stalls in its middle": Case(
        lambda: always(GETS_TRAIL, lambda _: Answer(200, b"x" * 4000, stall=3)),
        ("stopped answering", "no complete answer", "had failed"),
        limits=HASTY,
    ),
    "an object is another one by now": Case(
        lambda: always(GETS_TRAIL, lambda _: refused_s3("PreconditionFailed", "no", 412)), ("was changed",)
    ),
    "an object has another ETag by now": Case(
        lambda: always(GETS_STATE, lambda _: Answer(200, b"{}", (("ETag", '"other"'),))),
        ("was changed",),
        kept=False,
    ),
    "objects are archived": Case(
        lambda: always(GETS_TRAIL, lambda _: refused_s3("InvalidObjectState", "GLACIER")),
        ("archived",),
    ),
    "the session expires in the middle": Case(
        lambda: after_first(
            9, lambda asked: refused_s3("ExpiredToken", "expired", 400) if asked.service == S3 else None
        ),
        ("the credentials have expired",),
    ),
    "S3 refuses the clock": Case(
        lambda: always(GETS_TRAIL, lambda _: refused_s3("RequestTimeTooSkewed", SKEWED)),
        ("the clock of this machine",),
    ),
    "SSM refuses the clock": Case(
        lambda: always(
            ASKS,
            lambda _: refused(
                "InvalidSignatureException", "Signature expired: 20250506T181500Z is now earlier"
            ),
        ),
        ("clock",),
        kept=False,
    ),
    "the parameter has no end": Case(
        lambda: always(ASKS, lambda _: Answer(200, endless(b'{"Parameter": {"Value": "'))),
        ("more than was asked for",),
        kept=False,
    ),
    "a listing has no end": Case(
        lambda: always(LISTS_TRAIL, lambda _: Answer(200, endless(b"<ListBucketResult>"))),
        ("more than was asked for",),
    ),
    "an object is larger than listed": Case(
        lambda: always(GETS_TRAIL, lambda _: Answer(200, b"x" * 100_000)), ("number of bytes", "changed")
    ),
    "the trails are no JSON": Case(
        lambda: always(of(TRAIL, "DescribeTrails"), lambda _: Answer(200, b"[" * 100_000)),
        ("nested too deeply",),
    ),
    "the trails are the page of a portal": Case(
        lambda: always(of(TRAIL, "DescribeTrails"), lambda _: Answer(200, b"<html>Sign in</html>")),
        ("does not answer as AWS does",),
    ),
    "the parameter names no bucket": Case(
        lambda: always(ASKS, lambda _: said({"Parameter": {"Value": '{"state": "../../etc"}'}})),
        ("names no bucket",),
        kept=False,
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_it_ends_and_says_why_and_keeps_the_rest(stage: Stage, tmp_path: Path, case: Case) -> None:
    stage.show(case.trail)
    rule, asked = case.rule(), list[Asked]()

    def counting(call: Asked) -> Answer | None:
        answer = rule(call)
        if answer is not None:
            asked.append(call)
        return answer

    stage.proxy.rules.insert(0, counting)
    began = time.monotonic()
    got = collected(stage, tmp_path / "b", case.update, limits=case.limits)
    assert time.monotonic() - began < LONGEST
    assert asked, "it was never asked"
    assert len(asked) <= case.calls
    assert bool(got.files) == case.kept or not case.kept
    if case.told:
        assert [one for one in got.refused if any(word in one for word in case.told)], got.refused
        assert all("\n" not in one and len(one) < 700 for one in got.refused)
    else:
        assert got.refused == []


def test_a_redirect_elsewhere_is_not_followed(stage: Stage, tmp_path: Path) -> None:
    """Credentials and names of objects go to no host but the one that was given."""
    from tests.collect.stage.proxy import proxy_before

    stage.show(Trail())
    with proxy_before(stage.server) as other:
        for service, operation in ((S3, "ListObjectsV2"), (S3, "GetObject"), (TRAIL, "DescribeTrails")):
            stage.proxy.rules.insert(
                0,
                always(
                    of(service, operation),
                    lambda _: Answer(307, b"", (("Location", f"{other.url}/elsewhere"),)),
                ),
            )
        got = collected(stage, tmp_path / "b", "removed", limits=PATIENT)
        assert got.refused
        assert other.calls == []
