"""Refused calls: whose they are, and whose they are not."""

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


@pytest.mark.parametrize(
    ("api", "code", "expected"),
    [
        ("UpdateKeys", "AccessDeniedException", "errored"),
        ("UpdateKeys", "ServiceQuotaExceededException", "errored"),
        ("UpdateKeys", "ThrottlingException", "landed"),
        ("UpdateKeys", "InternalServerException", "landed"),
        ("ListKeys", "AccessDeniedException", "landed"),
    ],
)
def test_what_the_log_says_was_refused_was_not_made_by_a_call_that_succeeded(
    api: str, code: str, expected: str
) -> None:
    """A rerun's call lies in its window. But a purge may be refused the listing after its keys were written."""
    tape = bracketed()
    tape.write(2, puts=["ns:a", "ns:b"])
    tape.write(6000, puts=["other"])
    kind = {"action": "put", "op": "create", "value": "v", "type": "sst:aws:KvKeys", "name": "x"}
    error = {"error_api": api, "error_code": code, "error_message": "said the service"}
    rows = [
        write(key, 0, 3, id=key, operation=1, reported="failed", **kind, **error) for key in ("ns:a", "ns:b")
    ]
    assert judged_calls(tape.calls(), writes(*rows)).verdicts["verdict"].to_list() == [expected] * 2


def _beside_a_failure(*errors: str, request: str | None = None) -> list[str]:
    """The verdicts of two routes that were to be taken out at the same time: by the log the second one failed.

    The calls of `errors` came while both ran, a second apart; the failure is of the last one.
    """
    tape = bracketed()
    tape.write(2, puts=["ns:a", "ns:b"])
    for number, error in enumerate(errors):
        last = number == len(errors) - 1
        tape.write(500 + number, puts=["ns:routes"], error=error, request="last" if last else None)
    tape.write(6000, puts=["other"])
    put = {"action": "put", "op": "update", "value": "v", "type": "sst:aws:KvKeys"}
    take = {"action": "remove", "op": "delete"}
    failure = {"reported": "failed", "error_code": errors[0], "request_id": request}
    rows = [
        *(write(key, 0, 3, id=key, operation=1, **put) for key in ("ns:a", "ns:b")),
        write("ns:routes", 499, 505, id="well", operation=2, entry="site,a,,/", **take),
        write("ns:routes", 499, 512, id="not", operation=3, entry="site,b,,/", **take, **failure),
    ]
    table = judged_calls(tape.calls(), writes(*rows)).verdicts
    return table["verdict"].to_list()[2:]


DENIED, BUSY = "AccessDeniedException", "InternalServerException"


@pytest.mark.parametrize("request_id", [None, "last"])
@pytest.mark.parametrize("errors", [[DENIED], [BUSY] * 10])
def test_a_refusal_by_which_another_operation_failed_refused_no_other(
    errors: list[str], request_id: str | None
) -> None:
    """A call that is not allowed is made once, and one that the service fails at ten times: that is one operation."""
    well, failed = _beside_a_failure(*errors, request=request_id)
    assert (well, failed) == ("unverifiable", "errored")


@pytest.mark.parametrize(("request_id", "expected"), [("last", "unverifiable"), (None, "errored")])
def test_a_refusal_that_the_log_of_another_deploy_names_refused_no_other(
    request_id: str | None, expected: str
) -> None:
    """Two stages share the store and the role: one log names the refused call, of the other no call is available."""
    tape = bracketed()
    for deploy, second in (("d1", 2), ("d2", 3)):
        tape.write(second, puts=[f"{deploy}:a", f"{deploy}:b"])
    tape.write(500, puts=["ns:routes"], error="ServiceQuotaExceededException", request="last")
    tape.write(6000, puts=["other"])
    put = {"action": "put", "op": "update", "value": "v", "type": "sst:aws:KvKeys", "operation": 1}
    failure = {"reported": "failed", "error_code": "ServiceQuotaExceededException", "request_id": request_id}
    take = {"action": "remove", "op": "delete", "operation": 2}
    rows = [
        *(
            write(f"{deploy}:{key}", 0, 4, deploy=deploy, name=f"Keys{deploy}", **put)
            for deploy in ("d1", "d2")
            for key in ("a", "b")
        ),
        write("ns:routes", 499, 501, deploy="d1", entry="site,a,,/", **take),
        write("ns:routes", 499, 501, deploy="d2", entry="site,b,,/", name="B", **take, **failure),
    ]
    table = judged_calls(tape.calls(), writes(*rows)).verdicts
    assert table["verdict"].to_list()[-2:] == [expected, "errored"]


@pytest.mark.parametrize("errors", [[DENIED] * 2, [BUSY] * 11])
def test_more_refusals_than_one_operation_makes_are_of_two(errors: list[str]) -> None:
    assert _beside_a_failure(*errors) == ["errored", "errored"]


@pytest.mark.parametrize(("reader", "expected"), [(CI, "dropped"), (None, "unverifiable")])
def test_a_read_that_was_refused_to_nobody_known_drops_nothing(reader: str | None, expected: str) -> None:
    """No later write closes the chain. A monitor that may not read is refused as the deploy is."""
    tape = bracketed()
    tape.write(2, puts=["ns:a", "ns:b"], caller=reader)
    tape.read(501, "ns:routes", error="AccessDeniedException", caller=reader)
    kind = {"action": "put", "op": "update", "value": "v", "type": "sst:aws:KvKeys"}
    rows = [
        *(write(key, 0, 3, id=key, operation=1, name="Keys", **kind) for key in ("ns:a", "ns:b")),
        write("ns:routes", 500, 502, operation=9, entry="site,a,,/"),
    ]
    assert judged_calls(tape.calls(), writes(*rows)).verdicts["verdict"][-1] == expected


@pytest.mark.parametrize(
    ("second", "error"), [(510, None), (560, None), (1000, None), (505, "AccessDeniedException")]
)
def test_a_call_of_nobody_known_may_be_the_write(second: float, error: str | None) -> None:
    """The records say of no call who made it: what no operation claims, minutes beside, is no stranger's for sure."""
    tape = bracketed()
    tape.write(2, puts=["ns:a"], caller=None)
    tape.write(second, puts=["ns:metadata"], error=error, caller=None)
    tape.write(1202, puts=["ns:b"], caller=None)
    tape.write(6000, puts=["other"], caller=None)
    kind = {"action": "put", "op": "update", "value": "v", "type": "sst:aws:KvKeys"}
    rows = [
        write(key, start, start + 2, operation=number, name=key, **kind)
        for number, (key, start) in enumerate((("ns:a", 1), ("ns:metadata", 500), ("ns:b", 1201)))
    ]
    verdicts = judged_calls(tape.calls(), writes(*rows), reach=9000).verdicts["verdict"].to_list()
    assert verdicts == ["landed", "unverifiable", "landed"]


def test_a_failure_by_another_error_explains_no_refusal() -> None:
    """The log says that the one was throttled; the one call of both was not allowed: that was the other's."""
    tape = bracketed()
    tape.write(2, puts=["ns:a", "ns:b"])
    tape.write(503, puts=["ns:routes"], error=DENIED)
    tape.write(6000, puts=["other"])
    put = {"action": "put", "op": "update", "value": "v", "type": "sst:aws:KvKeys"}
    failure = {"reported": "failed", "error_code": "ThrottlingException", "error_message": "Rate exceeded"}
    rows = [
        *(write(key, 0, 3, id=key, operation=1, **put) for key in ("ns:a", "ns:b")),
        write("ns:routes", 499, 505, id="well", operation=2, entry="site,a,,/"),
        write("ns:routes", 499, 512, id="not", operation=3, entry="site,b,,/", **failure),
    ]
    assert judged_calls(tape.calls(), writes(*rows)).verdicts["verdict"].to_list()[2] == "errored"


@pytest.mark.parametrize(("start", "expected"), [(14, "dropped"), (10, "errored")])
def test_a_refusal_in_the_time_of_one_operation_alone_is_not_that_of_the_next_on_its_list(
    start: int, expected: str
) -> None:
    """The deploy is aligned: the second operation began when the refused call was made, or four seconds later."""
    tape = bracketed()
    tape.write(1, puts=["ns:a"])
    tape.write(10, puts=["ns:routes"], error=DENIED)
    tape.write(31, puts=["ns:b"])
    tape.write(6000, puts=["other"])
    rows = [
        write("ns:a", 0, 2, action="put"),
        write("ns:routes", 4, 10, name="a", entry="site,a,,/"),
        write("ns:routes", start, start + 4, name="b", entry="site,b,,/"),
        write("ns:b", 30, 32, action="put"),
    ]
    verdicts = judged_calls(tape.calls(), writes(*rows)).verdicts["verdict"].to_list()
    assert verdicts == ["landed", "errored", expected, "landed"]


@pytest.mark.parametrize(("caller", "expected"), [(BOT, "unverifiable"), (CI, "errored")])
def test_a_strangers_refusal_is_not_that_of_a_deploy_whose_writer_a_read_tells(
    caller: str, expected: str
) -> None:
    """The log names the refused read of the list by its request id; of the deploy's writer no write is recorded."""
    tape = bracketed()
    tape.read(503, "ns:routes", error=DENIED)
    tape.write(501, puts=["ns:metadata"], error=DENIED, caller=caller)
    tape.write(6000, puts=["other"])
    failure = {"reported": "failed", "error_api": "GetKey", "error_code": DENIED, "request_id": "request-002"}
    rows = [
        write("ns:metadata", 500, 502, action="put", type="sst:aws:KvKeys"),
        write("ns:routes", 502, 504, **failure),
    ]
    assert judged_calls(tape.calls(), writes(*rows)).verdicts["verdict"].to_list() == [expected, "errored"]
