"""Elastic: documents of its CloudTrail integration, a line each, in an array, or as a search answers (`hits`).

`event.original` is the record itself, where the integration is configured to keep it. Without it the fields are read
(elastic/integrations, packages/aws, data stream cloudtrail): `flattened` lacks empty lists, and the parameters
beside it are a map as Java prints it. Field names may stand as paths.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from analyzer.trail.calls.records import OUTCOME
from analyzer.trail.interface import Loss
from analyzer.trail.unwrap.columns import UNCLEAR, certain, is_unclear, part, with_counts
from analyzer.trail.unwrap.flat import unflattened
from analyzer.trail.unwrap.record_collector import RecordCollector, collect_values

if TYPE_CHECKING:
    from analyzer.trail.interface import FileRecords

KIND: Final = "cloudtrail-elastic"
FORM: Final = "elastic"
_FIELDS: Final = Loss("Elastic's fields instead of event.original: empty lists are dropped")
_NO_PARAMETERS: Final = Loss("Elastic's fields instead of event.original, without the parameters", keys=True)
_PRINTED: Final = Loss("Elastic's fields instead of event.original: parameters printed as {k=v}", keys=True)
_CLOUDTRAIL: Final = "aws.cloudtrail."
_PATHS: Final = {
    "eventVersion": (_CLOUDTRAIL + "event_version",),
    "eventSource": ("event.provider",),
    "eventName": ("event.action",),
    "eventTime": ("@timestamp",),
    "eventID": ("event.id",),
    "eventCategory": (_CLOUDTRAIL + "event_category",),
    "requestID": (_CLOUDTRAIL + "request_id",),
    "errorCode": (_CLOUDTRAIL + "error_code",),
    "errorMessage": (_CLOUDTRAIL + "error_message",),
    "awsRegion": ("cloud.region",),
    "recipientAccountId": (_CLOUDTRAIL + "recipient_account_id", "cloud.account.id"),
    "sharedEventID": (_CLOUDTRAIL + "shared_event_id",),
    "sourceIPAddress": ("source.address", "source.ip"),
    "userAgent": ("user_agent.original",),
    "readOnly": (_CLOUDTRAIL + "read_only",),
    "resources": (_CLOUDTRAIL + "resources",),
}


def unwrap(data: bytes) -> FileRecords:
    """The records in `data`, a document each."""
    return collect_values(data, _take, "hits")


def _take(collector: RecordCollector, value: object) -> None:
    for hit in _hits(value):
        document = hit.get("_source", hit.get("fields", hit)) if isinstance(hit, dict) else None
        if isinstance(document, dict):
            _take_document(collector, unflattened(document))
        else:
            collector.refuse("an object of another kind")


def _hits(value: object) -> list[object]:
    """The documents of a search's answer; `value` itself if it is no such answer."""
    outer = value.get("hits") if isinstance(value, dict) else None
    inner = outer.get("hits") if isinstance(outer, dict) else None
    return inner if isinstance(inner, list) else [value]


def _take_document(collector: RecordCollector, document: dict[str, object]) -> None:
    original = _at(document, "event.original")
    if original is not None:
        collector.take_value(original)
        return
    record = {name: _first(document, paths) for name, paths in _PATHS.items()}
    record["userIdentity"] = {
        "arn": _at(document, _CLOUDTRAIL + "user_identity.arn"),
        "accountId": _at(document, "cloud.account.id"),
        "accessKeyId": _at(document, _CLOUDTRAIL + "user_identity.access_key_id"),
    }
    record[OUTCOME] = _at(document, "event.outcome")
    parameters, loss = _parameters(document)
    record["requestParameters"] = parameters
    answer = _at(document, _CLOUDTRAIL + "flattened.response_elements")
    if answer is None:
        answer = _rendered(_at(document, _CLOUDTRAIL + "response_elements"))
    record["responseElements"] = with_counts(answer)
    collector.take_fields(record, loss, silent=record[OUTCOME] is None)


def _parameters(document: dict[str, object]) -> tuple[object, Loss]:
    kept = _at(document, _CLOUDTRAIL + "flattened.request_parameters")
    if isinstance(kept, dict):
        return kept, _FIELDS
    printed = _rendered(_at(document, _CLOUDTRAIL + "request_parameters"))
    if printed is None:
        return None, _NO_PARAMETERS
    return (certain(printed), UNCLEAR) if is_unclear(printed) else (printed, _PRINTED)


def _rendered(text: object) -> object:
    try:
        return part(text)
    except (ValueError, RecursionError):
        return None


def _first(document: dict[str, object], paths: tuple[str, ...]) -> object:
    return next((value for path in paths if (value := _at(document, path)) is not None), None)


def _at(document: dict[str, object], path: str) -> object:
    """What stands at `path`; one value of a list of one, as `fields` of a search gives them."""
    node: object = document
    for name in path.split("."):
        node = node.get(name) if isinstance(node, dict) else None
    return node[0] if isinstance(node, list) and len(node) == 1 and path != _PATHS["resources"][0] else node
