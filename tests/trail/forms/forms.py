"""Records written in each form of CloudTrail, as the tool that the form is named after writes them."""

from __future__ import annotations

import base64
import csv
import gzip
import io
import json
from typing import TYPE_CHECKING, Any

import polars as pl

from tests.trail.cloudtrail import log
from tests.trail.forms.exports import EXPORTS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Record = dict[str, Any]
_COLUMNS = (
    "eventVersion", "userIdentity", "eventTime", "eventSource", "eventName", "awsRegion", "sourceIPAddress",
    "userAgent", "errorCode", "errorMessage", "requestParameters", "responseElements", "requestID", "eventID",
    "readOnly", "resources", "recipientAccountId", "sharedEventID", "eventCategory",
)  # fmt: skip


def dumps(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))


def lines(values: Sequence[object]) -> bytes:
    return "".join(dumps(value) + "\n" for value in values).encode()


def table(header: Sequence[str], rows: Sequence[Sequence[str]], quoting: int = csv.QUOTE_ALL) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, quoting=quoting, lineterminator="\n")  # type: ignore[arg-type]
    writer.writerows([header, *rows])
    return out.getvalue().encode()


def struct(value: object) -> str:
    """`{k=v}`, all the way down, names in lower case: a struct of Presto."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name.lower()}={struct(item)}" for name, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(struct, value)) + "]"
    return "null" if value is None else str(value)


def flat_map(value: object) -> str:
    """`{k=v}` with JSON below the first level: a map<string,string> of Presto."""
    if not isinstance(value, dict):
        return ""
    items = (
        f"{name}={item if isinstance(item, str) else dumps(item)}"
        for name, item in value.items()
        if item != []
    )
    return "{" + ", ".join(items) + "}"


def _array(records: Sequence[Record]) -> bytes:
    return json.dumps(records, indent=2).encode()


def _concatenated(records: Sequence[Record]) -> bytes:
    return "".join(map(dumps, records)).encode()


def _pretty(records: Sequence[Record]) -> bytes:
    return "\n".join(json.dumps(record, indent=4) for record in records).encode()


def _members(records: Sequence[Record]) -> bytes:
    return b"".join(gzip.compress(lines([record])) for record in records)


def envelope(record: Record) -> Record:
    return {
        "version": "0",
        "id": "not-the-event-id",
        "detail-type": "AWS API Call via CloudTrail",
        "source": "aws.edgekeyvaluestore",
        "account": "111122223333",
        "time": "2026-06-10T00:05:02Z",
        "region": "us-east-1",
        "resources": [],
        "detail": record,
    }


def _cwl_events(records: Sequence[Record]) -> bytes:
    events = [
        {
            "logStreamName": "111122223333_CloudTrail_us-east-1",
            "timestamp": 1781049902000,
            "message": dumps(record),
            "ingestionTime": 1781049999000,
            "eventId": "not-the-event-id",
        }
        for record in records
    ]
    return json.dumps({"events": events, "searchedLogStreams": []}, indent=4).encode()


def _cwl_insights(records: Sequence[Record]) -> bytes:
    rows = [
        [
            {"field": "@timestamp", "value": "2026-06-10 00:05:02.000"},
            {"field": "@message", "value": dumps(record)},
        ]
        for record in records
    ]
    return dumps({"results": rows, "statistics": {}, "status": "Complete"}).encode()


def _cwl_insights_csv(records: Sequence[Record]) -> bytes:
    rows = [["2026-06-10 00:05:02.000", dumps(record)] for record in records]
    return table(["@timestamp", "@message"], rows, csv.QUOTE_MINIMAL)


def message(records: Sequence[Record]) -> Record:
    events = [
        {"id": str(place), "timestamp": 1, "message": dumps(record)} for place, record in enumerate(records)
    ]
    return {
        "messageType": "DATA_MESSAGE",
        "owner": "111122223333",
        "logGroup": "trail",
        "logStream": "111122223333_CloudTrail_us-east-1",
        "subscriptionFilters": ["all"],
        "logEvents": events,
    }


CONTROL = {
    "messageType": "CONTROL_MESSAGE",
    "owner": "CloudwatchLogs",
    "logGroup": "",
    "logEvents": [{"id": ""}],
}


def _firehose(records: Sequence[Record]) -> bytes:
    """Messages joined without a line break, each a gzip member, as Firehose joins what it is handed."""
    messages = [CONTROL, *(message([record]) for record in records)]
    return b"".join(gzip.compress(dumps(each).encode()) for each in messages)


def _awslogs(records: Sequence[Record]) -> bytes:
    packed = gzip.compress(dumps(message(records)).encode())
    return dumps({"awslogs": {"data": base64.b64encode(packed).decode()}}).encode()


def _cwl_export(records: Sequence[Record]) -> bytes:
    return "".join(f"2026-06-10T00:05:02.000Z {dumps(record)}\n" for record in records).encode()


def _logs_tail(records: Sequence[Record]) -> bytes:
    stream = "111122223333_CloudTrail_us-east-1"
    return "".join(f"2026-06-10T00:05:02.000000+00:00 {stream} {dumps(r)}\n" for r in records).encode()


def _cells(record: Record, parameters: Callable[[object], str], time: str) -> list[str]:
    made: dict[str, Callable[[object], str]] = {
        "userIdentity": struct,
        "resources": struct,
        "requestParameters": parameters,
        "responseElements": parameters,
    }
    cells = ["" if record.get(name) is None else made.get(name, _text)(record[name]) for name in _COLUMNS]
    cells[_COLUMNS.index("eventTime")] = time
    return cells


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _spaced(record: Record) -> str:
    return str(record["eventTime"]).replace("T", " ").replace("Z", ".000")


def _athena(records: Sequence[Record]) -> bytes:
    rows = [_cells(record, dumps, record["eventTime"]) for record in records]
    return table([name.lower() for name in _COLUMNS], rows)


def _lake(records: Sequence[Record]) -> bytes:
    rows = [
        [{name: cell} for name, cell in zip(_COLUMNS, _cells(record, flat_map, _spaced(record)), strict=True)]
        for record in records
    ]
    return dumps({"QueryStatus": "FINISHED", "QueryResultRows": rows, "QueryStatistics": {}}).encode()


def _lake_csv(records: Sequence[Record]) -> bytes:
    rows = [_cells(record, flat_map, _spaced(record)) for record in records]
    return table([name.lower() for name in _COLUMNS], rows)


def _splunk(records: Sequence[Record]) -> bytes:
    return lines(
        [
            {"preview": False, "offset": place, "result": {"_raw": dumps(record), "_time": "2026-06-10"}}
            for place, record in enumerate(records)
        ]
    )


def _splunk_csv(records: Sequence[Record]) -> bytes:
    return table(["_time", "_raw", "host"], [["2026-06-10", dumps(record), "h"] for record in records])


def _hec(records: Sequence[Record]) -> bytes:
    return _concatenated([{"time": 1781049902, "sourcetype": "aws:cloudtrail", "event": r} for r in records])


def _elastic(records: Sequence[Record]) -> bytes:
    return lines(
        [
            {
                "@timestamp": "2026-06-10T00:05:02.000Z",
                "event": {"action": record["eventName"], "original": dumps(record)},
                "aws": {"cloudtrail": {"event_version": "1.09"}},
            }
            for record in records
        ]
    )


def _elastic_hits(records: Sequence[Record]) -> bytes:
    hits = [{"_index": "logs", "_source": {"event.original": dumps(record)}} for record in records]
    return dumps({"took": 1, "hits": {"total": {"value": len(hits)}, "hits": hits}}).encode()


def ocsf_event(record: Record) -> Record:
    """The mapping of docs/facts/cloudtrail.md#2-forms-on-disk, with the parameters in `api.request.data`."""
    identity = record["userIdentity"]
    when = str(record["eventTime"]).replace("Z", "+00:00")
    from datetime import datetime

    return {
        "class_uid": 6003,
        "metadata": {
            "product": {"name": "CloudTrail", "version": record["eventVersion"], "feature": {"name": "Data"}},
            "uid": record.get("eventID"),
        },
        "time": int(datetime.fromisoformat(when).timestamp() * 1000),
        "cloud": {"region": record["awsRegion"], "provider": "AWS"},
        "api": {
            "operation": record["eventName"],
            "service": {"name": record["eventSource"]},
            "request": {"uid": record.get("requestID"), "data": record["requestParameters"]},
            "response": {"error": record.get("errorCode"), "message": record.get("errorMessage"),
                         "data": record.get("responseElements")},
        },
        "actor": {"user": {"uid": identity["arn"], "account": {"uid": identity["accountId"]},
                           "credential_uid": identity.get("accessKeyId")}},
        "http_request": {"user_agent": record["userAgent"]},
        "src_endpoint": {"ip": record["sourceIPAddress"]},
        "resources": [{"uid": item["ARN"], "type": item["type"]} for item in record.get("resources") or ()],
        "unmapped": {
            "recipientAccountId": record["recipientAccountId"],
            "sharedEventID": record.get("sharedEventID"),
            "readOnly": record.get("readOnly"),
        },
    }  # fmt: skip


def _ocsf(records: Sequence[Record]) -> bytes:
    return lines([ocsf_event(record) for record in records])


def _ocsf_parquet(records: Sequence[Record]) -> bytes:
    """Security Lake's own: parameters as JSON text, `unmapped` as a map, which polars writes as a list of pairs."""
    rows = []
    for record in records:
        event = ocsf_event(record)
        for part in ("request", "response"):
            data = event["api"][part]["data"]
            event["api"][part]["data"] = None if data is None else dumps(data)
        pairs = [
            {"key": name, "value": _text(item)}
            for name, item in event["unmapped"].items()
            if item is not None
        ]
        rows.append(event | {"unmapped": pairs})
    out = io.BytesIO()
    pl.DataFrame(rows, infer_schema_length=None).write_parquet(out)
    return out.getvalue()


def _panther(records: Sequence[Record]) -> bytes:
    kept = [
        record
        | {"eventTime": _spaced(record) + "000000", "p_log_type": "AWS.CloudTrail", "p_event_time": "x"}
        for record in records
    ]
    return lines(kept)


LOSSLESS: dict[str, Callable[[Sequence[Record]], bytes]] = {
    "cloudtrail-s3": lambda records: log(*records),
    "cloudtrail-records array": _array,
    "cloudtrail-records lines": lines,
    "cloudtrail-records concatenated": _concatenated,
    "cloudtrail-records pretty": _pretty,
    "cloudtrail-records members": _members,
    "cloudtrail-eventbridge": lambda records: lines([envelope(record) for record in records]),
    "cloudtrail-cwl-events": _cwl_events,
    "cloudtrail-cwl-insights": _cwl_insights,
    "cloudtrail-cwl-insights-csv": _cwl_insights_csv,
    "cloudtrail-cwl-subscription firehose": _firehose,
    "cloudtrail-cwl-subscription awslogs": _awslogs,
    "cloudtrail-cwl-export": _cwl_export,
    "cloudtrail-cwl-export tail": _logs_tail,
    "cloudtrail-athena": _athena,
    "cloudtrail-lake": _lake,
    "cloudtrail-lake-csv": _lake_csv,
    "cloudtrail-splunk": _splunk,
    "cloudtrail-splunk collector": _hec,
    "cloudtrail-splunk-csv": _splunk_csv,
    "cloudtrail-elastic": _elastic,
    "cloudtrail-elastic hits": _elastic_hits,
    "cloudtrail-ocsf": _ocsf,
    "cloudtrail-ocsf-parquet": _ocsf_parquet,
    "cloudtrail-panther": _panther,
    **EXPORTS,
}
"""What each form is called (its kind comes first), and how records are written in it."""

CERTAIN = [form for form in LOSSLESS if form not in ("cloudtrail-lake", "cloudtrail-lake-csv")]
"""Those in which the parameters of any service can be told: not where they are printed as `{k=v}`."""
