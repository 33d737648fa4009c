"""Which logs must be assembled together, as one may be of the same deploy as another: `merge` says by what.

Logs of one stack are one set, and so are those of no known stack. Sets that share an update id, or a permalink's last
digits of one, are one set, too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.logs.ids import UPDATE_ID
from analyzer.logs.merge import endings

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

SETS: Final = pl.Schema({"deploy": pl.String(), "set": pl.Int64()})
_NO_STACK: Final = ""  # so `merge` compares texts of no known stack


def stack_sets(deploys: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """SETS: for each id of the parts' `deploys` the number of its set, in the order of the first log of each.

    Args:
        deploys: `LogPart.deploys` of all parts.
    """
    if not deploys:
        return SETS.to_frame()
    table = pl.concat([part.select("id", "stack", "form", "update_id") for part in deploys])
    stack = pl.when(pl.col("form") == "text").then(pl.col("stack").fill_null(_NO_STACK)).otherwise("stack")
    in_path = pl.col("id").str.extract(rf"^({UPDATE_ID})-")
    linked = table.select(
        log=pl.format("log {}", "id"),
        stack=pl.format("stack {}", stack),
        update=pl.format("update {}", "update_id"),
        path=pl.format("update {}", in_path),
    )
    ends = endings(table["update_id"]).select(
        a=pl.format("update {}", "ending"), b=pl.format("update {}", "whole")
    )
    links = [linked.select(a="log", b=name).drop_nulls() for name in ("stack", "update", "path")]
    root = _roots(pl.concat([*links, ends]).iter_rows())
    roots = pl.Series([root.get(log, log) for log in linked["log"]], dtype=pl.String)
    placed = pl.DataFrame({"deploy": table["id"], "root": roots}).with_row_index("place")
    first = placed.with_columns(pl.col("place").min().over("root"))
    return first.select("deploy", set=(pl.col("place").rank("dense") - 1).cast(pl.Int64))


def _roots(links: Iterable[tuple[str, str]]) -> dict[str, str]:
    """For each name one name of all that are linked with it."""
    above: dict[str, str] = {}

    def top(name: str) -> str:
        while (parent := above.setdefault(name, name)) != name:
            above[name] = above[parent]  # the way is halved each time it is gone
            name = above[name]
        return name

    for one, other in links:
        above[top(one)] = top(other)
    return {name: top(name) for name in list(above)}
