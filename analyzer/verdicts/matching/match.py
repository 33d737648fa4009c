"""Which recorded call answers for which write: windows, candidates and assigned calls.

A call can answer for a write where store, key and effect agree and the call's time lies in the operation's window.
One call answers for one operation: N overlapping operations on one key need N successful calls. Calls are assigned
in the order of time (within a second, of the chain), each to the open operation that ends first
(docs/architecture.md#6-verdicts). A call
within an operation's own time is its own before it is that of another, to which only a clock that is off could bring
it; an operation of which the log shows that it wrote nothing gets none; and an operation that the log calls a success
comes before one that it does not.
"""

from __future__ import annotations

import polars as pl

from analyzer.resources.registry import kinds
from analyzer.resources.shown import sst_types
from analyzer.tables import TIME, conform, empty
from analyzer.verdicts.causes import cause_of
from analyzer.verdicts.columns import BATCH, COUNT
from analyzer.verdicts.matching.assign import assignments
from analyzer.verdicts.matching.claims import EFFECTS, NOBODY, OUTER, Claims, alone, claims_of, with_call
from analyzer.verdicts.matching.tables import CLAIMED_CALLS, DEMAND, HITS, ORDERED_CALLS, WINDOWS

_CALL_COLUMNS = (
    "store",
    "event_id",
    "request_id",
    "at",
    "api",
    "effect",
    "key",
    "value",
    "ok",
    "error_code",
    "error_message",
    "if_match",
    "item_count",
    "caller",
    "access_key",
)


_REFUSALS = ("access_denied", "quota")
_EMPTY_ID = "returned empty resource.ID from create"


def ordered_calls(calls: pl.DataFrame, chain: pl.DataFrame) -> pl.DataFrame:
    """ORDERED_CALLS: what verdicts need of CALLS, with who made each, and its place in the chain.

    A writer is a principal on one machine: two jobs of one role are two writers. So are two runs of one session name:
    each has its own access key.
    """
    who = ["caller", "access_key", "source_ip"]
    named = pl.any_horizontal(pl.col("caller", "access_key").is_not_null())
    rank = pl.struct("caller", "access_key").rank("dense").cast(COUNT)
    by = pl.when(named).then(rank).otherwise(NOBODY)
    writers = calls.select(who).unique().sort(who).with_row_index("writer").with_columns(by=by)
    # Joined apart: the columns of CALLS are a million rows wide, and stay where they are.
    joined = (
        calls.select("event_id", *who)
        .join(writers, on=who, how="left", nulls_equal=True, maintain_order="left")
        .join(chain.select("event_id", "run", "position"), on="event_id", how="left", maintain_order="left")
        .select("writer", "by", "run", "position")
    )
    return conform(calls.select(*_CALL_COLUMNS).with_row_index("call").hstack(joined), ORDERED_CALLS)


def reads_of_keys(calls: pl.DataFrame) -> pl.DataFrame:
    """The reads of single keys that showed their caller what is there, or that nothing is.

    Args:
        calls: ORDERED_CALLS.
    """
    # Without request ids a copy of a record cannot be told from a second read of the same second that found the same.
    place = pl.int_range(pl.len()).over("store", "key", "writer", "at", "ok")
    return all_reads_of_keys(calls).filter(pl.col("request_id").is_not_null() | (place == 0))


def all_reads_of_keys(calls: pl.DataFrame) -> pl.DataFrame:
    """`reads_of_keys`, with what may be copies of their records.

    Args:
        calls: ORDERED_CALLS.
    """
    return calls.filter((pl.col("api") == "GetKey") & (pl.col("ok") | not_found()))


def not_found() -> pl.Expr:
    """Whether a failed call says that the key or the store does not exist."""
    return pl.col("error_code").str.starts_with("ResourceNotFound").fill_null(False)


def windows(writes: pl.DataFrame, times: pl.DataFrame) -> pl.DataFrame:
    """WINDOWS: WRITES, each with the times between which a call may be its operation's.

    Where the deploy is aligned with the trail, `start` and `end` are in the trail's time.

    Args:
        writes: WRITES.
        times: OPERATION_TIMES.
    """
    in_trail = times.select("slack", id="write", trail_start="start", trail_end="end")
    margin = pl.max_horizontal(OUTER, pl.duration(seconds=pl.col("slack").fill_null(0) + 1))
    # A clock that was set back within the deploy shows in an operation that ends before it begins.
    back = (pl.col("start") - pl.col("end")).dt.total_seconds(fractional=True).max().over("deploy").clip(0)
    numbered = (
        writes.with_row_index("number")
        .join(in_trail, on="id", how="left", maintain_order="left")
        .with_columns(
            slack=pl.col("slack") + back.fill_null(0).ceil().cast(pl.Int64),
            start=pl.coalesce("trail_start", "start"),
            end=pl.coalesce("trail_end", "end"),
        )
        .with_columns(low=(pl.col("start") - margin).cast(TIME), high=(pl.col("end") + margin).cast(TIME))
    )
    return conform(numbered, WINDOWS)


def candidates(writes: pl.DataFrame, calls: pl.DataFrame) -> Claims:
    """The claims of the writes whose store and key are known on the write calls in their windows, successful or not.

    Args:
        writes: WINDOWS.
        calls: ORDERED_CALLS.
    """
    demand = (
        writes.filter(~pl.col("pattern") & pl.col("low").is_not_null() & pl.col("store").is_not_null())
        .filter(~pl.col("unset").fill_null(False) | (pl.col("reported") != "succeeded"))
        .filter(~_ended_reading())
        .select(
            "deploy",
            "action",
            "store",
            "key",
            "start",
            "end",
            "low",
            "high",
            "type",
            success=pl.col("reported") == "succeeded",
            write="id",
            log_request="request_id",
        )
        .join(EFFECTS, on="action")
        .join(usual_apis(), on="type", how="left")
        .with_columns(party=_party())
        .drop("action", "type")
    )
    write_calls = about_keys(calls, demand).filter(pl.col("effect") != "read")
    return claims_of(conform(demand, DEMAND), conform(write_calls, CLAIMED_CALLS))


def _ended_reading() -> pl.Expr:
    """Whether the log says that the operation failed when it read its list: it had not written it then.

    Or it says so by the empty ID of a create that returned without having written the list, nor an error.

    Source: docs/facts/sst-output.md#s1-shadowed-error.
    """
    reading = (
        pl.col("error_api").is_in(["DescribeKeyValueStore", "GetKey", "ListKeys"]).fill_null(value=False)
    )
    empty = pl.col("error_message").str.contains(_EMPTY_ID, literal=True).fill_null(value=False)
    return (pl.col("reported") == "failed") & (reading | empty) & pl.col("action").is_in(["append", "remove"])


def refused_by_log(writes: pl.DataFrame) -> pl.DataFrame:
    """`write` of those whose only batch was refused, as the log says: nothing is tried again after a success.

    A success in its window is another run's, such as that of the rerun which put it right. What is throttled, or fails
    by a fault of the service or the network, is tried again: the first call may have gone well, its answer lost.

    Args:
        writes: WINDOWS.
    """
    denied = cause_of(pl.col("error_code"), pl.col("error_message")).is_in(_REFUSALS)
    writing = (pl.col("error_api") == "UpdateKeys") & (pl.len().over("operation") <= BATCH)
    refused = (pl.col("reported") == "failed") & writing & denied
    return writes.filter(refused.fill_null(value=False)).select(write="id")


def _party() -> pl.Expr:
    """Who makes a deploy's calls: SST has its own credentials, which need not be those of Pulumi's providers.

    Source: docs/facts/sst-resources.md#1-custom-resources.
    """
    return pl.when(pl.col("type").is_in(sst_types())).then(pl.format("{} sst", "deploy")).otherwise("deploy")


def usual_apis() -> pl.DataFrame:
    """`type, apis`: by which API operations each kind of resource makes its writes."""
    rows = [(kind.TYPE, list(kind.APIS)) for kind in kinds()]
    return pl.DataFrame(rows, {"type": pl.String(), "apis": pl.List(pl.String())}, orient="row")


def about_keys(calls: pl.DataFrame, named: pl.DataFrame) -> pl.DataFrame:
    """The rows of `calls` on keys that `named` names, in whatever store: a million others need not be joined."""
    keys = named["key"].unique().implode()
    return calls.lazy().filter(pl.col("key").is_in(keys)).collect()


def of_own_writers(claims: Claims, writers: pl.DataFrame) -> Claims:
    """`claims` without calls by others than the writers of the deploy.

    Each party (SST, or Pulumi's providers) of a deploy is one principal: a call by another principal is
    not its own, even in its seconds. The writers are those with whose calls the deploy is aligned. Of a party that it
    says nothing of, it is the one principal that made most of the calls that fit one write alone, or that the log
    names by their request ids: who is taken for its principal by a call that another deploy could claim, shuts out its
    own. Where no principal made more than any other, all claims stay.

    Args:
        claims: what `candidates` gives.
        writers: OWN_WRITERS.
    """
    if claims.calls.is_empty():
        return claims
    sure = pl.concat([alone(claims), claims.request_pairs.select("write", "call")]).unique()
    parties = claims.demand.select("write", "party", "deploy").unique()
    counts = with_call(sure, claims.calls).join(parties, on="write").group_by("party", chief="by").len()
    most = pl.col("len") == pl.col("len").max().over("party")
    busiest = counts.filter(most).filter(pl.len().over("party") == 1).select("party", "chief")
    aligned = (
        parties.select("party", "deploy")
        .unique()
        .join(writers.select("deploy", chief="by").unique(), on="deploy")
        .select("party", "chief")
    )
    served = _served(claims, aligned)
    chiefs = pl.concat([served, busiest.join(served, on="party", how="anti")])
    return claims if chiefs.is_empty() else claims_of(claims.demand, claims.calls, chiefs)


def _served(claims: Claims, chiefs: pl.DataFrame) -> pl.DataFrame:
    """The rows of `chiefs` of parties with calls, in their windows, by any of these."""
    theirs = (
        claims.zones.select("party", "lane")
        .unique()
        .join(claims.lanes.select("lane", "store", "key", "effect", "ok", "api"), on="lane")
    )
    lanes = claims.lanes.filter(pl.col("by") >= 0).select("store", "key", "effect", "ok", "api", chief="by")
    with_calls = theirs.join(lanes, on=["store", "key", "effect", "ok", "api"]).select("party", "chief")
    named = claims.extras.select("party", chief="by")
    both = pl.concat([with_calls, named]).unique()
    parties = chiefs.join(both, on=["party", "chief"], how="semi").select("party").unique()
    return chiefs.join(parties, on="party", how="semi")


def assigned(claims: Claims) -> pl.DataFrame:
    """HITS: one successful call to one write.

    A write whose failed call the log names by its request id gets none (but see `assign.assignments`).
    """
    if claims.calls.is_empty():
        return empty(HITS)
    operations = claims.demand.select("write", "effect", "store", "key", "start", "end")
    effects = claims.calls.select("call", "effect")
    pairs = with_call(assignments(claims), claims.calls).join(effects, on="call")
    return conform(pairs.join(operations, on=["write", "effect"]), HITS)
