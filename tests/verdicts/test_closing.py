"""What the ETag of a listing adds to the chain, and what the chain says of a listing's time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.tables import CHAIN, KEYS, LISTINGS, empty, from_columns
from analyzer.trail.calls.chain import chain
from analyzer.verdicts.closing import closed_chain, dated
from analyzer.verdicts.judge import Judgement, judge
from tests.build import STORE, Tape, at, deploys, write, writes

if TYPE_CHECKING:
    from datetime import datetime

    import polars as pl


def listings(*rows: tuple[float, str | None], at_by: str = "file", bare: bool = False) -> pl.DataFrame:
    """LISTINGS by their seconds and ETags."""
    columns: dict[str, list[object]] = {
        "listing": list(range(1, len(rows) + 1)),
        "source": ["keys.json"] * len(rows),
        "store": [STORE] * len(rows),
        "store_by": ["file"] * len(rows),
        "at": [at(second) for second, _ in rows],
        "at_by": [at_by] * len(rows),
        "items": [0] * len(rows),
        "etag": [etag for _, etag in rows],
        "bare": [bare] * len(rows),
    }
    return from_columns(columns, LISTINGS)


def links(tape: Tape, found: pl.DataFrame) -> list[tuple[str, datetime, int, int]]:
    """The links that are listings: `event_id, at, run, position`."""
    whole = closed_chain(chain(tape.calls()), found)
    assert whole.schema == CHAIN
    return [row for row in whole.select("event_id", "at", "run", "position").rows() if ":" in row[0]]


def two_writes() -> Tape:
    tape = Tape()
    tape.write(0, puts=["a"])
    tape.write(60, puts=["b"])
    return tape


def test_a_listing_with_the_last_etag_closes_the_chain() -> None:
    assert links(two_writes(), listings((600, "KV2"))) == [("listing:1", at(600), 0, 2)]
    assert links(two_writes(), listings((900, "KV2"), (600, "KV2"))) == [
        ("listing:2", at(600), 0, 2),
        ("listing:1", at(900), 0, 3),
    ]


def test_a_listing_with_the_etag_that_the_first_call_replaced_opens_it() -> None:
    assert links(two_writes(), listings((-600, "KV0"))) == [("listing:1", at(-600), 0, -1)]


def test_other_listings_link_nothing() -> None:
    for second, etag in ((600, None), (600, "KV9"), (30, "KV1"), (10, "KV2"), (10, "KV0")):
        assert links(two_writes(), listings((second, etag))) == [], (second, etag)
    assert links(two_writes(), listings((600, "KV2"), at_by="mtime")) == [], "a copied file is newer"


def test_a_listing_before_a_gap_closes_the_run_before_it() -> None:
    tape = two_writes()
    tape.write(900, puts=["c"], recorded=False)
    tape.write(1200, puts=["d"])
    assert links(tape, listings((600, "KV2"))) == [("listing:1", at(600), 0, 2)]
    assert links(tape, listings((1800, "KV2"))) == [], "by its time it is from after a later write"
    assert links(tape, listings((1000, "KV3"))) == [("listing:1", at(1000), 1, -1)]


def test_an_etag_that_two_records_claim_closes_nothing() -> None:
    tape = two_writes()
    tape.etag = "KV1"
    tape.write(61, puts=["c"])
    assert links(tape, listings((600, "KV2"))) == []


def test_the_etag_dates_a_listing_whose_time_is_wrong() -> None:
    tape = two_writes()
    for second, etag, expected in (
        (600, "KV1", (at(0), "chain")),  # a call that is older than the listing's time replaced the ETag
        (-600, "KV2", (at(60), "chain")),
        (30, "KV1", (at(30), "file")),
        (600, "KV2", (at(600), "file")),
        (600, "KV9", (at(600), "file")),
        (60.5, "KV1", (at(60.5), "file")),  # times of records are cut to seconds
    ):
        (row,) = dated(listings((second, etag)), chain(tape.calls())).select("at", "at_by").rows()
        assert row == expected, (second, etag)


def judged(tape: Tape, found: pl.DataFrame) -> Judgement:
    calls = tape.calls()
    return judge(
        writes(write("ns:routes", 30, 32, entry="e")),
        deploys("d1"),
        calls,
        chain(calls),
        reach=at(14400),
        has_trail=True,
        listings=found,
        keys=empty(KEYS),
    )


def before_alone() -> Tape:
    tape = Tape()
    tape.write(-7200, puts=["other"])
    return tape


def test_absence_is_proven_up_to_a_listing_with_the_last_etag() -> None:
    found = judged(before_alone(), listings((7200, "KV1")))
    assert found.verdicts["verdict"].to_list() == ["dropped"]
    (line,) = found.evidence.filter(kind="chain", source="keys.json")["detail"]
    assert line == "the listing bears the ETag of the last call (KV1): nothing was written since"


def test_a_time_that_only_the_user_says_proves_nothing() -> None:
    found = judged(before_alone(), listings((7200, "KV1"), at_by="user"))
    assert found.verdicts.select("verdict", "confidence").rows() == [("dropped", "high")]


def test_a_description_closes_the_chain_and_is_no_empty_store() -> None:
    described = judged(before_alone(), listings((7200, "KV1"), bare=True))
    assert described.verdicts["verdict"].to_list() == ["dropped"]
    assert described.evidence.filter(kind="keys").is_empty()
    assert judged(before_alone(), listings((7200, "KV9"), bare=True)).verdicts["verdict"].to_list() == [
        "unverifiable"
    ]


def test_a_file_without_a_time_proves_nothing_by_the_last_etag_and_settle_asks_for_its_time() -> None:
    """It was made after the last call, but perhaps before the operation: a copy is newer than what it holds."""
    found = judged(before_alone(), listings((7200, "KV1"), at_by="mtime", bare=True))
    assert found.verdicts["cause"].to_list() == ["chain_not_closed"]
    assert found.settle["what"][0] == (
        "when keys.json was made (--keys-at): its ETag is that of the last available call, so nothing was written from "
        "that call until then"
    )


def test_a_file_that_would_close_nothing_is_not_asked_about() -> None:
    dated_one = (7200, "KV1")
    for rows, at_by in (([(7200, "KV9")], "mtime"), ([(7200, "KV0")], "mtime"), ([dated_one], "file")):
        found = judged(before_alone(), listings(*rows, at_by=at_by))
        assert not found.settle["what"].str.contains("--keys-at", literal=True).any(), rows
