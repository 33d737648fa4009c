"""The tables of what is collected of a trail: the trails, and the objects of their buckets."""

from __future__ import annotations

from typing import Final

import polars as pl

from analyzer.tables import TIME

TRAILS: Final = pl.Schema(
    {
        "arn": pl.String(),
        "name": pl.String(),
        "account": pl.String(),  # whose trail it is; the management account's, of an organisation's
        "home": pl.String(),  # Region
        "bucket": pl.String(),
        "prefix": pl.String(),  # before `AWSLogs/`, without a slash at its end; empty: none
        "organisation": pl.Boolean(),
        "multi_region": pl.Boolean(),
        "kms": pl.String(),  # the key with which its files are encrypted; null: none of its own
        "digests": pl.Boolean(),  # whether it writes digests; null: not said
        "logging": pl.Boolean(),  # now; null: not known
        "started": TIME,  # when it was last told to log
        "stopped": TIME,  # when it was last told to stop
        "delivered": TIME,  # the latest file
        "digested": TIME,  # the latest digest
        "records": pl.List(
            pl.Struct(
                {
                    "store": pl.String(),
                    "share": pl.String(),  # of its writes, by the selectors of now: all, some, none, unknown;
                    # never: it could not, whatever it selects
                    "why": pl.String(),
                }
            )
        ),
    }
)
"""One trail, and what it records now of each store."""

SPANS: Final = pl.Schema(
    {
        "deploy": pl.Int64(),  # its place among those asked for
        "low": TIME,  # calls of the deploy are not before
        "high": TIME,  # nor after
        "start": TIME,  # files delivered from here on
        "end": TIME,  # and before here
    }
)
"""One deploy: when its calls were made, and when their records were delivered."""

WANTED: Final = pl.Schema(
    {
        "bucket": pl.String(),
        "key": pl.String(),
        "size": pl.Int64(),
        "etag": pl.String(),
        "modified": TIME,
        "kind": pl.String(),  # trail, digest
        "why": pl.String(),
        "state": pl.String(),  # copied, had (the bundle held it already), refused
    }
)
"""One object of a trail's bucket that was asked for."""
