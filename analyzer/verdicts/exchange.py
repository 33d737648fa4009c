"""Writes of which some were lost, and nothing tells which: their calls could as well be each other's.

A call answers for one write, but several may fit. Let each write point to the holders of the other calls that fit it:
around a circle of such arrows every write can hand its call on, and all have one as before. So of the writes that lie
on circles with each other as many were lost as it seems, but any of them may be the one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_FITS = {"write": pl.String(), "partner": pl.String()}
_UNCLEAR = {"write": pl.String(), "or_else": pl.String(), "unclear": pl.String(), "threatened": pl.Boolean()}


def no_fits() -> pl.DataFrame:
    """`Facts.fits` without rows."""
    return pl.DataFrame(schema=_FITS)


def unclear(fits: pl.DataFrame, lost: pl.DataFrame, writes: pl.DataFrame) -> pl.DataFrame:
    """The writes that share a loss, or a doubt, with others.

    Gives `write, or_else` (the resources of the others), `unclear` (the cause of the loss) and `threatened` (none was
    surely lost, but of one of them nothing tells).

    Args:
        fits: `write, partner`: the call that answers for `partner` fits `write` too.
        lost: what `loss.losses` gives.
        writes: WRITES.
    """
    causes = dict(lost.select("write", "loss_cause").iter_rows())
    names = dict(writes.select("id", "name").iter_rows())
    onward, backward = _arrows(fits, "write", "partner"), _arrows(fits, "partner", "write")
    rows: dict[str, tuple[str, str, str | None, bool]] = {}
    for write in sorted(causes.keys() & onward.keys()):
        if write in rows:
            continue
        circle = sorted(_reached(write, onward) & _reached(write, backward))
        told = [causes[each] for each in circle if causes.get(each)]
        if len(circle) == len(told):
            continue
        for each in circle:
            others = ", ".join(sorted({names[other] for other in circle if other != each}))
            rows[each] = (each, others, told[0] if told else None, not told)
    return pl.DataFrame(list(rows.values()), schema=_UNCLEAR, orient="row")


def _arrows(fits: pl.DataFrame, tail: str, head: str) -> dict[str, list[str]]:
    return dict(fits.group_by(tail).agg(head).iter_rows())


def _reached(start: str, arrows: Mapping[str, Sequence[str]]) -> set[str]:
    """Where arrows lead from `start`, and it itself."""
    seen, waiting = {start}, [start]
    while waiting:
        fresh = [each for each in arrows.get(waiting.pop(), ()) if each not in seen]
        seen.update(fresh)
        waiting += fresh
    return seen
