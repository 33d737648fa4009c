"""Entries of a list that the next deploy may have removed on purpose, of which no log is available."""

from __future__ import annotations

import pytest

from tests.build import CI
from tests.verdicts.judging import OTHER
from tests.verdicts.listing import KEY, ROUTES, A, B, append, judged, landed_tape, put, routes, verdicts


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ({"caller": CI, "puts": [ROUTES]}, ("mismatched", "missing", "low")),
        ({"caller": OTHER, "puts": [ROUTES]}, ("lost", "missing", "proven")),
        ({"caller": CI, "puts": [ROUTES], "api": "PutKey"}, ("lost", "missing", "proven")),
        ({"caller": CI, "puts": ["x"]}, ("lost", "missing", "proven")),
    ],
    ids=["as the next deploy would", "another principal", "at the console", "another key"],
)
def test_who_writes_the_list_after_the_last_log_may_have_removed_the_entry_on_purpose(
    call: dict[str, object], expected: tuple[str, str, str]
) -> None:
    """A removal of the stage rewrites the list without the entry. It is not there, and nothing shows a fault."""
    tape = landed_tape()
    tape.write(13, puts=[ROUTES])
    tape.write(300, **call)  # type: ignore[arg-type]
    rows = [put(), append(A, 12, 14)]
    found = judged(rows, {KEY: "meant", **routes(B)}, tape, stack="shop-prod")
    assert verdicts(found) == [("landed", None, "proven"), expected]


def test_a_write_of_the_list_before_the_last_log_removed_nothing_on_purpose() -> None:
    """Who has the logs of two deploys has those between them."""
    tape = landed_tape()
    tape.write(13, puts=[ROUTES])
    tape.write(100, puts=[ROUTES])
    tape.write(300, puts=["late:metadata"])
    later = put(299, 301, deploy="d2", name="LateKvKeys.sst.aws.KvKeys", key="late:metadata", value="v")
    rows = [put(), append(A, 12, 14), later]
    held = {KEY: "meant", "late:metadata": "v", **routes(B)}
    assert verdicts(judged(rows, held, tape, stack="shop-prod"))[1][:2] == ("lost", "missing")


def test_a_later_text_log_of_the_resource_does_not_say_what_became_of_the_entry() -> None:
    tape = landed_tape()
    tape.write(13, puts=[ROUTES])
    tape.write(100, puts=[ROUTES])
    tape.write(300, puts=["x"])
    text = append(B, 98, 102, deploy="d2", key="*:routes", pattern=True, exact=False, store=None)
    found = judged([put(), append(A, 12, 14), text], {KEY: "meant", **routes(B)}, tape, stack="shop-prod")
    assert verdicts(found)[1] == ("mismatched", "missing", "low")
