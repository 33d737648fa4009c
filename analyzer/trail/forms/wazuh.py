"""Wazuh: its events and alerts, a line each, in an array, or as its indexer answers (`hits`); the record is in `aws`.

Source: wazuh/wazuh, wodles/aws: a list of one item is written as the item. Its decoder writes texts where the record
has numbers, true or null. So what CloudTrail has only as a list is a list again, and a text is read as what it says.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from analyzer.trail.unwrap.columns import opened, with_counts
from analyzer.trail.unwrap.flat import unflattened
from analyzer.trail.unwrap.record_collector import RecordCollector, collect_values

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analyzer.trail.interface import FileRecords

KIND: Final = "cloudtrail-wazuh"
FORM: Final = "wazuh"
_LISTS: Final = ("puts", "deletes", "resources")
_WORDS: Final = {"null": None, "true": True, "false": False}
_FLAGS: Final = ("readOnly", "managementEvent")


def unwrap(data: bytes) -> FileRecords:
    """The records in `data`, an event each."""
    return collect_values(data, _take, "hits")


def _take(collector: RecordCollector, value: object) -> None:
    for hit in _hits(value):
        record = _record(hit)
        if record is None:
            collector.refuse("an event without a record of AWS")
        else:
            collector.take_fields(_restored(record))


def _hits(value: object) -> list[object]:
    outer = value.get("hits") if isinstance(value, dict) else None
    inner = outer.get("hits") if isinstance(outer, dict) else None
    return inner if isinstance(inner, list) else [value]


def _record(hit: object) -> Mapping[str, object] | None:
    """What stands in `aws`, wherever that stands: in `_source`, in `data`, or at the top."""
    node = unflattened(hit) if isinstance(hit, dict) else None
    for name in ("_source", "data"):
        inner = node.get(name) if node is not None else None
        node = unflattened(inner) if isinstance(inner, dict) else node
    record = node.get("aws") if node is not None else None
    return record if isinstance(record, dict) else None


def _restored(record: Mapping[str, object]) -> dict[str, object]:
    """The record as CloudTrail wrote it, but for the list of one item in a field that is not known."""
    whole = {name: None if value == "null" else value for name, value in record.items()}
    for name in _FLAGS:
        value = whole.get(name)
        whole[name] = _WORDS.get(value) if isinstance(value, str) else value
    whole["requestParameters"] = _with_lists(opened(whole.get("requestParameters")))
    whole["responseElements"] = with_counts(opened(whole.get("responseElements")))
    whole["resources"] = _list(whole.get("resources"))
    return whole


def _with_lists(parameters: object) -> object:
    if not isinstance(parameters, dict):
        return parameters
    kept = {name: value for name, value in parameters.items() if value != "null"}
    return {name: _list(value) if name.lower() in _LISTS else value for name, value in kept.items()}


def _list(value: object) -> object:
    """A list again, of which one item was left; its items may be texts."""
    value = opened(value)
    if isinstance(value, dict):
        return [value]
    return [opened(item) for item in value] if isinstance(value, list) else value
