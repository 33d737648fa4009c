"""Stand-ins until the branches logparts, trailparts and groups are merged."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import polars as pl

from analyzer.tables import CALLS, EVENTS, INPUTS, empty, from_columns
from analyzer.trail.read import Reading, read_trail
from analyzer.trail.trail import Trail


@dataclass(frozen=True, slots=True)
class TrailPart:
    calls: pl.DataFrame
    facts: bytes


def read_trail_part(sources, how) -> TrailPart:
    trail = read_trail(list(sources), (), how)
    facts = {
        "first": trail.first,
        "reach": trail.reach,
        "accounts": sorted(trail.accounts),
        "regions": sorted(trail.regions),
        "inputs": trail.inputs.to_dicts(),
    }
    return TrailPart(trail.calls, msgspec.json.encode(facts))


def store_part(part, folder: Path) -> None:
    folder.mkdir(0o700)
    part.calls.write_parquet(folder / "calls.parquet")
    (folder / "facts.json").write_bytes(part.facts)


def load_part(folder: Path):
    return TrailPart(pl.read_parquet(folder / "calls.parquet"), (folder / "facts.json").read_bytes())


def across(parts):
    return None


def trail_facts(parts, found, unread, how) -> Trail:
    from datetime import datetime

    facts = [msgspec.json.decode(part.facts) for part in parts]
    time = lambda text: text and datetime.fromisoformat(text)
    rows = [row for each in facts for row in each["inputs"]]
    return Trail(
        empty(CALLS),
        from_columns({name: [row[name] for row in rows] for name in INPUTS}, INPUTS),
        min((time(each["first"]) for each in facts if each["first"]), default=None),
        max((time(each["reach"]) for each in facts if each["reach"]), default=None),
        frozenset(one for each in facts for one in each["accounts"]),
        frozenset(one for each in facts for one in each["regions"]),
    )


def calls_of_stores(parts, found, stores, *, without_store=False):
    mine = (
        pl.lit(True)
        if stores is None
        else pl.col("store").is_in(list(stores)) | (pl.col("store").is_null() & without_store)
    )
    calls = pl.concat([empty(CALLS), *(part.calls.filter(mine) for part in parts)])
    firsts = calls.select("event_id", "source").unique("event_id", keep="first", maintain_order=True)
    calls = calls.join(firsts, on=["event_id", "source"], how="semi", maintain_order="left")
    return calls.sort("store", "at", "event_id", "key", "effect", nulls_last=True, maintain_order=True)
