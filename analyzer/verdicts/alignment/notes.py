"""What the report says of where a deploy lies: sentences, and only where there is something to say."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

    from analyzer.verdicts.alignment.place import Places


def notes(places: Places, writers: pl.DataFrame) -> dict[str, str]:
    """The note of each deploy that has one."""
    return {}
