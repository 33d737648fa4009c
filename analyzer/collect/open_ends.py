"""What stays open of deploys: noted while trails are read, and said once all are, where no other trail closed it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

if TYPE_CHECKING:
    from datetime import datetime

    from analyzer.collect.interface import Keep


class _End(NamedTuple):
    """What is open: one side of a store's chain (`before`, `after`), or of a deploy (no store) whether files come."""

    deploy: int
    store: str
    side: str


@dataclass(slots=True)
class OpenEnds:
    """Collects what is open; of one end the last note counts."""

    _notes: dict[_End, tuple[str, datetime | None]] = field(default_factory=dict)
    _trails: dict[str, tuple[int, str, datetime | None]] = field(default_factory=dict)  # of the oldest deploy

    def chain(self, deploy: int, store: str, side: str, why: str, when: datetime | None = None) -> None:
        """The chain of a store is open on a side of a deploy."""
        self._notes[_End(deploy, store, side)] = (why, when)

    def files(self, deploy: int, why: str, when: datetime | None = None) -> None:
        """Files with calls of a deploy may still come."""
        self._notes[_End(deploy, "", "")] = (why, when)

    def selectors(self, deploy: int, trail: str, why: str, when: datetime | None = None) -> None:
        """It is not shown what a trail selected while a deploy ran."""
        self._trails[trail] = (deploy, why, when)

    def tell(self, links: pl.DataFrame, keep: Keep) -> None:
        """Says what is open still.

        Args:
            links: LINKS of all stores and deploys, by all that was read.
            keep: the bundle.
        """
        closed = {
            _End(deploy, store, side)
            for side in ("before", "after")
            for deploy, store in links.filter(f"linked_{side}").select("deploy", "store").iter_rows()
        }
        is_open = ~(pl.col("linked_before") & pl.col("linked_after"))
        doubtful = set(links.filter(is_open)["deploy"])
        for end, (why, when) in sorted(self._notes.items()):
            if end.store and end not in closed:
                keep.leave_open(end.store, why, when)
            elif not end.store and end.deploy in doubtful:
                keep.leave_open(f"deploy {end.deploy + 1}", why, when)
        for trail, (deploy, why, when) in sorted(self._trails.items()):
            if deploy in doubtful:
                keep.leave_open(trail, why, when)
