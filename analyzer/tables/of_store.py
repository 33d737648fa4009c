"""What a store gives: listings of its keys; and inputs that fit nothing else."""

from __future__ import annotations

import polars as pl

from analyzer.tables.frames import TIME

LISTINGS = pl.Schema(
    {
        "listing": pl.Int64(),  # 1, 2, ... in the order in which they were named
        "source": pl.String(),  # the file, or the first of its pages
        "pages": pl.Int64(),
        "store": pl.String(),  # ARN; null where neither the file nor the user says it
        "store_by": pl.String(),  # file, user, keys (the one store of the writes whose namespaces it holds)
        "at": TIME,  # when the store was listed; null where nothing says it
        "at_by": pl.String(),  # file, user, mtime; chain (it bears the ETag of a call, whose time that is)
        "items": pl.Int64(),
        "etag": pl.String(),  # of the store when it was listed; null where the form does not say it
        "bare": pl.Boolean(),  # a description of the store: it has the ETag, and not the keys; null: it has the keys
        # Of a store that the check listed itself, whose clock `at` is: server, local; gone: there was nothing to list,
        # as the deploy deleted the store; null: a file.
        "live": pl.String(),
        "problem": pl.String(),  # why nothing may be concluded from it (cut, ...); null where it is whole
    }
)

KEYS = pl.Schema(
    {
        "listing": pl.Int64(),  # see LISTINGS
        "key": pl.String(),
        "value": pl.String(),  # null where the listing has a mask in its place
    }
)

MISFITS = pl.Schema(
    {
        "kind": pl.String(),  # keys, trail
        "source": pl.String(),  # the file, or the first of several
        "store": pl.String(),  # ARN, where the input names one
        "reason": pl.String(),  # one clause: why no verdict is built on it
    }
)
