"""A predecessor that a deploy left behind: the next deploy deletes it, and takes away what had replaced it."""

from __future__ import annotations

import polars as pl
import pytest

from tests.build import at, deploys, write, writes
from tests.verdicts.judging import OTHER, ROUTES, bracketed, closed, judged_calls
from tests.verdicts.losses.test_removed import of_one_stack

Row = dict[str, object]

URN = "urn:pulumi:prod::shop::site::web"
KEY = "ns:metadata"


def op(key: str, start: float, word: str, deploy: str = "d1") -> Row:
    """An operation of two seconds of the resource `web`."""
    undo = word.startswith("delete")
    action = ("remove" if undo else "append") if key == ROUTES else ("delete" if undo else "put")
    entry = {"entry": "site,50f6,,/"} if key == ROUTES else {"type": "sst:aws:KvKeys"}
    return write(key, start, start + 2, action=action, op=word, deploy=deploy, name="web", urn=URN) | entry


def outcomes(*rows: Row, stacks: pl.DataFrame | None = None) -> list[tuple[str, str | None, str]]:
    """`verdict, cause, confidence` of operations of which each made one call, a second after its beginning."""
    tape = bracketed()
    for row in rows:
        second = (row["start"] - rows[0]["start"]).total_seconds() + 1  # type: ignore[operator]
        tape.read(second, ROUTES)
        tape.write(second, **{"deletes" if row["action"] == "delete" else "puts": [row["key"]]})  # type: ignore[arg-type]
    known = of_one_stack(*dict.fromkeys(str(row["deploy"]) for row in rows)) if stacks is None else stacks
    table = judged_calls(closed(tape).calls(), writes(*rows), stacks=known).verdicts
    return table.select("verdict", "cause", "confidence").rows()


@pytest.mark.parametrize("key", [KEY, ROUTES])
def test_who_deletes_a_predecessor_takes_its_replacement_away(key: str) -> None:
    """Expected: lost: the first deploy ended before it could delete what it had replaced (S3)."""
    rows = [op(key, 0, "create-replacement"), op(key, 300, "delete-replaced", "d2")]
    assert outcomes(*rows) == [("lost", "deleted", "proven"), ("landed", None, "high")]


@pytest.mark.parametrize("key", [KEY, ROUTES])
def test_where_the_deploy_had_deleted_it_nothing_shows_whose_predecessor_it_is(key: str) -> None:
    """Expected: landed, but `low`: a replacement whose log is not available may have come in between."""
    rows = [
        op(key, 0, "delete-replaced"),
        op(key, 10, "create-replacement"),
        op(key, 300, "delete-replaced", "d2"),
    ]
    assert outcomes(*rows)[1] == ("landed", None, "low")


@pytest.mark.parametrize("key", [KEY, ROUTES])
def test_who_replaces_the_resource_itself_means_what_it_deletes(key: str) -> None:
    rows = [
        op(key, 0, "create-replacement"),
        op(key, 300, "delete-replaced", "d2"),
        op(key, 310, "create-replacement", "d2"),
    ]
    assert [row[0] for row in outcomes(*rows)] == ["landed"] * 3


@pytest.mark.parametrize("key", [KEY, ROUTES])
def test_what_was_replaced_since_is_deleted_rightly(key: str) -> None:
    """The write is the predecessor's own. Its replacement is of another key."""
    rows = [
        op(key, 0, "create"),
        op("other:k", 300, "create-replacement", "d2"),
        op(key, 600, "delete-replaced", "d3"),
    ]
    rows[1] |= {"action": "put"}
    assert [row[0] for row in outcomes(*rows)] == ["landed"] * 3


@pytest.mark.parametrize("key", [KEY, ROUTES])
def test_a_delete_of_the_resource_itself_is_no_loss(key: str) -> None:
    rows = [op(key, 0, "create-replacement"), op(key, 300, "delete", "d2")]
    assert [row[0] for row in outcomes(*rows)] == ["landed"] * 2


def test_of_a_call_on_two_keys_each_key_has_the_operation_that_means_it() -> None:
    """Expected: the first key landed, `low` at most: the update itself deletes it, be there a predecessor or not.

    One call deletes both keys. The predecessor, which the first deploy left behind, had both; the update means only the
    first one.
    """
    tape = bracketed()
    tape.write(1, puts=["ns:a", "ns:b"])
    tape.write(301, deletes=["ns:a", "ns:b"])
    rows = [
        op("ns:a", 0, "create-replacement") | {"operation": 1},
        op("ns:b", 0, "create-replacement") | {"operation": 1},
        op("ns:a", 300, "update", "d2") | {"action": "delete", "operation": 2, "id": "w9"},
        op("ns:b", 301, "delete-replaced", "d2") | {"operation": 3, "id": "w10"},
    ]
    table = judged_calls(closed(tape).calls(), writes(*rows), stacks=of_one_stack("d1", "d2")).verdicts
    assert table["verdict"][0] != "lost"


@pytest.mark.parametrize(
    ("word", "result", "api", "expected"),
    [
        ("create-replacement", "succeeded", "UpdateKeys", "low"),
        ("create-replacement", "succeeded", "PutKey", "high"),
        ("create", "failed", "UpdateKeys", "low"),
        ("create", "succeeded", "UpdateKeys", "high"),
        ("update", "failed", "UpdateKeys", "high"),
    ],
)
def test_what_no_log_explains_may_have_been_the_delete_of_a_predecessor_that_was_left_behind(
    word: str, result: str, api: str, expected: str
) -> None:
    """A deploy that failed may not have come to its deletes. No component makes a PutKey."""
    assert _with_a_later_call([op(ROUTES, 0, word)], result, api)[0] in _AT_MOST[expected]


def test_a_predecessor_whose_delete_is_in_the_log_is_not_deleted_again() -> None:
    rows = [op(ROUTES, 0, "create-replacement"), op(ROUTES, 10, "delete-replaced")]
    rows[1] |= {"entry": "site,old,,/"}
    assert _with_a_later_call(rows)[0] in _AT_MOST["high"]


_AT_MOST = {"low": [("landed", "low")], "high": [("landed", "high"), ("landed", "proven")]}


def _with_a_later_call(
    rows: list[Row], result: str = "succeeded", api: str = "UpdateKeys"
) -> list[tuple[str, str]]:
    """(verdict, confidence) of each row, where somebody read the list and wrote it minutes later."""
    tape = bracketed()
    tape.write(-9, puts=["ns:a"])
    for row in rows:
        second = (row["start"] - at(0)).total_seconds() + 1  # type: ignore[operator]
        tape.read(second, ROUTES)
        tape.write(second, puts=[ROUTES])
    tape.read(500, ROUTES, caller=OTHER)
    tape.write(500, puts=[ROUTES], caller=OTHER, api=api)
    own = write("ns:a", -10, -8, action="put", id="own")
    known = deploys("d1").with_columns(result=pl.lit(result))
    table = judged_calls(closed(tape).calls(), writes(*rows, own), stacks=known).verdicts
    return table.select("verdict", "confidence").rows()


@pytest.mark.parametrize("key", [KEY, ROUTES])
@pytest.mark.parametrize(("result", "verdict"), [("failed", "lost"), ("succeeded", "landed")])
def test_a_deploy_that_fails_leaves_what_it_moves_under_the_old_urn(
    key: str, result: str, verdict: str
) -> None:
    """The new resource is created first. Of a deploy that ended well the old one was deleted with it.

    What the next deploy deletes under another URN is then the old one, and takes the new one's keys away (S3).
    """
    moved = [op(key, 0, "create"), op(key, 300, "delete", "d2") | {"urn": URN + "-old"}]
    results = pl.when(pl.col("id") == "d1").then(pl.lit(result)).otherwise("result")
    known = of_one_stack("d1", "d2").with_columns(result=results)
    assert outcomes(*moved, stacks=known)[0][0] == verdict
