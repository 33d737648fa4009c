"""OCSF (Amazon Security Lake and others), as JSON: CloudTrail's fields under OCSF's names.

Source: the OCSF schema (API Activity and its kin) and AWS's mapping of CloudTrail to it; the parameters stand in
`unmapped` or in `api.request.data`, as an object or as JSON text, by version.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from analyzer.trail.calls.records import FAILURE, OUTCOME, SUCCESS
from analyzer.trail.interface import Loss
from analyzer.trail.unwrap.columns import part
from analyzer.trail.unwrap.flat import below, unflattened
from analyzer.trail.unwrap.record_collector import RecordCollector, collect_values

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analyzer.trail.interface import FileRecords

KIND: Final = "cloudtrail-ocsf"
FORM: Final = "ocsf"
_NO_PARAMETERS: Final = Loss("the OCSF event does not contain the parameters", keys=True)
_BY_PATH: Final = Loss("the parameters are written as paths: lists may lack items", keys=True)
_PATHS: Final = {
    "eventVersion": "metadata.product.version",
    "eventSource": "api.service.name",
    "eventName": "api.operation",
    "eventID": "metadata.uid",
    "eventCategory": "metadata.product.feature.name",
    "requestID": "api.request.uid",
    "errorCode": "api.response.error",
    "errorMessage": "api.response.message",
    "awsRegion": "cloud.region",
    "userAgent": "http_request.user_agent",
    "sourceIPAddress": "src_endpoint.ip",
}
_OUTCOMES: Final = {"1": SUCCESS, "2": FAILURE, "Success": SUCCESS, "Failure": FAILURE}
"""`status_id` and `status` of the OCSF schema; any other says neither."""


def unwrap(data: bytes) -> FileRecords:
    """The records in `data`, an event each."""
    return collect_values(data, take_event)


def take_event(collector: RecordCollector, event: object) -> None:
    """One OCSF event, an object, to the collector."""
    if not isinstance(event, dict) or _at(event, "metadata.product.name") != "CloudTrail":
        collector.refuse("an OCSF event that is not CloudTrail's")
        return
    unmapped = _unmapped(event.get("unmapped"))
    record = {name: _at(event, path) for name, path in _PATHS.items()}
    record["eventTime"] = event.get("time") or event.get("time_dt")
    record["sourceIPAddress"] = record["sourceIPAddress"] or _at(event, "src_endpoint.domain")
    account = _at(event, "actor.user.account.uid")
    access_key = _at(event, "actor.user.credential_uid")
    record["userIdentity"] = {
        "arn": _at(event, "actor.user.uid"),
        "accountId": account,
        "accessKeyId": access_key,
    }
    record[OUTCOME] = _OUTCOMES.get(str(event.get("status_id"))) or _OUTCOMES.get(str(event.get("status")))
    for name in ("recipientAccountId", "sharedEventID", "readOnly", "addendum"):
        record[name] = _plain(unmapped.get(name))
    record["recipientAccountId"] = record["recipientAccountId"] or _at(event, "cloud.account.uid")
    record["resources"] = _resources(event.get("resources"))
    record["responseElements"] = _part(unmapped, "responseElements", _at(event, "api.response.data"))
    parameters = _part(unmapped, "requestParameters", _at(event, "api.request.data"))
    record["requestParameters"] = parameters
    by_path = below(unmapped, "requestParameters")
    if parameters is None and by_path:
        record["requestParameters"] = unflattened(_as_lists(by_path))
    loss = None if parameters is not None else _BY_PATH if by_path else _NO_PARAMETERS
    answer = _at(event, "api.response")
    shows_errors = record[OUTCOME] is not None or (isinstance(answer, dict) and "error" in answer)
    collector.take_fields(record, loss, silent=not shows_errors)


def _part(unmapped: Mapping[str, object], name: str, other: object) -> object:
    for cell in (unmapped.get(name), other):
        try:
            value = part(cell)
        except (ValueError, RecursionError):
            continue
        if value is not None:
            return value
    return None


def _unmapped(value: object) -> dict[str, object]:
    """`unmapped` as an object: Parquet's maps come as lists of key and value."""
    if isinstance(value, list):
        return {
            str(pair["key"]): pair.get("value") for pair in value if isinstance(pair, dict) and "key" in pair
        }
    return value if isinstance(value, dict) else {}


def _as_lists(fields: Mapping[str, object]) -> dict[str, object]:
    """Paths with numbers for the places in a list (`puts[0].key`, `puts.0.key`), in order, as `{}` paths."""
    merged: dict[str, object] = {}
    for name, value in fields.items():
        parts = name.replace("[", ".").replace("]", "").split(".")
        path = "".join("{}" if part.isdecimal() else f".{part}" for part in parts)[1:]
        values = merged.setdefault(path, [])
        if isinstance(values, list):
            values.append(value)
    return {name: values if "{}" in name else _one(values) for name, values in merged.items()}


def _one(values: object) -> object:
    return values[0] if isinstance(values, list) and values else values


def _resources(value: object) -> object:
    """OCSF calls a resource's ARN its `uid`."""
    if not isinstance(value, list):
        return None
    return [{"ARN": item.get("uid"), "type": item.get("type")} for item in value if isinstance(item, dict)]


def _plain(value: object) -> object:
    """A value of a map of texts."""
    return {"true": True, "false": False, "null": None}.get(value, value) if isinstance(value, str) else value


def _at(event: Mapping[str, object], path: str) -> object:
    node: object = event
    for name in path.split("."):
        node = node.get(name) if isinstance(node, dict) else None
    return node
