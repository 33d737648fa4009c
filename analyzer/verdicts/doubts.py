"""The last line of the evidence: why nothing is proven, or on what a verdict rests that the chain does not prove.

In come FINAL_VERDICTS. Out go lines of EVIDENCE, one for each write in doubt.
"""

from __future__ import annotations

import polars as pl

from analyzer.trail.delivery import DELIVERY_LAG, USUAL_LAG
from analyzer.verdicts.lines import row
from analyzer.verdicts.signs import never_set

_WHY = {
    "no_trail": "no trail of the store was given: nothing shows what was written",
    "wrong_trail": "the trail that was given is of another account or Region than the store",
    "no_window": "nothing shows when the operation ran: the log has no times, or the window that was given is none",
    "data_events_off": "the trail contains no write to this store: data events are not recorded by default",
    "not_covered": "the files of the trail do not reach the time of the operation",
    "trail_gap": "the chain of ETags is broken: a call is missing",
    "chain_not_closed": "no later write of the store closes the chain of ETags: the last records may be missing",
    "trail_too_early": "the trail ends less than 30 minutes after the operation: a record may not be delivered yet",
    "clocks_differ": "no run in the trail matches the log: its clock may be wrong, or its operations made no call",
    "rivals": "other calls in the trail could be this write, at another time or by another run of the stack",
    "other_writer": "another caller's call on the key lies within the operation's time",
    "contested": "fewer calls are available than operations that they fit, and nothing shows which went without",
    "maybe_nothing": "the operation may rightly have written nothing, and the trail does not show what it found",
    "outcome_unknown": "a record does not show whether the call succeeded",
    "form_lost": "the log or the records do not show which store or which key this is about",
}

_WHOSE = "the calls that fit may be another log's or run's, and nothing shows whose they are"
_STEPPED = "the log's clock may have been set while the deploy ran"
_EMPTY_BEFORE = "the unbroken chain begins with an empty store and goes on past the operation"
_REFUSED = (
    "the last call of the operation was refused; a refused call is not tried again, so no call can be missing"
)


def doubt(concluded: pl.DataFrame) -> pl.DataFrame:
    """Why nothing is proven, or on what a verdict rests that the chain does not prove."""
    on_coverage = (
        pl.col("verdict").is_in(["dropped", "errored"])
        & (pl.col("sure") == "high")
        & pl.col("between").is_null()
    ).fill_null(False)
    # A listing can show what is there where the trail cannot show why.
    cause = pl.when(pl.col("verdict") == "unverifiable").then("cause").otherwise("open_cause")
    why = (
        pl.when(on_coverage)
        .then(
            # Of outputs that were never set, the log's own line says it.
            pl.when(pl.col("absent").is_null())
            .then(pl.when(~never_set()).then(pl.lit(_REFUSED)))
            .when(pl.col("complete").is_not_null())
            .then("complete")
            .otherwise(pl.lit(_EMPTY_BEFORE))
        )
        .when((cause == "clocks_differ") & (pl.col("clock") == "ambiguous"))
        .then(pl.lit(_WHOSE))
        .when((cause == "clocks_differ") & (pl.col("clock") == "aligned"))
        .then(pl.lit(_STEPPED))
        .when((cause == "data_events_off") & pl.col("unlogged").is_not_null())
        .then("unlogged")
        .when((cause == "trail_too_early") & pl.col("high").is_not_null())
        .then(_wait())
        .otherwise(cause.replace_strict(_WHY, default=None, return_dtype=pl.String))
    )
    crowd = pl.when((cause == "contested") & (pl.col("fitting") > 0)).then(
        pl.format(
            "{} call(s) fit {} writes of this deploy: at least one never landed, and the log does not show which",
            "fitting",
            "rivals",
        )
    )
    open_still = pl.col("open_cause").is_not_null() & (pl.col("verdict") == "mismatched")
    doubtful = concluded.filter((pl.col("verdict") == "unverifiable") | on_coverage | open_still)
    cells = row("doubt", "coverage", pl.lit(None), pl.lit("trail"), pl.coalesce(crowd, why))
    return doubtful.select("id", *cells).rename({"id": "write"}).drop_nulls("detail")


def _wait() -> pl.Expr:
    """Why it is too early to tell, and until when to wait."""
    lags = (USUAL_LAG, DELIVERY_LAG)
    usual, surely = ((pl.col("high") + lag).dt.strftime("%Y-%m-%dT%H:%M:%SZ") for lag in lags)
    return pl.format(
        "{}; all records are usually delivered by {}, and certainly by {}: copy the trail again then, and check again",
        pl.lit(_WHY["trail_too_early"]),
        usual,
        surely,
    )
