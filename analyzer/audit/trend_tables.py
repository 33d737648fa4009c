"""The schemas of the small tables over all deploys of an audit (`trends.py` makes them).

Three words are counted, and never mixed:

- a *deploy* lost a write where one of its writes is not in place by its verdict (a mere leaning is a doubt);
- a *write* is one row of FOLLOWED;
- a *loss* is what users miss: one key or entry of a store, however many deploys in a row failed to write it (LOSSES).

A share is of the deploys that could be judged: at least one of their writes has a verdict other than `unverifiable`.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from analyzer.tables import TIME

_COUNTS: Final = {
    "deploys": pl.Int64(),
    "judged": pl.Int64(),  # of these, those in which something could be judged
    "lost": pl.Int64(),  # of these, those that lost a write: open + maybe + healed
    "open": pl.Int64(),  # deploys of which a write is still missing
    "maybe": pl.Int64(),  # of which none is, but one was perhaps put right
    "healed": pl.Int64(),  # of which all are put right, or are not wanted any more
    "doubt": pl.Int64(),  # deploys with a write in doubt that nothing healed, whether or not they lost another
    "writes": pl.Int64(),  # writes that could be judged
    "lost_writes": pl.Int64(),  # of these, those that were not in place
    "writes_in_1000": pl.Float64(),  # lost writes in 1,000 judged ones; null: none was judged
    "in_1000": pl.Float64(),  # deploys that lost a write, in 1,000 judged ones; null: none was judged
    "low": pl.Float64(),  # of `in_1000`, 95 % by Wilson; of deploys, for writes of one deploy fall together
    "high": pl.Float64(),
}

TREND: Final = pl.Schema(
    {
        "by": pl.String(),  # all, app, stage, month, version, cause
        "name": pl.String(),  # the app, the stage, `2025-03`, ...; null: unknown, and of `all`
        **_COUNTS,
        "week_of": pl.Int64(),  # deploys that lost a write at least 7 days ago; not those healed nobody knows when
        "week_share": pl.Float64(),  # of these, those that were healed within 7 days, 0 to 1; null: there are none
    }
)
"""Numbers of the deploys that have something in common. Of `cause`, `lost` and what is behind it are of that cause, and
`deploys`, `judged`, `writes` are all."""

BUCKETS: Final = (
    "under 1 hour",
    "1 hour to 1 day",
    "1 to 7 days",
    "7 to 30 days",
    "over 30 days",
    "unknown",
    "not yet",
)
HEALING: Final = pl.Schema(
    {
        "bucket": pl.String(),  # one of BUCKETS, in that order; `unknown`: healed, but nobody knows when
        "state": pl.String(),  # of the loss: healed, maybe_repaired, open
        "how": pl.String(),  # deploy, call, listing, removal: what healed it, or perhaps did; null: nothing, or unknown
        "losses": pl.Int64(),
        "deploys": pl.Int64(),  # whose writes these are
    }
)
"""How long losses lasted, from when the first of their writes was missed, and what ended them. No rows of 0."""

WORST_STORES: Final = pl.Schema(
    {
        "store": pl.String(),  # ARN; null: nobody knows in which store
        "deploys": pl.Int64(),  # that lost a write of it
        "losses": pl.Int64(),
        "open": pl.Int64(),  # losses
        "maybe": pl.Int64(),
        "healed": pl.Int64(),
        "doubt": pl.Int64(),  # keys or entries of which it is not sure that anything is missing
        "open_since": TIME,  # the oldest that is open; null: none, or unknown
        "last": TIME,  # when the newest began
    }
)
"""Stores that lost writes, those with most open losses first."""

VERSIONS: Final = pl.Schema(
    {
        "tool": pl.String(),
        "name": pl.String(),  # `3.10.1`, or `3.10.1 to 3.11.2` of several; null: unknown
        "versions": pl.List(pl.String()),  # that it joins, in their order
        **_COUNTS,
        "worse": pl.Boolean(),  # its interval is above that of all other deploys
    }
)
"""Versions in their order. Neighbours with fewer than 200 deploys each are joined; none that has more is among them."""

LEAVE: Final = pl.Schema(
    {
        "tool": pl.String(),
        "version": pl.String(),
        "deploys": pl.Int64(),
        "lost": pl.Int64(),
        "open": pl.Int64(),
        "last": TIME,  # the newest deploy with it
        "defects": pl.List(pl.String()),  # names of advisories that another version has fixed
        "fixed": pl.String(),  # the first version that has none that is fixed; null: the version itself
        "worse": pl.Boolean(),  # it is in a row of VERSIONS that is
    }
)
"""Versions to leave: with a known defect that is fixed, or with surely more losses than the rest. The newest first."""
