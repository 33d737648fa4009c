"""The name and version of what an audit writes as JSON, and what a later one reads again."""

from __future__ import annotations

from typing import Final

SCHEMA: Final = "lostwrite.audit/v1"
