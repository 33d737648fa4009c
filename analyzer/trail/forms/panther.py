"""Records as Panther keeps them: CloudTrail's fields beside its own (`p_...`); times with a space and nanoseconds."""

from __future__ import annotations

from typing import Final

from analyzer.trail.forms.bare import unwrap

__all__ = ["FORM", "KIND", "unwrap"]

KIND: Final = "cloudtrail-panther"
FORM: Final = "panther"
