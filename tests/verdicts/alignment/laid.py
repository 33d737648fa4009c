"""What the tests of the alignment share: runs and their logs, whose clock is off, and calls by several access keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from analyzer.verdicts.alignment.align import Alignment, align
from tests.build import CI, Tape, deploys, write, writes

if TYPE_CHECKING:
    from collections.abc import Sequence

KEYS = "sst:aws:KvKeys"
OTHER = "arn:aws:sts::111122223333:assumed-role/ci/other"
SITE = ["a:metadata", "a:/index.1f.js"]
ROUTES = "r:routes"


def site(
    key: str | Sequence[str], start: float, end: float, operation: int, **other: Any
) -> list[dict[str, object]]:
    """The writes of one operation of KvKeys."""
    keys = [key] if isinstance(key, str) else key
    row = {"action": "put", "type": KEYS, "operation": operation, "op": "update"} | other
    return [write(one, start, end, id=f"{operation}-{one}-{row.get('deploy', 'd1')}", **row) for one in keys]


def route(key: str, start: float, end: float, operation: int, **other: Any) -> list[dict[str, object]]:
    """The write of one operation on a list of routes."""
    return [
        write(
            key, start, end, id=f"{operation}-{key}-{other.get('deploy', 'd1')}", operation=operation, **other
        )
    ]


def run(tape: Tape, second: float, *, keys: list[str] = SITE, caller: str = CI) -> None:
    """A run of a stack: a site's keys, and 20 s later its route."""
    tape.write(second, puts=keys, caller=caller)
    tape.write(second + 20, puts=[ROUTES], caller=caller)


def log(
    offset: float, deploy: str = "d1", keys: list[str] = SITE
) -> tuple[list[dict[str, object]], list[dict[str, object]]]:
    """The log of such a run at noon, by a clock that is off."""
    first = site(keys, offset, offset + 1, 1, deploy=deploy)
    return first, route(ROUTES, offset + 19, offset + 21, 2, deploy=deploy)


def laid(tape: Tape | pl.DataFrame, *operations: list[dict[str, object]]) -> Alignment:
    """The alignment of the deploys of `operations` with what was recorded."""
    calls = tape if isinstance(tape, pl.DataFrame) else tape.calls()
    table = writes(*(row for operation in operations for row in operation))
    return align(table, deploys(*table["deploy"].unique(maintain_order=True)), calls)


def row(alignment: Alignment, deploy: str = "d1") -> dict[str, Any]:
    """The row of ALIGNMENTS of a deploy."""
    return alignment.table.filter(pl.col("deploy") == deploy).row(0, named=True)


def offsets(alignment: Alignment, deploy: str = "d1") -> list[tuple[int, int]]:
    """The offsets of a deploy."""
    return [(one["low"], one["high"]) for one in row(alignment, deploy)["offsets"]]


def state(alignment: Alignment, deploy: str = "d1") -> dict[str, Any]:
    """The row of STATES of a deploy."""
    return alignment.states.filter(pl.col("deploy") == deploy).row(0, named=True)


def with_keys(tape: Tape, *keys: str) -> pl.DataFrame:
    """The calls of `tape`, the n-th event by the n-th access key, each of the same principal."""
    calls = tape.calls()
    by_event = dict(zip(calls["event_id"].unique(maintain_order=True), keys, strict=True))
    return calls.with_columns(access_key=pl.col("event_id").replace_strict(by_event), caller=pl.lit(CI))
