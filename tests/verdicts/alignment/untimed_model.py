"""Stacks that are deployed again and again, with logs that have no times: how often each log is aligned rightly.

Run as a program, it prints a table like that of docs/facts/alignment.md#3-text-without-times.
The model is theirs: sites that write their keys and a list of routes, redeploys that write all or some of them, a
minute or an hour apart, delays that vary from run to run, drops, lost records, deploys that are not in the trail.
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from analyzer.resources.namespace import namespace
from analyzer.tables import CALLS, DEPLOYS, WRITES, from_columns
from analyzer.verdicts.alignment.untimed import align_untimed
from tests.build import at

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import polars as pl

Row = dict[str, object]


@dataclass(frozen=True, slots=True)
class World:
    """What the deploys of a stack are like."""

    deploys: int = 1
    close: float = 0.0  # share that follows the one before within two minutes
    missing: float = 0.0  # share of records that are lost
    absent: float = 0.0  # share of deploys whose calls are in no trail
    dropped: float = 0.0  # share of writes that are never made
    accounts: int = 1  # of the same app and stage; the trail has the first


@dataclass(frozen=True, slots=True)
class Told:
    """What is known of a run beside its steps."""

    dots: bool = True
    end: bool = False  # when it ended, as an update object says


@dataclass(slots=True)
class Run:
    """One deploy: its log as WRITES and DEPLOYS, its calls, and whether these are in the trail."""

    writes: list[Row] = field(default_factory=list)
    deploy: Row = field(default_factory=dict)
    calls: list[Row] = field(default_factory=list)
    present: bool = True


def stack(draw: random.Random, world: World, name: str) -> list[Run]:
    """The runs of one stack, in the order of time."""
    sites = [f"Site{letter}" for letter in "ABCDEFGH"[: draw.randint(1, 8)]]
    routed = [site for site in sites if draw.random() < 0.7]
    delays = {site: draw.uniform(3, 55) for site in sites}
    runs: list[Run] = []
    for account in range(world.accounts):
        store = f"arn:aws:cloudfront::{account + 1:012}:key-value-store/{name}"
        begin = draw.uniform(0, 3600)
        born: set[str] = set()
        for number in range(world.deploys):
            if number:
                close = draw.random() < world.close
                begin += draw.uniform(30, 120) + 60 if close else draw.uniform(600, 40_000)
            some = (
                sites
                if not number or draw.random() < 0.5
                else draw.sample(sites, draw.randint(1, len(sites)))
            )
            one = Run(present=account == 0 and draw.random() >= world.absent)
            _run(
                draw,
                world,
                one,
                place=(name, store, account, number),
                begin=begin,
                sites=some,
                routed=routed,
                delays=delays,
                born=born,
            )
            runs.append(one)
    return runs


def _run(  # noqa: PLR0913 - what a run is made of
    draw: random.Random,
    world: World,
    one: Run,
    *,
    place: tuple[str, str, int, int],
    begin: float,
    sites: Sequence[str],
    routed: Sequence[str],
    delays: Mapping[str, float],
    born: set[str],
) -> None:
    name, store, account, number = place
    last = 0.0
    deploy = f"{name}-{account}-{number}"
    caller = f"arn:aws:sts::{account + 1:012}:assumed-role/ci/GitHubActions"
    for site in sites:
        prefix = namespace(name, site)
        start = delays[site] * draw.uniform(0.85, 1.15)
        steps = [("sst:aws:KvKeys", f"{prefix}:*", "put", f"{prefix}:metadata")]
        if site in routed:
            steps.append(("sst:aws:KvRoutesUpdate", "*:routes", "append", "ffff:routes"))
        for kind, pattern, action, written in steps:
            took = draw.uniform(0.3, 2.5)
            operation = len(one.writes)
            one.writes.append(
                {
                    "id": f"{deploy}-w{operation}",
                    "deploy": deploy,
                    "operation": operation,
                    "type": kind,
                    "name": f"{site}{kind[8:]}",
                    "op": "update" if pattern in born or action == "append" else "create",
                    "action": action,
                    "key": pattern,
                    "pattern": True,
                    "reported": "succeeded",
                    "exact": False,
                    "line": 1000 * (start + took),
                    "tick_start": int(start),
                    "tick_end": int(start + took),
                }
            )
            call = begin + start + draw.uniform(0.6, 1.0) * took
            record = {
                "store": store,
                "event_id": f"{deploy}-{operation}",
                "at": at(int(call)),
                "api": "UpdateKeys",
                "effect": "put",
                "key": written,
                "ok": True,
                "caller": caller,
                "access_key": f"ASIA{deploy}",
                "account": f"{account + 1:012}",
            }
            read = {"event_id": f"{deploy}-{operation}-read", "api": "GetKey", "effect": "read"}
            made = [record | read] if action == "append" else []  # SST reads a list before it writes it
            if draw.random() >= world.dropped:
                born.add(pattern)
                made.append(record)
            one.calls += [row for row in made if draw.random() >= world.missing]
            start += took + draw.uniform(0, 0.5)
            last = max(last, start)
    end = last + draw.uniform(0.5, 4)
    one.deploy = {
        "id": deploy,
        "app": name.split("-")[0],
        "stack": name,
        "form": "text",
        "duration": int(end) + 1,
        "ticks": int(end),
        "ended_at": at(begin + end + draw.uniform(0, 2)),
    }


def told(one: Run, known: Told) -> tuple[pl.DataFrame, pl.DataFrame]:
    """WRITES and DEPLOYS of a run, as far as its log and what lies beside it tell."""
    deploy = one.deploy | ({} if known.end else {"ended_at": None})
    rows = sorted(one.writes, key=lambda row: float(str(row["line"])))
    lined = [row | {"line": number} for number, row in enumerate(rows)]
    if not known.dots:
        deploy["ticks"] = None
        lined = [row | {"tick_start": None, "tick_end": None} for row in lined]
    writes = from_columns({name: [row.get(name) for row in lined] for name in WRITES}, WRITES)
    return writes, from_columns({name: [deploy.get(name)] for name in DEPLOYS}, DEPLOYS)


def results(world: World, known: Told, seeds: Sequence[int]) -> Iterator[tuple[bool, str]]:
    """Of each run: whether the trail has it, and `right`, `wrong`, or the state it was given."""
    for seed in seeds:
        draw = random.Random(seed)  # noqa: S311 - the same for all time
        runs = stack(draw, world, f"shop{seed}-prod")
        rows = [row for one in runs if one.present for row in one.calls]
        calls = from_columns({name: [row.get(name) for row in rows] for name in CALLS}, CALLS)
        for one in runs:
            found = align_untimed(*told(one, known), calls)
            state = found.table["state"][0]
            if state == "aligned":
                key = found.writers["access_key"][0]
                state = "right" if one.present and key == f"ASIA{one.deploy['id']}" else "wrong"
            yield one.present, state


WORLDS = {
    "1 deploy a stack": (World(dropped=0.06), 60),
    "3 deploys a stack": (World(deploys=3, dropped=0.06), 40),
    "3, 5 % absent": (World(deploys=3, dropped=0.06, absent=0.05), 40),
    "12, 60 % close": (World(deploys=12, close=0.6, dropped=0.06), 15),
    "12, 10 % missing, 30 % absent": (
        World(deploys=12, close=0.6, dropped=0.06, missing=0.1, absent=0.3),
        15,
    ),
    "two accounts, the trail has one": (World(accounts=2, dropped=0.06), 60),
}
KNOWN = {"dots": Told(), "dots, update id": Told(end=True), "order only": Told(dots=False)}


def main(first: int = 1) -> None:
    """Prints the table."""
    for name, (world, stacks) in WORLDS.items():
        for what, known in KNOWN.items():
            counts = Counter(results(world, known, range(first, first + stacks)))
            total = sum(counts.values())
            states: Counter[str] = Counter()
            for (_, state), count in counts.items():
                states[state] += count
            sys.stdout.write(f"{name} ({total}), {what}: {dict(sorted(states.items()))}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
