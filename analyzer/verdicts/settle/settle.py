"""What would decide each write in doubt, and each landing of low confidence: evidence to fetch, the cheapest first.

In come FINAL_VERDICTS, DEPLOYS and ALIGNMENTS. Out goes SETTLE. A command is text to copy; it is never run. What has no
command is said in words. Writes of one operation with one cause share their ways, so the work is by operation.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from analyzer.commands import evidence as commands
from analyzer.tables import SETTLE, conform
from analyzer.trail.delivery import DELIVERY_LAG
from analyzer.verdicts.columns import columns_beside_write
from analyzer.verdicts.settle.ways import LANDED, OTHERWISE, WAYS, Way

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

_AFTER: Final = timedelta(hours=2)
"""How far beyond an operation the next write of its store is looked for."""
_MOST_RIVALS: Final = 5
_ACCOUNT: Final = re.compile("arn:[a-z-]+:cloudfront::([0-9]{12}):key-value-store/.*")
_CASE: Final = ("deploy", "cause", "place", "low", "high", "exact", "listed", "masked", "undated", "taken")
_UNDATED: Final = {"store": pl.String(), "undated": pl.String()}

Rows = list[tuple[str, str | None, "datetime | None"]]


_BESIDE_RUN: Final = 5
"""Seconds that a suggested window reaches beyond a run on either side."""


@dataclass(frozen=True, slots=True)
class _Case:
    """What writes share that are decided by the same evidence.

    Attributes:
        cause: of the doubt; LANDED for a landing of low confidence.
        store: ARN; None where nothing says it.
        low: the earliest time of the operation's calls; None without a window.
        high: the latest.
        exact: whether the log is an event log, which has times.
        listed: what a listing that is available shows, a word of `listed.listed`.
        masked: the listing has a mask in the place of the value that would decide.
        undated: a file that bears the ETag of the store's last call; nobody says when it was made.
        taken: a later call took it away, and a later deploy may have meant that, of which no log is available.
        app: of the deploy, as the five that follow.
        stage: of it.
        update_id: of it.
        sources: its logs.
        tool: of it.
        duration: how long the log says that it took, in seconds.
        ambiguous: none of them was taken.
        rivals: the runs in the trail that fit it.
    """

    cause: str
    store: str | None
    low: datetime | None
    high: datetime | None
    exact: bool
    listed: str | None
    masked: bool
    undated: str | None
    taken: bool
    app: str | None
    stage: str | None
    update_id: str | None
    sources: Sequence[str]
    tool: str | None
    duration: int | None
    ambiguous: bool | None
    rivals: Sequence[dict[str, Any]]

    @property
    def account(self) -> str | None:
        found = _ACCOUNT.fullmatch(self.store or "")
        return found[1] if found else None


def _runs(alignments: pl.DataFrame) -> pl.DataFrame:
    """`deploy, ambiguous, rivals`: the runs that may be each deploy's; of an ambiguous one the likeliest too, first."""
    ambiguous = ((pl.col("state") == "ambiguous") & pl.col("at").is_not_null()).fill_null(value=False)
    times = pl.col("rivals").list.eval(pl.struct(pl.element().struct.field("at", "until")))
    likeliest = pl.concat_list(pl.struct("at", "until"))
    return alignments.select(
        "deploy",
        ambiguous=ambiguous,
        rivals=pl.when(ambiguous).then(likeliest.list.concat(times)).otherwise(times),
    )


def _length() -> pl.Expr:
    """How many seconds each of DEPLOYS took: as its log says, or the times of its events show."""
    shown = (pl.col("ended_at") - pl.col("started_at")).dt.total_seconds() + 1
    return pl.coalesce("duration", pl.when(pl.col("form") == "exact").then(shown))


def settle(
    final: pl.DataFrame,
    deploys: pl.DataFrame,
    alignments: pl.DataFrame,
    undated: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """SETTLE: for each unverifiable write, and each that landed with low confidence, what would decide it.

    Args:
        final: FINAL_VERDICTS.
        deploys: DEPLOYS.
        alignments: ALIGNMENTS.
        undated: what `closing.undated` gives.
    """
    files = pl.DataFrame(schema=_UNDATED) if undated is None else undated
    unsure = final.filter(
        (pl.col("verdict") == "unverifiable")
        | ((pl.col("verdict") == "landed") & (pl.col("confidence") == "low"))
    ).with_columns(
        cause=pl.when(pl.col("verdict") == "landed").then(pl.lit(LANDED)).otherwise("cause"),
        place=pl.coalesce("store", "inferred_store", "told_store"),
        taken=pl.col("threat_by_next").fill_null(value=False),
        masked=_masked(),
    )
    unsure = unsure.join(files, left_on="place", right_on="store", how="left", maintain_order="left")
    cases = unsure.select(_CASE).unique(maintain_order=True).with_row_index("case")
    known = (
        cases.rename({"place": "store"})
        .join(
            deploys.select("app", "stage", "update_id", "sources", "tool", duration=_length(), deploy="id"),
            on="deploy",
            how="left",
            maintain_order="left",
        )
        .join(_runs(alignments), on="deploy", how="left", maintain_order="left")
    )
    rows = []
    for row in known.iter_rows(named=True):
        number, _ = row.pop("case"), row.pop("deploy")
        case = _Case(**row | {"sources": row["sources"] or [], "rivals": row["rivals"] or []})
        rows += [(number, order, *way) for order, way in enumerate(_ways(case))]
    schema = {"case": cases.schema["case"], **columns_beside_write(SETTLE)}
    ways = pl.DataFrame(rows, schema=schema, orient="row")
    of_writes = unsure.select("number", *_CASE, write="id").join(cases, on=_CASE, nulls_equal=True)
    joined = of_writes.join(ways, on="case").sort("number", "order")
    return conform(joined, SETTLE)


def _ways(case: _Case) -> Iterator[tuple[str, str | None, datetime | None]]:
    ways = WAYS.get(case.cause, OTHERWISE)
    # A window that a person gives may be of another zone: then runs elsewhere fit the log.
    elsewhere = not case.exact and case.cause == "not_covered"
    if ((case.exact and case.ambiguous) or elsewhere) and "candidates" not in ways:
        ways = ("candidates", *ways)  # which run it was comes before what that run's absence of a call shows
    for way in ways:
        yield from _ROWS[way](case)


def _masked() -> pl.Expr:
    """Whether a listing has a mask in the place of the value that would decide, so that another would show more."""
    hidden = pl.col("listed").is_in(["present", "unreadable"]) & pl.col("listed_value").is_null()
    compared = pl.col("value").is_not_null() | pl.col("entry").is_not_null()
    return (hidden & compared & ~pl.col("pattern")).fill_null(value=False)


def _listing(case: _Case) -> Rows:
    by_text = case.listed == "there" and not case.exact
    if (
        case.listed in ("present", "unreadable") and not case.masked
    ) or by_text:  # a newer one would show no more
        return []
    if case.store is None:
        what = "a listing of the store that the deploy wrote to (--keys): first its ARN, from the names of all stores"
    elif case.cause in ("chain_not_closed", "trail_gap", LANDED):
        what = (
            "a listing of the store (--keys): it shows what is there, and its ETag whether anything was written since "
            "the last call that is available"
        )
    else:
        what = "a listing of the store (--keys), made before a later deploy writes the key: it shows what is there"
    return [(what, commands.list_keys(case.store), None)]


def _keys_at(case: _Case) -> Rows:
    if case.undated is None:
        return []
    what = (
        f"when {case.undated} was made (--keys-at): its ETag is that of the last available call, so nothing was "
        "written from that call until then"
    )
    return [(what, None, None)]


def _hours(case: _Case) -> Rows:
    if case.low is None or case.high is None:
        return [("the trail's files of the deploy's time and the half hour after it (--trail)", None, None)]
    end = case.high + DELIVERY_LAG
    what = (
        "the trail's files of the operation's time and the half hour after it (--trail): usually they are delivered "
        "within 15 minutes, and certainly within 30"
    )
    return [(what, commands.copy_hours(case.account, case.low, end), end)]


def _hours_after(case: _Case) -> Rows:
    if case.high is None:
        return []
    end = case.high + _AFTER + DELIVERY_LAG
    what = "the trail's files of the hours after the operation (--trail): a later write of the store closes the chain"
    return [(what, commands.copy_hours(case.account, case.high, end), case.high + DELIVERY_LAG)]


def _coverage(case: _Case) -> Rows:
    what = (
        "the digests of that day beside the log files (--trail), and what the trail selects (--selectors): they show "
        "that no file is missing"
    )
    # The digest of an hour comes within the next one.
    return (
        []
        if case.high is None
        else [(what, commands.copy_digests(case.account, case.high), case.high + _AFTER)]
    )


def _selectors(_: _Case) -> Rows:
    what = (
        "what the trail selects (--selectors): where data events of key-value stores are off, only a listing can show "
        "what was written"
    )
    return [(what, commands.get_selectors(), None)]


def _originals(case: _Case) -> Rows:
    what = "CloudTrail's own files from S3 in the place of the export (--trail): they have every field of a record"
    if case.low is None or case.high is None:
        return [(what, None, None)]
    return [(what, commands.copy_hours(case.account, case.low, case.high + DELIVERY_LAG), None)]


def _candidates(case: _Case) -> Rows:
    """A window for each run that fits; where one of them was taken by an event log's own times, none changes that.

    A window that holds calls of another of them, too, would not tell them apart.
    """
    rows: Rows = []
    if case.exact and not case.ambiguous:
        return rows
    runs = [(run["at"], run["until"] or run["at"]) for run in case.rivals if run["at"] is not None]
    for number, (start, end) in enumerate(runs[:_MOST_RIVALS]):
        window = _window_of_one(start, end, runs[:number] + runs[number + 1 :], case.duration or 0)
        if window is not None:
            run = f"{start:%Y-%m-%d %H:%M:%S} to {end:%H:%M:%S} UTC"
            what = f"if the deploy is the run of {run} in the trail: this window"
            rows.append((what, commands.check_again(case.sources, *window), None))
    if not rows and case.cause == "no_window":
        rows.append(("when the deploy began and ended (--since and --until)", None, None))
    return rows


def _window_of_one(
    start: datetime, end: datetime, others: Sequence[tuple[datetime, datetime]], duration: int
) -> tuple[datetime, datetime] | None:
    """A window that holds a run and none of the `others`, and is no shorter than the log; None where none does."""
    beside = timedelta(seconds=_BESIDE_RUN)
    lacking = timedelta(seconds=max(0, duration - int((end - start).total_seconds()) - 2 * _BESIDE_RUN))
    for before in (lacking, lacking / 2, timedelta(0)):
        first, last = start - beside - before, end + beside + (lacking - before)
        if all(until < first or at > last for at, until in others):
            return first, last
    return None


def _update(case: _Case) -> Rows:
    if case.tool != "sst" and case.update_id is None:
        return []
    what = "the deploy's update object from SST's state, as another log: it has the exact beginning and end"
    return [(what, commands.copy_of_state("update", case.app, case.stage, case.update_id), None)]


def _event_log(case: _Case) -> Rows:
    if case.exact:
        return []
    what = "the deploy's event log in the place of its text: it names stores, keys and times"
    if case.tool == "pulumi":
        return [(f"{what} (pulumi up --event-log FILE writes it)", None, None)]
    return [(what, commands.copy_of_state("eventlog", case.app, case.stage, case.update_id), None)]


def _later_logs(case: _Case) -> Rows:
    what = (
        "the logs of the later deploys of the stage, beside this one: they say what these meant to take away"
    )
    return [(what, None, None)] if case.taken else []


def _other_log(_: _Case) -> Rows:
    return [("the log of the other deploy that may have made the call, given beside this one", None, None)]


_ROWS: Final[dict[Way, Callable[[_Case], Rows]]] = {
    "listing": _listing,
    "keys_at": _keys_at,
    "hours": _hours,
    "hours_after": _hours_after,
    "coverage": _coverage,
    "selectors": _selectors,
    "originals": _originals,
    "candidates": _candidates,
    "update": _update,
    "event_log": _event_log,
    "later_logs": _later_logs,
    "other_log": _other_log,
}
