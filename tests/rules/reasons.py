"""Cases for the rules about the why: engine events of key-value resources, calls and evidence, by hand."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from analyzer.rules.registry import run
from analyzer.tables import ALIGNMENTS, CALLS, EVENTS, EVIDENCE
from tests.reports.made import DEPLOY, LOG, STORE, TRAIL, at, case, table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import polars as pl

    from analyzer.rules.interface import Case

Row = dict[str, object]
OTHER = "arn:aws:cloudfront::111122223333:key-value-store/aaaabbbb-0000-0000-0000-000000000000"
CI = "arn:aws:sts::111122223333:assumed-role/sst-ci/run"


def keys(namespace: str | None, entries: Mapping[str, str] | None = None, store: str = STORE) -> Row:
    """Inputs or outputs of a KvKeys."""
    return {"store": store, "namespace": namespace, "entries": dict(entries or {})}


def route(namespace: str, entry: str, store: str = STORE) -> Row:
    """Inputs or outputs of a KvRoutesUpdate."""
    return {"store": store, "namespace": namespace, "key": "routes", "entry": entry}


def step(name: str, *, new: Row | None = None, old: Row | None = None, **differs: object) -> Row:
    """An engine event: a step of an SST resource that is done."""
    sst = "KvRoutesUpdate" if name.endswith("RoutesUpdate") else "KvKeys"
    urn = f"urn:pulumi:prod::shop::pulumi-nodejs:dynamic:Resource::{name}.sst.aws.{sst}"
    return {
        "deploy": "d1",
        "source": LOG,
        "line": 10,
        "kind": "done",
        "op": "update" if new and old else "create" if new else "delete",
        "urn": urn,
        "type": "pulumi-nodejs:dynamic:Resource",
        "name": f"{name}.sst.aws.{sst}",
        "new": json.dumps({"inputs": new, "outputs": new}) if new else None,
        "old": json.dumps({"inputs": old, "outputs": old}) if old else None,
    } | differs


def call(event: str, api: str = "UpdateKeys", key: str | None = "7c62:metadata", **differs: object) -> Row:
    """A row of CALLS: one that AWS refused, unless it is said to be `ok`."""
    return {
        "store": STORE,
        "event_id": event,
        "at": at(1, 10),
        "api": api,
        "effect": "read" if api in ("GetKey", "ListKeys") else "put",
        "key": key,
        "ok": False,
        "error_code": "AccessDeniedException",
        "caller": CI,
        "access_key": "ASIA1",
        "source": TRAIL,
    } | differs


def cites(write: str, event: str) -> Row:
    """Evidence of a write: a call."""
    return {"write": write, "order": 1, "kind": "call", "source": f"{TRAIL}#{event}", "detail": "x"}


def aligned(deploy: str = "d1", begin: int = 0, end: int = 3) -> Row:
    """A row of ALIGNMENTS: the deploy is `CI`'s, between two minutes."""
    principal, session = CI.rsplit("/", 1)
    writer = {
        "principal": principal,
        "session": session,
        "access_key": "ASIA1",
        "ip": None,
        "user_agent": None,
    }
    offsets = [{"low": 0, "high": 0}]
    return {
        "deploy": deploy,
        "state": "aligned",
        "offsets": offsets,
        "writers": [writer],
        "rivals": [],
        "at": at(begin),
        "until": at(end),
    }


def made(  # noqa: PLR0913 - a parameter for each table
    writes: Sequence[Row] = (),
    *,
    events: Sequence[Row] = (),
    calls: Sequence[Row] = (),
    evidence: Sequence[Row] = (),
    alignments: Sequence[Row] = (),
    deploys: Sequence[Mapping[str, object]] = (DEPLOY,),
) -> Case:
    return replace(
        case(writes, deploys),
        events=table(EVENTS, events),
        calls=table(CALLS, calls),
        evidence=table(EVIDENCE, evidence),
        alignments=table(ALIGNMENTS, alignments),
    )


def found(code: str, known: Case) -> pl.DataFrame:
    """The findings of one rule."""
    findings = run(known)
    return findings.filter(findings["code"] == code)


def told(code: str, known: Case) -> list[tuple[str, str, str]]:
    """(severity, confidence, message) of the findings of one rule."""
    rows: list[tuple[str, str, str]] = found(code, known).select("severity", "confidence", "message").rows()
    return rows
