"""Refused calls at the time of a deploy of which no call is available: whose they are, the stack's others show."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

from tests.build import CI, deploys, write, writes
from tests.verdicts.judging import bracketed, judged_calls

if TYPE_CHECKING:
    from collections.abc import Mapping

BOT = "arn:aws:sts::111122223333:assumed-role/bot/run"
ANOTHER_SESSION = CI.rpartition("/")[0] + "/second-run"


def _verdict(
    caller: str | None, said: Mapping[str, object] | None = None, *, others: bool = True
) -> tuple[str, str | None]:
    """Of a deploy whose one write was refused to somebody; a deploy of the stack before it made its calls."""
    tape = bracketed()
    tape.write(2, puts=["ns:a", "ns:b"])
    tape.write(501, puts=["ns:metadata"], error="AccessDeniedException", caller=caller, request="refused")
    tape.write(6000, puts=["other"])  # the chain is unbroken for more than an hour on both sides
    kind = {"action": "put", "op": "update", "value": "v", "type": "sst:aws:KvKeys", "name": "x"}
    first = [write(key, 0, 3, id=key, operation=1, **kind) for key in ("ns:a", "ns:b")]
    rows = [
        *(first if others else ()),
        write("ns:metadata", 500, 502, deploy="d2", operation=9, **kind, **(said or {})),
    ]
    known = deploys("d1", "d2") if others else deploys("d2")
    one_stack = known.with_columns(stack=pl.lit("shop-prod"))
    verdicts = judged_calls(tape.calls(), writes(*rows), stacks=one_stack).verdicts
    return verdicts["verdict"][-1], verdicts["cause"][-1]


def test_what_was_refused_to_a_stranger_is_not_the_deploys() -> None:
    assert _verdict(BOT) == ("unverifiable", "other_writer")


@pytest.mark.parametrize("caller", [CI, ANOTHER_SESSION])
def test_what_was_refused_to_the_stacks_role_is(caller: str) -> None:
    assert _verdict(caller) == ("errored", "access_denied")


def test_where_nothing_shows_by_whom_the_stack_is_deployed_it_may_be() -> None:
    assert _verdict(BOT, others=False)[0] == "errored"


NAMED = {"reported": "failed", "error_code": "AccessDeniedException", "error_message": "not authorized"}


@pytest.mark.parametrize(
    ("said", "expected"), [({}, "unverifiable"), (NAMED, "errored"), ({"request_id": "refused"}, "errored")]
)
def test_of_a_refusal_without_a_caller_the_log_alone_can_tell_whose_it_is(
    said: dict[str, object], expected: str
) -> None:
    """A bot is refused as well, and an export without `userIdentity` does not tell one from the other."""
    assert _verdict(None, said)[0] == expected


@pytest.mark.parametrize(("api", "expected"), [("UpdateKeys", "errored"), ("ListKeys", "landed")])
def test_what_the_log_says_was_refused_was_not_made_by_a_call_that_succeeded(api: str, expected: str) -> None:
    """A rerun's call lies in its window. But a purge may be refused the listing after its keys were written."""
    tape = bracketed()
    tape.write(2, puts=["ns:a", "ns:b"])
    tape.write(6000, puts=["other"])
    kind = {"action": "put", "op": "create", "value": "v", "type": "sst:aws:KvKeys", "name": "x"}
    error = {"error_api": api, "error_code": "AccessDeniedException", "error_message": "not authorized"}
    rows = [
        write(key, 0, 3, id=key, operation=1, reported="failed", **kind, **error) for key in ("ns:a", "ns:b")
    ]
    assert judged_calls(tape.calls(), writes(*rows)).verdicts["verdict"].to_list() == [expected] * 2
