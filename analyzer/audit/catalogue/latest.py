"""`.latest.json`: what the last run found, so that a run that finds the same again has nothing to do but to report.

It is believed only where all that the run rests on is as it was, by a hash of it: the inputs and the words that gave
none, what was read of them (`.read/`, by size and time of each file), the manifest, and the version of the program.
Where anything differs, or the file is gone, the audit goes through all its steps.
"""

from __future__ import annotations

import os
from datetime import datetime  # noqa: TC003 - msgspec reads the annotations
from hashlib import sha256
from typing import TYPE_CHECKING, Annotated, Final

import msgspec

from analyzer.read_back import Form
from analyzer.sources.walk import printable

if TYPE_CHECKING:
    from analyzer.audit.catalogue.folder import Folder

_NAME: Final = ".latest.json"
_READ: Final = ".read"


class Latest(msgspec.Struct, frozen=True, kw_only=True):
    """What a run found.

    Attributes:
        mark: a hash of all that it rests on.
        first: the earliest time that the trail speaks for.
        reach: the latest.
        unfit: the files of a trail that is of no use, and why.
    """

    mark: Annotated[str, msgspec.Meta(pattern=r"\A[0-9a-f]{64}\Z")]
    first: datetime | None
    reach: datetime | None
    unfit: tuple[tuple[str, str], ...]
    schema: str = "lostwrite.latest/v1"


_FORM: Final = Form("lostwrite.latest/v1", "note of the last run", Latest)


def read_latest(folder: Folder) -> Latest | None:
    """What the last run found; None where no run has ended.

    Raises:
        InputError: it is of a newer version, or damaged.
    """
    if not folder.has(_NAME):
        return None
    return _FORM.read(folder.read(_NAME), printable(folder.path(_NAME)))


def write_latest(folder: Folder, latest: Latest) -> None:
    """Puts it in its place, at once."""
    folder.write(msgspec.json.encode(latest), _NAME, lasting=False)


def mark_of(folder: Folder, manifest: str, rests: object) -> str:
    """The hash of what a run rests on.

    Args:
        folder: the catalogue.
        manifest: the name of its manifest.
        rests: what else it rests on, as JSON values.
    """
    stamps = []
    for number in folder.names(_READ):
        for base, _, names in os.walk(folder.path(_READ, number)):
            for name in names:
                stat = os.stat(os.path.join(base, name), follow_symlinks=False)  # noqa: PTH116, PTH118 - many files
                stamps.append((os.path.relpath(base, folder.root), name, stat.st_size, stat.st_mtime_ns))
    held = sha256(folder.read(manifest)).hexdigest() if folder.has(manifest) else ""
    return sha256(msgspec.json.encode([sorted(stamps), held, rests])).hexdigest()
