"""What came after a write that is not in place."""

from __future__ import annotations

import json

import polars as pl
import pytest

from analyzer.tables import KEYS, LISTINGS, TIME, from_columns
from analyzer.trail.calls.chain import chain
from analyzer.verdicts.judge import Judgement, judge
from tests.build import CI, STORE, Tape, at, deploys, write, writes
from tests.verdicts.judging import OTHER

KEY = "7c62:metadata"


def put(start: float = 10, end: float = 12, **other: object) -> dict[str, object]:
    name = {"name": "SiteKvKeys.sst.aws.KvKeys", "type": "sst:aws:KvKeys", "value": "meant"}
    return write(KEY, start, end, action="put", op="create") | name | other


def judged(
    tape: Tape,
    *rows: dict[str, object],
    known: pl.DataFrame | None = None,
    held: dict[str, str] | None = None,
    listed: float = 3000,
) -> Judgement:
    calls = tape.calls()
    listing: dict[str, list[object]] = {
        "listing": [1],
        "source": ["keys.json"],
        "store": [STORE],
        "store_by": ["file"],
        "at": [at(listed)],
        "at_by": ["file"],
        "items": [len(held or {})],
    }
    keys = [(1, key, value) for key, value in (held or {}).items()]
    table = from_columns(listing, LISTINGS)
    return judge(
        writes(*rows),
        deploys(*sorted({str(row["deploy"]) for row in rows})) if known is None else known,
        calls,
        chain(calls),
        reach=at(7200),
        has_trail=True,
        listings=table if held is not None else table.clear(),
        keys=pl.DataFrame(keys, schema=KEYS, orient="row"),
    )


def status(judgement: Judgement, number: int = 1) -> tuple[str | None, str | None]:
    row = judgement.verdicts.filter(write=f"w{number}").row(0, named=True)
    return row["status"], row["healed_by"]


def dropped() -> Tape:
    """A chain from long before the operation to beyond it, without it."""
    tape = Tape()
    tape.write(-600, puts=["x"])
    tape.write(300, puts=["x"])
    return tape


def test_nothing_came_after_it() -> None:
    found = judged(dropped(), put())
    assert found.verdicts["verdict"].to_list() == ["dropped"]
    assert status(found) == ("open", None)


def test_a_write_that_landed_has_no_status() -> None:
    tape = Tape()
    tape.write(11, puts=[KEY])
    assert status(judged(tape, put())) == (None, None)


def test_a_later_deploy_of_the_logs_heals_it() -> None:
    tape = dropped()
    tape.write(1001, puts=[KEY])
    tape.write(1600, puts=["x"])
    found = judged(tape, put(), put(1000, 1002, deploy="d2"))
    assert found.verdicts["verdict"].to_list() == ["dropped", "landed"]
    assert status(found) == ("healed", f"deploy d2 (UpdateKeys by {CI} at 2025-03-20 12:16:41Z)")
    assert found.remedies.is_empty(), "there is nothing left to do"


def test_somebodys_call_may_have_repaired_it() -> None:
    tape = dropped()
    tape.write(1001, puts=[KEY], caller=OTHER)
    tape.write(1600, puts=["x"])
    found = judged(tape, put())
    assert status(found) == ("maybe_repaired", f"UpdateKeys by {OTHER} at 2025-03-20 12:16:41Z")
    (row,) = found.remedies.to_dicts()
    assert row["remedy"] is not None
    assert row["remedy_note"].startswith("look first: this may have repaired it, UpdateKeys by ")
    (store,) = found.store_remedies.to_dicts()
    assert store["remedy"] is None
    assert "without w1: later calls may have repaired these" in store["remedy_note"]


def test_an_earlier_call_repairs_nothing() -> None:
    tape = Tape()
    tape.write(-7000, puts=[KEY], caller=OTHER)
    tape.write(300, puts=["x"])
    assert status(judged(tape, put()))[0] == "open"


def test_another_routes_write_of_the_list_does_not_heal_an_entry() -> None:
    routes = "7c62:routes"
    tape = dropped()
    tape.write(1001, puts=[routes])
    tape.write(1600, puts=["x"])
    rows = [write(routes, 10, 12, entry="a"), write(routes, 1000, 1002, entry="b", deploy="d2")]
    assert status(judged(tape, *rows)) == ("open", None)


def test_a_listing_that_shows_it_heals_what_the_chain_proves_dropped() -> None:
    found = judged(dropped(), put(), held={KEY: "meant"})
    assert found.verdicts["verdict"].to_list() == ["dropped"]
    assert status(found) == ("healed", "a listing of 2025-03-20 12:50:00Z shows it there")


def test_the_loss_itself_does_not_repair_but_a_put_after_it_may() -> None:
    tape = Tape()
    tape.write(1, puts=["x"])
    tape.write(11, puts=[KEY])
    tape.write(100, deletes=[KEY], caller=OTHER)
    tape.write(300, puts=["x"])
    found = judged(tape, put())
    assert found.verdicts["verdict"].to_list() == ["lost"]
    assert status(found) == ("open", None)
    tape.write(400, puts=[KEY], caller=OTHER)
    assert status(judged(tape, put()))[0] == "maybe_repaired"


def test_the_removal_of_the_stage_leaves_nothing_to_repair() -> None:
    known = deploys("d1", "d2").with_columns(
        stack=pl.lit("shop-prod"),
        command=pl.Series(["update", "destroy"]),
        started_at=pl.Series([at(0), at(2000)], dtype=TIME),
    )
    found = judged(dropped(), put(), known=known)
    assert status(found) == ("healed", "the stage was removed later by deploy d2 (2025-03-20 12:33:20Z)")
    assert found.remedies.is_empty()


def test_the_deletion_of_the_whole_namespace_is_told() -> None:
    tape = Tape()
    tape.write(-600, puts=["7c62:other"])
    tape.write(300, puts=["x"])
    tape.write(2000, deletes=["7c62:other"])
    rows = [put(), write("7c62:other", 1000, 1001, action="put")]
    kind, by = status(judged(tape, *rows))
    assert kind == "maybe_repaired"
    assert "was deleted later, as the removal of the stage does: UpdateKeys by" in (by or "")


@pytest.mark.parametrize("verdict", ["errored"])
def test_what_failed_and_was_deployed_again_is_healed(verdict: str) -> None:
    tape = Tape()
    tape.write(-600, puts=["x"])
    tape.write(11, puts=[KEY], error="ThrottlingException")
    tape.write(1001, puts=[KEY])
    tape.write(1600, puts=["x"])
    found = judged(tape, put(reported="failed"), put(1000, 1002, deploy="d2"))
    assert found.verdicts["verdict"].to_list() == [verdict, "landed"]
    assert status(found)[0] == "healed"
    assert json.dumps(found.remedies["write"].to_list()) == "[]"
