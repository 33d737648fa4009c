"""Calls that were refused and operations that failed: when a write is `errored` by them, and by which cause."""

from __future__ import annotations

import polars as pl
import pytest

from analyzer.trail.calls.chain import chain
from analyzer.verdicts.judge import judge
from tests.build import at, deploys, write, writes
from tests.verdicts.judging import HOUR, OTHER, ROUTES, bracketed, judged, verdict

STALE = ("ValidationException", "Pre-Condition failed", "precondition_failed")


@pytest.mark.parametrize(
    ("op", "expected"), [("create", ("unverifiable", "maybe_nothing")), ("update", ("errored", STALE[2]))]
)
def test_a_create_whose_etag_was_stale_may_have_found_its_entry_when_it_read_the_list_again(
    op: str, expected: tuple[str, str]
) -> None:
    """SST tries again without end: an operation that ended well found nothing to write, or a read failed (S1)."""
    tape = bracketed()
    tape.read(1, ROUTES)
    tape.write(1, puts=[ROUTES], error=STALE[0], message=STALE[1])
    tape.write(4000, puts=["other"])
    assert verdict(tape, write(ROUTES, 0, 2, op=op))[:2] == expected


def test_a_refused_call_behind_a_success_is_errored() -> None:
    tape = bracketed()
    tape.write(1, puts=[ROUTES], error="AccessDeniedException")
    tape.write(4000, puts=["other"])
    assert verdict(tape, write(ROUTES, 0, 2)) == ("errored", "access_denied", "proven")


@pytest.mark.parametrize(
    ("code", "message", "cause"),
    [
        ("ThrottlingException", "Rate exceeded", "throttled"),
        ("ServiceQuotaExceededException", "Limit exceeded: Maximum size", "quota"),
        ("ResourceNotFoundException", None, "not_found"),
        ("ConflictException", "Key-Value-Store was not in expected state", "conflict"),
        (
            "ConflictException",
            "The provided If-Match value does not match the current ETag.",
            "precondition_failed",
        ),
        STALE,
        ("InternalServerException", None, "service_error"),
    ],
)
def test_the_cause_is_what_the_service_said(code: str, message: str | None, cause: str) -> None:
    tape = bracketed()
    tape.write(1, puts=[ROUTES], error=code, message=message)
    tape.write(4000, puts=["other"])
    assert verdict(tape, write(ROUTES, 0, 2))[:2] == ("errored", cause)


def test_an_admitted_failure_is_never_dropped() -> None:
    tape = bracketed()
    tape.write(4000, puts=["other"])
    row = write(ROUTES, 0, 2, reported="failed", error_code="AccessDeniedException")
    assert verdict(tape, row) == ("errored", "access_denied", "proven")
    assert verdict(None, row) == ("errored", "access_denied", "high")


def test_the_request_id_names_the_call_whatever_the_clock_says() -> None:
    tape = bracketed()
    tape.write(300, puts=[ROUTES], error="ServiceQuotaExceededException", request="r-1")
    row = write(ROUTES, 0, 2, reported="failed", request_id="r-1", error_code="ServiceQuotaExceededException")
    assert verdict(tape, row, reach=310) == ("errored", "quota", "proven")


def test_a_batch_that_was_sent_before_the_failing_one_landed() -> None:
    """Fifty keys go in one call, the fifty-first in the next."""
    keys = [f"ns:{number}" for number in range(51)]
    tape = bracketed()
    tape.write(1, puts=keys[:50])
    tape.write(1, puts=keys[50:], error="ServiceQuotaExceededException")
    rows = [
        write(
            key,
            0,
            2,
            operation=1,
            action="put",
            op="create",
            reported="failed",
            error_code="ServiceQuotaExceeded",
        )
        for key in keys
    ]
    table = judged(tape, writes(*rows)).verdicts
    assert table["verdict"].to_list() == ["landed"] * 50 + ["errored"]


def test_a_retry_that_succeeded_is_counted() -> None:
    tape = bracketed()
    tape.write(1, puts=[ROUTES], error="ValidationException", message="Pre-Condition failed")
    tape.write(1, puts=["other"], caller=OTHER)
    tape.write(2, puts=[ROUTES])
    table = judged(tape, writes(write(ROUTES, 0, 3))).verdicts
    assert table.select("verdict", "recovered").row(0) == ("landed", 1)


def test_a_put_key_lands_nothing_for_an_operation_that_failed() -> None:
    """SST writes with UpdateKeys alone: a PutKey in the seconds of a failed operation is somebody at the console."""
    tape = bracketed()
    tape.write(1, puts=[ROUTES])
    calls = tape.calls().with_columns(
        api=pl.when(pl.col("key") == ROUTES).then(pl.lit("PutKey")).otherwise("api")
    )
    rows = writes(write(ROUTES, 0, 2, reported="failed"))
    found = judge(rows, deploys("d1"), calls, chain(calls), reach=at(HOUR), has_trail=True)
    assert found.verdicts["verdict"].to_list() == ["errored"]
