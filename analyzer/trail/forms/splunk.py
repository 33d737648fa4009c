"""Splunk: exported results (`{"result": {"_raw": ...}}` lines), and what its HTTP collector takes (`{"event": ...}`).

`_raw` is the record itself. Without it the fields stand flattened, and lists may have been cut or made distinct.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from analyzer.trail.calls.records import OUTCOME, SUCCESS
from analyzer.trail.interface import Loss
from analyzer.trail.unwrap.columns import with_counts
from analyzer.trail.unwrap.flat import unflattened
from analyzer.trail.unwrap.record_collector import RecordCollector, collect_values

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analyzer.trail.interface import FileRecords

KIND: Final = "cloudtrail-splunk"
FORM: Final = "splunk"
FLATTENED: Final = Loss("Splunk's fields instead of _raw: lists may lack items", keys=True)
_NO_ERROR: Final = "success"
"""What Splunk's add-on for AWS writes as the errorCode of a call that did not fail."""


def unwrap(data: bytes) -> FileRecords:
    """The records in `data`: one result or event each, or the `results` of one answer."""
    return collect_values(data, _take, "results")


def take_fields(collector: RecordCollector, fields: Mapping[str, object]) -> None:
    """One result of a search: its `_raw`, or else its fields."""
    if fields.get("_raw"):
        collector.take_value(fields["_raw"])
        return
    record = unflattened({name: value for name, value in fields.items() if value not in ("", None)})
    record["responseElements"] = with_counts(record.get("responseElements"))
    if record.get("errorCode") == _NO_ERROR:
        record |= {"errorCode": None, OUTCOME: SUCCESS}
    collector.take_fields(record, FLATTENED, silent="errorCode" not in fields)


def _take(collector: RecordCollector, value: object) -> None:
    if not isinstance(value, dict):
        collector.refuse("an object of another kind")
        return
    event = value.get("event")
    if isinstance(event, dict):
        collector.take_fields(event)
    elif event is not None:
        collector.take_value(event)
    else:
        results = value.get("results", [value.get("result", value)])
        for result in results if isinstance(results, list) else [results]:
            if isinstance(result, dict):
                take_fields(collector, result)
            else:
                collector.refuse("an object of another kind")
