"""Steps that only a later line proves to be planned: those of a preview that lost its header, or prints none.

A capture may begin below the header. A step that is not marked as planned counts as a write that must have been made. A
`Plan` line proves a preview: it marks a whole table, or the lines of a log up to its first header.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_MOST: Final = 100_000  # events that wait at most, so that memory stays flat
_kind = pl.col("kind")
_is_result = ((_kind == "summary") & (pl.col("fact") == "result")).fill_null(value=False)


@dataclass(frozen=True, slots=True)
class Plan:
    """How a preview is detected, as Boolean expressions over EVENTS.

    Attributes:
        steps: the events that are planned, if a proof follows.
        proof: the event that proves the preview; it is planned itself.
        end: the event that ends a run, or begins another: a proof below it does not reach above it.
    """

    steps: pl.Expr
    proof: pl.Expr
    end: pl.Expr


BY_RESULT: Final = Plan(
    steps=_kind.is_in(("started", "done", "failed")),
    proof=_is_result & pl.col("planning").fill_null(value=False),
    end=_is_result,
)
"""The result of a run says that it was a preview. SST prints the same verbs for a diff and a deploy, and `✓  Generated`
after a diff alone (docs/facts/sst-output.md#2-terminal-output)."""


def with_plans(events: pl.DataFrame, plan: Plan = BY_RESULT) -> pl.DataFrame:
    """EVENTS in which the steps up to a proof, back to the end before it, are planned."""
    if not events.select(plan.proof.any()).item():
        return events
    proven = pl.when(plan.proof).then(pl.lit(value=True)).when(plan.end).then(pl.lit(value=False))
    of_plan = proven.backward_fill().over("deploy", order_by="line").fill_null(value=False) & plan.steps
    return events.with_columns(planning=pl.when(of_plan).then(pl.lit(value=True)).otherwise("planning"))


def planned(frames: Iterable[pl.DataFrame], plan: Plan) -> Iterator[pl.DataFrame]:
    """`frames` with `planning` on the steps above the first header, where a preview is proven, and on the proof.

    The steps wait for the proof, and the first end ends the search.

    Args:
        frames: EVENTS in the order of the log.
        plan: what proves a preview.
    """
    rest = iter(frames)
    waiting: list[pl.DataFrame] = []
    for frame in rest:
        if not waiting and not frame.select(plan.steps.any()).item():
            yield frame
            if (frame["kind"] == "header").any():
                break
            continue
        waiting.append(frame)
        proof, end = frame.select(proof=_first(plan.proof), end=_first(plan.end)).row(0)
        if proof is not None and (end is None or proof < end):
            waiting = [_as_planned(each, plan, proof) for each in waiting]
        if proof is not None or end is not None or sum(map(len, waiting)) > _MOST:
            break
    yield from waiting
    yield from rest


def _first(events: pl.Expr) -> pl.Expr:
    return pl.col("line").filter(events).min()


def _as_planned(frame: pl.DataFrame, plan: Plan, proof: int) -> pl.DataFrame:
    line = pl.col("line")
    planned = (plan.steps & (line < proof)) | (plan.proof & (line == proof))
    return frame.with_columns(planning=pl.when(planned).then(pl.lit(value=True)).otherwise("planning"))
