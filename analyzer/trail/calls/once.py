"""Each call once, however many files and batches hold it: which records are repeats, contradicted or corrected.

In come records of which others may be repeats (RECORDS, KEY_ROWS); their numbers count through all batches. Of those
with one eventID, one sharedEventID, or of one call (`same_calls`), the first stays.

A record that comes again says the same as a rule. If it says something else, one of the two is not what CloudTrail
wrote, and nothing shows which: where they contradict each other, the call proves nothing any more. Its outcome is
unknown, and it may have named other keys.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import polars as pl

from analyzer.trail.calls.addenda import CALLS_AND_RECORD, corrected
from analyzer.trail.calls.call_collector import contents
from analyzer.trail.calls.same_calls import named_by, same_calls

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analyzer.trail.calls.addenda import Addendum

_DECISIVE: Final = ("store", "api", "ok", "if_match", "etag")  # what a form may lack, but not alter
CONTRADICTED: Final = "two records with its eventID contradict each other"
REPEATS: Final = pl.Schema(
    {
        "record": pl.UInt32(),
        "file": pl.UInt32(),
        "differs": pl.Boolean(),  # its eventID is the earlier one's, but it says something else
        "event_id": pl.String(),
        "first": pl.String(),  # the file that had the record first
    }
)
"""A record that an earlier file, or the same one, had before."""


class Found(NamedTuple):
    """What several records show together.

    Attributes:
        dropped: the numbers of records that are no calls of their own: repeats, and what addenda replace.
        contradicted: those of calls that prove nothing.
        corrected: CALLS that replace some of `dropped`, and `record`, which is null.
        repeats: REPEATS.
        unmatched: addenda that correct no record: the number of each, and its eventID.
    """

    dropped: pl.Series
    contradicted: pl.Series
    corrected: pl.DataFrame
    repeats: pl.DataFrame
    unmatched: tuple[tuple[int, str], ...]


NOTHING: Final = Found(
    pl.Series(dtype=pl.UInt32),
    pl.Series(dtype=pl.UInt32),
    pl.DataFrame(schema=CALLS_AND_RECORD),
    pl.DataFrame(schema=REPEATS),
    (),
)


def once(records: pl.DataFrame, keys: pl.DataFrame, addenda: Sequence[Addendum]) -> Found:
    """What these records show together.

    Args:
        records: RECORDS, at least those that share an eventID, a sharedEventID or a requestID with another, or, without
            a requestID, an ETag; and those that `addenda` correct.
        keys: KEY_ROWS of these.
        addenda: those of the records that only correct others.
    """
    firsts, repeats, contradicted = _by_event(records, keys)
    firsts, of_other_accounts = _by_shared_id(firsts)
    about = firsts.join(contradicted.to_frame("record"), on="record", how="semi")
    contradicted = pl.concat([contradicted, about["first"]]).unique().sort()
    kept = firsts.filter(pl.col("first") == pl.col("record")).drop("first")
    is_addendum = pl.col("record").is_in(sorted(addendum.record for addendum in addenda))
    apart, kept = kept.filter(is_addendum), kept.filter(~is_addendum)
    sure, named = without_proof(kept, keys, contradicted)
    copies = same_calls(sure, named)
    sure = sure.join(copies, on="record", how="anti", maintain_order="left")
    numbers = set(apart["record"])
    named_addenda = [addendum for addendum in addenda if addendum.record in numbers]
    changes = corrected(sure, named, named_addenda, (apart, keys))
    gone = [
        repeats["record"],
        of_other_accounts["record"],
        apart["record"],
        copies["record"],
        changes.replaced,
    ]
    return Found(
        pl.concat(gone).unique().sort(),
        contradicted,
        changes.calls,
        pl.concat([repeats, of_other_accounts, copies.select(REPEATS.names())]),
        changes.unmatched,
    )


def _by_event(records: pl.DataFrame, keys: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame, pl.Series]:
    """The first record of each eventID; REPEATS of the others; and the first ones that these contradict."""
    same = pl.col("record").min().over("event_id")
    about = records.with_columns(same=same, shared=pl.col("shared").min().over("event_id"))
    firsts = about.filter(pl.col("record") == pl.col("same")).drop("same")
    pairs = about.filter(pl.col("record") > pl.col("same")).select("record", "file", "event_id", "same")
    if pairs.is_empty():
        return firsts, pl.DataFrame(schema=REPEATS), pl.Series(dtype=pl.UInt32)
    several = records.filter(pl.col("event_id").is_duplicated())
    said = contents(several, keys).join(records.select("record", "source"), on="record")
    repeats = (
        pairs.join(said.select("record", "content"), on="record")
        .join(said.select(same="record", original="content", first="source"), on="same")
        .sort("record")
        .with_columns(differs=pl.col("content") != pl.col("original"))
        .select(REPEATS.names())
    )
    return firsts, repeats, _contradicted(several, keys, pairs)


def _by_shared_id(firsts: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The records with the `first` one of their sharedEventID; and REPEATS of those that are not it."""
    earliest = pl.col("record").min().over("shared")
    found = firsts.with_columns(first=pl.when(pl.col("shared").is_null()).then("record").otherwise(earliest))
    later = found.filter(pl.col("record") > pl.col("first")).sort("record")
    sources = found.select(first="record", earlier="source")
    repeats = later.join(sources, on="first", how="left", maintain_order="left").select(
        "record", "file", pl.lit(value=False).alias("differs"), "event_id", first="earlier"
    )
    return found, repeats


def _contradicted(records: pl.DataFrame, keys: pl.DataFrame, pairs: pl.DataFrame) -> pl.Series:
    """The first records whose repeats do not only lack something, but say something else.

    A value that one of the two does not have is no contradiction; nor is another set of keys, where one of the two has
    lost some. Times are not compared where a form has another one in the place of eventTime.
    """
    named = named_by(keys.join(records.select("record"), on="record", how="semi"))
    said = records.select("record", "at", *_DECISIVE, "degraded").join(named, on="record")
    both = (
        pairs.select("record", "same")
        .join(said, on="record")
        .join(said, left_on="same", right_on="record", suffix="_first")
    )
    other = pl.any_horizontal(
        (pl.col(name) != pl.col(f"{name}_first")).fill_null(value=False) for name in _DECISIVE
    )
    whole = pl.col("degraded").is_null() & pl.col("degraded_first").is_null()
    keyed = (pl.col("named") != pl.col("named_first")) & (whole | ~(pl.col("open") | pl.col("open_first")))
    moved = (pl.col("at") != pl.col("at_first")) & whole
    return both.filter(other | keyed | moved)["same"].unique()


def without_proof(
    records: pl.DataFrame, keys: pl.DataFrame, contradicted: pl.Series
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The tables, with the contradicted records as calls of unknown outcome, with keys that are not known."""
    is_one = pl.col("record").is_in(contradicted.implode())
    here = keys.filter(is_one) if len(contradicted) else keys.clear()
    if here.is_empty():
        return records, keys
    words = pl.concat_str("degraded", pl.lit(CONTRADICTED), separator="; ", ignore_nulls=True)
    changed = records.with_columns(
        pl.when(~is_one).then("ok").alias("ok"),
        pl.when(~is_one).then("etag").alias("etag"),
        pl.when(is_one).then(words).otherwise("degraded").alias("degraded"),
    )
    effects = here.group_by("record", maintain_order=True).agg(pl.col("effect").first())
    unknown = effects.with_columns(key=pl.lit(None, pl.String()), value=pl.lit(None, pl.String()))
    return changed, pl.concat([keys, unknown.select(keys.columns)])
