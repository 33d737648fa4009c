"""Writes of which some were lost, but it cannot be decided which: their calls could as well be each other's.

In come FITS (which writes the same calls fit), LOSSES and the writes. Out goes AMBIGUITIES: the other writes that the
loss may be of.

The algorithm: strongly connected components (Tarjan's, `components`). A call answers for one write, but several may
fit. Let each write point to the holders of the other calls that fit it. Around a circle of such arrows every write can
hand its call on, and each still has one. So in one component the number of lost writes is known, but any of its writes
may be a lost one. A loss that does not hang on which call it was (an entry that a later operation removed) is apart.

On a busy key every write may point to every other. Calls that fit are neighbours in time, so an arrow may end at a
node that stands for a block of calls, of which arrows lead on to its two halves: two blocks cover any range.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.tables import conform, empty
from analyzer.verdicts.losses.components import components
from analyzer.verdicts.losses.tables import AMBIGUITIES
from analyzer.verdicts.matching.tables import FITS
from analyzer.verdicts.ranges import rows_of
from analyzer.verdicts.signs import spare_calls

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_FEW: Final = 8
"""Calls of a range up to which each has an arrow of its own."""

_MOST_NAMED: Final = 20
"""Resources that are named where more than one may have lost its write; the others are counted."""


def arrows(ranges: pl.DataFrame, holders: pl.Series) -> pl.DataFrame:
    """FITS: from each write to the holders of the calls that fit it, and from blocks to their halves.

    Args:
        ranges: `write, first, past`: the rows of `holders` whose calls fit the write.
        holders: the writes that hold the calls, in the order of these.
    """
    size = pl.col("past") - pl.col("first")
    few = ranges.filter(size <= _FEW)
    rows = rows_of(few)
    direct = few.select("write")[rows["span"]].with_columns(partner=holders.gather(rows["row"]))
    if few.height == ranges.height:
        return conform(direct.filter(pl.col("write") != pl.col("partner")), FITS)
    # A block of level n begins at a row and holds 2 ** n of them; of two that may overlap, one ends with the range.
    many = ranges.filter(size > _FEW).with_columns(level=(size.log(2) + 1e-9).floor().cast(pl.Int64))
    ends = [
        many.select("write", "level", row="first"),
        many.select("write", "level", row=pl.col("past") - pl.lit(2, pl.Int64).pow(pl.col("level"))),
    ]
    blocks = pl.concat(ends)
    parts = [direct, blocks.select("write", partner=_block())]
    needed = blocks.select("level", "row").unique()
    for level in range(needed.select(pl.col("level").max()).item() or 0, 0, -1):
        here = needed.filter(pl.col("level") == level)
        halves = pl.concat(
            [
                here.select("level", "row", half="row"),
                here.select("level", "row", half=pl.col("row") + 2 ** (level - 1)),
            ]
        ).select(write=_block(), level=pl.lit(level - 1, pl.Int64), row="half")
        if level == 1:
            parts.append(halves.select("write", partner=holders.gather(halves["row"])))
        else:
            parts.append(halves.select("write", partner=_block()))
        needed = pl.concat([needed, halves.select("level", "row")]).unique()
    return conform(pl.concat(parts).filter(pl.col("write") != pl.col("partner")), FITS)


def _block() -> pl.Expr:
    """The name of a block of calls: no write has such an id."""
    return pl.format("block {} {}", "level", "row")


def ambiguities_of_all(
    fits: pl.DataFrame, loose: pl.DataFrame, lost: pl.DataFrame, writes: pl.DataFrame
) -> pl.DataFrame:
    """AMBIGUITIES; whether a write is only in doubt is looked at with clocks that are a little further apart too.

    Args:
        fits: FITS.
        loose: FITS by such clocks.
        lost: LOSSES.
        writes: WINDOWS.
    """
    if lost.is_empty():
        return empty(AMBIGUITIES)
    sure = ambiguities(fits, lost, writes)
    doubts = lost.filter(pl.col("loss_cause").is_null() & pl.col("threat").is_not_null())
    return pl.concat([sure, ambiguities(loose, doubts, writes).join(sure, on="write", how="anti")])


def where_all_calls_are_theirs(lost: pl.DataFrame, facts: pl.DataFrame) -> pl.DataFrame:
    """LOSSES: those of writes that a spare call fits too are doubts: then none of the writes need be lost.

    Args:
        lost: LOSSES.
        facts: FACTS.
    """
    if lost.is_empty():
        return lost
    spare = facts.filter(spare_calls()).select(write="id", spare=pl.lit(value=True))
    flagged = lost.join(spare, on="write", how="left", maintain_order="left")
    doubt = pl.col("spare").fill_null(value=False)
    return flagged.with_columns(
        loss_cause=pl.when(~doubt).then("loss_cause"),
        threat=pl.when(doubt).then(pl.coalesce("threat", "loss_event_id")).otherwise("threat"),
    ).drop("spare")


def ambiguities(fits: pl.DataFrame, lost: pl.DataFrame, writes: pl.DataFrame) -> pl.DataFrame:
    """AMBIGUITIES: the writes that share a loss, or a doubt, with others.

    Args:
        fits: FITS: the call that answers for `partner` fits `write` too.
        lost: LOSSES.
        writes: WINDOWS.
    """
    own = lost.filter("loss_is_its_own")
    causes = dict(lost.join(own, on="write", how="anti").select("write", "loss_cause").iter_rows())
    names = dict(
        writes.join(own, left_on="id", right_on="write", how="anti").select("id", "name").iter_rows()
    )
    places = {write: place for place, write in enumerate(names)}
    removals = set(writes.filter(pl.col("action") == "remove")["id"])
    onward = dict(fits.group_by("write").agg("partner").iter_rows())
    rows: list[tuple[str, str, str | None, bool]] = []
    starts = causes.keys() & onward.keys()
    for component in components(sorted(starts), onward):
        circle = sorted((each for each in component if each in names), key=places.__getitem__)
        lost_by = [causes[each] for each in circle if causes.get(each)]
        if len(circle) == len(lost_by) or starts.isdisjoint(circle):
            continue
        # What removes an entry is undone by an old copy of the list alone: never by another's removal.
        circle = [each for each in circle if each not in removals or lost_by[:1] != ["deleted"]]
        others = _others([names[each] for each in circle])
        rows += [
            (each, other, lost_by[0] if lost_by else None, not lost_by)
            for each, other in zip(circle, others, strict=True)
        ]
    return pl.DataFrame(rows, schema=AMBIGUITIES, orient="row")


def _others(names: Iterable[str]) -> Iterator[str]:
    """For each name the other names, the first of them as one text."""
    counts = Counter(names)
    ordered = sorted(counts)
    first = ordered[: _MOST_NAMED + 1]
    for name in names:
        alone = counts[name] == 1
        first_names = [other for other in first if not (alone and other == name)][:_MOST_NAMED]
        more = len(ordered) - alone - len(first_names)
        yield ", ".join(first_names) + (f" and {more} more" if more else "")
