"""An entry that another resource removed from the list: a list holds it once, whoever means it."""

from __future__ import annotations

import polars as pl
import pytest

from tests.build import deploys, write, writes
from tests.verdicts.judging import OTHER, ROUTES, bracketed, closed, judged_calls

ENTRY = "site,50f6,,/"
OLD, NEW = "urn:pulumi:prod::shop::old::web", "urn:pulumi:prod::shop::new::web"

Row = dict[str, object]


def route(start: float, action: str = "append", **other: object) -> Row:
    """An operation of two seconds on the entry, by the resource `web`."""
    op = "delete" if action == "remove" else "create"
    row = write(ROUTES, start, start + 2, action=action, op=op, entry=ENTRY, name="web", urn=NEW)
    return row | other


def outcomes(*rows: Row, stacks: pl.DataFrame | None = None) -> list[tuple[str, str | None]]:
    """`verdict, cause` of operations of which each made one call, a second after its beginning."""
    tape = bracketed()
    for row in rows:
        second = (row["start"] - rows[0]["start"]).total_seconds() + 1  # type: ignore[operator]
        tape.read(second, ROUTES)
        tape.write(second, puts=[ROUTES])
    found = judged_calls(closed(tape).calls(), writes(*rows), stacks=stacks).verdicts
    return found.select("verdict", "cause").rows()


def of_one_stack(*ids: str) -> pl.DataFrame:
    return deploys(*ids).with_columns(stack=pl.lit("shop-prod"))


def test_an_entry_that_the_old_urn_removes_in_the_same_deploy_is_lost() -> None:
    """Expected: the create's entry is lost, the removal landed (docs/facts/sst-output.md#s3-delete-after-create)."""
    assert outcomes(route(0), route(10, "remove", urn=OLD)) == [("lost", "deleted"), ("landed", None)]


def test_so_it_is_where_the_calls_would_fit_either_operation() -> None:
    """The log shows that the removal began when the append had ended: the chain's first call is the append's."""
    rows = [route(0), route(2, "remove", urn=OLD)]
    assert outcomes(*rows) == [("lost", "deleted"), ("landed", None)]


def test_so_is_one_that_its_replacement_removes() -> None:
    rows = [route(0, op="create-replacement"), route(10, "remove", op="delete-replaced")]
    assert outcomes(*rows) == [("lost", "deleted"), ("landed", None)]


def test_where_the_old_one_is_deleted_first_nothing_is_lost() -> None:
    rows = [route(0, "remove", op="delete-replaced"), route(10, op="create-replacement")]
    assert outcomes(*rows) == [("landed", None), ("landed", None)]


def test_an_entry_that_another_resource_removes_is_lost_to_both() -> None:
    """Two resources with one entry share an element (docs/facts/sst-resources.md#n15-two-corners-of-kv)."""
    rows = [route(0), route(10, name="docs"), route(100, "remove", name="docs", deploy="d2")]
    assert outcomes(*rows, stacks=of_one_stack("d1", "d2"))[:2] == [("lost", "deleted"), ("landed", None)]


def test_an_update_removes_the_entry_that_it_replaces() -> None:
    moved = route(10, op="update", name="docs", entry="site,50f6,,/docs", was=ENTRY)
    assert outcomes(route(0), moved) == [("lost", "deleted"), ("landed", None)]


@pytest.mark.parametrize(
    "later",
    [
        route(100, "remove", deploy="d2"),
        route(100, op="update", entry="site,50f6,,/new", was=ENTRY, deploy="d2"),
    ],
)
def test_what_the_same_resource_takes_back_in_a_later_deploy_is_not_lost(later: Row) -> None:
    assert outcomes(route(0), later, stacks=of_one_stack("d1", "d2")) == [("landed", None)] * 2


def test_of_two_resources_that_one_deploy_removes_neither_lost_its_entry() -> None:
    rows = [
        route(0),
        route(10, name="docs"),
        route(100, "remove", name="docs", deploy="d2"),
        route(110, "remove", deploy="d2"),
    ]
    assert outcomes(*rows, stacks=of_one_stack("d1", "d2")) == [("landed", None)] * 4


def test_an_entry_that_its_resource_appended_again_is_lost_there() -> None:
    """The second deploy's append is the one that the other resource took away."""
    rows = [route(0), route(100, op="update", deploy="d2"), route(200, "remove", name="docs", deploy="d3")]
    expected = [("landed", None), ("lost", "deleted"), ("landed", None)]
    assert outcomes(*rows, stacks=of_one_stack("d1", "d2", "d3")) == expected


def test_another_entry_of_the_list_stays() -> None:
    assert outcomes(route(0), route(10, "remove", entry="site,50f6,,/docs", name="docs")) == [
        ("landed", None),
        ("landed", None),
    ]


def test_keys_that_the_old_urn_purges_in_the_same_deploy_are_lost() -> None:
    """The delete lists what is under the namespace: that of a site that moved to another URN deletes the new keys."""
    tape = bracketed()
    tape.write(1, puts=["ns:metadata"])
    tape.write(11, deletes=["ns:metadata"])
    rows = [
        write("ns:metadata", 0, 2, action="put", op="create", name="web", urn=NEW, type="sst:aws:KvKeys"),
        write(
            "ns:metadata", 10, 12, action="delete", op="delete", name="web", urn=OLD, type="sst:aws:KvKeys"
        ),
    ]
    found = judged_calls(closed(tape).calls(), writes(*rows))
    assert found.verdicts.select("verdict", "cause").rows() == [("lost", "deleted"), ("landed", None)]
    assert "then deleted by web under its old URN" in found.evidence["detail"].to_list()


def test_a_delete_by_a_stranger_is_told_as_one() -> None:
    tape = bracketed()
    tape.write(1, puts=[ROUTES])
    tape.write(11, deletes=[ROUTES], caller=OTHER)
    found = judged_calls(closed(tape).calls(), writes(route(0))).verdicts
    assert found.select("verdict", "cause").rows() == [("lost", "deleted")]


def test_a_list_that_is_deleted_later_takes_no_entry_away_that_its_resource_had_removed() -> None:
    """Its own deploy wrote the list once more before that: a replacement removes the entry that it replaces."""
    tape = bracketed()
    for second in (2, 8, 502):
        tape.read(second - 1, ROUTES)
        tape.write(second, puts=[ROUTES])
    tape.write(900, deletes=[ROUTES], caller=OTHER, api="DeleteKey")
    rows = writes(
        write(ROUTES, 0, 3, name="a", op="create-replacement", entry="new"),
        write(ROUTES, 7, 9, name="a", op="delete-replaced", action="remove", entry="old"),
        write(ROUTES, 500, 503, name="a", op="delete", action="remove", entry="new", deploy="d2"),
    )
    one_stack = deploys("d1", "d2").with_columns(stack=pl.lit("shop-d1"))
    calls = closed(tape).calls()
    judgement = judged_calls(calls, rows, stacks=one_stack)
    assert judgement.verdicts["verdict"].to_list()[0] == "landed"
    alone = judged_calls(calls, rows.head(2), stacks=deploys("d1"))
    assert alone.verdicts["verdict"].to_list()[0] == "lost"
