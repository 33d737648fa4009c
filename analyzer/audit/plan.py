"""What must be judged: all that was read → units, each with what its judgement rests on.

A unit is a group of deploys and stores that can say something of each other. It is judged again when anything changes
that can show in its rows:

- a log or a call of it, or a call near its times that names no store (it may be on any);
- how far the trail reaches, where a trail that reaches farther could say more of a write, or make surer what a listing
  says of it (`Rests.needed`);
- what else it speaks for, up to `MARGIN` after the last moment of the unit: every window has ended by then;
- digests and selectors, however late, where a row of the unit shows what they prove or lack, or a write is in doubt;
- the listings, and the version of this program.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

import msgspec
import polars as pl

from analyzer.audit.catalogue.manifest import Rests
from analyzer.audit.catalogue.parts import BATCH
from analyzer.errors import InputError
from analyzer.logs.sets import stack_sets
from analyzer.sources.walk import printable
from analyzer.tables import DEPLOYS, conform
from analyzer.verdicts.groups import groups
from analyzer.verdicts.homes import homes_together
from analyzer.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from analyzer.audit.catalogue.held import Held

MARGIN: Final = timedelta(days=2)
"""Longer than any delivery lag and any slack of a window, with room for clocks that are off."""

JUDGING: Final = 11
"""Counts the changes of what is judged and how it is stored, where the version of the program does not show them."""

NO_STORE: Final = "calls without a store"
"""The unit of the calls that name no store."""

_DEPLOYS: Final = 2_000  # logs of a pack: the fixed cost of a judgement is that of some hundred
_CALLS: Final = 60_000


@dataclass(slots=True)
class Unit:
    """What is judged as a whole.

    Attributes:
        name: of its first store, else of its first deploy. Each row has it, and is to be the same when it is judged
            again: of SST's deploys the newest is the first.
        deploys: the ids of its logs, each alone, by batch.
        stores: ARNs, by each batch that has calls on them; those of the writes alone are in none.
        arns: all its stores.
        sources: of its logs.
        calls: how many.
        anybodys: how many calls are judged beside these, because they name no store: a pack has them once.
        spans: of calls without a store: from when to when those of each batch are, null where that is not known.
        untimed: whether one of its logs has no times: it is compared with calls at any.
        first: its first moment.
        last: its last moment.
    """

    name: str
    deploys: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    stores: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    arns: list[str] = field(default_factory=list)
    sources: set[str] = field(default_factory=set)
    calls: int = 0
    anybodys: int = 0
    spans: dict[str, tuple[datetime | None, datetime | None]] = field(default_factory=dict)
    untimed: bool = False
    first: datetime | None = None
    last: datetime | None = None

    def reaches(self, *times: datetime | None) -> None:
        """Takes in moments of the unit."""
        known = [time for time in times if time is not None]
        self.first = min([*known, *([self.first] if self.first else [])], default=None)
        self.last = max([*known, *([self.last] if self.last else [])], default=None)


@dataclass(frozen=True, slots=True)
class Spoken:
    """What the trail speaks for, as far as it is not about single calls.

    Attributes:
        first: the earliest time.
        reach: the latest.
        dated: facts with the time from which they hold (digests, selectors, outages), as JSON values.
        of_stores: what is said of single stores (when they were created and deleted, listings), by their ARNs.
        whole: what holds for all times and stores (whether there is a trail of use, and few lists).
    """

    first: datetime | None
    reach: datetime | None
    dated: Sequence[tuple[datetime | None, Any]]
    of_stores: Mapping[str | None, Any]
    whole: Any


def units_of(held: Held, listed: pl.DataFrame | None = None) -> list[Unit]:
    """The units of all that was read, in the order of their names.

    Args:
        held: what was read.
        listed: `store, namespace` of listings.

    Raises:
        InputError: calls are counted on a store of which nothing else is known.
    """
    deploys, writes, stores = held.deploys(), held.writes(), held.stores()
    requests = held.requests(writes["request_id"].drop_nulls().unique().to_list())
    tied = groups(writes, _tied(deploys), homes_together(held.homes()), requests, listed)
    of_deploys, of_stores = dict(tied.deploys.iter_rows()), dict(tied.stores.iter_rows())
    made: dict[int, Unit] = {}
    for name, group in sorted(of_deploys.items(), reverse=True):
        made.setdefault(group, Unit("")).name = f"deploy {name}"
    for name, group in sorted(of_stores.items(), reverse=True):
        made.setdefault(group, Unit("")).name = f"store {name}"
        made[group].arns.append(name)
    ended = pl.coalesce("ended_at", "modified_at")  # as the alignment of logs without times takes it
    times = deploys.select("id", BATCH, "sources", "started_at", ended)
    for name, batch, sources, *moments in times.iter_rows():
        unit = made[of_deploys[name]]
        unit.deploys[batch].append(name)
        unit.sources.update(sources)
        unit.untimed |= moments[0] is None
        unit.reaches(*moments)
    lost = Unit(NO_STORE)
    counts = stores.select("store", BATCH, "calls", "first_at", "last_at")
    if not set(counts["store"].drop_nulls()) <= of_stores.keys():
        raise InputError(printable(held.parts.folder.root), "is damaged: its tables contradict each other")
    for store, batch, calls, first, last in counts.iter_rows():
        unit = lost if store is None else made[of_stores[store]]
        unit.stores[batch].append(store or "")
        unit.calls += calls
        unit.reaches(first, last)
        if unit is lost:
            unit.spans[batch] = (first, last)
    for unit in made.values():
        unit.arns.sort()
        unit.anybodys = lost.calls
    return sorted([*made.values(), *([lost] if lost.stores else [])], key=lambda unit: unit.name)


def rests_of(units: Iterable[Unit], held: Held, spoken: Spoken) -> dict[str, Rests]:
    """What the judgement of each unit rests on, by its name."""
    marks = {number: held.mark(number) for number in held.batches}
    units = list(units)
    storeless = next((unit.spans for unit in units if unit.name == NO_STORE), {})
    coverage = _hash([spoken.dated])
    return {
        unit.name: Rests(
            _hash(
                [
                    VERSION,
                    JUDGING,
                    _marked(unit.deploys, marks),
                    _marked(unit.stores, marks),
                    unit.arns,
                    sorted(marks[batch] for batch, span in storeless.items() if _may_meet(unit, *span)),
                    spoken.whole,
                    [spoken.of_stores.get(arn) for arn in unit.arns],
                    *_near(unit, spoken),
                ]
            ),
            coverage,
            spoken.reach,
        )
        for unit in units
    }


def packs(units: Sequence[Unit]) -> list[list[Unit]]:
    """The units in packs that are judged in one call: as large as is allowed, unless one unit is larger."""
    made: list[list[Unit]] = []
    deploys = calls = 0
    for unit in units:
        count = sum(map(len, unit.deploys.values()))
        if not made or deploys + count > _DEPLOYS or calls + unit.calls > _CALLS:
            made.append([])
            deploys, calls = 0, unit.anybodys
        made[-1].append(unit)
        deploys += count
        calls += unit.calls
    return made


def _tied(deploys: pl.DataFrame) -> pl.DataFrame:
    """`deploys`, where logs that are assembled together share a source."""
    sets = stack_sets([deploys]).select(id="deploy", set=pl.format("set {}", "set"))
    shared = deploys.join(sets, on="id", how="left", maintain_order="left")
    return conform(shared.with_columns(sources=pl.concat_list("sources", "set")), DEPLOYS)


def _marked(members: Mapping[str, list[str]], marks: Mapping[str, str]) -> list[tuple[str, list[str]]]:
    return sorted((marks[batch], sorted(names)) for batch, names in members.items())


def _may_meet(unit: Unit, first: datetime | None, last: datetime | None) -> bool:
    """Whether calls from `first` to `last` are near the times of a unit; where a time is not known, they may be."""
    if unit.untimed or unit.first is None or unit.last is None or first is None or last is None:
        return True
    return first <= unit.last + MARGIN and last >= unit.first - MARGIN


def _near(unit: Unit, spoken: Spoken) -> tuple[object, ...]:
    """What the trail speaks for near the times of a unit."""
    if unit.first is None or unit.last is None:
        return (spoken.first, spoken.dated)
    low, high = unit.first - MARGIN, unit.last + MARGIN
    first = None if spoken.first is None else max(spoken.first, low)
    near = [fact for at, fact in spoken.dated if at is None or at <= high]
    return (first, near)


def _hash(values: object) -> str:
    return sha256(msgspec.json.encode(values)).hexdigest()
