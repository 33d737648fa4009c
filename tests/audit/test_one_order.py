"""The report of one deploy, out of tables whose rows a catalogue keeps in its own order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl

from analyzer.audit.one import months_of, report_of_one
from analyzer.audit.tables import TABLES
from analyzer.tables import conform, empty

AT = datetime(2026, 1, 31, 23, 40, tzinfo=UTC)
STORE = "arn:aws:cloudfront::111122223333:key-value-store/one"


def of(name: str, *rows: dict[str, object]) -> pl.DataFrame:
    schema = TABLES[name]
    known = [{column: row.get(column) for column in schema} for row in rows]
    return conform(pl.DataFrame(known, schema=schema), schema)


def tables() -> dict[str, pl.DataFrame]:
    """A deploy and three calls of its time, in the order of the names of their events, which is not that of time."""
    names = ("c", "a", "b")
    calls = [
        {"store": STORE, "event_id": name, "at": AT + timedelta(seconds=number), "effect": "put", "ok": True}
        for number, name in enumerate(names)
    ]
    chain = [
        {"store": STORE, "event_id": name, "at": AT + timedelta(seconds=number), "run": 0, "position": number}
        for number, name in enumerate(names)
    ]
    deploy = {"id": "d", "started_at": AT, "ended_at": AT + timedelta(minutes=1), "stores": [STORE]}
    made = {name: empty(schema) for name, schema in TABLES.items()}
    return {
        **made,
        "deploys": of("deploys", deploy),
        "calls": of("calls", *calls).sort("event_id"),
        "chains": of("chains", *chain).sort("event_id"),
    }


def test_calls_and_chain_of_a_page_are_in_the_order_of_the_store_whatever_that_of_the_catalogue_is() -> None:
    background = report_of_one("d", tables()).background
    assert background is not None
    assert background.calls["event_id"].to_list() == ["c", "a", "b"]
    assert background.chain["event_id"].to_list() == ["c", "a", "b"]


def test_the_months_of_a_page_are_those_around_its_deploy_and_of_its_evidence() -> None:
    late = of("evidence", {"write": "d:1", "order": 0, "at": AT + timedelta(days=90)})
    made = tables()
    assert months_of(made["deploys"], made["alignments"], late) == {"2026-01", "2026-02", "2026-05"}


def test_a_deploy_of_unknown_time_needs_the_months_of_its_evidence_alone() -> None:
    late = of("evidence", {"write": "d:1", "order": 0, "at": AT}, {"write": "d:1", "order": 1, "at": None})
    made = tables()
    unknown = of("deploys", {"id": "d", "stores": [STORE]})
    assert months_of(unknown, made["alignments"], late) == {"2026-01"}
