"""A part of a trail on disk: Parquet of its records and keys, ordered by store, and JSON of its facts; redacted.

A folder with `records.parquet`, `keys.parquet`, `repeats.parquet` and `facts.json`, which `store_part` makes (0600).
Reading it executes nothing; what is damaged or foreign raises InputError.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from analyzer.trail.part import Part, TrailPart


def store_part(part: TrailPart, folder: Path) -> None:
    """Writes the part into `folder`, which is made. It is not atomic: rename the folder when this returns."""
    raise NotImplementedError


def load_part(folder: Path) -> Part:
    """The part in `folder`, read as far as it is asked: a few stores cost little.

    Raises:
        InputError: it is damaged, or no part of a trail. So do the methods of the part.
    """
    raise NotImplementedError
