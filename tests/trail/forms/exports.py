"""Records as commands, consoles and SIEMs export them with something around them: what `forms.py` has not."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

import polars as pl

from tests.trail.cloudtrail import log

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Record = dict[str, Any]
_TEXTS = (
    "eventVersion", "eventTime", "eventSource", "eventName", "awsRegion", "sourceIPAddress", "userAgent", "errorCode",
    "errorMessage", "requestID", "eventID", "recipientAccountId", "sharedEventID", "eventCategory",
)  # fmt: skip
_OBJECTS = ("requestParameters", "responseElements")


def _dumps(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))


def _yaml(value: object, indent: int = 0) -> str:
    """Block style, as the AWS CLI prints it: texts in single quotes, in double ones where they need escapes."""
    pad = " " * indent
    if isinstance(value, dict) and value:
        return "".join(f"{pad}{_scalar(name)}:{_below(item, indent)}" for name, item in value.items())
    if isinstance(value, list) and value:
        return "".join(f"{pad}-{_yaml(item, indent + 2)[indent + 1 :]}" for item in value)
    return f"{pad}{_scalar(value)}\n"


def _below(value: object, indent: int) -> str:
    if isinstance(value, (dict, list)) and value:
        return "\n" + _yaml(value, indent if isinstance(value, list) else indent + 2)
    return f" {_scalar(value)}\n"


def _scalar(value: object) -> str:
    if not isinstance(value, str):
        return json.dumps(value)
    if any(letter in value for letter in "\n\\") or not value.isprintable():
        return json.dumps(value)
    return (
        value
        if value.isalpha() and value not in ("null", "true", "false")
        else "'" + value.replace("'", "''") + "'"
    )


def yaml(value: object) -> bytes:
    """`value` as YAML."""
    return _yaml(value).encode()


def _insights_row(record: Record) -> list[Record]:
    return [{"field": "@message", "value": _dumps(record)}, {"field": "@ptr", "value": "x"}]


def _event(record: Record, message: object) -> Record:
    return {"logStreamName": "s", "timestamp": 1781049902000, "message": message, "ingestionTime": 1781049999000,
            "eventId": f"not-{record.get('eventID')}"}  # fmt: skip


def _envelope(record: Record) -> Record:
    return {
        "version": "0",
        "id": "x",
        "detail-type": "AWS API Call via CloudTrail",
        "source": "aws.x",
        "detail": record,
    }


def _cli_text(records: Sequence[Record]) -> bytes:
    """`aws logs filter-log-events --output text`."""
    rows = [f"EVENTS\tnot-the-id\t1781049999000\ts\t{_dumps(record)}\t1781049902000\n" for record in records]
    return "".join([*rows, "SEARCHEDLOGSTREAMS\ts\tTrue\n"]).encode()


def _insights_text(records: Sequence[Record]) -> bytes:
    rows = [f"RESULTS\t@timestamp\t2026-06-10\nRESULTS\t@message\t{_dumps(record)}\n" for record in records]
    return "".join([*rows, "STATISTICS\t1.0\n"]).encode()


def _athena_rows(records: Sequence[Record]) -> bytes:
    from tests.trail.forms.forms import LOSSLESS

    table = list(csv.reader(io.StringIO(LOSSLESS["cloudtrail-athena"](records).decode())))
    rows = [{"Data": [{"VarCharValue": cell} if cell else {} for cell in row]} for row in table]
    columns = [{"Name": name, "Type": "varchar"} for name in table[0]]
    results = {"Rows": rows, "ResultSetMetadata": {"ColumnInfo": columns}}
    return json.dumps({"UpdateCount": 0, "ResultSet": results}, indent=1).encode()


def wazuh_event(record: Record) -> Record:
    """As wodles/aws of wazuh/wazuh writes an event: a list of one item is the item."""
    message = {"integration": "aws", "aws": record | {"source": "cloudtrail", "log_info": {"s3bucket": "b"}}}
    return dict(_singled(message))


def _singled(value: Record) -> Record:
    singled = {
        name: item[0] if isinstance(item, list) and len(item) == 1 else item for name, item in value.items()
    }
    return {name: _singled(item) if isinstance(item, dict) else item for name, item in singled.items()}


def wazuh_alert(record: Record) -> Record:
    """The event, decoded: numbers and flags as texts."""
    return {
        "timestamp": "x",
        "rule": {"id": "80202"},
        "data": _as_texts(wazuh_event(record)),
        "location": "Wazuh-AWS",
    }


def _as_texts(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _as_texts(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_as_texts(item) for item in value]
    return value if isinstance(value, str) else json.dumps(value)


def _parquet(records: Sequence[Record]) -> bytes:
    """As Athena writes a table: parameters as JSON text, other objects as structs."""
    rows = [
        {
            **{name.lower(): record.get(name) for name in _TEXTS},
            **{name.lower(): None if record.get(name) is None else _dumps(record[name]) for name in _OBJECTS},
            "useridentity": {name.lower(): item for name, item in record["userIdentity"].items()},
            "readonly": record.get("readOnly"),
            "resources": [
                {name.lower(): item for name, item in one.items()} for one in record.get("resources") or ()
            ],
        }
        for record in records
    ]
    return parquet(rows)


def parquet(rows: Sequence[Record]) -> bytes:
    """A Parquet file of rows."""
    out = io.BytesIO()
    pl.DataFrame(rows, infer_schema_length=None).write_parquet(out)
    return out.getvalue()


def _pasted(records: Sequence[Record]) -> bytes:
    parts = [
        f"call {place}:\n```json\n{json.dumps(record, indent=2)}\n```\n"
        for place, record in enumerate(records)
    ]
    return ("\n".join(parts) + "\nIs that right?\n").encode()


def _quoted(records: Sequence[Record]) -> bytes:
    return "".join(f"> {line}\n" for line in _pasted(records).decode().splitlines()).encode()


EXPORTS: dict[str, Callable[[Sequence[Record]], bytes]] = {
    "cloudtrail-athena json": lambda records: _csv("line", records),
    "cloudtrail-athena-rows": _athena_rows,
    "cloudtrail-cli-text": _cli_text,
    "cloudtrail-cli-text insights": _insights_text,
    "cloudtrail-cwl-events eventbridge": lambda records: _dumps(
        {"events": [_event(record, _dumps(_envelope(record))) for record in records]}
    ).encode(),
    "cloudtrail-cwl-events objects": lambda records: _dumps(
        {"events": [_event(record, record) for record in records]}
    ).encode(),
    "cloudtrail-cwl-insights-json": lambda records: json.dumps(
        [{"@timestamp": "2026-06-10 00:05:02.000", "@message": _dumps(record)} for record in records], indent=1
    ).encode(),
    "cloudtrail-cwl-insights-json objects": lambda records: json.dumps(
        [{"@message": record, "@ptr": "x"} for record in records]
    ).encode(),
    "cloudtrail-lake eventjson": lambda records: _dumps(
        {"QueryStatus": "FINISHED", "QueryResultRows": [[{"eventJson": _dumps(record)}] for record in records]}
    ).encode(),
    "cloudtrail-lake rows": lambda records: _dumps([[{"eventJson": _dumps(record)}] for record in records]).encode(),
    "cloudtrail-lake objects": lambda records: "".join(
        f"{_dumps({'eventJson': _dumps(record)})}\n" for record in records
    ).encode(),
    "cloudtrail-yaml documents": lambda records: b"".join(b"---\n" + yaml(record) for record in records),
    "cloudtrail-lake-csv eventjson": lambda records: _csv("eventJson", records),
    "cloudtrail-parquet": _parquet,
    "cloudtrail-pasted": _pasted,
    "cloudtrail-pasted quoted": _quoted,
    "cloudtrail-records texts": lambda records: json.dumps(list(map(_dumps, records)), indent=4).encode(),
    "cloudtrail-records text lines": lambda records: "".join(f"{json.dumps(_dumps(r))}\n" for r in records).encode(),
    "cloudtrail-records slurped": lambda records: json.dumps(
        [json.loads(log(record)) for record in records], indent=2
    ).encode(),
    "cloudtrail-records lists": lambda records: _dumps([records[:2], records[2:]]).encode(),
    "cloudtrail-wazuh": lambda records: "".join(f"{_dumps(wazuh_event(r))}\n" for r in records).encode(),
    "cloudtrail-wazuh alerts": lambda records: "".join(f"{_dumps(wazuh_alert(r))}\n" for r in records).encode(),
    "cloudtrail-wazuh hits": lambda records: _dumps(
        {"took": 1, "hits": {"hits": [{"_index": "w", "_source": wazuh_alert(record)} for record in records]}}
    ).encode(),
    "cloudtrail-yaml": lambda records: yaml({"events": [_event(record, _dumps(record)) for record in records]}),
    "cloudtrail-yaml records": lambda records: yaml({"Records": list(records)}),
    "cloudtrail-yaml lake": lambda records: yaml(
        {"QueryResultRows": [[{"eventJson": _dumps(record)}] for record in records]}
    ),
    "cloudtrail-yaml insights": lambda records: yaml({"results": list(map(_insights_row, records))}),
}  # fmt: skip
"""What each form is called (its kind comes first), and how records are written in it."""


def _csv(column: str, records: Sequence[Record]) -> bytes:
    cells = [_dumps(record).replace('"', '""') for record in records]
    return "".join([f"{column}\n", *(f'"{cell}"\n' for cell in cells)]).encode()
