"""Splunk: exported results (`{"result": {"_raw": ...}}` lines), and what its HTTP collector takes (`{"event": ...}`).

`_raw` is the record itself. Without it the fields stand flattened, and lists may have been cut or made distinct.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from analyzer.trail.columns import with_counts
from analyzer.trail.flat import unflattened
from analyzer.trail.harvest import Harvest, harvest
from analyzer.trail.interface import Loss

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analyzer.trail.interface import Unwrapped

KIND: Final = "cloudtrail-splunk"
FORM: Final = "splunk"
FLATTENED: Final = Loss("Splunk's fields instead of _raw: lists may lack items", keys=True)


def unwrap(data: bytes) -> Unwrapped:
    """The records in `data`: one result or event each, or the `results` of one answer."""
    return harvest(data, _take, "results")


def take_fields(taken: Harvest, fields: Mapping[str, object]) -> None:
    """One result of a search: its `_raw`, or else its fields."""
    if fields.get("_raw"):
        taken.take_text(fields["_raw"])
        return
    record = unflattened({name: value for name, value in fields.items() if value not in ("", None)})
    record["responseElements"] = with_counts(record.get("responseElements"))
    taken.take_fields(record, FLATTENED)


def _take(taken: Harvest, value: object) -> None:
    if not isinstance(value, dict):
        taken.refuse("an object of another kind")
        return
    event = value.get("event")
    if isinstance(event, dict):
        taken.take_fields(event)
    elif event is not None:
        taken.take_text(event)
    else:
        results = value.get("results", [value.get("result", value)])
        for result in results if isinstance(results, list) else [results]:
            if isinstance(result, dict):
                take_fields(taken, result)
            else:
                taken.refuse("an object of another kind")
