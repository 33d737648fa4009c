"""The CSV that CloudTrail Lake saves for a query: parameters are maps, printed as `{k=v}`; times have a space."""

from __future__ import annotations

from typing import Final

from analyzer.trail.forms.athena import unwrap

__all__ = ["FORM", "KIND", "unwrap"]

KIND: Final = "cloudtrail-lake-csv"
FORM: Final = "lake-csv"
