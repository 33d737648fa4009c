"""Several worlds as one history: their logs, trails and listings, read together as an audit reads them.

The worlds know nothing of each other, but for what they happen to share: accounts, roles, sessions, names of apps and
stages, namespaces, and the same hours. So what is judged of one must not hang on the others.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import TYPE_CHECKING
from unittest.mock import patch

import polars as pl

from analyzer.audit.case import Concluded, Material, concluded
from analyzer.audit.unit import named_writes
from analyzer.logs.read import Logs, read_logs
from analyzer.rules.registry import codes, run
from analyzer.sources.contain import contents
from analyzer.sources.find import find
from analyzer.store.fit import fitted
from analyzer.store.listing import read_listings
from analyzer.trail.read import Reading, read_trail
from analyzer.verdicts.groups import Groups, groups
from analyzer.verdicts.homes import homes_of, homes_of_listings, requests_of
from analyzer.verdicts.wild_lists import has_few_lists
from tests.world import trail
from tests.world.chance import seeded
from tests.world.hostile import ci
from tests.world.hostile.ci import dotted_text
from tests.world.hostile.switches import ALL
from tests.world.logs import event_log, pulumi_text, terminal_text
from tests.world.scenario import World as Making
from tests.world.scenario import scenario

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from tests.world.deploy import Deploy

ACCOUNTS = ("111122223333", "444455556666")


@dataclass(frozen=True, slots=True)
class World:
    """One of them: what it is made from, how its app is called, and in which account it is."""

    seed: int
    app: str = "shop"
    account: str = ACCOUNTS[0]


def united(worlds: Sequence[World], folder: Path) -> Material:
    """The worlds, written to `folder` and read together."""
    for number, world in enumerate(worlds):
        written(world, folder, number)
    sources, missing = find([folder / "logs"])
    plain, refused = contents(sources)
    logs = read_logs(plain, [*missing, *refused])
    recorded = read_trail(*find([folder / "trail"]), Reading(thorough=True))
    listed = read_listings(sorted((folder / "keys").glob("*.json")), at=None)
    writes = named_writes(logs)
    listings, _ = fitted(listed.table, listed.keys, writes, recorded.calls)
    return Material(logs, writes, recorded, has_trail=True, listings=listings, keys=listed.keys)


def in_groups(whole: Material) -> Iterator[Material]:
    """What each group of `whole` is judged by."""
    calls, writes, deploys = whole.trail.calls, whole.writes, whole.logs.deploys
    tied = groups_of(whole)
    for group in tied.deploys["group"].unique(maintain_order=True):
        ids = tied.deploys.filter(group=group)["deploy"].implode()
        stores = tied.stores.filter(group=group)["store"].implode()
        mine = deploys.filter(pl.col("id").is_in(ids))
        sources = mine["sources"].explode(empty_as_null=True, keep_nulls=True).implode()
        logs = Logs(
            whole.logs.events.filter(pl.col("deploy").is_in(ids)),
            mine,
            whole.logs.inputs.filter(pl.col("source").is_in(sources)),
        )
        on_stores = pl.col("store").is_in(stores)
        yield replace(
            whole,
            logs=logs,
            writes=writes.filter(pl.col("deploy").is_in(ids)),
            trail=replace(whole.trail, calls=calls.filter(on_stores | pl.col("store").is_null())),
            listings=whole.listings.filter(on_stores | pl.col("store").is_null()),
            few_lists=has_few_lists(homes_of(calls)),
        )


def groups_of(material: Material) -> Groups:
    """The groups of what is judged."""
    calls, writes = material.trail.calls, material.writes
    return groups(
        writes,
        material.logs.deploys,
        homes_of(calls),
        requests_of(calls, writes),
        homes_of_listings(material.listings, material.keys),
    )


def told(material: Material) -> dict[str, pl.DataFrame]:
    """All that is said of the deploys, as tables that can be compared."""
    result = concluded(material)
    judgement = result.judgement
    return {
        "writes": result.case.writes,
        "evidence": judgement.evidence,
        "alignments": judgement.alignments,
        "findings": run(result.case, codes(of_run=False)),
        "settle": judgement.settle,
        "places": judgement.places,
        "remedies": judgement.remedies,
        "store_remedies": judgement.store_remedies,
        "stores": _of_writes(result),
    }


def rows_of(table: pl.DataFrame) -> list[str]:
    """The rows, in one order."""
    return sorted(map(str, table.iter_rows()))


def _of_writes(result: Concluded) -> pl.DataFrame:
    """STORES of the stores that writes name."""
    return result.case.stores.filter(pl.col("arn").is_in(result.case.writes["store"].drop_nulls().implode()))


def written(world: World, folder: Path, number: int) -> None:
    with ExitStack() as names:
        for module in ("program", "scenario"):
            names.enter_context(patch(f"tests.world.{module}.APP", world.app))
        for module in ("scenario", "outsiders", "trail"):
            names.enter_context(patch(f"tests.world.{module}.ACCOUNT", world.account))
        names.enter_context(patch.object(Making.new_arn, "__defaults__", (world.account,)))
        _written(world, folder, number)


def _written(world: World, folder: Path, number: int) -> None:
    made = scenario(world.seed, hostile=ALL)
    files = trail.files_of(made.service.history, made.condition, made.base, made.end, made.chance)
    trail.write(files, folder / "trail" / str(number), made.base, made.condition)
    (folder / "keys").mkdir(parents=True, exist_ok=True)
    for nth, listing in enumerate(made.listings):
        listing.write(folder / "keys" / f"{number}-{nth}.json", made.base)
    for nth, deploy in enumerate(made.deploys):
        name = "ab" + sha256(f"{number} {nth} {world.seed}".encode()).hexdigest()[:22]
        path = folder / "logs" / name / "deploy.log"
        path.parent.mkdir(parents=True)
        path.write_text(_log(deploy, made.base, world.seed * 100 + nth))


def _log(deploy: Deploy, base: datetime, seed: int) -> str:
    """The log of a deploy: half of them event logs."""
    chance = seeded(seed)
    kind = chance.choice(("event", "event", "event", "text", "terminal", "dots", "ci"))
    if kind == "event":
        return event_log(deploy, base)
    if kind == "ci":
        return ci.ci_text(deploy, base, ci.draw(chance))
    return {"text": pulumi_text, "terminal": terminal_text, "dots": dotted_text}[kind](deploy)
