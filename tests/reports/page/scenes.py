"""Made-up reports with the tables behind them: a tape of calls, writes with their verdicts, and what proves them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from analyzer.reports.report import Background, Report
from analyzer.tables import LISTINGS
from analyzer.trail.calls.chain import chain
from tests.build import CI, STORE, Tape, at
from tests.reports.made import DEPLOY, LOG, report, table, write

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

NIGHTLY = "arn:aws:sts::111122223333:assumed-role/redirects-job/nightly"
ALIGNED = {
    "deploy": "d1",
    "state": "aligned",
    "offsets": [{"low": -1, "high": 1}],
    "basis": "own_keys",
    "matched": 1,
    "of": 1,
    "misses": 0,
    "extras": 0,
    "writers": [{"principal": CI.rpartition("/")[0], "session": "deploy"}],
    "rivals": [],
}


def proof(  # noqa: PLR0913, PLR0917 - the columns, in their order
    write_id: str, order: int, kind: str, second: float | None, event: str, detail: str
) -> dict[str, object]:
    """A row of EVIDENCE that names a call of the tape."""
    return {
        "write": write_id,
        "order": order,
        "kind": kind,
        "at": None if second is None else at(second),
        "source": f"trail.json#{event}",
        "detail": detail,
    }


def scene(  # noqa: PLR0913 - a parameter for each table
    tape: Tape,
    writes: Sequence[Mapping[str, object]],
    *,
    evidence: Sequence[Mapping[str, object]] = (),
    alignments: Sequence[Mapping[str, object]] = (ALIGNED,),
    listings: Sequence[Mapping[str, object]] = (),
    deploys: Sequence[Mapping[str, object]] = (DEPLOY | {"started_at": at(0), "ended_at": at(60)},),
    stores: Sequence[Mapping[str, object]] = (),
    settle: Sequence[Mapping[str, object]] = (),
) -> Report:
    """A report of these writes with the calls of the tape behind it."""
    made = report(
        writes, evidence=evidence, alignments=alignments, deploys=deploys, stores=stores, settle=settle
    )
    calls = tape.calls()
    behind = Background(calls=calls, chain=chain(calls), listings=table(LISTINGS, listings))
    return replace(made, background=behind)


def route(number: int, operation: int, start: float, end: float, **other: object) -> dict[str, object]:
    """A route that a step of its own was to add."""
    return write(
        number,
        operation=operation,
        store=STORE,
        type="sst:aws:KvRoutesUpdate",
        name=f"Router{operation}RoutesUpdate.sst.aws.KvRoutesUpdate",
        action="append",
        key="7c62:routes",
        entry=f"site,{operation:04d},,/",
        start=at(start),
        end=at(end),
        **other,
    )


def many(*, foreign: int = 60, holes: int = 1, steps: int = 6, batch: int = 50) -> Report:
    """A deploy of large KvKeys steps with calls of another tool between them, and routes that nobody wrote.

    `steps * batch` keys in calls of `batch`, then ten more routes, of which `holes` never came.
    """
    tape = Tape()
    writes: list[dict[str, object]] = []
    evidence: list[dict[str, object]] = []
    nightly = 0

    def others(second: float, count: int) -> None:
        nonlocal nightly
        for _ in range(count):
            if nightly < foreign:
                nightly += 1
                tape.write(second, puts=[f"redirect:/r{nightly}"], caller=NIGHTLY)

    others(-600, 2)
    share = max((foreign - 4) // (steps + 10), 1)
    for step in range(steps):
        second = 2.0 * step
        named = [f"a{step:03d}:/page-{n}.html" for n in range(batch)]
        event = tape.write(second + 1, puts=named)
        writes += [
            write(
                len(writes) + n + 1,
                operation=step,
                store=STORE,
                name=f"Site{step}KvKeys.sst.aws.KvKeys",
                key=key,
                event_id=event,
                start=at(second),
                end=at(second + 1),
            )
            for n, key in enumerate(named)
        ]
        others(second + 1, share)
    begin = 2.0 * steps + 2
    for number in range(10):
        second = begin + 3 * number
        missing = number < holes
        identity = len(writes) + 1
        event = tape.read(second, "7c62:routes")
        made = None if missing else tape.write(second + 1, puts=["7c62:routes"])
        verdict = {"verdict": "dropped", "cause": "never_attempted"} if missing else {"event_id": made}
        writes.append(route(identity, steps + number, second, second + 1, **verdict))
        if missing:
            evidence.append(proof(f"w{identity}", 0, "call", second, event, "GetKey found no such key"))
            evidence.append(proof(f"w{identity}", 1, "chain", second, event, "the chain is unbroken"))
        others(second + 1.5, share)
    others(begin + 40, foreign)
    tape.write(begin + 900, puts=["redirect:/last"], caller=NIGHTLY)
    return scene(tape, writes, evidence=evidence)


__all__ = ["ALIGNED", "LOG", "NIGHTLY", "many", "proof", "route", "scene"]
