"""What was read, and how much of it was understood."""

from __future__ import annotations

import polars as pl

INPUTS = pl.Schema(
    {
        "source": pl.String(),  # the file; a folder, with a slash at its end, where very many trail files share rows
        "files": pl.Int64(),  # that the row stands for: 1, but for a folder
        "kind": pl.String(),  # pulumi-text, ... (docs/formats.md), cloudtrail-s3, key-listing, bundle, unusable
        "bytes": pl.Int64(),  # as stored
        "lines": pl.Int64(),  # text inputs: read = recognised + noise + unrecognised
        "recognised": pl.Int64(),
        "noise": pl.Int64(),
        "unrecognised": pl.Int64(),
        "records": pl.Int64(),  # CloudTrail records in the file; keys of a listing
        "duplicates": pl.Int64(),  # records whose eventID another file had first
        "undecodable": pl.Int64(),  # records, or spans of bytes, that could not be read
        "problems": pl.List(pl.String()),
    }
)
