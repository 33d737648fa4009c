"""Losses that a later deploy of the same resource may have meant, where no call answers for what it meant."""

from __future__ import annotations

import polars as pl
import pytest

from tests.build import CI, deploys, write, writes
from tests.verdicts.judging import OTHER, ROUTES, bracketed, judged_calls

KIND = {"type": "sst:aws:KvKeys", "name": "Web.sst.aws.KvKeys"}


@pytest.mark.parametrize(
    ("calls_of_later", "expected"), [(True, ("lost", "proven")), (False, ("landed", "low"))]
)
def test_a_deploy_that_came_after_the_loss_did_not_take_the_write_back_before(
    calls_of_later: bool, expected: tuple[str, str]
) -> None:
    """By its log the later deploy deletes the key half an hour later; only where it is aligned, that is its time."""
    tape = bracketed()
    tape.write(1, puts=["ns:a", "ns:b"])
    tape.write(100, deletes=["ns:a"], caller=OTHER)
    if calls_of_later:
        tape.write(1901, puts=["ns:c"])
        tape.write(1911, puts=["ns:d"])
    tape.write(9000, puts=["other"])
    put = {**KIND, "action": "put", "op": "update", "value": "v"}
    rows = [
        *(write(key, 0, 2, id=key, operation=1, **put) for key in ("ns:a", "ns:b")),
        write("ns:c", 1900, 1902, deploy="d2", operation=2, **put | {"name": "C"}),
        write("ns:d", 1910, 1912, deploy="d2", operation=3, **put | {"name": "D"}),
        write("ns:a", 1920, 1921, deploy="d2", operation=4, **KIND, action="delete", op="delete"),
    ]
    one_stack = deploys("d1", "d2").with_columns(stack=pl.lit("shop-prod"))
    table = judged_calls(tape.calls(), writes(*rows), reach=9000, stacks=one_stack).verdicts
    assert (table["verdict"][0], table["confidence"][0]) == expected


@pytest.mark.parametrize(
    ("added", "expected"),
    [(1.0, "lost"), (None, "landed"), (400.0, "landed")],
    ids=["long before", "never", "in the second of the read"],
)
def test_a_removal_is_lost_to_an_old_copy_only_if_the_entry_was_in_it(
    added: float | None, expected: str
) -> None:
    """A person reads the list, the deploy takes its route out, the person writes the list back as it was."""
    tape = bracketed()
    if added is not None:
        tape.write(added, puts=[ROUTES])
    tape.read(400, ROUTES, caller=OTHER)
    tape.read(501, ROUTES)
    tape.write(502, puts=[ROUTES])
    tape.write(510, puts=[ROUTES], caller=OTHER, api="PutKey")
    tape.write(9000, puts=["other"])
    entry = {"entry": "site,web,,/", "name": "Web.sst.aws.KvRoutesUpdate"}
    rows = [
        *([write(ROUTES, added - 1, added + 1, operation=1, op="create", **entry)] if added else []),
        write(ROUTES, 500, 503, deploy="d2", operation=2, op="delete", action="remove", **entry),
        write("ns:a", 500, 501, deploy="d2", operation=3, **{**KIND, "action": "put", "value": "v"}),
    ]
    tape_calls = tape.calls()
    one_stack = deploys(*(("d1", "d2") if added else ("d2",))).with_columns(stack=pl.lit("shop-prod"))
    table = judged_calls(tape_calls, writes(*rows), reach=9000, stacks=one_stack).verdicts
    assert table["verdict"][1 if added else 0] == expected


def test_of_two_operations_that_no_log_shows_the_end_of_one_call_was_lost_of_neither_for_sure() -> None:
    """The log ends within both. One made the call, whose list is deleted later; the other may have made none."""
    tape = bracketed()
    tape.write(1, puts=["ns:a", "ns:b"])
    tape.write(502, puts=[ROUTES])
    tape.write(600, deletes=[ROUTES], caller=OTHER, api="DeleteKey")
    tape.write(9000, puts=["other"])
    put = {**KIND, "action": "put", "op": "update", "value": "v"}
    rows = [
        *(write(key, 0, 2, id=key, operation=1, **put) for key in ("ns:a", "ns:b")),
        *(
            write(
                ROUTES,
                500,
                503,
                operation=number,
                op="create",
                entry=f"site,{name},,/",
                reported="unfinished",
            )
            for number, name in enumerate(("web", "api"), start=2)
        ),
    ]
    table = judged_calls(tape.calls(), writes(*rows), reach=9000).verdicts
    assert table["verdict"].to_list()[2:] == ["unverifiable", "unverifiable"]


@pytest.mark.parametrize(
    ("api", "by_another", "expected"),
    [("UpdateKeys", False, "landed"), ("DeleteKey", False, "lost"), ("UpdateKeys", True, "lost")],
    ids=["as its resource makes it", "by another API", "another deploy's"],
)
def test_a_call_that_cannot_be_the_later_deploys_was_not_meant_by_it(
    api: str, expected: str, *, by_another: bool
) -> None:
    """The second deploy was to delete the key five seconds after somebody had: its log's clock may be off by so much.

    Its resource never calls DeleteKey, and what another stack's deploy did by its own log is that one's.
    """
    tape = bracketed()
    tape.write(1, puts=["ns:a", "ns:b"])
    tape.write(91, puts=["ns:c"])
    tape.write(94, puts=["ns:d"])
    tape.write(100, deletes=["ns:a"], caller=OTHER, api=api)
    tape.write(111, puts=["x:a"], caller=OTHER)
    tape.write(9000, puts=["other"])
    put = {**KIND, "action": "put", "op": "update", "value": "v"}
    delete = {**KIND, "action": "delete", "op": "delete"}
    rows = [
        *(write(key, 0, 2, id=key, operation=1, **put) for key in ("ns:a", "ns:b")),
        write("ns:c", 90, 92, deploy="d2", operation=2, **put | {"name": "C"}),
        write("ns:d", 93, 95, deploy="d2", operation=3, **put | {"name": "D"}),
        write("ns:a", 105, 106, deploy="d2", operation=4, **delete),
        write("x:a", 110, 112, deploy="d3", operation=6, **put | {"name": "X"}),
        *([write("ns:a", 99, 101, deploy="d3", operation=5, **delete | {"name": "Y"})] if by_another else []),
    ]
    stack = pl.when(pl.col("id") == "d3").then(pl.lit("shop-dev")).otherwise(pl.lit("shop-prod"))
    stacks = deploys("d1", "d2", "d3").with_columns(stack=stack)
    table = judged_calls(tape.calls(), writes(*rows), reach=9000, stacks=stacks).verdicts
    assert table["verdict"][0] == expected


@pytest.mark.parametrize(
    ("missing", "expected"),
    [
        (None, [("lost", "proven"), ("dropped", "proven")]),
        (3061, [("landed", "low"), ("unverifiable", "low")]),
    ],
    ids=["surely not made", "a record is missing"],
)
def test_an_update_that_was_surely_not_made_did_not_take_the_entry_back(
    missing: float | None, expected: list[tuple[str, str]]
) -> None:
    """The second deploy's update of the route was dropped: somebody deleted the list with the first one's entry."""
    tape = bracketed()
    sites = [(3001 + 10 * n, f"x{n}:metadata") for n in range(4)]
    others = [(second, "other") for second in (3061, 3200, 4000)]
    for second, key in ((1, "ns:metadata"), (3, ROUTES), (2000, "other"), *sites, *others):
        tape.write(second, puts=[key], caller=OTHER if key == "other" else CI, recorded=second != missing)
    tape.write(5000, deletes=[ROUTES], caller=OTHER)
    tape.write(9000, puts=["other"], caller=OTHER)
    keys = {**KIND, "action": "put"}
    route = {"name": "Route.sst.aws.KvRoutesUpdate"}
    rows = [
        write(ROUTES, 2, 4, entry="a", op="create", **route),
        write("ns:metadata", 0, 2, **keys),
        *(
            write(f"x{n}:metadata", 3000 + 10 * n, 3002 + 10 * n, deploy="d2", **keys | {"name": f"x{n}"})
            for n in range(4)
        ),
        write(ROUTES, 3060, 3062, deploy="d2", entry="b", was="a", op="update", **route),
    ]
    one_stack = deploys("d1", "d2").with_columns(stack=pl.lit("shop-prod"))
    found = judged_calls(tape.calls(), writes(*rows), reach=30_000, stacks=one_stack)
    said = found.verdicts.select("verdict", "confidence").rows()
    assert [said[0], said[-1]] == expected
