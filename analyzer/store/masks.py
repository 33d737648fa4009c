"""Listings whose values were masked on their way: by a script, by a person, or by the CI system that shows them.

In come KEYS. Out go KEYS, null for each value that is a mask. Such a value is there, and is not known: it must neither
be compared nor written. A value is a mask where

- it is a known one (`analyzer.redaction.masks`);
- several keys of the listing have it, and it looks like one;
- several keys have it, a list of routes among them, and it is no JSON: a list is like no other key's value;
- it is empty, as all values of the listing are. An empty value is a value elsewhere.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from analyzer.redaction.masks import like_a_mask, masked
from analyzer.tables import KEYS, conform

_ROUTES: Final = ":routes"


def without_masks(keys: pl.DataFrame) -> pl.DataFrame:
    """KEYS, null for each value that is a mask.

    Args:
        keys: KEYS.
    """
    value = pl.col("value")
    several = pl.len().over("listing", "value") > 1
    of_a_list = pl.col("key").str.ends_with(_ROUTES) & ~value.str.contains(r"^\s*(?:[\[{]|$)")
    as_list = of_a_list.any().over("listing", "value")
    all_empty = (value == "").all().over("listing")
    hidden = masked(value) | (several & (like_a_mask(value) | as_list)) | all_empty
    return conform(keys.with_columns(value=pl.when(~hidden).then(value)), KEYS)
