"""What only all parts of a trail show together: repeats, contradictions, addenda, and the ends of the calls.

A record is looked at with others only if it shares its eventID, its sharedEventID or its call with one, or an addendum
corrects it. To find these takes some 30 bytes for each record of all parts; only these are read whole.
"""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING, Final, NamedTuple

import polars as pl

from analyzer.trail.calls.addenda import is_corrected
from analyzer.trail.calls.once import NOTHING, Found, once
from analyzer.trail.extent import HOME

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from analyzer.trail.calls.addenda import Addendum
    from analyzer.trail.facts import Summary
    from analyzer.trail.part import Part

REPEATS_OF_FILES: Final = pl.Schema(
    {
        "file": pl.UInt32(),
        "count": pl.UInt32(),  # records that an earlier file, or the same one, had before
        "differing": pl.UInt32(),  # those of them that say something else
        "words": pl.List(pl.String()),  # what the first few of these are
    }
)
_MOST_WORDS: Final = 6


class Across(NamedTuple):
    """What all parts show together. Numbers of records and files count through all of them. It pickles.

    Attributes:
        starts: the number of the first record of each part, and of its first file.
        found: which records are no calls of their own, and what replaces some of them.
        repeats: REPEATS_OF_FILES.
        problems: addenda that correct no record: the number of the file, and the problem.
        ends: the times of the first and of the last call that us-east-1, or a region unknown, recorded.
    """

    starts: tuple[tuple[int, int], ...]
    found: Found
    repeats: pl.DataFrame
    problems: tuple[tuple[int, str], ...]
    ends: tuple[datetime, ...]


def across_of(parts: Sequence[Part], summaries: Sequence[Summary]) -> Across:
    """What the parts show together; of no part nothing."""
    if not parts:
        return Across((), NOTHING, REPEATS_OF_FILES.to_frame(), (), ())
    records = accumulate((part.records for part in summaries), initial=0)
    files = accumulate((part.file_count for part in summaries), initial=0)
    starts = tuple(zip(records, files, strict=True))[:-1]
    addenda = [
        addendum._replace(record=addendum.record + start)
        for part, (start, _) in zip(summaries, starts, strict=True)
        for addendum in part.addenda
    ]
    records_found, keys = _related(parts, starts, addenda)
    found = once(records_found, keys, addenda) if len(records_found) else NOTHING
    file_of = dict(records_found.select("record", "file").iter_rows()) if found.unmatched else {}
    problems = tuple(
        (file_of[number], f"the addendum {event_id} corrects a record that is not available")
        for number, event_id in found.unmatched
    )
    repeats = pl.concat(
        [_renumbered(part.repeated(), *start) for part, start in zip(parts, starts, strict=True)]
    )
    return Across(
        starts,
        found._replace(repeats=found.repeats.clear(), unmatched=()),
        _of_files(found.repeats, repeats),
        problems,
        _ends(parts, starts, found),
    )


def part_of(part: Part, start: tuple[int, int], rows: pl.Expr | None) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The records and the keys of a part for which `rows` holds (None: all), numbered through all parts."""
    records, keys = part.chosen(rows)
    return _renumbered(records, *start), _renumbered(keys, *start)


def within(numbers: pl.Series, start: int, end: int | None) -> pl.Expr:
    """Whether a record of the part from `start` to `end` is one of `numbers`, which are sorted."""
    first = numbers.search_sorted(start)
    last = len(numbers) if end is None else numbers.search_sorted(end)
    return pl.col("record").is_in((numbers[first:last] - start).implode())


def ended(starts: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int | None]]:
    """The number of the first record of each part, and of the first one after it."""
    numbers = [start for start, _ in starts]
    return zip(numbers, [*numbers[1:], None], strict=True)


def _renumbered(table: pl.DataFrame, record: int, file: int) -> pl.DataFrame:
    if not (record or file):
        return table
    added = {"record": record, "of": record, "file": file}
    return table.with_columns(pl.col(name) + by for name, by in added.items() if name in table.columns)


def _related(
    parts: Sequence[Part], starts: Sequence[tuple[int, int]], addenda: Sequence[Addendum]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """RECORDS and KEY_ROWS of those that may have to do with others, of all parts."""
    named = pl.concat([_tokens(part, start, addenda) for part, (start, _) in zip(parts, starts, strict=True)])
    alike = [named[name].is_duplicated() & named[name].is_not_null() for name in ("event", "shared", "call")]
    of_addenda = pl.col("corrected") | pl.col("record").is_in([addendum.record for addendum in addenda])
    related = named.filter(alike[0] | alike[1] | alike[2] | of_addenda)["record"].sort()
    tables = [
        part_of(part, start, within(related, *numbers))
        for part, start, numbers in zip(parts, starts, ended(starts), strict=True)
    ]
    records, keys = zip(*tables, strict=True)
    return pl.concat(records), pl.concat(keys)


def _tokens(part: Part, start: int, addenda: Sequence[Addendum]) -> pl.DataFrame:
    """A number for what each record may share with others: its eventID, its sharedEventID, its call."""
    of_request = pl.when(pl.col("request_id").is_not_null()).then(pl.struct("store", "request_id").hash())
    of_etag = pl.when(pl.col("etag").is_not_null()).then(pl.struct("store", "etag").hash())
    return part.narrow(
        pl.col("record") + start,
        pl.col("event_id").hash().alias("event"),
        pl.when(pl.col("shared").is_not_null()).then(pl.col("shared").hash()).alias("shared"),
        pl.coalesce(of_request, of_etag).alias("call"),
        (is_corrected(addenda) if addenda else pl.lit(value=False)).alias("corrected"),
    )


def _of_files(repeats: pl.DataFrame, said_again: pl.DataFrame) -> pl.DataFrame:
    """REPEATS_OF_FILES of REPEATS, and of REPEATED of some of these."""
    differing = repeats.filter("differs")
    again = said_again.join(
        differing.select("event_id", "first", of="record"), on="of", maintain_order="left"
    )
    columns = ("record", "file", "event_id", "first")
    words = pl.format("the record {} differs from the one in {}", "event_id", "first")
    told = (
        pl.concat([differing.select(columns), again.select(columns)])
        .sort("record")
        .group_by("file")
        .agg(differing=pl.len().cast(pl.UInt32), words=words.head(_MOST_WORDS))
    )
    counts = pl.concat([repeats["file"], said_again["file"]]).to_frame().group_by("file")
    table = counts.agg(count=pl.len().cast(pl.UInt32)).join(told, on="file", how="left").sort("file")
    none = pl.lit([], pl.List(pl.String()))
    return table.select(
        "file", "count", pl.col("differing").fill_null(0), pl.col("words").fill_null(none)
    ).cast(REPEATS_OF_FILES)


def _ends(parts: Sequence[Part], starts: Sequence[tuple[int, int]], found: Found) -> tuple[datetime, ...]:
    at = pl.when(pl.col("region").fill_null(HOME) == HOME).then("at")
    ends = [found.corrected.select(first=at.min(), last=at.max())]
    for part, numbers in zip(parts, ended(starts), strict=True):
        counted = at if found.dropped.is_empty() else pl.when(~within(found.dropped, *numbers)).then(at)
        ends.append(part.narrow(counted.min().alias("first"), counted.max().alias("last")))
    table = pl.concat(ends)
    every = pl.concat([table["first"], table["last"]]).drop_nulls().sort()
    return () if every.is_empty() else (every[0], every[-1])
