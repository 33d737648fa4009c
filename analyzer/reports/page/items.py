"""What the page is about: the writes that are not in place or in doubt, joined where one thing happened to them.

In come the writes (`timed`, `with_home`), what the evidence cites, and EVIDENCE. Out goes an `Item` for each operation,
verdict, cause and set of calls. The picture gives them their numbers.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

import polars as pl

from analyzer.reports.names import short_name

if TYPE_CHECKING:
    from datetime import datetime

ORDER: Final = ("dropped", "lost", "errored", "mismatched", "unfinished", "unverifiable", "landed")
"""The verdicts, the worst first."""

_ALIKE: Final = (
    "home",
    "deploy",
    "operation",
    "verdict",
    "cause",
    "confidence",
    "event_id",
    "taker",
    "status",
    "healed_by",
)
_KEPT: Final = 50  # names of keys of one item


class Proof(NamedTuple):
    """A line of evidence: its kind, what it says, and its time."""

    kind: str
    text: str
    at: datetime | None


@dataclass(slots=True, eq=False)
class Item:
    """Writes of one operation to which the same happened.

    Attributes:
        first: the row of the write that stands for all.
        count: how many there are.
        keys: the first of their entries, or keys.
        span: which of the operation's writes they are, from 1; None where they do not lie together.
        taker: the call that took them away.
        refused: the calls for them that failed.
        proofs: the evidence of the first one that is not of the log.
        listed_at: when a listing was made that shows them; None where none does.
        number: of its mark in the picture; 0 where it is not drawn.
        at: when it shows, by CloudTrail's clock.
        taken_at: when they were taken away.
        healer: the call by which a later deploy put them right.
    """

    first: dict[str, object]
    count: int
    keys: list[str]
    span: tuple[int, int] | None
    taker: str | None
    refused: list[str]
    proofs: list[Proof]
    listed_at: datetime | None
    number: int = 0
    at: datetime | None = None
    taken_at: datetime | None = None
    healer: str | None = None
    absent: bool = field(init=False)

    def __post_init__(self) -> None:
        """Only a verdict says that no write came: never that a call was merely not read."""
        self.absent = self.verdict == "dropped" or (self.verdict == "unfinished" and self.confidence != "low")

    @property
    def verdict(self) -> str:
        """Of all of them."""
        return str(self.first["verdict"])

    @property
    def doubtful(self) -> bool:
        """Whether nothing shows that they are not in place: then nothing of them is drawn as if it were."""
        return self.verdict == "unverifiable" or (self.verdict == "unfinished" and not self.absent)

    @property
    def healed(self) -> bool:
        """Whether they were put right since."""
        return self.first["status"] == "healed"

    @property
    def cause(self) -> str:
        """Of all of them; empty where it is not known."""
        return str(self.first["cause"] or "")

    @property
    def confidence(self) -> str:
        """Of all of them."""
        return str(self.first["confidence"] or "")

    @property
    def operation(self) -> int:
        """The step that meant them."""
        return int(str(self.first["operation"]))

    @property
    def event(self) -> str | None:
        """The call by which they landed."""
        return None if self.first["event_id"] is None else str(self.first["event_id"])

    @property
    def step(self) -> str:
        """The name of the step."""
        return short_name(self.first["name"])

    @property
    def of_list(self) -> bool:
        """Whether they are entries of a list."""
        return self.first["action"] in ("append", "remove")

    @property
    def things(self) -> str:
        """What several of them are called."""
        return "routes" if self.of_list else "keys"


def items(writes: pl.DataFrame, named: pl.DataFrame, evidence: pl.DataFrame) -> list[Item]:
    """The items, the worst verdicts first, then in the order of the writes.

    Args:
        writes: as `with_home` gives them.
        named: what `cited` gave.
        evidence: EVIDENCE.
    """
    bad = writes.filter(pl.col("verdict") != "landed").with_row_index("row")
    if bad.is_empty():
        return []
    called = named.filter((pl.col("kind") == "call") & (pl.col("effect") != "read"))
    takers = (
        called.filter(pl.col("ok").fill_null(value=False))
        .join(
            bad.filter(pl.col("verdict") == "lost").select("id", "event_id"), left_on="write", right_on="id"
        )
        .filter(pl.col("event").ne_missing(pl.col("event_id")))
        .group_by("write")
        .agg(taker=pl.col("event").sort_by("order").first())
    )
    groups = (
        bad.join(takers, left_on="id", right_on="write", how="left", maintain_order="left")
        .group_by(_ALIKE, maintain_order=True)
        .agg(
            pl.struct(bad.columns).first().alias("first"),
            pl.len().alias("count"),
            pl.coalesce("entry", "key").drop_nulls().head(_KEPT).alias("keys"),
            pl.col("nth").min().alias("low"),
            pl.col("nth").max().alias("high"),
        )
        .sort(pl.col("verdict").cast(pl.Enum(ORDER)), pl.col("first").struct.field("row"))
    )
    firsts = groups.select(pl.col("first").struct.field("id")).to_series()
    refused = (
        called.filter(~pl.col("ok").fill_null(value=True) & pl.col("write").is_in(firsts.implode()))
        .group_by("write")
        .agg(pl.col("event").sort_by("order"))
    )
    failed: dict[str, list[str]] = dict(refused.iter_rows())
    proofs = evidence.filter(pl.col("write").is_in(firsts.implode()) & (pl.col("kind") != "log"))
    found: dict[str, list[Proof]] = {}
    listed: dict[str, datetime] = {}
    for write, kind, at, detail in proofs.select("write", "kind", "at", "detail").iter_rows():
        found.setdefault(write, []).append(Proof(kind, detail or "", at))
        if kind == "keys" and at is not None:
            listed[write] = at
    healers = _healers(bad, writes)
    all_of_it = [_item(row, failed, found, listed) for row in groups.iter_rows(named=True)]
    for item in all_of_it:
        item.healer = healers.get(str(item.first["id"]))
    return all_of_it


def _healers(bad: pl.DataFrame, writes: pl.DataFrame) -> dict[str, str]:
    """Of each write that a later deploy put right the call of that deploy."""
    same = ["home", "key", "entry", "action"]
    landed = writes.filter((pl.col("verdict") == "landed") & pl.col("event_id").is_not_null())
    by = landed.select(*same, healer_deploy="deploy", healer="event_id")
    named = pl.col("healed_by").str.starts_with(pl.format("deploy {} (", "healer_deploy"))
    found = (
        bad.filter(pl.col("status") == "healed")
        .select("id", "healed_by", *same)
        .join(by, on=same, how="inner", nulls_equal=True)
        .filter(named)
        .unique("id", keep="first", maintain_order=True)
    )
    return dict(found.select("id", "healer").iter_rows())


def _item(
    row: dict[str, object],
    failed: dict[str, list[str]],
    found: dict[str, list[Proof]],
    listed: dict[str, datetime],
) -> Item:
    first, low, high, count = (
        row["first"],
        int(str(row["low"])),
        int(str(row["high"])),
        int(str(row["count"])),
    )
    if not isinstance(first, dict) or not isinstance(row["keys"], list):
        raise TypeError("an item has a first write and a list of keys")
    write = str(first["id"])
    return Item(
        first=first,
        count=count,
        keys=[str(key) for key in row["keys"]],
        span=(low, high) if high - low + 1 == count and count < int(str(first["of"])) else None,
        taker=None if row["taker"] is None else str(row["taker"]),
        refused=failed.get(write, []) if first["verdict"] == "errored" else [],
        proofs=found.get(write, []),
        listed_at=listed.get(write),
    )
