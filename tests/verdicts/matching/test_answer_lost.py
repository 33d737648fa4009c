"""A success of which the log names the failed retry: the answer was lost, not the write."""

from __future__ import annotations

import polars as pl
import pytest

from tests.build import CI, Tape, write, writes
from tests.verdicts.judging import OTHER, bracketed, closed, judged_calls

STALE = "Pre-Condition failed"


def refused(key: str = "ns:m", start: float = 0, end: float = 9, **other: object) -> dict[str, object]:
    """An operation that the log calls failed, naming the request `r-2`."""
    row = write(key, start, end, action="put", op="create", reported="failed", request_id="r-2")
    return row | {"error_code": "ValidationException", "error_message": STALE} | other


def verdicts(tape: Tape, *rows: dict[str, object], under: str | None = "KV1") -> list[str]:
    """The verdicts of `rows`, where the failed calls named the ETag `under`: `bracketed` left the store at KV1."""
    calls = closed(tape).calls()
    if under is not None:
        calls = calls.with_columns(if_match=pl.when("ok").then("if_match").otherwise(pl.lit(under)))
    return judged_calls(calls, writes(*rows)).verdicts["verdict"].to_list()


def retried(*, first: str = CI, second: str = CI) -> Tape:
    """A call that succeeds under KV1, and a second later one with the request id that the log names."""
    tape = bracketed()
    tape.write(6, puts=["ns:m"], caller=first)
    tape.write(7, puts=["ns:m"], error="ValidationException", message=STALE, caller=second, request="r-2")
    return tape


def test_a_success_before_the_failed_retry_that_the_log_names_stands() -> None:
    assert verdicts(retried(), refused()) == ["landed"]


def test_it_stands_where_the_clocks_differ_too() -> None:
    """The request id ties the operation to the retry, and the ETag the retry to the success, whatever the times."""
    assert verdicts(retried(), refused(start=-300, end=-294)) == ["landed"]


@pytest.mark.parametrize(("first", "second"), [(OTHER, CI), (CI, OTHER)])
def test_a_success_of_another_writer_is_not_the_operations(first: str, second: str) -> None:
    assert verdicts(retried(first=first, second=second), refused()) == ["errored"]


def test_a_success_under_another_etag_is_another_operations() -> None:
    """The named call came with the ETag that the success gave: it was no retry of it."""
    assert verdicts(retried(), refused(), under=None) == ["errored"]


def test_a_success_that_another_operation_reports_stays_its_own() -> None:
    """Two operations on one key read the same ETag; the one that succeeded has the call."""
    other = write("ns:m", 5, 7, action="put", op="create", name="other")
    assert verdicts(retried(), refused(), other) == ["errored", "landed"]


def test_the_retry_may_have_been_tried_again_under_a_new_etag() -> None:
    """SST fetches the ETag anew after a precondition: the log then names what that try failed with."""
    tape = bracketed()
    tape.write(6, puts=["ns:m"])
    tape.write(7, puts=["ns:m"], error="ValidationException", message=STALE)
    tape.write(8, puts=["ns:m"], error="AccessDeniedException", request="r-2")
    assert verdicts(tape, refused(error_code="AccessDeniedException")) == ["landed"]


def test_a_success_long_before_the_operation_is_not_its_own() -> None:
    tape = bracketed()
    tape.write(6, puts=["ns:m"])
    tape.write(60, puts=["ns:m"], error="ValidationException", message=STALE, request="r-2")
    assert verdicts(tape, refused(start=55, end=62)) == ["errored"]


def test_of_a_failed_operation_the_keys_whose_batch_landed_have_landed() -> None:
    """UpdateKeys takes 50 keys; the log names the second batch alone.

    Source: docs/facts/sst-output.md#s5-partial-batches.
    """
    tape = bracketed()
    tape.write(5, puts=["ns:a"])
    tape.write(7, puts=["ns:b"], error="ServiceQuotaExceededException", request="r-2")
    rows = [
        refused("ns:a", operation=1, error_code="ServiceQuotaExceededException"),
        refused("ns:b", operation=1, error_code="ServiceQuotaExceededException"),
    ]
    assert verdicts(tape, *rows, under=None) == ["landed", "errored"]
