"""What a deploy that no call is surely of may have done to a key before somebody else took the key away."""

from __future__ import annotations

import polars as pl
import pytest

from tests.build import CI, deploys, write, writes
from tests.verdicts.judging import OTHER, bracketed, closed, judged_calls


@pytest.mark.parametrize(
    ("name", "verdict"), [("a", "landed"), ("c", "lost")], ids=["the same resource", "another resource"]
)
def test_a_write_that_a_deploy_without_a_place_may_have_replaced_is_not_surely_lost(
    name: str, verdict: str
) -> None:
    """The second deploy's log says that it wrote the key; its clock is off, and no call is surely its own.

    Another stack's purge then took away what was there: the second deploy's value, or the first one's.
    """
    tape = bracketed()
    tape.write(1, puts=["ns:metadata"])
    tape.write(5000, puts=["ns:metadata"])
    tape.write(20_000, deletes=["ns:metadata"])
    first = write("ns:metadata", 0, 2, name="a", action="put", type="sst:aws:KvKeys")
    again = write("ns:metadata", 3000, 3002, deploy="d2", name=name, action="put", type="sst:aws:KvKeys")
    theirs = write("ns:metadata", 19_999, 20_001, deploy="d3", name="b", action="delete", op="delete")
    stacks = deploys("d1", "d2", "d3").with_columns(
        stack=pl.when(pl.col("id") == "d3").then(pl.lit("shop-dev")).otherwise(pl.lit("shop-prod"))
    )
    table = judged_calls(closed(tape).calls(), writes(first, again, theirs), reach=30_000, stacks=stacks)
    assert table.alignments.filter(deploy="d2")["state"].item() != "aligned"
    assert table.verdicts["verdict"][0] == verdict


@pytest.mark.parametrize(("again", "verdict"), [(4000, "landed"), (None, "lost")])
def test_a_write_that_a_deploy_whose_clock_stepped_may_have_replaced_is_not_surely_lost(
    again: int | None, verdict: str
) -> None:
    """By its log's clock the second deploy wrote the key 15 minutes before the call that may be its own."""
    tape = bracketed()
    tape.write(1, puts=["ns:metadata"])
    for number in range(4):
        tape.write(3001 + 10 * number, puts=[f"x{number}:metadata"])
    if again is not None:
        tape.write(again, puts=["ns:metadata"])
    tape.write(20_000, deletes=["ns:metadata"])
    keys = {"action": "put", "type": "sst:aws:KvKeys"}
    rows = [
        write("ns:metadata", 0, 2, name="a", **keys),
        *(
            write(f"x{n}:metadata", 3000 + 10 * n, 3002 + 10 * n, deploy="d2", name=f"x{n}", **keys)
            for n in range(4)
        ),
        write("ns:metadata", 3100, 3102, deploy="d2", name="a", **keys),
        write("ns:metadata", 19_999, 20_001, deploy="d3", name="b", action="delete", op="delete"),
    ]
    stacks = deploys("d1", "d2", "d3").with_columns(
        stack=pl.when(pl.col("id") == "d3").then(pl.lit("shop-dev")).otherwise(pl.lit("shop-prod"))
    )
    found = judged_calls(closed(tape).calls(), writes(*rows), reach=30_000, stacks=stacks)
    assert found.alignments.filter(deploy="d2")["state"].item() == "aligned"
    assert found.verdicts["verdict"][0] == verdict


@pytest.mark.parametrize(
    ("missing", "failed", "expected"),
    [
        (3061, None, ("landed", "low")),
        (3061, ("UpdateKeys", "AccessDeniedException"), ("lost", "high")),
        (3061, ("UpdateKeys", "InternalServerException"), ("landed", "low")),
        (3061, ("ListKeys", "AccessDeniedException"), ("landed", "low")),
        (2000, None, ("lost", "high")),
        (4000, None, ("lost", "high")),
        (None, None, ("lost", "proven")),
    ],
    ids=["gap", "refused", "answer lost", "failed later", "gap before it", "gap after it", "unbroken"],
)
def test_a_write_that_a_deploy_whose_record_is_missing_may_have_replaced_is_not_surely_lost(
    missing: float | None, failed: tuple[str, str] | None, expected: tuple[str, str]
) -> None:
    """The second deploy's log says that it put the key again: if so, its value was deleted, not the first one's.

    It did not where no call is missing at that time, nor where its log says that the put was refused. Where it failed
    at the list of what to purge, which SST asks for after the puts, or its answer was lost, it may have put the key.
    """
    others = [(second, "other") for second in (3061, 3200, 4000)]
    sites = [(3001 + 10 * n, f"x{n}:metadata") for n in range(4)]
    tape = bracketed()
    for second, key in ((1, "ns:metadata"), (2000, "other"), *sites, *others):
        tape.write(second, puts=[key], caller=OTHER if key == "other" else CI, recorded=second != missing)
    tape.write(5000, deletes=["ns:metadata"], caller=OTHER)
    tape.write(9000, puts=["other"], caller=OTHER)
    keys = {"action": "put", "type": "sst:aws:KvKeys"}
    failure = {"reported": "failed", "error_api": failed[0], "error_code": failed[1]} if failed else {}
    rows = [
        write("ns:metadata", 0, 2, name="a", **keys),
        *(
            write(f"x{n}:metadata", 3000 + 10 * n, 3002 + 10 * n, deploy="d2", name=f"x{n}", **keys)
            for n in range(4)
        ),
        write("ns:metadata", 3060, 3062, deploy="d2", name="a", **keys, **failure),
    ]
    one_stack = deploys("d1", "d2").with_columns(stack=pl.lit("shop-prod"))
    found = judged_calls(tape.calls(), writes(*rows), reach=30_000, stacks=one_stack)
    assert found.alignments["state"].to_list() == ["aligned", "aligned"]
    assert found.verdicts.select("verdict", "confidence").row(0) == expected
