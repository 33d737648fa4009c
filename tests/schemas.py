"""The JSON Schemas of the reports, as they are published and strict: what the tests hold our own output to."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any


def published(name: str) -> dict[str, Any]:
    """The schema `name` (`report-v1`, `trail-v1`): open to members and values that a later version adds."""
    text = (files("analyzer.reports") / f"{name}.schema.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def strict(name: str) -> dict[str, Any]:
    """The same without its openness: every member that is described is there, no other is, and each value is known."""
    made: dict[str, Any] = _strict(published(name))
    return made


def _strict(part: Any) -> Any:
    if isinstance(part, list):
        return [_strict(item) for item in part]
    if not isinstance(part, dict):
        return part
    closed = {key: _strict(value) for key, value in part.items()}
    if "properties" in closed:
        closed |= {"additionalProperties": False, "required": [*closed["properties"]]}
    known = next((case for case in closed.get("anyOf", ()) if "enum" in case), None)
    if known is not None:
        closed["anyOf"] = [known]
    return closed
