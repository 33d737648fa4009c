"""Makes the declared tables of where the deploys lie.

In come the places and WRITERS. Out go ALIGNMENTS, STATES, OPERATION_TIMES and ALIGNED_WRITERS.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.tables import ALIGNMENTS, OFFSET, TIME, WRITER, conform
from analyzer.verdicts.alignment.tables import ALIGNED_WRITERS, OPERATION_TIMES, STATES
from analyzer.verdicts.columns import NUMBER
from analyzer.verdicts.principals import principal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from analyzer.verdicts.alignment.attempts import Attempts
    from analyzer.verdicts.alignment.decide import Placed
    from analyzer.verdicts.alignment.fit import Fit
    from analyzer.verdicts.alignment.operations import Operations
    from analyzer.verdicts.alignment.place import Places
    from analyzer.verdicts.alignment.score import Scored

_SESSION = r"^arn:[^:]*:sts::[^:]*:assumed-role/[^/]+/(.+)$"
_NUMBERS = ("matched", "of", "misses", "extras")


def alignments(ids: Sequence[str], places: Places, found: Attempts, notes: Mapping[str, str]) -> pl.DataFrame:
    """ALIGNMENTS of the deploys `ids`; those whose logs have no times are not aligned.

    Args:
        ids: the deploys that have writes, in the order of DEPLOYS.
        places: where they lie.
        found: the attempts, and who made them.
        notes: what there is to say of each.
    """
    rows = [_row(deploy, places) for deploy in ids]
    schema = {"deploy": pl.String(), "state": pl.String(), "basis": pl.String()}
    table = pl.DataFrame(rows, schema | dict.fromkeys(_NUMBERS, pl.Int64()), orient="row")
    shown = [
        place for place in places.by_deploy.values() if place.best is not None and place.state != "unaligned"
    ]
    parts = [_offsets(shown), _writers(shown, found), _rivals(shown, found.writers), _runs(shown)]
    for part in parts:
        table = table.join(part, on="deploy", how="left", maintain_order="left")
    nothing = pl.lit([]).cast
    return conform(
        table.with_columns(
            *(pl.col(name).fill_null(nothing(ALIGNMENTS[name])) for name in ("offsets", "writers", "rivals")),
            note=pl.col("deploy").replace_strict(notes, default=None, return_dtype=pl.String()),
        ),
        ALIGNMENTS,
    )


def _row(deploy: str, places: Places) -> tuple[object, ...]:
    place = places.by_deploy.get(deploy)
    if place is None or place.best is None:
        return (deploy, "unaligned", None, 0, _operations_of(place), _operations_of(place), 0)
    fit = place.best.fit
    extras = 0 if place.state == "unaligned" else place.best.extras
    return (deploy, place.state, basis(place, places), fit.matched, fit.of, fit.misses, extras)


def _operations_of(place: Placed | None) -> int:
    return 0 if place is None else place.expected


def _offsets(places: Sequence[Placed]) -> pl.DataFrame:
    rows = [
        (place.deploy, math.floor(one.low), math.ceil(one.high)) for place in places for one in place.parts()
    ]
    schema = {"deploy": pl.String(), **{field.name: field.dtype for field in OFFSET.fields}}
    return _listed(pl.DataFrame(rows, schema, orient="row"), pl.struct("low", "high"), "offsets")


def _writers(places: Sequence[Placed], found: Attempts) -> pl.DataFrame:
    rows = [
        (place.deploy, writer)
        for place in places
        if place.best is not None
        for writer in place.best.fit.writers
    ]
    flat = pl.DataFrame(rows, {"deploy": pl.String(), "writer": NUMBER}, orient="row")
    described = flat.join(
        _machines(places, found), on=["deploy", "writer"], how="left", maintain_order="left"
    )
    who = described.join(_described(found.writers), on="writer", maintain_order="left")
    struct = pl.struct(field.name for field in WRITER.fields)
    return _listed(who, struct, "writers")


def _machines(places: Sequence[Placed], found: Attempts) -> pl.DataFrame:
    """`deploy, writer, ip, user_agent`: from where each writer made the first of a deploy's calls that says it."""
    rows = [
        (place.deploy, pair.attempt)
        for place in places
        if place.best is not None
        for pairs in place.best.fit.taken.values()
        for pair in pairs
    ]
    taken = pl.DataFrame(rows, {"deploy": pl.String(), "attempt": NUMBER}, orient="row")
    numbers = [
        (place.deploy, number)
        for place in places
        if place.best is not None and place.best.fit.fixed
        for number in place.best.fit.taken
    ]
    named = pl.DataFrame(numbers, {"deploy": pl.String(), "number": NUMBER}, orient="row")
    columns = ["deploy", "writer", "at", "source_ip", "user_agent"]
    calls = pl.concat(
        [
            taken.join(found.table, on="attempt").select(columns),
            named.join(found.named, on="number").select(columns),
        ]
    )
    ordered = calls.sort("deploy", "writer", "at", "source_ip", "user_agent")
    return ordered.group_by("deploy", "writer", maintain_order=True).agg(
        pl.col("user_agent").drop_nulls().first(), ip=pl.col("source_ip").drop_nulls().first()
    )


def _rivals(places: Sequence[Placed], writers: pl.DataFrame) -> pl.DataFrame:
    rows = [(place.deploy, *_rival(rival)) for place in places for rival in place.rivals]
    seconds = {"at": pl.Float64(), "until": pl.Float64()}
    schema = {
        "deploy": pl.String(),
        "writer": pl.UInt32(),
        "offset": pl.Int64(),
        **seconds,
        "matched": pl.Int64(),
    }
    flat = (
        pl.DataFrame(rows, schema, orient="row")
        .join(writers.select("writer", "caller"), on="writer", maintain_order="left")
        .with_columns(_time(pl.col("at", "until")))
    )
    return _listed(
        flat, pl.struct(pl.col("caller").alias("writer"), "offset", "at", "until", "matched"), "rivals"
    )


def _runs(places: Sequence[Placed]) -> pl.DataFrame:
    """`deploy, at, until`: the first and the last call of the deploys, of those that are ambiguous the likeliest's."""
    rows = [
        (place.deploy, min(times), max(times))
        for place in places
        for times in [[pair.at for part in place.parts() for pairs in part.taken.values() for pair in pairs]]
        if times
    ]
    schema = {"deploy": pl.String(), "at": pl.Float64(), "until": pl.Float64()}
    return pl.DataFrame(rows, schema, orient="row").with_columns(_time(pl.col("at", "until")))


def _listed(flat: pl.DataFrame, one: pl.Expr, name: str) -> pl.DataFrame:
    """`deploy, NAME`: what `one` gives of each deploy's rows, as a list."""
    return flat.select("deploy", one.alias(name)).group_by("deploy", maintain_order=True).agg(name)


def _rival(rival: Scored) -> tuple[int, int, float, float, int]:
    times = [pair.at for pairs in rival.fit.taken.values() for pair in pairs]
    return rival.fit.writers[0], round(rival.fit.offset), min(times), max(times), rival.fit.matched


def basis(place: Placed, places: Places) -> str | None:
    """What a deploy's alignment rests on."""
    best = place.best
    if best is None or place.state == "unaligned":
        return None
    if best.fit.fixed:
        return "request_id"
    if not place.tied:
        if best.fit.evidence.own:
            return "own_keys"
        if best.fit.evidence.births > 0:
            return "births"
        if best.fit.evidence.moments > 1 or best.fit.matched > 1:
            # Two runs of one stack at one time cannot be: Pulumi locks its state.
            return "moments"
    return "group" if place.deploy in places.shared and best.near and not place.by_window else "clock"


def states(ids: Sequence[str], places: Places) -> pl.DataFrame:
    """STATES of the deploys `ids`."""
    rows: list[tuple[object, ...]] = []
    for deploy in ids:
        place = places.by_deploy.get(deploy)
        if place is None:
            rows.append((deploy, "unaligned", None, False, False, False, False))
        else:
            what = basis(place, places)
            rows.append(
                (
                    deploy,
                    place.state,
                    what,
                    place.stepped is not None or place.lasting is not None,
                    place.tied and what == "clock",
                    _is_shifted(place),
                    _is_far(place, places),
                )
            )
    return conform(pl.DataFrame(rows, STATES, orient="row"), STATES)


def _is_shifted(place: Placed) -> bool:
    """Whether an operation that has no call may have one that the alignment gives to another operation."""
    return bool(place.shifted) and place.best is not None and place.best.fit.misses > 0


_MOMENTS_WORTH: Final = 3.0
"""What moments must be worth so that a rerun of the same stack, whose delays vary, would not show them."""


def _is_far(place: Placed, places: Places) -> bool:
    """Whether a rerun, after a deploy that wrote nothing, would look the same: its keys and births are the same."""
    best = place.best
    if place.by_window:
        return True
    if best is None or best.near or best.fit.fixed or place.deploy in places.shared:
        return False
    return best.fit.evidence.worth < _MOMENTS_WORTH


def operation_times(places: Places, ops: Operations) -> pl.DataFrame:
    """OPERATION_TIMES: of the aligned deploys, the times of their operations by CloudTrail's clock.

    Where the clock stepped within the deploy, only those of the operations that calls match: of the others it is not
    known before or after which step they ran.
    """
    whole: list[tuple[object, ...]] = []
    single: list[tuple[object, ...]] = []
    for deploy, place in places.by_deploy.items():
        if place.state == "aligned" and place.best is not None:
            parts = place.parts()
            if len(parts) == 1:
                whole.append((deploy, *_middle(place.best.fit)))
            else:
                single.extend((number, *_middle(part)) for part in parts for number in part.taken)
    offset = {"offset": pl.Float64(), "slack": pl.Int64()}
    by_deploy = pl.DataFrame(whole, {"deploy": pl.String(), **offset}, orient="row")
    by_number = pl.DataFrame(single, {"number": ops.table.schema["number"], **offset}, orient="row")
    columns = ["number", "start", "end", "offset", "slack"]
    moved = pl.concat(
        [
            ops.table.join(by_deploy, on="deploy").select(columns),
            ops.table.join(by_number, on="number").select(columns),
        ]
    )
    times = moved.select(
        "number",
        *(_time(pl.col(name) - pl.col("offset")).alias(name) for name in ("start", "end")),
        slack="slack",
    )
    return conform(ops.members.join(times, on="number", maintain_order="left"), OPERATION_TIMES)


def _middle(fit: Fit) -> tuple[float, int]:
    """The offset that is taken, and whole seconds by which it may be another."""
    least, most = fit.span
    return fit.offset, math.ceil(max(most - fit.offset, fit.offset - least))


def _time(seconds: pl.Expr) -> pl.Expr:
    return (seconds * 1_000_000).round().cast(pl.Int64).cast(TIME)


def writers_of(places: Places, writers: pl.DataFrame) -> pl.DataFrame:
    """ALIGNED_WRITERS: whose calls are the aligned deploys' own."""
    who = writers.select("caller", "access_key").rows()
    rows = {
        (deploy, *who[writer]): None
        for deploy, place in places.by_deploy.items()
        if place.state == "aligned" and place.best is not None
        for writer in place.best.fit.writers
        if who[writer][0] is not None or writer == place.best.fit.writers[0]
    }
    return conform(pl.DataFrame(list(rows), ALIGNED_WRITERS, orient="row"), ALIGNED_WRITERS)


def _described(writers: pl.DataFrame) -> pl.DataFrame:
    """`writer, principal, session, access_key` of each of `writers`."""
    return writers.select(
        "writer",
        principal=principal(),
        session=pl.col("caller").str.extract(_SESSION, 1),
        access_key="access_key",
    )
