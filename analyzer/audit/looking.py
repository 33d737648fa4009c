"""Which sources are read in this run, and the reading of them: batch by batch, each kept as soon as it is there."""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING, Final

from analyzer.audit.catalogue.parts import Batch, FileRead
from analyzer.audit.inventory import batches, compare, hash_of, hashes_of, inventory
from analyzer.audit.probing import require_shared
from analyzer.audit.progress import Progress
from analyzer.audit.reading import FILES, LOG_BYTES, TRAIL_BYTES, Piece, read
from analyzer.logs.part_file import store_part as store_logs
from analyzer.store.listing import read_listings, word_of
from analyzer.trail.stored import store_part

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from analyzer.audit.catalogue.held import Held
    from analyzer.audit.catalogue.parts import Parts
    from analyzer.audit.interface import Executor
    from analyzer.audit.inventory import Found, Inventory, Role
    from analyzer.audit.progress import Listener, Step
    from analyzer.audit.reading import Read
    from analyzer.sources.s3.client import Connection

_HASHING: Final = (2_000, 256 << 20)  # files and bytes of a piece of which only hashes are asked


def looked(  # noqa: PLR0913 - the words, and how they are taken
    words: Mapping[Role, Sequence[str | Path]],
    held: Held,
    executor: Executor,
    *,
    rebuild: bool,
    verify: bool,
    follow_links: bool,
    s3: Connection | None,
) -> Inventory:
    """What there is, but for the catalogue itself, with what has become of it since it was read.

    Raises:
        InputError: the machines that do the work cannot read it.
    """
    plain = {**words, "keys": [word_of(word) for word in words.get("keys", ())]}
    seen = inventory(plain, follow_links=follow_links, s3=s3)
    own = f"{os.path.realpath(held.parts.folder.root)}{os.sep}"
    seen.found = {key: one for key, one in seen.found.items() if not key.startswith(own)}

    def hashes(found: Iterable[Found]) -> dict[str, str]:
        pieces = batches(found, *_HASHING)
        return {key: digest for _, part in executor.run(hashes_of, pieces) for key, digest in part.items()}

    require_shared(executor, (one.source for one in seen.found.values()))
    compare(seen, held.known, hashes, verify=verify and not rebuild)
    if rebuild:
        seen.stages |= {key: "changed" for key in seen.found if key in held.known}
    _with_neighbours(seen, held)
    return seen


def _with_neighbours(seen: Inventory, held: Held) -> None:
    """Reads again what stands in one batch of a trail with a file that has changed.

    What such a batch says besides calls is not kept by file. What of it is gone by now stays as it was read.
    """
    for batch in held.batches.values():
        keys = [file.key for file in batch.files if batch.role == "trail"]
        if any(seen.stages.get(key) == "changed" for key in keys):
            seen.stages |= {key: "changed" for key in keys if key in seen.found}


def read_new(parts: Parts, seen: Inventory, executor: Executor, progress: Listener) -> int:
    """Reads what is new or changed, and keeps it. Gives how many files that were."""
    todo = [seen.found[key] for key in seen.of("new", "changed")]
    count = 0
    steps: tuple[tuple[Role, Step, int], ...] = (
        ("log", "reading logs", LOG_BYTES),
        ("trail", "reading trail", TRAIL_BYTES),
    )
    for role, step, size in steps:
        mine = [one for one in todo if one.role == role]
        told = _Told(step, mine, progress)
        pieces = (Piece(found) for found in batches(mine, FILES, size))
        for piece, got in executor.run(read, pieces) if mine else ():
            batch = Batch(role=role, files=got.files)
            parts.put(batch, got.tables, partial(_store, got))
            told.read(piece, got)
            del piece, got  # the next one is read before they would be forgotten
        count += len(mine)
    return count


def read_keys(
    parts: Parts,
    seen: Inventory,
    words: Sequence[str | Path],
    *,
    follow_links: bool,
    s3: Connection | None,
) -> int:
    """Reads the listings that `words` name, all of them, if one is new or changed: pages are of one listing."""
    mine = [one for one in seen.found.values() if one.role == "keys"]
    if not any(seen.stages[one.key] in ("new", "changed") for one in mine):
        return 0
    hashes = [hash_of(one.source) for one in mine]
    found = read_listings(words, follow_links=follow_links, s3=s3)
    files = [
        FileRead(one.key, one.source.name, one.size, one.stamp, digest, (one.source.name,))
        for one, digest in zip(mine, hashes, strict=True)
    ]
    tables = {"listings": found.table, "keys": found.keys, "inputs": found.inputs}
    parts.put(Batch(role="keys", files=tuple(files)), tables)
    return len(mine)


def _store(got: Read, folder: Path) -> None:
    if got.logs is not None:
        store_logs(got.logs, folder / "logs")
    if got.trail is not None:
        store_part(got.trail, folder / "trail")


class _Told:
    """Tells how far the reading is."""

    def __init__(self, step: Step, found: Sequence[Found], progress: Listener) -> None:
        self._progress = progress
        self._now = Progress(step, 0, len(found), 0, sum(one.size for one in found))

    def read(self, piece: Piece, got: Read) -> None:
        inputs = None if got.logs is None else got.logs.inputs
        troubled = 0 if inputs is None else int((inputs["problems"].list.len() > 0).sum())
        now = self._now
        self._now = Progress(
            now.step,
            now.done + len(piece.found),
            now.of,
            now.bytes + sum(one.size for one in piece.found),
            now.of_bytes,
            now.problems + troubled,
        )
        self._progress(self._now)
