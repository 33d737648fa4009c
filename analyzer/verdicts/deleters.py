"""Which tool deleted a key, where its user agent says so: what it did once it does again at its next run."""

from __future__ import annotations

from typing import Final

import polars as pl

WITH_TERRAFORM: Final = ", with Terraform"
"""What evidence says of such a call, behind its caller."""


def with_terraform() -> pl.Expr:
    """Whether Terraform's exclusive set of keys made the call, and not Pulumi's, whose provider wraps Terraform's.

    Only such a set calls UpdateKeys there (docs/facts/sst-resources.md#31-keys-of-plain-pulumi).
    """
    agent = pl.col("user_agent")
    by_it = agent.str.contains("Terraform/", literal=True) & ~agent.str.contains("(?i)pulumi")
    by_it &= pl.col("api") == "UpdateKeys"
    return by_it.fill_null(value=False)
