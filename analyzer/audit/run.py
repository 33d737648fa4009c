"""An audit from its words to a catalogue that holds all of it. `view` makes the report of that.

1. look: which sources are new or changed (`inventory`, `looking`);
2. read these, batch by batch, and keep each batch as it comes (`reading`, `catalogue.parts`);
3. plan: which units rest on something else than when they were judged (`whole`, `plan`);
4. judge these, pack by pack, and keep each pack as it comes (`judging`, `catalogue.work`);
5. publish: put the rows in their places, and last write the manifest (`catalogue.publish`).

Killed anywhere, the next run goes on with what was kept.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from hashlib import sha256
from typing import TYPE_CHECKING

import msgspec
import polars as pl

from analyzer.audit.catalogue.held import Held
from analyzer.audit.catalogue.latest import Latest, mark_of, read_latest, write_latest
from analyzer.audit.catalogue.manifest import NAME as MANIFEST
from analyzer.audit.catalogue.manifest import Manifest, Rests, read_manifest
from analyzer.audit.catalogue.merging import merge
from analyzer.audit.catalogue.parts import Parts
from analyzer.audit.catalogue.publish import publish
from analyzer.audit.catalogue.work import Work
from analyzer.audit.judging import Pack, judge_pack
from analyzer.audit.looking import looked, read_keys, read_new
from analyzer.audit.plan import JUDGING, NO_STORE, packs, rests_of, units_of
from analyzer.audit.progress import Progress, silent
from analyzer.audit.run_rows import RUN, run_rows
from analyzer.audit.whole import Whole, whole_of
from analyzer.tables import INPUTS, empty
from analyzer.trail.joined import calls_of_stores
from analyzer.trail.reading import Reading
from analyzer.trail.usable import unfit_trail
from analyzer.verdicts.homes import homes_of_listings
from analyzer.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from analyzer.audit.catalogue.folder import Folder
    from analyzer.audit.interface import Executor
    from analyzer.audit.inventory import Inventory, Role
    from analyzer.audit.plan import Unit
    from analyzer.audit.progress import Listener
    from analyzer.sources.input_stats import InputStats
    from analyzer.sources.s3.client import Connection


@dataclass(frozen=True, slots=True)
class How:
    """How an audit is made.

    Attributes:
        rebuild: read and judge everything that is there anew.
        verify: compare the bytes of all sources, and not only of those with another size or time.
        follow_links: whether links that lead out of a folder are followed.
        reading: how a trail is read: public keys, selectors.
        progress: hears how far it is.
        s3: connects to the buckets of words that are addresses in S3.
        notes: stats of what is missing in bundles of evidence.
    """

    rebuild: bool = False
    verify: bool = False
    follow_links: bool = False
    reading: Reading = field(default_factory=lambda: Reading(thorough=True))
    progress: Listener = silent
    s3: Connection | None = None
    notes: Sequence[InputStats] = ()


@dataclass(frozen=True, slots=True)
class Ran:
    """What a run leaves, besides the catalogue.

    Attributes:
        manifest: of the catalogue.
        seen: what there is, and what became of what was read.
        latest: what of it later runs need.
        read: how many files were read.
        judged: how many units were judged.
    """

    manifest: Manifest
    seen: Inventory
    latest: Latest
    read: int
    judged: int


def run(folder: Folder, words: Mapping[Role, Sequence[str | Path]], executor: Executor, how: How) -> Ran:
    """Brings the catalogue up to date. The caller holds its lock.

    Args:
        folder: of the catalogue.
        words: what the user named, by what it was named for.
        executor: in its `with` block.
        how: see there.

    Raises:
        InputError: the catalogue cannot be used.
    """
    manifest = read_manifest(folder)
    parts, work = Parts(folder), Work(folder)
    before = Held(parts, parts.batches())
    seen = looked(
        words,
        before,
        executor,
        rebuild=how.rebuild,
        verify=how.verify,
        follow_links=how.follow_links,
        s3=how.s3,
    )
    seen.unread.setdefault("trail", []).extend(how.notes)
    latest = None if how.rebuild else _as_it_was(folder, work, seen, how)
    if latest is not None:
        return Ran(manifest, seen, latest, 0, 0)
    number = read_new(parts, seen, executor, how.progress)
    number += read_keys(parts, seen, words.get("keys", ()), follow_links=how.follow_links, s3=how.s3)
    held = _cleaned(parts, before)
    whole = whole_of(held, seen.unread.get("trail", ()), how.reading)
    units = units_of(held, homes_of_listings(whole.listings, whole.keys))
    wanted = rests_of(units, held, whole.spoken())
    if how.rebuild:
        work.clear()
        manifest = _as_unknown(manifest)
    judged = _judge(work, _needed(units, wanted, manifest, work), wanted, held, whole, executor, how.progress)
    unit, files = run_rows(seen, held, whole)
    if not unit.rests.holds(_rests(manifest, RUN)):
        work.put(unit.rests.evidence, {RUN: unit}, files)
    new = publish(
        folder,
        work,
        manifest,
        units={**wanted, RUN: unit.rests},
        stores=[arn for unit in units for arn in unit.arns],
        progress=lambda done, of: how.progress(Progress("publishing", done, of)),
    )
    merge(held)
    unfit = unfit_trail(whole.trail.inputs, whole.misfits, ["a trail"])
    latest = Latest(
        mark=_mark(folder, seen, how), first=whole.trail.first, reach=whole.trail.reach, unfit=unfit
    )
    write_latest(folder, latest)
    return Ran(new, seen, latest, number, judged)


def _as_it_was(folder: Folder, work: Work, seen: Inventory, how: How) -> Latest | None:
    """What the last run found, where all that it rests on is as it was; else None."""
    latest = read_latest(folder)
    if latest is None or how.reading.keys is not None or seen.of("new", "changed") or not work.is_clear():
        return None
    return latest if latest.mark == _mark(folder, seen, how) else None


def _mark(folder: Folder, seen: Inventory, how: How) -> str:
    """A hash of what a run rests on, but for public keys, which cannot be compared."""
    unread = {role: [asdict(stats) for stats in every] for role, every in seen.unread.items()}
    selectors = [list(file) for file in how.reading.selector_files]
    gone = sorted(seen.of("gone"))
    return mark_of(folder, MANIFEST, [VERSION, JUDGING, gone, unread, selectors])


def _cleaned(parts: Parts, before: Held) -> Held:
    """All batches, without those of which every file was read anew; folders without any other are removed."""
    held = Held(parts, parts.batches(before.batches))
    live = set(held.last.values())
    left = Held(parts, {number: batch for number, batch in held.batches.items() if number in live})
    for folder in parts.folders():
        if folder not in left.folders:
            parts.drop(folder)
    return left


def _as_unknown(manifest: Manifest) -> Manifest:
    """The manifest, where nothing that was judged holds any more."""
    units = {
        name: msgspec.structs.replace(unit, rests=Rests("0" * 64, ""))
        for name, unit in manifest.units.items()
    }
    return msgspec.structs.replace(manifest, units=units)


def _rests(manifest: Manifest, name: str) -> Rests | None:
    unit = manifest.units.get(name)
    return None if unit is None else unit.rests


def _needed(units: Sequence[Unit], wanted: Mapping[str, Rests], manifest: Manifest, work: Work) -> list[Unit]:
    """The units that are to be judged: neither the catalogue nor the journal of a killed run has them as they are."""
    journaled = {name: unit.rests for judged in work.packs().values() for name, unit in judged.items()}

    def has(rests: Rests | None, name: str) -> bool:
        return rests is not None and rests.holds(wanted[name])

    return [
        unit
        for unit in units
        if not has(_rests(manifest, unit.name), unit.name) and not has(journaled.get(unit.name), unit.name)
    ]


def _judge(  # noqa: PLR0913, PLR0917 - all that is known
    work: Work,
    needed: Sequence[Unit],
    wanted: Mapping[str, Rests],
    held: Held,
    whole: Whole,
    executor: Executor,
    progress: Listener,
) -> int:
    """Judges the units, and keeps what is judged. Gives how many they are."""
    deploys = sum(len(ids) for unit in needed for ids in unit.deploys.values())
    done = 0
    pieces = (_pack(units, wanted, held, whole) for units in packs(needed))
    for pack, rows in executor.run(judge_pack, pieces) if needed else ():
        work.put(pack.name, rows.units, rows.files)
        done += pack.deploys
        progress(Progress("judging", done, deploys))
        del pack, rows  # the next one is judged before they would be forgotten
    return len(needed)


def _pack(units: Sequence[Unit], wanted: Mapping[str, Rests], held: Held, whole: Whole) -> Pack:
    """All that is needed to judge some units."""
    rests = {unit.name: wanted[unit.name] for unit in units}
    logs: dict[str, list[str]] = {}
    for unit in units:
        for batch, ids in unit.deploys.items():
            logs.setdefault(held.batches[batch].at, []).extend(ids)
    stores = [arn for unit in units for arn in unit.arns]
    calls = calls_of_stores(held.trail, whole.found, stores, without_store=True)
    listings = whole.listings.filter(pl.col("store").is_in(stores) | pl.col("store").is_null())
    of_stores = {arn: unit.name for unit in units for arn in unit.arns}
    if any(unit.name == NO_STORE for unit in units):
        of_stores[""] = NO_STORE
    return Pack(
        name=sha256(msgspec.json.encode(sorted(rests.items()))).hexdigest(),
        rests=rests,
        of_sources={source: unit.name for unit in units for source in unit.sources},
        of_stores=of_stores,
        logs=[held.logs(folder, ids) for folder, ids in sorted(logs.items())],
        trail=replace(whole.trail, calls=calls, inputs=empty(INPUTS)),
        has_trail=whole.has_trail,
        wrong_trail=whole.wrong_trail,
        listings=listings,
        keys=whole.keys.join(listings, on="listing", how="semi", maintain_order="left"),
        few_lists=whole.few_lists,
        deploys=sum(map(len, logs.values())),
    )
