"""The baseline: fingerprints of findings that were there when a project began to use the check.

A finding that is in it is marked, stays in the report, and does not count for the exit code. A fingerprint has no line
number and no time, so several findings may share one (a doubt for each of two causes of one rule): the baseline has
their number, and one more than that is new.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Final

import msgspec
import polars as pl

from analyzer.errors import InputError
from analyzer.read_back import Form
from analyzer.sources.limits import LISTING_BYTES
from analyzer.sources.paths import is_file
from analyzer.sources.source import Source
from analyzer.sources.unpack import read_whole

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

SCHEMA: Final = "lostwrite.baseline/v1"


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """A finding of the baseline, or several that share the fingerprint."""

    code: Annotated[str, msgspec.Meta(pattern=r"\ALW[0-9]{3}\Z")]
    name: Annotated[str, msgspec.Meta(pattern=r"\A[a-z0-9-]{1,60}\Z")]
    fingerprint: Annotated[str, msgspec.Meta(pattern=r"\A[0-9a-f]{16}\Z")]
    count: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)] = 1


class _File(msgspec.Struct):
    schema: str
    findings: list[Known]


_FORM: Final = Form(SCHEMA, "baseline", _File)


@dataclass(frozen=True, slots=True)
class Comparison:
    """How a run differs from the baseline; suppressed findings are in none of the numbers.

    Attributes:
        new: findings that the baseline does not have.
        unchanged: findings that it has.
        gone: what it has and the run does not, with how many of each.
    """

    new: int
    unchanged: int
    gone: tuple[Known, ...]

    @property
    def absent(self) -> int:
        """How many findings of the baseline are gone."""
        return sum(known.count for known in self.gone)


def read_baseline(file: str | Path) -> tuple[Known, ...]:
    """The findings of a baseline, as `baseline_text` wrote them.

    Raises:
        InputError: it cannot be read, or is none that this version knows.
    """
    try:
        if not is_file(file) and os.path.lexists(file):  # a pipe in a repository would be waited for
            raise InputError(str(file), "is no file")
        data, problems = read_whole(Source(str(file), file), LISTING_BYTES)
    except ValueError as error:  # a NUL, or half a character
        raise InputError(str(file), "not a path that can be read") from error
    if problems:
        raise InputError(str(file), problems[0])
    return tuple(_FORM.read(data, str(file)).findings)


def baseline_text(findings: pl.DataFrame) -> str:
    """The baseline of FINDINGS as JSON: those that are not suppressed, sorted, the same bytes for the same findings."""
    rows = (
        findings.filter(~pl.col("suppressed"))
        .group_by("code", "name", "fingerprint")
        .agg(count=pl.len().cast(pl.Int64))
        .sort("code", "name", "fingerprint")
    )
    document = {"schema": SCHEMA, "findings": rows.to_dicts()}
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode() + "\n"


def compare(findings: pl.DataFrame, known: Sequence[Known]) -> tuple[pl.DataFrame, Comparison]:
    """FINDINGS with `baseline_state`, and how the run differs from the baseline.

    Of findings that share a fingerprint the first ones are `unchanged`: as many as the baseline has. Suppressed ones
    come last, so that they take nothing from the others.
    """
    counts = _counts(known)
    states = (
        findings.with_row_index("row")
        .sort("suppressed", maintain_order=True)
        .with_columns(nth=pl.int_range(pl.len()).over("fingerprint"))
        .join(counts, on="fingerprint", how="left", maintain_order="left")
        .sort("row")
        .select(state=pl.col("nth") < pl.col("known").fill_null(0))
        .to_series()
    )
    marked = findings.with_columns(
        baseline_state=pl.when(states).then(pl.lit("unchanged")).otherwise(pl.lit("new"))
    )
    open_states = marked.filter(~pl.col("suppressed"))["baseline_state"]
    here = dict(findings.group_by("fingerprint").len().iter_rows())
    return marked, Comparison(
        new=int((open_states == "new").sum()),
        unchanged=int((open_states == "unchanged").sum()),
        gone=_gone(known, here),
    )


def _counts(known: Sequence[Known]) -> pl.DataFrame:
    rows = [(each.fingerprint, each.count) for each in known]
    table = pl.DataFrame(rows, {"fingerprint": pl.String(), "known": pl.Int64()}, orient="row")
    return table.group_by("fingerprint").agg(pl.col("known").sum())


def _gone(known: Sequence[Known], here: dict[str, int]) -> tuple[Known, ...]:
    """What is left of `known` when what is `here` is taken away."""
    left = dict(here)
    gone = []
    for each in known:
        taken = min(each.count, left.get(each.fingerprint, 0))
        left[each.fingerprint] = left.get(each.fingerprint, 0) - taken
        if taken < each.count:
            gone.append(msgspec.structs.replace(each, count=each.count - taken))
    return tuple(gone)
