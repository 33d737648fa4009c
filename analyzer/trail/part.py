"""What a batch of trail files gives, before repeats between batches are dropped: it can be stored, and read back.

How an audit uses it (parts in the order in which the files would be read at once):

1. `read_part(sources, how)` in any process: the work of a batch. `how.hashing` must be set as soon as any source of
   any batch is a digest by its name (`coverage.digest.NAME_PART`); `joined.unhashed(parts)` names the parts that must
   be read again because digests turned up under other names.
2. `stored.store_part(part, folder)`, later `stored.load_part(folder)`: the same, redacted, read lazily.
3. `joined.across(parts)`: what only all parts show together (repeats, contradictions, addenda). It is small.
4. `joined.trail_facts(parts, found, unread, how)`: a `Trail` with all but calls and the lives that these show.
5. `joined.calls_of_stores(parts, found, stores, without_store=...)`: CALLS of those stores, in any process;
   `store_lives(trail.store_changes, calls)` are their lives.

`read_trail` is steps 3 to 5 on the one part of all files.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from analyzer.sources.s3.ahead import ahead
from analyzer.trail.calls.call_collector import CallCollector
from analyzer.trail.facts import Facts, encoded
from analyzer.trail.files import keep_memory, read_file
from analyzer.trail.take import Taker

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

    from analyzer.sources.source import Source
    from analyzer.trail.reading import Reading


class Part(Protocol):
    """A part that can be joined with others: in memory (`TrailPart`), or stored (`stored.StoredPart`)."""

    @property
    def facts(self) -> bytes:
        """All but the calls: see `TrailPart.facts`."""
        ...

    def narrow(self, *columns: pl.Expr) -> pl.DataFrame:
        """Some columns of all records."""
        ...

    def chosen(self, rows: pl.Expr | None) -> tuple[pl.DataFrame, pl.DataFrame]:
        """RECORDS of the rows for which `rows` holds (None: of all), and the KEY_ROWS of these."""
        ...

    def repeated(self) -> pl.DataFrame:
        """REPEATED."""
        ...


@dataclass(frozen=True, slots=True)
class TrailPart:
    """A batch of trail files, in memory. Numbers of records and of files count from 0 in each part.

    Attributes:
        records: RECORDS of `calls.call_collector`: a row for each record that the batch has first, and for each
            other content that it has of one eventID.
        keys: KEY_ROWS: the keys that each of them names, by the record's number.
        repeats: REPEATED of `calls.call_collector`: records that say the same as one of `records`.
        facts: everything else that the files show (JSON, read back with its types by msgspec, never pickled).
    """

    records: pl.DataFrame
    keys: pl.DataFrame
    repeats: pl.DataFrame
    facts: bytes

    def narrow(self, *columns: pl.Expr) -> pl.DataFrame:
        """Some columns of all records."""
        return self.records.select(columns)

    def chosen(self, rows: pl.Expr | None) -> tuple[pl.DataFrame, pl.DataFrame]:
        """RECORDS of the rows for which `rows` holds (None: of all), and the KEY_ROWS of these."""
        if rows is None:
            return self.records, self.keys
        records = self.records.filter(rows)
        return records, self.keys.join(
            records.select("record"), on="record", how="semi", maintain_order="left"
        )

    def repeated(self) -> pl.DataFrame:
        """REPEATED."""
        return self.repeats


def read_part(sources: Sequence[Source], how: Reading) -> TrailPart:
    """The calls in a batch of CloudTrail files, and all else that they show. Nothing raises for one input.

    Of `how` the attributes `thorough`, `around` and `hashing` count: the others belong to `joined`.
    """
    keep_memory()
    look = how.look(sources)
    collector = CallCollector()
    taker = Taker(collector, hashing=look.hashing)
    files = [taker.take(file) for source in ahead(sources) for file in read_file(look, source)]
    collected = collector.collected()
    facts = Facts(
        records=collected.numbered,
        file_count=taker.count,
        hashing=look.hashing,
        digests=any(file.digest is not None for file in files),
        addenda=taker.addenda,
        unclear=dict(collected.unclear),
        files=files,
    )
    return TrailPart(collected.records, collected.keys, collected.repeats, encoded(facts))
