"""Whether the deploys deleted a store itself: then nobody can list it, and that is what they meant.

No log form keeps the ARN of a deleted store, so two things together say it: the deploy deleted a store or its whole
stack, and all that it meant to do in this store was to take keys away (docs/facts/sst-output.md#41-components).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Callable

_STORE_TYPE: Final = r"^aws:cloudfront(/keyValueStore)?:KeyValueStore$"
_DELETES: Final = ("delete", "delete-replaced")
_TAKING: Final = ("delete", "remove")


def deleted_stores(
    events: pl.DataFrame, deploys: pl.DataFrame, writes: pl.DataFrame
) -> Callable[[str], bool]:
    """Tells of a store whether the last deploy that wrote to it deleted it.

    Args:
        events: EVENTS.
        deploys: DEPLOYS.
        writes: WRITES.
    """
    done = (pl.col("kind") == "done") & pl.col("op").is_in(_DELETES) & ~pl.col("planning").fill_null(False)
    of_store = events.filter(done & pl.col("type").str.contains(_STORE_TYPE))
    removed = deploys.filter((pl.col("command") == "destroy") & (pl.col("result") == "succeeded"))
    deleting = [*of_store["deploy"].unique(), *removed["id"]]

    def deleted(arn: str) -> bool:
        mine = writes.filter(pl.col("store").is_null() | (pl.col("store") == arn))
        last = mine.filter(pl.col("deploy") == pl.col("deploy").last())
        takes = pl.col("deploy").is_in(deleting) & pl.col("action").is_in(_TAKING)
        return not last.is_empty() and bool(last.select(takes.all()).item())

    return deleted
