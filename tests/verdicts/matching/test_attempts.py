"""Which failed call is an operation's last word."""

from __future__ import annotations

import pytest

from tests.build import write
from tests.verdicts.judging import ROUTES, bracketed, closed, found

STALE = "Pre-Condition failed"


@pytest.mark.parametrize("final_first", [True, False])
def test_a_stale_etag_is_not_the_last_word_of_one_second(*, final_first: bool) -> None:
    """Expected: access_denied. SST retries a stale ETag without end: it never is what ended it.

    Source: docs/facts/sst-output.md#42-calls-per-operation.
    """
    tape = bracketed()
    attempts = [("AccessDeniedException", None), ("ValidationException", STALE)]
    for code, message in attempts if final_first else reversed(attempts):
        tape.write(1, puts=[ROUTES], error=code, message=message)
    assert found(closed(tape), write(ROUTES, 0, 2))[0][:2] == ("errored", "access_denied")


def test_the_success_of_another_operation_does_not_heal_a_refusal() -> None:
    """Expected: errored, access_denied: one of two calls was refused, and SST tries only a stale ETag again (4.2)."""
    tape = bracketed()
    tape.write(1, puts=[ROUTES], error="AccessDeniedException")
    tape.write(2, puts=[ROUTES])
    verdicts = found(closed(tape), write(ROUTES, 0, 3), write(ROUTES, 0, 2))
    assert sorted(row[:2] for row in verdicts)[0] == ("errored", "access_denied")
