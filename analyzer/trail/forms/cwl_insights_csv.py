"""CloudWatch Logs Insights: results saved as CSV in the console; the column `@message` is a record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from analyzer.trail.csv_rows import csv_rows
from analyzer.trail.harvest import Harvest, harvest_rows

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analyzer.trail.interface import Unwrapped

KIND: Final = "cloudtrail-cwl-insights-csv"
FORM: Final = "cwl-insights-csv"


def unwrap(data: bytes) -> Unwrapped:
    """The records in `data`."""
    return harvest_rows(csv_rows(data), _take)


def _take(taken: Harvest, row: Mapping[str, str]) -> None:
    taken.take_text(row.get("@message"))
