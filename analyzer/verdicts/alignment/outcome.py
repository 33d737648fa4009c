"""Makes the declared tables of where the deploys lie."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import polars as pl

from analyzer.tables import ALIGNMENTS, TIME, conform
from analyzer.verdicts.alignment.tables import ALIGNED_WRITERS, OPERATION_TIMES, STATES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analyzer.verdicts.alignment.decide import Placed
    from analyzer.verdicts.alignment.operations import Operations
    from analyzer.verdicts.alignment.place import Places
    from analyzer.verdicts.alignment.score import Scored
_Writer = dict[str, str | None]

_SESSION = r"^(arn:[^:]*:sts::[^:]*:assumed-role/[^/]+)/(.+)$"


def alignments(ids: Sequence[str], places: Places, writers: pl.DataFrame) -> pl.DataFrame:
    """ALIGNMENTS of the deploys `ids`; those whose logs have no times are not aligned.

    Args:
        ids: the deploys that have writes, in the order of DEPLOYS.
        places: where they lie.
        writers: WRITERS.
    """
    described = _described(writers)
    rows = [_row(deploy, places.by_deploy.get(deploy), places, described) for deploy in ids]
    return conform(pl.DataFrame(rows, ALIGNMENTS, orient="row"), ALIGNMENTS)


def _row(deploy: str, place: Placed | None, places: Places, writers: Sequence[_Writer]) -> dict[str, object]:
    best = None if place is None else place.best
    shown = best is not None and place is not None and place.state != "unaligned"
    row: dict[str, object] = {
        "deploy": deploy,
        "state": "unaligned" if place is None else place.state,
        "offsets": [],
        "basis": None,
        "matched": 0,
        "of": 0,
        "misses": 0,
        "extras": 0,
        "writers": [],
        "rivals": [],
        "note": None,
    }
    if place is None or best is None:
        return row
    row |= {"matched": best.fit.matched, "of": best.fit.of, "misses": best.fit.misses}
    if shown:
        row |= {
            "offsets": [_offset(one) for one in (best, place.stepped) if one is not None],
            "basis": basis(place, places),
            "extras": best.extras,
            "writers": [writers[writer] for writer in best.fit.writers],
            "rivals": [_rival(rival, writers) for rival in place.rivals],
        }
    return row


def _offset(one: Scored) -> dict[str, int]:
    return {"low": math.floor(one.fit.low), "high": math.ceil(one.fit.high)}


def _rival(rival: Scored, writers: Sequence[_Writer]) -> dict[str, object]:
    times = [pair.at for pairs in rival.fit.taken.values() for pair in pairs]
    return {
        "writer": writers[rival.fit.writers[0]],
        "offset": round(rival.fit.offset),
        "at": datetime.fromtimestamp(min(times), UTC),
        "until": datetime.fromtimestamp(max(times), UTC),
        "matched": rival.fit.matched,
    }


def basis(place: Placed, places: Places) -> str | None:
    """What a deploy's alignment rests on."""
    best = place.best
    if best is None or place.state == "unaligned":
        return None
    if place.tied:
        return "clock" if places.group is None else "group"
    if best.fit.own:
        return "own_keys"
    if best.fit.births > 0:
        return "births"
    if best.fit.moments > 1:
        return "moments"
    return "clock" if places.group is None else "group"


def states(ids: Sequence[str], places: Places) -> pl.DataFrame:
    """STATES of the deploys `ids`."""
    rows = []
    for deploy in ids:
        place = places.by_deploy.get(deploy)
        if place is None:
            rows.append((deploy, "unaligned", None, False, False))
        else:
            what = basis(place, places)
            rows.append(
                (deploy, place.state, what, place.stepped is not None, place.tied and what == "clock")
            )
    return conform(pl.DataFrame(rows, STATES, orient="row"), STATES)


def operation_times(places: Places, ops: Operations) -> pl.DataFrame:
    """OPERATION_TIMES: of the aligned deploys, the times of their operations by CloudTrail's clock."""
    rows = [
        (deploy, place.best.fit.offset, math.ceil((place.best.fit.high - place.best.fit.low) / 2))
        for deploy, place in places.by_deploy.items()
        if place.state == "aligned" and place.best is not None
    ]
    schema = {"deploy": pl.String(), "offset": pl.Float64(), "slack": pl.Int64()}
    offsets = pl.DataFrame(rows, schema, orient="row")
    moved = ops.table.join(offsets, on="deploy").select(
        "number",
        *(_time(pl.col(name) - pl.col("offset")).alias(name) for name in ("start", "end")),
        slack="slack",
    )
    return conform(ops.members.join(moved, on="number", maintain_order="left"), OPERATION_TIMES)


def _time(seconds: pl.Expr) -> pl.Expr:
    return (seconds * 1_000_000).round().cast(pl.Int64).cast(TIME)


def writers_of(places: Places, writers: pl.DataFrame) -> pl.DataFrame:
    """ALIGNED_WRITERS: whose calls are the aligned deploys' own."""
    who = writers.select("caller", "access_key").rows()
    rows = [
        (deploy, *who[writer])
        for deploy, place in places.by_deploy.items()
        if place.state == "aligned" and place.best is not None
        for writer in place.best.fit.writers
    ]
    return conform(pl.DataFrame(rows, ALIGNED_WRITERS, orient="row"), ALIGNED_WRITERS)


def _described(writers: pl.DataFrame) -> list[_Writer]:
    """WRITER of each of `writers`."""
    principal = pl.coalesce(pl.col("caller").str.extract(_SESSION, 1), "caller")
    return writers.select(
        principal=principal,
        session=pl.col("caller").str.extract(_SESSION, 2),
        access_key="access_key",
        ip="source_ip",
        user_agent="user_agent",
    ).to_dicts()
