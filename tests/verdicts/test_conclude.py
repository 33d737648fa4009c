"""A delete whose key may be there is no `landed` one; what is doubted is likely only where nothing contradicts it."""

from __future__ import annotations

import polars as pl
import pytest

from analyzer.trail.calls.chain import chain
from analyzer.verdicts.conclude import conclude
from analyzer.verdicts.judge import judge
from tests.build import CI, Tape, at, deploys, write, writes
from tests.verdicts.judging import HOUR, OTHER, ROUTES, bracketed, closed, found, judged, judged_calls


def test_a_key_deleted_before_a_gap_may_be_back() -> None:
    """Expected: unverifiable. Between the delete and the operation the chain has a gap, in which the key was put."""
    tape = bracketed()
    tape.write(-500, deletes=["ns:a"], caller=OTHER)
    tape.write(-400, puts=["ns:a"], recorded=False)
    tape.write(-300, puts=["other"])
    assert found(closed(tape), write("ns:a", 0, 2, action="delete", op="delete"))[0][0] == "unverifiable"


def test_a_key_put_again_in_the_window_may_still_be_there() -> None:
    """Expected: the second delete is not landed: its own call is missing, and the key was put after the first one's."""
    tape = bracketed()
    tape.write(-500, puts=["ns:a"])
    tape.write(1, deletes=["ns:a"])
    tape.write(3, puts=["ns:a"], caller=OTHER)
    rows = [write("ns:a", start, end, action="delete", op="delete") for start, end in ((0, 2), (2, 5))]
    assert [row[0] for row in found(closed(tape), *rows)][1] in {"dropped", "unverifiable"}


@pytest.mark.parametrize(("deleted_by", "leaning"), [(None, "landed"), (OTHER, None), (CI, None)])
def test_a_doubted_call_that_may_have_been_undone_is_likely_neither(
    deleted_by: str | None, leaning: str | None
) -> None:
    """One of three operations has a call, so the deploy is not aligned; and a minute later the key is deleted."""
    tape = bracketed()
    tape.write(1, puts=["ns:a"])
    if deleted_by:
        tape.write(100, deletes=["ns:a"], caller=deleted_by)
    rows = [write(f"ns:{key}", 20 * n, 20 * n + 2, operation=n, id=key) for n, key in enumerate("abc")]
    first = judged(closed(tape), writes(*rows)).verdicts.row(0, named=True)
    assert (first["verdict"], first["leaning"]) == ("unverifiable", leaning)


@pytest.mark.parametrize(
    ("action", "key", "leaning"), [("put", "ns:new", "dropped"), ("delete", "ns:c", None)]
)
def test_what_takes_away_is_not_likely_dropped_where_the_end_is_open(
    action: str, key: str, leaning: str | None
) -> None:
    """No later write closes the chain: the key may be gone by a call that is missing, or with its store."""
    tape = Tape()
    tape.write(-4000, puts=["ns:c"])
    tape.write(1, puts=["ns:a"])
    tape.write(21, puts=["ns:b"])
    rows = [write(f"ns:{key}", 20 * n, 20 * n + 2, operation=n, id=key) for n, key in enumerate("ab")]
    last = write(key, 40, 42, operation=3, id="c", action=action, op="update")
    row = judged(tape, writes(*rows, last), reach=2 * 3600).verdicts.row(2, named=True)
    assert (row["cause"], row["leaning"]) == ("chain_not_closed", leaning)


@pytest.mark.parametrize("lost", [False, True])
def test_an_own_refused_read_is_the_last_word_where_the_chain_goes_on_from_its_first_record(
    lost: bool,
) -> None:
    """Nothing of the store is known before the operation; what was written later is, unless a record is missing."""
    tape = Tape()
    tape.write(1, puts=["ns:m"])
    tape.read(3, ROUTES, error="AccessDeniedException")
    tape.write(60, puts=["other"], recorded=not lost)
    site = write("ns:m", 0, 1, operation=1, op="update")
    route = write(ROUTES, 2, 4, operation=2, op="update")
    expected = ("unverifiable", "trail_gap") if lost else ("dropped", "read_failed")
    assert found(closed(tape), site, route)[1][:2] == expected


def test_by_order_alone_nothing_landed_surely() -> None:
    """Expected: landed, but `low`: the empty list left nothing to remove, if this was the run.

    Source: docs/facts/alignment.md#3-text-without-times.
    """
    tape = bracketed()
    tape.write(-500, deletes=[ROUTES], caller=OTHER)
    tape.read(1, ROUTES, error="ResourceNotFoundException")
    calls = closed(tape).calls()
    kept: dict[str, pl.DataFrame] = {}
    rows = writes(write(ROUTES, 0, 2, action="remove", op="delete"))
    judge(rows, deploys("d1"), calls, chain(calls), reach=at(HOUR), has_trail=True, keep=kept.setdefault)
    timed = kept["trail_verdicts"]
    assert conclude(timed).select("verdict", "confidence").rows() == [("landed", "high")]
    by_order = timed.with_columns(basis=pl.lit("order"), clock=pl.lit("aligned"))
    assert conclude(by_order).select("verdict", "confidence").rows() == [("landed", "low")]


def test_a_list_that_a_killed_deploy_may_have_written_landed_with_low_confidence() -> None:
    """Expected: the key surely, the list not: any job of the same role writes the list, and no end says who did."""
    tape = bracketed()
    tape.write(1, puts=["ns:m"])
    tape.write(3, puts=[ROUTES])
    rows = [
        write("ns:m", 0, 1, action="put", operation=1),
        write(ROUTES, 2, 4, operation=2, reported="unfinished"),
    ]
    assert [row[::2] for row in found(closed(tape), *rows)] == [("landed", "proven"), ("landed", "low")]


@pytest.mark.parametrize(
    ("api", "is_closed", "expected"),
    [("ListKeys", False, "unverifiable"), ("ListKeys", True, "errored"), ("UpdateKeys", False, "errored")],
)
def test_keys_whose_purge_failed_may_be_there_unless_no_call_is_missing(
    api: str, *, is_closed: bool, expected: str
) -> None:
    """SST puts all keys before it lists what to purge (docs/facts/sst-output.md#42-calls-per-operation)."""
    tape = bracketed()
    tape.write(1, puts=["ns:a"])
    failure = {"reported": "failed", "error_api": api, "error_code": "AccessDeniedException"}
    keys = {"action": "put", "type": "sst:aws:KvKeys"}
    rows = [write("ns:b", 4, 6, **keys, **failure), write("ns:a", 0, 2, **keys)]
    assert found(closed(tape) if is_closed else tape, *rows)[0][0] == expected


@pytest.mark.parametrize(
    ("action", "missing", "confidence"),
    [("append", True, "low"), ("remove", True, "low"), ("append", False, "proven"), ("put", True, "proven")],
)
def test_the_last_record_of_a_list_beside_a_gap_is_not_proven_to_stand(
    action: str, *, missing: bool, confidence: str
) -> None:
    """Another writer's record is missing: so may be that of its next put of the list, from a copy without the change.

    A key that is its own resource's alone no other puts.
    """
    tape = bracketed()
    tape.write(1, puts=["ns:m"])
    tape.write(3, puts=["other:routes"], caller=OTHER, recorded=not missing)
    tape.read(5, ROUTES)
    tape.write(6, puts=[ROUTES])
    rows = [write(ROUTES, 2, 7, action=action), write("ns:m", 0, 2, action="put")]
    assert found(tape, *rows)[0] == ("landed", None, confidence)


@pytest.mark.parametrize(
    ("missing", "again", "confidence"),
    [(3, None, "low"), (-3590, None, "low"), (3, 60, "proven"), (-3600, None, "proven")],
    ids=["in its time", "before its first record", "written again", "long before"],
)
def test_a_list_behind_a_gap_stands_where_records_go_on_from_before_its_deploy_or_after_it(
    missing: float, again: float | None, confidence: str
) -> None:
    """Records go missing by the file: one of the deploy's own time is a sign that the next may be missing too."""
    tape = bracketed()
    for second, key in ((-3600, "other"), (-3590, "other"), (1, "ns:m"), (3, "other")):
        tape.write(second, puts=[key], caller=CI if key == "ns:m" else OTHER, recorded=second != missing)
    tape.read(5, ROUTES)
    tape.write(6, puts=[ROUTES])
    if again is not None:
        tape.write(again, puts=["other"], caller=OTHER)
    rows = [write(ROUTES, 2, 7), write("ns:m", 0, 2, action="put")]
    assert found(tape, *rows)[0] == ("landed", None, confidence)


@pytest.mark.parametrize(
    ("second", "column"), [(3, "etag"), (6, "if_match")], ids=["the record before", "its own record"]
)
def test_a_list_behind_a_record_that_is_cut_is_behind_no_gap(second: float, column: str) -> None:
    """An export may lack a column: the record is there, and nothing shows that another is missing."""
    tape = bracketed()
    tape.write(1, puts=["ns:m"])
    tape.write(3, puts=["other"], caller=OTHER)
    tape.read(5, ROUTES)
    tape.write(6, puts=[ROUTES])
    calls = tape.calls().with_columns(pl.when(pl.col("at") != at(second)).then(column).alias(column))
    rows = writes(write(ROUTES, 2, 7), write("ns:m", 0, 2, action="put"))
    assert judged_calls(calls, rows).verdicts["confidence"][0] == "proven"


def test_a_list_behind_a_gap_is_told_to_be() -> None:
    tape = bracketed()
    tape.write(1, puts=["ns:m"])
    tape.write(3, puts=["other"], caller=OTHER, recorded=False)
    tape.read(5, ROUTES)
    event = tape.write(6, puts=[ROUTES])
    lines = judged(tape, writes(write(ROUTES, 2, 7), write("ns:m", 0, 2, action="put"))).evidence
    last = lines.filter(write="w1").row(-1, named=True)
    assert last["source"].endswith(f"#{event}")
    assert "this write's call is the last of the store: where one record is missing" in last["detail"]


@pytest.mark.parametrize(
    ("calls", "expected"),
    [(1, [("unverifiable", "contested")] * 2), (2, [("lost", "deleted")] * 2)],
)
def test_a_loss_of_a_call_that_either_of_two_operations_made_is_of_neither_for_sure(
    calls: int, expected: list[tuple[str, str]]
) -> None:
    """With one call for two, one entry never was in the list that was deleted, and nothing shows which."""
    tape = bracketed()
    tape.write(-5, puts=["ns:m"])
    for number in range(calls):
        tape.write(2 + number, puts=[ROUTES])
    tape.write(900, deletes=[ROUTES], caller=OTHER)
    rows = [write(ROUTES, 0, 4, op="create", name=name) for name in "ab"]
    site = write("ns:m", -6, -4, action="put", op="create")
    assert [row[:2] for row in found(closed(tape), *rows, site)][:2] == expected


def test_two_logs_of_one_key_at_one_time_do_not_blame_the_clock() -> None:
    """Each log fits the same calls of one principal: whose they are is not known, and no clock is wrong."""
    tape = bracketed()
    for second in (1, 2):
        tape.write(second, puts=["ns:metadata"])
    for second in (3, 4):
        tape.write(second, puts=[ROUTES])
    rows = [
        write(key, second, second + 1, deploy=deploy, action=action)
        for deploy in ("d1", "d2")
        for key, second, action in (("ns:metadata", 1, "put"), (ROUTES, 3, "append"))
    ]
    found = judged(closed(tape), writes(*rows))
    assert set(found.verdicts["cause"]) == {"clocks_differ"}
    said = found.evidence.filter(kind="coverage")["detail"].unique().to_list()
    assert said == ["the calls that fit may be another log's or run's, and nothing shows whose they are"]
