"""Stacks of one name that are two: an application and a stage are joined by a hyphen, and so is each of them inside.

`acme` with `shop-prod`, and `acme-shop` with `prod`, are both the stack `acme-shop-prod`, and their namespaces are the
same: who takes the one for the other sees no collision.
"""

from __future__ import annotations

import polars as pl


def told_apart(deploys: pl.DataFrame) -> pl.DataFrame:
    """DEPLOYS: `stack` says application and stage too, where its name alone is that of several.

    Args:
        deploys: DEPLOYS.
    """
    joined = pl.col("stack") == pl.format("{}-{}", "app", "stage")
    owner = pl.when(joined).then(pl.format("{} ({} of {})", "stack", "stage", "app"))
    several = owner.drop_nulls().n_unique().over("stack") > 1
    return deploys.with_columns(stack=pl.when(several).then(pl.coalesce(owner, "stack")).otherwise("stack"))
