"""Writes that succeeded although their log names a failed call: the answer was lost on its way, not the write.

The SDK sends a call again whose answer did not come. The first one may have succeeded; then the store has another ETag,
and the retry, which still names the old one, fails with a precondition. The log knows the retry alone, or what the
operation tried after it.

In come REQUEST_PAIRS and the calls. Out go REQUEST_PAIRS of the same writes with such a success.
"""

from __future__ import annotations

import polars as pl

from analyzer.tables import TIME, conform
from analyzer.verdicts.matching.tables import CLAIMED_CALLS, REQUEST_PAIRS

_MARGIN = pl.duration(seconds=5)
"""Beyond the duration that the log says, how long before the named call the operation may have begun."""

_SAME_KEY = ["store", "key", "effect", "writer"]
_OF_CALL = [name for name in CLAIMED_CALLS if name not in _SAME_KEY]


def was_refused() -> pl.Expr:
    """Whether the call that a log names was refused: the log says so where no record shows the outcome."""
    return ~pl.col("ok").fill_null(pl.col("success"))


def answers_lost(named: pl.DataFrame, calls: pl.DataFrame) -> pl.DataFrame:
    """REQUEST_PAIRS of writes whose named call failed, with the success of which a failed call was the retry.

    The same writer made both, on the same key and under the same ETag, which one call alone can succeed with. The
    success is no older than the operation.

    Args:
        named: REQUEST_PAIRS: a write and the call that its log names.
        calls: CLAIMED_CALLS.
    """
    refused = named.filter(was_refused())
    if refused.is_empty():
        return named.clear()
    on_keys = calls.join(refused.select(_SAME_KEY).unique(), on=_SAME_KEY, how="semi")
    under = [*_SAME_KEY, "if_match"]
    retries = on_keys.filter(~pl.col("ok") & pl.col("if_match").is_not_null())
    latest = retries.group_by(under).agg(retried=pl.col("at").max())
    repeated = (
        on_keys.filter("ok")
        .join(latest, on=under)
        .filter(pl.col("retried") >= pl.col("at"))
        .select(*_SAME_KEY, *_OF_CALL, made_at="at")
        .sort("made_at", "run", "position")
    )
    answered = (
        refused.drop(_OF_CALL)
        .hstack(refused.select(named_at="at"))
        .sort("named_at")
        .join_asof(repeated, left_on="named_at", right_on="made_at", by=_SAME_KEY, check_sortedness=False)
    )
    began = (pl.col("named_at") - (pl.col("end") - pl.col("start")) - _MARGIN).cast(TIME)
    return conform(answered.filter(pl.col("at") >= began), REQUEST_PAIRS)
