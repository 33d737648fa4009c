"""The stories of the writes that are not in place: what one decision of a deploy and one set of calls explain together.

In come `Report.writes` and `Report.evidence`. Out goes a `Story` for each operation, verdict, cause and set of calls,
with its writes, and its evidence in the order of time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

import polars as pl

from analyzer.reports.names import listed, short_name

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import timedelta

MEANT, RECORDED, PROOF = "meant", "recorded", "proof"
_LABELS: Final = {"log": MEANT, "call": RECORDED}
"""What a kind of evidence is called; all others are proof, and so is what the log shows beside what was meant."""

_ALIKE: Final = ("deploy", "operation", "action", "verdict", "cause", "confidence", "status", "healed_by")
"""What the writes of one story have in common, beside their calls."""

_MEANT = {
    "put": "to write {key}",
    "append": "to add the entry {entry} to {key}",
    "remove": "to remove the entry {entry} from {key}",
    "delete": "to delete {key}",
}
_REPORTED = {
    "succeeded": "the deploy says that it did",
    "failed": "the deploy says that it failed",
    "unfinished": "the deploy does not say how it ended",
}


class Line(NamedTuple):
    """A line of evidence: one of MEANT, RECORDED and PROOF, what it says, and the place to open ("" for none)."""

    label: str
    text: str
    place: str


@dataclass(frozen=True, slots=True)
class Story:
    """Writes of one operation that the same calls explain.

    Attributes:
        writes: rows of `Report.writes`; the first one stands for all.
        lines: the evidence of the first one, in the order of time.
    """

    writes: list[dict[str, object]]
    lines: list[Line]

    @property
    def first(self) -> dict[str, object]:
        """The write that stands for all."""
        return self.writes[0]

    @property
    def others(self) -> str:
        """The keys of the other writes, the first few and a count; empty where there are none."""
        return listed([str(write["entry"] or write["key"] or "an unknown key") for write in self.writes[1:]])


def grouped(writes: pl.DataFrame, evidence: pl.DataFrame) -> pl.DataFrame:
    """A row for each story, in the order of its first write: the `ids` of its writes."""
    calls = (
        evidence.filter(pl.col("kind") != "log")
        .group_by("write", maintain_order=True)
        .agg(calls=pl.col("source").fill_null("").unique().sort().str.join("\n"))
    )
    return (
        writes.join(calls, left_on="id", right_on="write", how="left", maintain_order="left")
        .group_by(*_ALIKE, "calls", maintain_order=True)
        .agg(ids=pl.col("id"))
        .select("ids")
    )


def story(writes: pl.DataFrame, evidence: pl.DataFrame, ahead: timedelta | None = None) -> Story:
    """The story of `writes`, which are all of one story.

    Args:
        writes: rows of `Report.writes`.
        evidence: EVIDENCE, of any writes.
        ahead: how far the log's clock is ahead of CloudTrail's; None where it is not, or that is not known.
    """
    rows = writes.to_dicts()
    mine = evidence.filter(pl.col("write") == rows[0]["id"]).drop_nulls("detail")
    return Story(rows, _lines(mine, rows, ahead))


def title(write: Mapping[str, object]) -> str:
    """What was meant, and by which resource."""
    key = write["key"] or "an unknown key"
    if write["pattern"]:
        key = f"a key like {key}"
    text = _MEANT.get(str(write["action"]), "to change {key}")
    return f"{short_name(write['name'])}: {text.format(key=key, entry=write['entry'] or '(not named)')}"


def _lines(evidence: pl.DataFrame, rows: list[dict[str, object]], ahead: timedelta | None) -> list[Line]:
    of_log = pl.col("kind") == "log"
    when = pl.col("at") if ahead is None else pl.when(of_log).then(pl.col("at") - ahead).otherwise("at")
    # What has no time: the log of a text comes first, what holds for all of the time last.
    timeless = pl.when(pl.col("at").is_not_null()).then(1).when(of_log).then(0).otherwise(2)
    clock = pl.lit(" (by the log's clock)") if ahead else pl.lit("")
    told = evidence.sort(timeless, when, "order", maintain_order=True).select(
        "kind",
        pl.when(of_log & pl.col("at").is_not_null()).then(clock).otherwise(pl.lit("")).alias("clock"),
        pl.col("at").dt.strftime("%Y-%m-%d %H:%M:%SZ").fill_null(""),
        "detail",
        pl.col("source").fill_null(""),
        again=of_log & (of_log.cum_sum() > 1),
    )
    lines = [
        Line(PROOF if again else _LABELS.get(kind, PROOF), f"{at}{by} {detail}".strip(), source)
        for kind, by, at, detail, source, again in told.iter_rows()
    ]
    found = {line.label for line in lines}
    if MEANT not in found:
        lines.insert(0, Line(MEANT, _reported(rows[0]), _place(rows[0])))
    if RECORDED not in found:
        after = next(number for number, line in enumerate(lines, start=1) if line.label == MEANT)
        lines.insert(after, Line(RECORDED, "no call for it is available", ""))
    if PROOF not in found:
        lines.append(Line(PROOF, "none is available", ""))
    return lines


def _reported(write: Mapping[str, object]) -> str:
    return _REPORTED.get(str(write["reported"]), "the deploy does not say how it ended")


def _place(write: Mapping[str, object]) -> str:
    source, line = write["source"], write["line"]
    return "" if source is None else str(source) if line is None else f"{source}:{line}"
