"""YAML: `--output yaml` of the AWS CLI, or records as `yq` prints them. It holds what the JSON of a command does."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from analyzer.trail.forms import athena_rows, cwl_events, cwl_insights, lake, lookup_events
from analyzer.trail.interface import FileExtent
from analyzer.trail.unwrap.record_collector import RecordCollector
from analyzer.trail.unwrap.yaml_values import yaml_values

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from analyzer.trail.interface import FileRecords

KIND: Final = "cloudtrail-yaml"
FORM: Final = "yaml"
_LOOKED_UP: Final = "Events"
_OUTPUTS: Final[Mapping[str, Callable[[RecordCollector, object], None]]] = {
    _LOOKED_UP: lookup_events.take,
    "CloudTrailEvent": lookup_events.take,
    "events": cwl_events.take,
    "results": cwl_insights.take,
    "QueryResultRows": lake.take,
}


def unwrap(data: bytes) -> FileRecords:
    """The records in `data`, in the order in which they stand."""
    documents = yaml_values(data)
    collector = RecordCollector()
    rows = athena_rows.Rows()
    looked_up = False
    for document in documents.found:
        values = document if isinstance(document, list) else [document]
        for value in values:
            names = value.keys() if isinstance(value, dict) else ()
            looked_up = looked_up or _LOOKED_UP in names or "CloudTrailEvent" in names
            if "ResultSet" in names:
                rows.take(collector, value)
            else:
                _take(collector, value)
    collector.damage(documents.damaged)
    problems = [f"the YAML is damaged at {documents.damaged} place(s)"] if documents.damaged else []
    records = collector.file_records(problems)
    if not looked_up or records.refused:
        return records
    return replace(records, problems=[lookup_events.NO_DATA_EVENTS, *records.problems], extent=FileExtent())


def _take(collector: RecordCollector, value: object) -> None:
    names = value if isinstance(value, dict) else {}
    take = next((_OUTPUTS[name] for name in names if name in _OUTPUTS), None)
    if take is not None:
        take(collector, value)
    else:
        collector.take_value(value)
