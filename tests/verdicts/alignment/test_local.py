"""What is said of a deploy does not hang on deploys and stores that can say nothing of it (`verdicts.groups`)."""

from __future__ import annotations

import polars as pl

from analyzer.verdicts.alignment.align import Alignment, align
from analyzer.verdicts.groups import OF_DEPLOYS
from analyzer.verdicts.homes import HOMES, MOST_STORES, homes_of, possible_stores
from tests.build import CI, STORE, Tape, at, deploys, writes
from tests.verdicts.alignment.laid import OTHER, offsets, route, row, site

ELSEWHERE = STORE[:-1] + "2"
ROUTES = "r:routes"
BEGINS = (0, 400, 950, 1300)

Operation = list[dict[str, object]]


def runs(store: str, caller: str) -> pl.DataFrame:
    """The calls of four runs of a stack with plain keys, which tell no run from the next."""
    tape = Tape(store)
    for begin in BEGINS:
        tape.write(begin, puts=["a:metadata"], caller=caller)
        tape.write(begin + 20, puts=[ROUTES], caller=caller)
    name = pl.format("{}-{}", pl.col("event_id"), pl.lit(store[-1]))
    return tape.calls().with_columns(event_id=name, source_ip=pl.lit(f"198.51.100.{store[-1]}"))


def logs(name: str, ahead: float, store: str) -> list[Operation]:
    """Their logs, by the clock of one machine."""
    return [
        operation
        for number, begin in enumerate(BEGINS)
        for deploy in (f"{name}{number}",)
        for operation in (
            site("a:metadata", begin + ahead, begin + ahead + 1, 1, deploy=deploy, store=store),
            route(ROUTES, begin + ahead + 19, begin + ahead + 21, 2, deploy=deploy, store=store),
        )
    ]


def aligned(calls: pl.DataFrame, *operations: Operation) -> Alignment:
    """The alignment of deploys, each of the group of the first letter of its name."""
    table = writes(*(each for operation in operations for each in operation))
    names = table["deploy"].unique(maintain_order=True)
    group = names.str.slice(0, 1).rank("dense").cast(OF_DEPLOYS["group"])
    groups = pl.DataFrame({"deploy": names, "group": group}, OF_DEPLOYS)
    return align(table, deploys(*names), calls, groups=groups, homes=homes_of(calls))


def test_the_logs_of_each_group_vote_for_themselves() -> None:
    calls = pl.concat([runs(STORE, CI), runs(ELSEWHERE, OTHER)]).sort("store", "at")
    ours, theirs = logs("a", 582, STORE), logs("b", -300, ELSEWHERE)
    both = aligned(calls, *ours, *theirs)
    assert set(both.table["basis"]) == {"group"}
    assert (offsets(both, "a0"), offsets(both, "b0")) == ([(581, 584)], [(-301, -298)])
    assert "4 deploys of these logs share one offset" in row(both, "a0")["note"]
    alone = pl.concat(
        aligned(calls.filter(pl.col("store") == store), *mine).table
        for store, mine in ((STORE, ours), (ELSEWHERE, theirs))
    )
    assert both.table.rows() == alone.rows()


def test_a_writer_is_described_by_the_calls_of_the_deploy() -> None:
    """One role deploys two stacks, from two addresses."""
    calls = pl.concat([runs(STORE, CI), runs(ELSEWHERE, CI)]).sort("store", "at")
    both = aligned(calls, *logs("a", 0, STORE), *logs("b", 0, ELSEWHERE))
    addresses = both.table.explode("writers")["writers"].struct.field("ip").to_list()
    assert addresses == [f"198.51.100.{STORE[-1]}"] * 4 + ["198.51.100.2"] * 4


def test_a_list_of_a_text_is_sought_in_the_store_of_its_entry() -> None:
    """In another store a list is written when the route's operation ran; in its own nobody wrote one."""
    own, other = Tape(STORE), Tape(ELSEWHERE)
    own.write(0, puts=["ab12:metadata", "ab12:/x"])
    other.write(20, puts=[ROUTES])
    calls = pl.concat([own.calls(), other.calls().with_columns(event_id=pl.lit("other"))]).sort("store", "at")
    text = {"pattern": True, "store": None, "exact": False}
    table = writes(
        *site("ab12:*", 0, 1, 1, op="create", **text),
        *route("*:routes", 19, 21, 2, entry="host,ab12,x", **text),
    )
    known = deploys("d1").with_columns(
        started_at=pl.lit(at(-5)).cast(pl.Datetime("us", "UTC")),
        ended_at=pl.lit(at(30)).cast(pl.Datetime("us", "UTC")),
    )
    matched = [row(align(table, known, calls, homes=homes))["matched"] for homes in (homes_of(calls), None)]
    assert matched == [1, 2]


def test_a_list_of_a_namespace_that_very_many_stores_have_is_sought_in_none() -> None:
    """Otherwise each such write would have a row for each of them."""
    text = {"pattern": True, "store": None, "exact": False}
    table = writes(
        *(each for n in range(3) for each in route("*:routes", 0, 1, n, entry="host,ab12,x", **text))
    )
    stores = [f"{STORE[:-4]}{number:04d}" for number in range(MOST_STORES + 1)]
    for count, expected in ((MOST_STORES, 3 * MOST_STORES), (MOST_STORES + 1, 3)):
        homes = pl.DataFrame(
            {"store": stores[:count], "namespace": "ab12", "lists": False, "put": True}, schema=HOMES
        )
        assert possible_stores(table, deploys("d1"), homes).height == expected
