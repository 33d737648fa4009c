"""`manifest.json`: which units the tables hold, where their rows stand, and what they were judged by.

It is written last: what it does not name is not there. It is read as if somebody else had written it: names of folders
are checked, so that none leads out of the catalogue.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Final

import msgspec

from analyzer.audit.catalogue.layout import MONTH, STORE_ID, Partition
from analyzer.audit.catalogue.units import HELD
from analyzer.read_back import Form
from analyzer.sources.walk import printable
from analyzer.version import VERSION

if TYPE_CHECKING:
    from analyzer.audit.catalogue.folder import Folder

SCHEMA: Final = "lostwrite.catalogue/v1"
NAME: Final = "manifest.json"
_Table = Annotated[str, msgspec.Meta(pattern=r"\A[a-z]{1,20}\Z")]
_StoreId = Annotated[str, msgspec.Meta(pattern=STORE_ID)]
_Month = Annotated[str, msgspec.Meta(pattern=MONTH)]
_Time = Annotated[datetime, msgspec.Meta(tz=True)]


class Place(msgspec.Struct, frozen=True, array_like=True):
    """A partition in which a unit has rows."""

    table: _Table
    store_id: _StoreId
    month: _Month

    def __post_init__(self) -> None:
        """Refuses a table that is none of the catalogue's."""
        if self.table not in HELD:
            raise ValueError("no table of a catalogue")

    def partition(self) -> Partition:
        """The same as a partition."""
        return Partition(self.table, self.store_id, self.month)


class Rests(msgspec.Struct, frozen=True, array_like=True):
    """What a judgement rests on: two hashes and two times.

    Attributes:
        evidence: the logs, the calls, and what the trail speaks for near their times.
        coverage: digests and selectors, however late; empty where no row shows any of it.
        reach: how far the trail reaches.
        needed: a trail that reaches so far shows the same in every row as one that reaches farther with the same calls:
            the latest end of a window with the delivery lag, or a later listing that the trail must reach to be sure
            (`verdicts/absence.py` and `verdicts/listed.py`, `reach_needed`); null where the reach shows in no row.
    """

    evidence: Annotated[str, msgspec.Meta(pattern=r"\A[0-9a-f]{64}\Z")]
    coverage: Annotated[str, msgspec.Meta(pattern=r"\A(?:[0-9a-f]{64})?\Z")]
    reach: _Time | None = None
    needed: _Time | None = None

    def holds(self, now: Rests | None) -> bool:
        """Whether what was judged by this need not be judged again by what there is `now`."""
        return (
            now is not None
            and self.evidence == now.evidence
            and self.coverage in ("", now.coverage)
            and self.reach == _first(now.reach, self.needed)
        )

    def of_rows(self, *, settled: bool, needed: datetime | None) -> Rests:
        """What rows rest on that were judged by this.

        Args:
            settled: no row shows what digests and selectors prove, or could.
            needed: see there.
        """
        return Rests(self.evidence, "" if settled else self.coverage, _first(self.reach, needed), needed)


def _first(reach: datetime | None, needed: datetime | None) -> datetime | None:
    """How far a trail reaches, as far as it shows."""
    return None if reach is None or needed is None else min(reach, needed)


class Unit(msgspec.Struct, frozen=True, kw_only=True):
    """What was judged as a whole.

    Attributes:
        rests: what its judgement rests on.
        places: where its rows stand.
    """

    rests: Rests
    places: tuple[Place, ...]


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What the catalogue holds.

    Attributes:
        schema: SCHEMA.
        tool: the version of the program that wrote it.
        generation: how many audits have changed it.
        at: when the last of them did, RFC 3339.
        stores: the ARN of each folder of a store.
        units: by their names.
    """

    schema: str = SCHEMA
    tool: str = VERSION
    generation: int = 0
    at: str | None = None
    stores: dict[_StoreId, str] = {}
    units: dict[str, Unit] = {}

    def partitions(self, table: str | None = None) -> list[Partition]:
        """The partitions in which rows stand, sorted; of one table, or of all."""
        places = {place for unit in self.units.values() for place in unit.places}
        return sorted(place.partition() for place in places if table in (None, place.table))


def read_manifest(folder: Folder) -> Manifest:
    """The manifest; an empty one where the catalogue is new.

    Raises:
        InputError: it is of a newer schema, damaged, or leads out of the catalogue.
    """
    if not folder.has(NAME):
        return Manifest()
    return _FORM.read(folder.read(NAME), printable(folder.path(NAME)))


def write_manifest(folder: Folder, manifest: Manifest) -> None:
    """Puts it in its place, at once."""
    folder.write(msgspec.json.format(msgspec.json.encode(manifest), indent=1) + b"\n", NAME)


def _from_v0(held: dict[str, Any]) -> dict[str, Any]:
    """Version 0 (drafts of the program) did not say which unit has rows where: all partitions are judged anew.

    A unit that rests on nothing there is keeps the places, so that their rows are replaced.
    """
    places = [[table, *place] for table, at in held["partitions"].items() for place in at]
    units = {"of-v0": {"rests": ["0" * 64, ""], "places": places}} if places else {}
    return {
        "tool": held["tool"],
        "generation": held["generation"],
        "stores": held.get("stores", {}),
        "units": units,
    }


_FORM: Final = Form(SCHEMA, "manifest of a catalogue", Manifest, {0: _from_v0})
