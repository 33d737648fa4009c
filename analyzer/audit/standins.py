"""Stand-ins until the branches logparts, trailparts and groups are merged."""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import polars as pl

from analyzer.api import _covered, _strange_trail
from analyzer.audit.tables import AUDIT_DEPLOYS, AUDIT_FINDINGS, AUDIT_WRITES
from analyzer.audit.unit import Judged
from analyzer.gate.passing import passed
from analyzer.gate.terms import Terms
from analyzer.logs.clocks import clocked
from analyzer.logs.deploys import FORMS, LOG_DEPLOYS, deploys_of
from analyzer.logs.merge import merged
from analyzer.logs.read import Logs, LogScan, _needed_of
from analyzer.logs.text.planned import with_plans
from analyzer.redaction.table import redacted_tables
from analyzer.rules.interface import Case
from analyzer.tables import CALLS, EVENTS, INPUTS, empty, from_columns
from analyzer.trail.calls.chain import chain as chain_of
from analyzer.trail.coverage.stores import stores as stores_of
from analyzer.trail.read import Reading, read_trail
from analyzer.trail.trail import Trail
from analyzer.trail.usable import is_blank
from analyzer.verdicts.judge import judge
from analyzer.writes.intended import intended_writes


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
    mine = pl.col("store").is_in(list(stores)) | (pl.col("store").is_null() & without_store)
    calls = pl.concat([empty(CALLS), *(part.calls.filter(mine) for part in parts)])
    firsts = calls.select("event_id", "source").unique("event_id", keep="first", maintain_order=True)
    calls = calls.join(firsts, on=["event_id", "source"], how="semi", maintain_order="left")
    return calls.sort("store", "at", "event_id", "key", "effect", nulls_last=True, maintain_order=True)


def groups(writes, deploys, homes, requests, sets):
    parent = {}

    def root(node):
        while parent.setdefault(node, node) != node:
            node = parent[node]
        return node

    for a, b in sets.select("deploy", pl.format("set {}", "set")).rows():
        parent[root(b)] = root(a)
    for a, b in writes.select("deploy", "store").drop_nulls().rows():
        parent[root("store " + b)] = root(a)
    numbers = {}
    of_deploys = {d: numbers.setdefault(root(d), len(numbers)) for d in deploys["id"]}
    stores = {*writes["store"].drop_nulls(), *homes["store"].drop_nulls()}
    of_stores = {s: numbers.setdefault(root("store " + s), len(numbers)) for s in sorted(stores)}
    return of_deploys, of_stores


def judge_pack(logs, calls, stores, trail, listings, keys, has_trail) -> Judged:
    intended = intended_writes(logs.events, logs.deploys)
    numbered = intended.with_columns(
        new=pl.format("{}:{}", "deploy", pl.int_range(1, pl.len() + 1).over("deploy"))
    )
    chain = chain_of(calls)
    judgement = judge(
        intended, logs.deploys, calls, chain, reach=trail.reach, has_trail=has_trail, keep=None
    )
    new = dict(numbered.select("id", "new").rows())
    writes = intended.join(judgement.verdicts, left_on="id", right_on="write", how="left", maintain_order="left")
    case = Case(
        deploys=logs.deploys,
        writes=writes,
        evidence=judgement.evidence,
        calls=calls,
        stores=stores_of(calls, chain),
        inputs=logs.inputs,
        alignments=judgement.alignments,
        events=logs.events,
    )
    findings = passed(case, Terms(), unread=False).findings
    of = logs.deploys.select("app", "stage", "tool_version", deploy="id", deployed_at="started_at")
    renamed = lambda table, name: table.with_columns(pl.col(name).replace(new))
    writes = (
        writes.join(judgement.remedies, left_on="id", right_on="write", how="left", maintain_order="left")
        .join(of, on="deploy", how="left", maintain_order="left")
        .with_columns(place="store")
    )
    told = intended.group_by(id="deploy").agg(stores=pl.col("store").drop_nulls().unique().sort())
    deploys = logs.deploys.join(told, on="id", how="left", maintain_order="left").with_columns(
        pl.col("stores").fill_null([]), evidence_kind=pl.lit("event_log"), told_errors=pl.lit(None, pl.Int64)
    )
    tables = {
        "deploys": deploys.select(AUDIT_DEPLOYS.names()),
        "writes": renamed(writes, "id").select(AUDIT_WRITES.names()),
        "calls": calls,
        "chains": chain,
        "alignments": judgement.alignments,
        "findings": renamed(findings.join(of, on="deploy", how="left", maintain_order="left"), "write").select(AUDIT_FINDINGS.names()),
        "evidence": renamed(judgement.evidence, "write"),
        "settle": renamed(judgement.settle, "write"),
        "events": logs.events,
        "stores": stores_of(calls, chain),
    }
    nothing = pl.DataFrame(schema={"source": pl.String(), "problem": pl.String()})
    return Judged(redacted_tables(tables), nothing, pl.DataFrame(schema={"source": pl.String(), "duplicates": pl.Int64()}))


def stack_sets(deploys):
    table = pl.concat(part.select("id", "stack", "update_id") for part in deploys)
    return table.select(deploy="id", set=pl.col("stack").fill_null("").rank("dense").cast(pl.Int64))
