"""When a prefix may be believed: what stands behind it reads as a deploy, not as words about one.

Source: docs/facts/prefixes.md#4-when-a-prefix-may-be-believed.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from analyzer.prefixes.anchors import END, OPENER, ROW, SUPPORT

_DISTINCT: Final = 3
_COVERED: Final = 0.3


def reads_as_deploy(found: pl.DataFrame) -> bool:
    """Whether anchors, in the order of the log, are those of a deploy.

    Args:
        found: `kind` and `text` of the anchors behind one prefix.
    """
    enough = found["text"].n_unique() >= _DISTINCT and found["kind"].n_unique() > 1
    return enough and (_framed(found["kind"]) or _closes(found))


def is_covered(matched: int, lines: int) -> bool:
    """Whether enough of the lines between the first anchor and the last have the prefix."""
    return matched >= _COVERED * lines


def _framed(kinds: pl.Series) -> bool:
    """Whether a header is followed by a step or either by an end, and headers rarely follow steps without an end."""
    steps = kinds.filter(kinds != SUPPORT).to_frame("kind")
    pairs = steps.select("kind", before=pl.col("kind").shift(1))
    kind, before = pl.col("kind"), pl.col("before")
    frame = ((before == OPENER) & (kind == ROW)) | (before.is_in([OPENER, ROW]) & (kind == END))
    counts = pairs.select(frames=frame.sum(), broken=((before == ROW) & (kind == OPENER)).sum())
    frames, broken = counts.row(0)
    return bool(frames) and 2 * int(broken) <= int(frames)


def _closes(found: pl.DataFrame) -> bool:
    """Whether Pulumi's closing block is there: `Resources:`, counts, `Duration:`."""
    text = pl.col("text")
    closing = found.select(
        pl.when(text == "Resources:")
        .then(pl.lit("R"))
        .when(text.str.starts_with("Duration: "))
        .then(pl.lit("D"))
        .when((pl.col("kind") == END) & text.str.starts_with("    "))
        .then(pl.lit("C"))
        .otherwise(pl.lit("-"))
        .str.join("")
    )
    return bool(closing.to_series().str.contains("RC+D")[0])
