"""The JSON Schemas of the reports, as files beside this one."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from analyzer.bundle.layout import schema_file

_FILES: Final = {
    "report": "report-v1.schema.json",
    "trail": "trail-v1.schema.json",
    "audit": "audit-v1.schema.json",
}


def json_schema(of: str) -> str:
    """The schema of the JSON that `check` (`report`), `trail` or `audit` writes, as text with a final newline.

    `bundle` is the manifest of a bundle of evidence.

    Raises:
        KeyError: there is none.
    """
    place = schema_file() if of == "bundle" else Path(__file__).with_name(_FILES[of])
    return place.read_text(encoding="utf-8").rstrip("\n") + "\n"
