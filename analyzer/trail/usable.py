"""Whether what was named as a trail is one: files of records, and not digests alone, nor another account's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from analyzer.errors import InputError
from analyzer.sources.unread import require_usable
from analyzer.trail.coverage.digest import KIND as DIGEST

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def _holds_records(inputs: pl.DataFrame) -> bool:
    """Whether there is a trail: a file of records, even if it holds none; digests only list such files."""
    return not inputs["kind"].is_in(["unusable", DIGEST]).all()


def _digests_alone(inputs: pl.DataFrame, named: Sequence[str | Path]) -> tuple[tuple[str, str], ...]:
    """The first file and the reason, where a trail was named and only digests were found."""
    digests = inputs.filter(pl.col("kind") == DIGEST)["source"]
    if not named or digests.is_empty() or _holds_records(inputs):
        return ()
    return ((digests[0], "a digest, which lists log files and contains no records: name the log files too"),)


def is_blank(inputs: pl.DataFrame) -> bool:
    """Whether there is no trail, or one that contains nothing: no record of any service, and no digest that says so.

    Args:
        inputs: INPUTS of the trail.
    """
    has_digests = (inputs["kind"] == DIGEST).any()
    return not _holds_records(inputs) or (inputs["records"].sum() == 0 and not has_digests)


def unfit_trail(
    inputs: pl.DataFrame, misfits: pl.DataFrame, named: Sequence[str | Path]
) -> tuple[tuple[str, str], ...]:
    """The first file and the reason, where a trail was named that is another's, or in which nothing is.

    Args:
        inputs: INPUTS of the trail.
        misfits: MISFITS.
        named: what was named as the trail.
    """
    strange = misfits.filter(kind="trail").select("source", "reason").rows()
    if not named or strange:
        return tuple(strange) if named else ()
    alone = _digests_alone(inputs, named)
    files = inputs.filter(pl.col("kind") != "unusable")["source"]
    if alone or files.is_empty() or not is_blank(inputs):
        return alone
    return ((files[0], "the trail contains no records: name the files of the time of the deploy"),)


def require_records(inputs: pl.DataFrame, named: Sequence[str | Path]) -> None:
    """As `require_usable`; digests alone are no use either.

    Args:
        inputs: INPUTS of the trail.
        named: what was named as the trail.

    Raises:
        InputError: nothing of it could be used.
    """
    require_usable(inputs, named, "CloudTrail log file")
    for source, reason in _digests_alone(inputs, named):
        raise InputError(source, reason)
