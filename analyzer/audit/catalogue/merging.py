"""Many small batches → one folder of all of them: so reading what is known costs what it is, and not a daily run each.

A run adds a batch or two, and each costs a reader some 30 ms. So where `MANY` folders of about one size have come
together, they are put together in one; of these again, when they are as many. There are never more than some folders of
each size, and what is read is written again once for each size. The batches stay what they were for those who plan:
each keeps its number, its files and its mark, so that nothing is judged again.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

import msgspec
import polars as pl

from analyzer.audit.catalogue.held import RAW_WRITES, STORE_COUNTS
from analyzer.audit.catalogue.parts import BATCH
from analyzer.logs.deploys import LOG_DEPLOYS
from analyzer.logs.part import LogPart
from analyzer.logs.part_file import write_part as write_logs
from analyzer.tables import INPUTS, KEYS, LISTINGS
from analyzer.trail.facts import summary
from analyzer.trail.stored import write_part
from analyzer.trail.together import Stretch, together
from analyzer.verdicts.homes import HOMES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from analyzer.audit.catalogue.held import Held, Run
    from analyzer.audit.catalogue.parts import Batch
    from analyzer.trail.part import TrailPart

MANY: Final = 8
"""So many folders of one size become one."""

_MOST: Final = 8 << 20
"""Bytes of a folder that is put together: what it holds is read as a whole then, and takes some ten times as much."""

_SOURCE: Final = pl.col("source")
_TABLES: Final[tuple[tuple[tuple[str, ...], pl.Schema, pl.Expr | None], ...]] = (
    (("logs", "deploys"), LOG_DEPLOYS, pl.col("sources").list.first()),
    (("logs", "inputs"), INPUTS, _SOURCE),
    (("writes",), RAW_WRITES, _SOURCE),
    (("homes",), HOMES, None),
    (("stores",), STORE_COUNTS, None),
    (("inputs",), INPUTS, _SOURCE),
    (("listings",), LISTINGS, _SOURCE),
    (("keys",), KEYS, None),
)


def merge(held: Held) -> bool:
    """Puts folders together where there are too many; gives whether it did.

    Killed anywhere, nothing is lost: the new folder is there whole or not at all, and those that it stands for are gone
    after it.

    Args:
        held: all batches. It is of no use any more where this gives true.
    """
    groups = list(_groups(held))
    for group in groups:
        _put_together(held, group)
    return bool(groups)


def _groups(held: Held) -> Iterator[list[str]]:
    """The folders that are put together, of logs and of a trail each for themselves."""
    alike: dict[tuple[str, int], list[str]] = {}
    for folder, numbers in held.folders.items():
        role = held.batches[numbers[0]].role
        if role != "keys":
            alike.setdefault((role, _level(len(numbers))), []).append(folder)
    for folders in alike.values():
        if len(folders) < MANY:
            continue
        small = [(folder, size) for folder in folders if (size := _size(held, folder)) <= _MOST // 2]
        movable = [(folder, size) for folder, size in small if _may_move(held, held.folders[folder])]
        if len(movable) >= MANY:
            yield from (group for group in _fitting(held, movable) if len(group) > 1)


def _level(count: int) -> int:
    """How often a folder of so many batches has been put together."""
    level = 0
    while count >= MANY:
        count //= MANY
        level += 1
    return level


def _fitting(held: Held, folders: list[tuple[str, int]]) -> Iterator[list[str]]:
    """The folders in groups of at most `_MOST` bytes, in none of which two sources have one name."""
    group: list[str] = []
    names: set[str] = set()
    room = _MOST
    for folder, size in folders:
        own = [name for number in held.folders[folder] for name in held.live_sources(number)]
        if group and (size > room or not names.isdisjoint(own)):
            yield group
            group, names, room = [], set(), _MOST
        group.append(folder)
        names.update(own)
        room -= size
    if group:
        yield group


def _may_move(held: Held, numbers: Sequence[str]) -> bool:
    """Whether batches can be put elsewhere: of a trail of which not all counts, the order of its files would change."""
    return all(number not in held.partly or not held.has_trail(number) for number in numbers)


def _size(held: Held, folder: str) -> int:
    path = held.parts.folder.path(*held.parts.place(folder))
    return sum(file.lstat().st_size for file in path.rglob("*"))


def _put_together(held: Held, folders: Sequence[str]) -> None:
    numbers = [number for number in held.batches if held.batches[number].at in folders]
    found = {names: held.table(schema, source, *names, folders=folders) for names, schema, source in _TABLES}
    listed = found["listings",].select(BATCH, "listing")
    found["keys",] = found["keys",].join(listed, on=[BATCH, "listing"], how="semi", maintain_order="left")
    tables = {"-".join(names): table for names, table in found.items() if not table.is_empty()}
    parts = [held.logs(folder) for folder in folders if _has(held, folder, "logs")]
    logs = None
    if parts:
        logs = LogPart(*(pl.concat(each) for each in zip(*map(_tables_of, parts), strict=True)))
    runs = held.runs(numbers)
    trail = together([run.part for run in runs]) if runs else None
    held.parts.put_together(_batches(held, numbers, runs), tables, partial(_store, logs, trail))


def _tables_of(part: LogPart) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    return part.events, part.deploys, part.inputs


def _has(held: Held, folder: str, name: str) -> bool:
    return held.parts.folder.has(*held.parts.place(folder, name))


def _batches(held: Held, numbers: Sequence[str], runs: Sequence[Run]) -> Mapping[str, Batch]:
    """The batches, with the files that count and their places in the trail of all."""
    places: dict[str, Stretch] = {}
    record = file = 0
    for run in runs:
        known = summary(run.part.facts)
        whole = Stretch(0, known.records, 0, known.file_count)
        first = held.batches[run.numbers[0]].trail or whole
        for number in run.numbers:
            old = held.batches[number].trail or whole
            places[number] = old.after(record - first.record, file - first.file)
        record, file = record + known.records, file + known.file_count
    made = {}
    for number in numbers:
        batch = held.batches[number]
        files = tuple(each for each in batch.files if held.last[each.key] == number)
        made[number] = msgspec.structs.replace(batch, files=files, trail=places.get(number))
    return made


def _store(logs: LogPart | None, trail: TrailPart | None, folder: Path) -> None:
    if logs is not None:
        write_logs(logs, folder / "logs")
    if trail is not None:
        write_part(trail, folder / "trail")
