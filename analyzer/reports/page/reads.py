"""Which step made which read: the reads of a key in the time of the steps that were to change it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from analyzer.reports.page.moments import as_time
from analyzer.reports.page.rows import Row, call_of, seconds

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    import polars as pl

    from analyzer.reports.page.steps import Step

_MOST: Final = 4  # reads of one step that are rows of their own


@dataclass(slots=True)
class Reader:
    """A step whose reads are shown.

    Attributes:
        step: it.
        key: that it was to change; with a `*` where the log does not say it whole.
        callers: who made the deploy's calls; empty where that is not known.
        cited: reads that the evidence says are its own.
        reads: found for it, in the order of time.
        unsure: one of them may be another step's.
    """

    step: Step
    key: str
    callers: frozenset[str]
    cited: set[str] = field(default_factory=set)
    reads: list[dict[str, object]] = field(default_factory=list)
    unsure: bool = False

    def spans(self, at: datetime) -> bool:
        """Whether the step ran at this time."""
        step = self.step
        return (
            step.joined
            and step.begin is not None
            and step.finish is not None
            and step.begin <= at <= step.finish
        )

    def may_have_made(self, read: Mapping[str, object]) -> bool:
        """Whether the read is of its key, by its caller and in its time."""
        at, keys = as_time(read["at"]), read["keys"]
        by = not self.callers or read["caller"] in self.callers
        return bool(
            isinstance(keys, list)
            and any(_fits(self.key, key) for key in keys)
            and by
            and at is not None
            and self.spans(at)
        )


def share_out(readers: Sequence[Reader], calls: pl.DataFrame) -> None:
    """Gives each read of `calls` (`others`) to the reader that made it; of several to the one with the fewest."""
    for read in calls.iter_rows(named=True):
        if "read" not in read["effects"]:
            continue
        cited = [reader for reader in readers if read["event_id"] in reader.cited]
        fit = cited or [reader for reader in readers if reader.may_have_made(read)]
        if not fit:
            continue
        chosen = min(fit, key=lambda reader: len(reader.reads))
        chosen.reads.append(read)
        if len(fit) > 1:
            for reader in fit:
                reader.unsure = True


def read_rows(reader: Reader, gap_of: Mapping[str, int]) -> list[Row]:
    """The rows of its reads; those in the middle of many are one row.

    Args:
        reader: after `share_out`.
        gap_of: how many changes of the store lie before each read, by its event.
    """
    reads = reader.reads
    shown = reads if len(reads) <= _MOST else [reads[0], reads[-1]]
    rows = [_row(reader, read, gap_of) for read in shown]
    if len(reads) > _MOST:
        hidden = reads[1:-1]
        last = hidden[-1]
        row = Row(
            "reads",
            as_time(hidden[0]["at"]),
            _order(last, gap_of),
            mark="read",
            step=reader.step,
            until=as_time(last["at"]),
        )
        failed = sum(1 for read in hidden if read["ok"] is False)
        row.call = call_of(hidden[0])
        row.call.more = len(hidden)
        row.call.error = f"{failed} of them failed" if failed else None
        rows.insert(1, row)
    return rows


def _row(reader: Reader, read: Mapping[str, object], gap_of: Mapping[str, int]) -> Row:
    return Row(
        "read",
        as_time(read["at"]),
        _order(read, gap_of),
        mark="read",
        event=str(read["event_id"]),
        step=reader.step,
        call=call_of(read),
    )


def _order(read: Mapping[str, object], gap_of: Mapping[str, int]) -> tuple[float, float, int]:
    return (gap_of[str(read["event_id"])] - 0.5, seconds(as_time(read["at"])), 0)


def _fits(pattern: str, key: str) -> bool:
    head, star, tail = pattern.partition("*")
    return key.startswith(head) and key.endswith(tail) if star else key == pattern
