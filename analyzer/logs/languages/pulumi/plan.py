"""Steps of `--diff` above the first header of a log: what follows may prove that they are of a preview.

Only a header says so beforehand, and a capture may begin below it. A step that nobody planned is a write that must
have been made; so the steps wait for the proof.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.logs.languages.pulumi.diff import STEP

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_PROOF: Final = r"^(?:Do you want to perform this |    [^ ]{1,2} ?[0-9]+ to [a-z])"
"""A preview's totals say what is to be done; what is asked for after it is not done yet."""
_HELD: Final = 100_000  # events that wait at most, so that memory stays flat

_kind = pl.col("kind")
_summary = _kind == "summary"


def planned(frames: Iterable[pl.DataFrame]) -> Iterator[pl.DataFrame]:
    """`frames` with `planning` on the steps above the first header, where a preview is proven, and on the proof.

    A duration ends the search: a run that took its time was none.

    Args:
        frames: EVENTS in the order of the log, with steps of the kind `STEP`.
    """
    rest = iter(frames)
    held: list[pl.DataFrame] = []
    for frame in rest:
        if not held and not (frame["kind"] == STEP).any():
            yield frame
            if (frame["kind"] == "header").any():
                break
            continue
        held.append(frame)
        proof, end = frame.select(proof=_first(_proves()), end=_first(_ends())).row(0)
        if proof is not None and (end is None or proof < end):
            held = [_as_planned(each, proof) for each in held]
        if proof is not None or end is not None or sum(map(len, held)) > _HELD:
            break
    yield from held
    yield from rest


def _proves() -> pl.Expr:
    return _summary & pl.col("message").str.contains(_PROOF)


def _ends() -> pl.Expr:
    """What ends the run, or begins another one."""
    return (_kind == "header") | (_summary & pl.col("seconds").is_not_null())


def _first(events: pl.Expr) -> pl.Expr:
    return pl.col("line").filter(events).min()


def _as_planned(frame: pl.DataFrame, proof: int) -> pl.DataFrame:
    said = ((_kind == STEP) & (pl.col("line") < proof)) | (_summary & (pl.col("line") == proof))
    return frame.with_columns(planning=pl.when(said).then(pl.lit(value=True)).otherwise("planning"))
