"""Stand-ins until the branches logparts, trailparts and groups are merged."""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import polars as pl

from analyzer.logs.clocks import clocked
from analyzer.logs.deploys import FORMS, LOG_DEPLOYS, deploys_of
from analyzer.logs.merge import merged
from analyzer.logs.read import Logs, LogScan, _needed_of
from analyzer.logs.text.planned import with_plans
from analyzer.tables import CALLS, EVENTS, INPUTS, empty, from_columns
from analyzer.trail.read import Reading, read_trail
from analyzer.trail.trail import Trail


@dataclass(frozen=True, slots=True)
class LogPart:
    events: pl.DataFrame
    deploys: pl.DataFrame
    inputs: pl.DataFrame


class Scan(LogScan):
    def _new_id(self, name, number):
        found = re.findall(r"(?<![0-9a-f])[0-9a-f]{24}(?![0-9a-f])", name)
        digits = sha256(name.encode(errors="surrogatepass")).hexdigest()[:12]
        return f"{found[-1] if found else 'deploy'}-{digits}"


def read_log_part(sources, unusable, identities) -> LogPart:
    scan = Scan(sources, unusable, prefilter=True, identities=identities)
    events = with_plans(_needed_of(scan))
    log_deploys = deploys_of(events, pl.DataFrame(scan.forms, FORMS, orient="row"))
    return LogPart(*clocked(events, log_deploys), scan.inputs)


def assembled(parts):
    events = pl.concat([empty(EVENTS), *(part.events for part in parts)])
    log_deploys = pl.concat([empty(LOG_DEPLOYS), *(part.deploys for part in parts)])
    inputs = pl.concat([empty(INPUTS), *(part.inputs for part in parts)])
    name = pl.col("sources").list.first().str.replace_all("/", "\0", literal=True)
    log_deploys = log_deploys.sort(name, maintain_order=True)
    rank = log_deploys.select(deploy="id").with_row_index("rank")
    events = events.join(rank, on="deploy", how="left").sort("rank", maintain_order=True).drop("rank")
    events, deploys = merged(events, log_deploys)
    return Logs(events, deploys, inputs)


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


def stack_sets(deploys):
    table = pl.concat(part.select("id", "stack", "update_id") for part in deploys)
    return table.select(deploy="id", set=pl.col("stack").fill_null("").rank("dense").cast(pl.Int64))
