"""The JSON Schemas of the reports, as files beside this one."""

from __future__ import annotations

from pathlib import Path
from typing import Final

_FILES: Final = {
    "report": "report-v1.schema.json",
    "trail": "trail-v1.schema.json",
    "audit": "audit-v1.schema.json",
}


def json_schema(of: str) -> str:
    """The schema of the JSON that `check` (`report`), `trail` or `audit` writes, as text with a final newline.

    Raises:
        KeyError: there is none.
    """
    return Path(__file__).with_name(_FILES[of]).read_text(encoding="utf-8").rstrip("\n") + "\n"
