"""What a batch of trail files gives, before repeats between batches are dropped: it can be stored, and read back.

`read_trail` is `joined` of the one part of all files; an audit reads many parts, and joins what they have of a store.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, slots=True)
class TrailPart:
    """A batch of trail files.

    Attributes:
        records: RECORDS of `calls.call_collector`: a row for each record that the batch has first.
        keys: KEY_ROWS: the keys that each of them names, by the record's number.
        facts: everything else that the files show (JSON, read back with its types by msgspec, never pickled).
    """

    records: pl.DataFrame
    keys: pl.DataFrame
    facts: bytes
