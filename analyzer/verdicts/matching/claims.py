"""Claims: which calls each write may have made, as windows of time on lanes of calls instead of as pairs.

A lane holds the calls that are alike in all that decides whether a write may claim them, but for their time: store, key
and effect, whether they succeeded, the API, and who made them. A write claims no other calls than its kind of resource
makes: SST's resources make UpdateKeys; PutKey and DeleteKey come from a person at the console. Every call is in two
lanes: that of its caller, and that of anybody.

A write claims, on each of its lanes, all calls in a zone of time; `phase` is the order in which claims are considered:

0. in the operation's own time, to the second, of a write that the log calls a success;
1. the same of another write;
2. outside of it, as far as a clock may be off (`OUTER`), of a success;
3. the same of another write: of its failed calls alone, because a success that far off shows nothing.

A request id in the log names the very call, whatever the clocks say: where no zone holds it, it is an `extra`. So is a
success whose answer was lost, where the log names the retry that failed (`answer_lost`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import polars as pl

from analyzer.tables import TIME, conform, empty
from analyzer.verdicts.columns import COUNT
from analyzer.verdicts.matching.answer_lost import answers_lost
from analyzer.verdicts.matching.tables import CLAIM_COUNTS, LANE_CALLS, LANES, PAIRS, REQUEST_PAIRS, ZONES
from analyzer.verdicts.ranges import covering, ranges, rows_of

INNER = pl.duration(seconds=1)
"""eventTime and the log's times are whole seconds, cut off: a call within the operation may look a second away."""

OUTER = pl.duration(seconds=5)
"""How far the log's clock may be off from the endpoint's before a call no longer counts as the operation's."""

EFFECTS = pl.DataFrame(
    {
        "action": ["put", "append", "remove", "remove", "delete"],
        "effect": ["put", "put", "put", "delete", "delete"],
    }
)
"""The effect that a call has on the key when it does an action: an entry is removed by putting the shorter list."""

ANYBODY: Final = -1
"""`by` of the lanes of all callers."""

NOBODY: Final = -2
"""`by` of calls that do not say who made them."""

_FAR_AND_FAILED: Final = 3
"""The phase of a call outside the time of an operation that failed or never ended."""

_NAMESAKES: Final = 8
"""Calls of one request id that are looked at: AWS gives each call its own."""

_TICK = pl.duration(microseconds=1)
_ALIKE: Final = ("store", "key", "effect", "ok", "api")
_LANE: Final = (*_ALIKE, "by")
_OF_CALL: Final = (
    "call", "event_id", "request_id", "ok", "at", "run", "position", "writer", "error_code", "error_message", "value",
    "caller", "by",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Claims:
    """Which writes claim which calls.

    Attributes:
        demand: DEMAND.
        calls: CLAIMED_CALLS: the write calls on the keys of the writes.
        request_pairs: REQUEST_PAIRS.
        lane_calls: LANE_CALLS: the calls by lane, in the order of time.
        lanes: LANES.
        zones: ZONES.
        extras: the rows of `request_pairs` that no zone holds.
    """

    demand: pl.DataFrame
    calls: pl.DataFrame
    request_pairs: pl.DataFrame
    lane_calls: pl.DataFrame
    lanes: pl.DataFrame
    zones: pl.DataFrame
    extras: pl.DataFrame

    def only(self, zones: pl.DataFrame, extras: pl.DataFrame) -> Claims:
        """The claims of these zones and extras."""
        return replace(self, zones=conform(zones, ZONES), extras=conform(extras, REQUEST_PAIRS))


def claims_of(demand: pl.DataFrame, calls: pl.DataFrame, chiefs: pl.DataFrame | None = None) -> Claims:
    """The claims of `demand` on `calls`.

    Args:
        demand: DEMAND.
        calls: CLAIMED_CALLS.
        chiefs: `party, chief`: the one principal whose calls a party claims, beside calls that do not say who made
            them. Other parties claim the calls of any principal.
    """
    both = pl.concat([calls, calls.with_columns(by=pl.lit(ANYBODY, COUNT))])
    lanes = conform(both.select(_LANE).unique(maintain_order=True).with_row_index("lane"), LANES)
    lane_calls = conform(both.join(lanes, on=_LANE, maintain_order="left"), LANE_CALLS).sort(
        "lane", "at", "event_id", "call"
    )
    allowed = _allowed(demand, chiefs)
    zones = on_lanes(_zones(demand, calls).join(allowed, on="party"), lanes, lane_calls)
    named = _request_pairs(demand, calls)
    pairs = named if named.is_empty() else pl.concat([named, answers_lost(named, calls)])
    extras = pairs if pairs.is_empty() else _outside(pairs, allowed)
    return Claims(demand, calls, pairs, lane_calls, lanes, zones, extras)


def _outside(pairs: pl.DataFrame, allowed: pl.DataFrame) -> pl.DataFrame:
    """The rows of REQUEST_PAIRS that no zone holds."""
    inside_zone = (
        (pl.col("at") >= pl.col("low"))
        & (pl.col("at") <= pl.col("high"))
        & ((pl.col("phase") < _FAR_AND_FAILED) | ~pl.col("ok"))
    ).fill_null(False)
    by = pl.when(pl.col("allowed") == ANYBODY).then(pl.lit(ANYBODY, COUNT)).otherwise("by")
    claimable = pairs.join(allowed.rename({"by": "allowed"}), on="party").filter(
        inside_zone & (by == pl.col("allowed"))
    )
    return pairs.join(claimable, on=["write", "call"], how="anti")


def on_lanes(zones: pl.DataFrame, lanes: pl.DataFrame, lane_calls: pl.DataFrame) -> pl.DataFrame:
    """ZONES: `zones` (with the columns that identify a lane) on the existing lanes, with the calls that they hold."""
    with_lane = zones.join(lanes, on=_LANE)
    spans = with_lane.hstack(ranges(with_lane, lane_calls, ["lane"]))
    return conform(spans.filter(pl.col("first") < pl.col("past")), ZONES)


def inside() -> pl.Expr:
    """Whether a call lies within the operation's own time, to the second."""
    own = pl.col("at").is_between((pl.col("start") - INNER).cast(TIME), (pl.col("end") + INNER).cast(TIME))
    return own.fill_null(False)


def _allowed(demand: pl.DataFrame, chiefs: pl.DataFrame | None) -> pl.DataFrame:
    """`party, by`: the callers whose lanes each party claims."""
    parties = demand.select("party").unique()
    if chiefs is None:
        return parties.with_columns(by=pl.lit(ANYBODY, COUNT))
    own = chiefs.filter(pl.col("chief") != NOBODY).select("party", by=pl.col("chief"))
    others = parties.join(own, on="party", how="anti").with_columns(by=pl.lit(ANYBODY, COUNT))
    return pl.concat([own, own.with_columns(by=pl.lit(NOBODY, COUNT)), others])


def _request_pairs(demand: pl.DataFrame, calls: pl.DataFrame) -> pl.DataFrame:
    """REQUEST_PAIRS: the pairs of a write and the call that its log names."""
    demand = demand.filter(pl.col("log_request").is_not_null())
    if demand.is_empty():
        return empty(REQUEST_PAIRS)
    on = ["store", "key", "effect", "log_request"]
    named = calls.with_columns(log_request="request_id").filter(pl.int_range(pl.len()).over(on) < _NAMESAKES)
    pairs = demand.join(named, on=on, maintain_order="left").with_columns(phase=phase())
    return conform(pairs.filter(_usual()), REQUEST_PAIRS)


def phase() -> pl.Expr:
    """The phase of a claim of a write on a call."""
    return 2 * (~inside()).cast(COUNT) + (~pl.col("success")).cast(COUNT)


def _usual() -> pl.Expr:
    """Whether the kind of resource makes its writes by such calls."""
    return pl.col("api").is_in(pl.col("apis")).fill_null(value=False)


def _zones(demand: pl.DataFrame, calls: pl.DataFrame) -> pl.DataFrame:
    """The zones of `demand` on the lanes of any caller: in the operation's own time, before it and after it."""
    own_low, own_high = (pl.col("start") - INNER).cast(TIME), (pl.col("end") + INNER).cast(TIME)
    backward = own_high < own_low  # a clock that was set back: nothing is within the operation
    success = pl.col("success")
    early, late = (own_low - _TICK).cast(TIME), (own_high + _TICK).cast(TIME)
    own, outside = (~success).cast(COUNT), 2 + (~success).cast(COUNT)
    outer = demand.rename({"low": "outer_low", "high": "outer_high"})
    upto = pl.when(backward).then("outer_high").otherwise(early)
    parts = [
        outer.with_columns(phase=own, low=own_low, high=own_high),
        outer.with_columns(phase=outside, low="outer_low", high=upto),
        outer.filter(~backward).with_columns(phase=outside, low=late, high="outer_high"),
    ]
    shapes = calls.select("ok", "api").unique(maintain_order=True)
    return (
        pl.concat(parts)
        .join(shapes, how="cross")
        .filter(_usual(), ~pl.col("ok") | (pl.col("phase") < _FAR_AND_FAILED))
        .select("write", "deploy", "party", *_ALIKE, "phase", "start", "end", "low", "high")
    )


def claimed(claims: Claims, *, ok: bool) -> pl.DataFrame:
    """CLAIM_COUNTS: how many calls each write claims."""
    zones = claims.zones.filter(pl.col("ok") == ok)
    counts = zones.select("write", claims=pl.col("past") - pl.col("first"))
    more = claims.extras.filter(pl.col("ok") == ok).select("write", claims=pl.lit(1, COUNT))
    return conform(pl.concat([counts, more]).group_by("write").agg(pl.col("claims").sum()), CLAIM_COUNTS)


def claiming(claims: Claims, *, ok: bool) -> pl.DataFrame:
    """`call, writes`: how many writes claim each call, where any does."""
    calls = claims.lane_calls.filter(pl.col("ok") == ok)
    zones = claims.zones.filter(pl.col("ok") == ok).select("lane", "low", "high")
    counts = calls.select("call", writes=covering(calls, zones, ["lane"]))
    more = claims.extras.filter(pl.col("ok") == ok).select("call", writes=pl.lit(1, COUNT))
    return pl.concat([counts, more]).group_by("call").agg(pl.col("writes").sum()).filter(pl.col("writes") > 0)


def alone(claims: Claims) -> pl.DataFrame:
    """PAIRS of a write and a successful call that claim only each other."""
    once = claimed(claims, ok=True).filter(pl.col("claims") == 1).select("write")
    zones = claims.zones.filter("ok").join(once, on="write", how="semi")
    calls = zones.select("write", call=claims.lane_calls["call"].gather(zones["first"]))
    more = claims.extras.filter("ok").join(once, on="write", how="semi").select("write", "call")
    only = claiming(claims, ok=True).filter(pl.col("writes") == 1).select("call")
    return conform(pl.concat([calls, more]).join(only, on="call", how="semi"), PAIRS)


def pairs_at(claims: Claims, zones: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """PAIRS of `rows`, what `ranges.rows_of` gives of `zones`."""
    chosen = zones.select("write")[rows["span"]]
    return conform(chosen.with_columns(call=claims.lane_calls["call"].gather(rows["row"])), PAIRS)


def few_pairs(claims: Claims, zones: pl.DataFrame, most: int) -> pl.DataFrame:
    """PAIRS: the first `most` calls of each of `zones`."""
    return pairs_at(claims, zones, rows_of(zones, most))


def with_call(pairs: pl.DataFrame, calls: pl.DataFrame) -> pl.DataFrame:
    """`pairs` with the columns of their calls; `calls` is a row for each call."""
    return pairs.join(calls.select(_OF_CALL), on="call", maintain_order="left")
