"""Parts, in their order → what reading all their files at once gives: a `Trail`, or pieces of it for an audit.

The order of calls is in `part`. A part's facts, and the calls of a store, are read when they are needed, and are not
kept.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from analyzer.errors import InputError
from analyzer.tables import CALLS, conform
from analyzer.trail.across import across_of, part_of
from analyzer.trail.calls.lay_out import ORDER, laid_out
from analyzer.trail.calls.once import without_proof
from analyzer.trail.calls.store_lives import store_lives
from analyzer.trail.facts import FactCollector, Facts, decoded, summary

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from analyzer.sources.input_stats import InputStats
    from analyzer.trail.across import Across
    from analyzer.trail.facts import Summary
    from analyzer.trail.part import Part
    from analyzer.trail.reading import Reading
    from analyzer.trail.trail import Trail


def joined(parts: Sequence[Part], unread: Sequence[InputStats], how: Reading) -> Trail:
    """The trail, as `read_trail` gives it of all files at once.

    Raises:
        InputError: a stored part is damaged. So do the other functions.
        ValueError: `unhashed` parts are among them.
    """
    found = across(parts)
    trail = trail_facts(parts, found, unread, how)
    calls = calls_of_stores(parts, found, None)
    return replace(trail, calls=calls, store_lives=store_lives(trail.store_changes, calls))


def unhashed(parts: Sequence[Part]) -> list[int]:
    """The places of the parts that must be read again with `how.hashing`, because there are digests; else none."""
    known = [_summary(part) for part in parts]
    has_digests = any(part.digests for part in known)
    return [place for place, part in enumerate(known) if has_digests and not part.hashing]


def across(parts: Sequence[Part]) -> Across:
    """What only all parts show together: which records are repeats, contradicted or corrected. Small; it pickles."""
    return across_of(parts, [_summary(part) for part in parts])


def trail_facts(parts: Sequence[Part], found: Across, unread: Sequence[InputStats], how: Reading) -> Trail:
    """The trail without its calls; INPUTS are complete, `store_lives` know only the changes of stores.

    Args:
        parts: all parts.
        found: what `across` gave of them.
        unread: of words that gave no source: they are the first of INPUTS.
        how: its `keys` and `selector_files` count.
    """
    known = [_summary(part) for part in parts]
    has_digests = any(part.digests for part in known)
    if has_digests and not all(part.hashing for part in known):
        raise ValueError("parts must be read again: there are digests")
    collector = FactCollector(digests=has_digests)
    unclear: dict[int, int] = {}
    for part, (_, start) in zip(parts, found.starts, strict=True):
        facts = _decoded(part)
        unclear |= {start + file: count for file, count in facts.unclear.items()}
        for file in facts.files:
            collector.take(file)
    return _without_calls(collector, found, unclear, unread, how)


def calls_of_stores(
    parts: Sequence[Part],
    found: Across,
    stores: Collection[str] | None,
    *,
    without_store: bool = False,
) -> pl.DataFrame:
    """CALLS of `stores` (None: of all), and of the records that name no store if `without_store`."""
    rows = None if stores is None else _is_of(stores, without_store=without_store)
    tables = [part_of(part, start, rows) for part, start in zip(parts, found.starts, strict=True)]
    return _calls(tables, found, rows)


def trail_of(
    facts: FactCollector,
    parts: list[Part],
    summaries: Sequence[Summary],
    unread: Sequence[InputStats],
    how: Reading,
) -> Trail:
    """The trail of parts whose facts were taken in already. The parts are taken out of their list."""
    found = across_of(parts, summaries)
    unclear = {
        start + file: count
        for part, (_, start) in zip(summaries, found.starts, strict=True)
        for file, count in part.unclear.items()
    }
    trail = _without_calls(facts, found, unclear, unread, how)
    tables = [part_of(parts.pop(0), start, None) for start in found.starts]
    calls = _calls(tables, found, None)
    return replace(trail, calls=calls, store_lives=store_lives(trail.store_changes, calls))


def _summary(part: Part) -> Summary:
    try:
        return summary(part.facts)
    except (ValueError, RecursionError):
        raise InputError("a part of a trail", "its facts are damaged") from None


def _decoded(part: Part) -> Facts:
    try:
        return decoded(part.facts)
    except (ValueError, RecursionError):
        raise InputError("a part of a trail", "its facts are damaged") from None


def _without_calls(
    facts: FactCollector,
    found: Across,
    unclear: dict[int, int],
    unread: Sequence[InputStats],
    how: Reading,
) -> Trail:
    try:
        facts.tell_of_repeats(found.repeats)
        facts.tell_of_unclear(unclear)
        for file, problem in found.problems:
            facts.tell(file, problem)
    except KeyError:  # a file that has no records
        raise InputError("parts of a trail", "they do not belong together, or are damaged") from None
    return facts.trail(found.ends, unread, how)


def _calls(
    tables: list[tuple[pl.DataFrame, pl.DataFrame]], found: Across, rows: pl.Expr | None
) -> pl.DataFrame:
    """CALLS of RECORDS and KEY_ROWS, which are taken out of their list: they are not held twice."""
    if not tables:
        return pl.DataFrame(schema=CALLS)
    once = found.found
    records, keys = (pl.concat(every) for every in zip(*tables, strict=True))
    tables.clear()
    if not once.dropped.is_empty():
        records = records.filter(~pl.col("record").is_in(once.dropped.implode()))
    tables.append(without_proof(records, keys, once.contradicted))
    del records, keys
    calls = laid_out(tables)
    corrected = once.corrected if rows is None else once.corrected.filter(rows)
    if not corrected.is_empty():
        every = pl.concat([calls, corrected.select(CALLS.names())])
        calls = every.sort(*ORDER, nulls_last=True, maintain_order=True)
    return conform(calls, CALLS)


def _is_of(stores: Collection[str], *, without_store: bool) -> pl.Expr:
    named = pl.col("store").is_in(pl.Series(sorted(stores), dtype=pl.String).implode()).fill_null(value=False)
    return named | pl.col("store").is_null() if without_store else named
