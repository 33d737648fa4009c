"""Rows of a table with CloudTrail's columns in lower case (Athena, CloudTrail Lake) → CloudTrail's own records.

Source: the Athena DDL for CloudTrail (parameters are STRING: JSON text; userIdentity and resources are structs,
printed as `{k=v}`), and the SQL schema of CloudTrail Lake (parameters are map<string,string>, printed as `{k=v}`).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from analyzer.trail.calls.control import is_control
from analyzer.trail.calls.marker import may_hold_calls
from analyzer.trail.calls.records import OUTCOME, UNKNOWN
from analyzer.trail.interface import Loss
from analyzer.trail.unwrap.json_values import decoded
from analyzer.trail.unwrap.kvmap import parse_map

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analyzer.trail.unwrap.record_collector import RecordCollector

_TEXTS: Final = (
    "eventVersion", "eventTime", "eventSource", "eventName", "awsRegion", "sourceIPAddress", "userAgent", "errorCode",
    "errorMessage", "requestID", "eventID", "eventType", "recipientAccountId", "sharedEventID", "eventCategory",
)  # fmt: skip
_PARTS: Final = ("userIdentity", "requestParameters", "responseElements", "resources", "addendum")
_NAMES: Final = {name.lower(): name for name in (*_TEXTS, *_PARTS)}
_WHOLE: Final = "eventjson"  # CloudTrail Lake's column with the record as it was
_FLAGS: Final = {"readonly": "readOnly", "managementevent": "managementEvent"}
COLUMNS: Final = frozenset({*_NAMES, *_FLAGS, _WHOLE})
"""The columns that are read, by their names in lower case."""
_COUNTS: Final = ("itemcount", "totalsizeinbytes")
_PARAMETERS: Final = {
    "kvsarn", "key", "value", "ifmatch", "puts", "deletes", "nexttoken", "maxresults", "omitted", "originalsize",
    "reason",
}  # fmt: skip
_COUNT: Final = re.compile(r"[0-9]{1,18}")
_RENDERED: Final = re.compile(r"\s*\{\s*[A-Za-z_]")
UNCLEAR: Final = Loss("the parameters, printed as {k=v}, cannot be separated with certainty", keys=True)
"""Of a record whose keys may be others than those that were read."""
CUT: Final = Loss("the table lacks columns of the record", keys=True)


def take_row(collector: RecordCollector, row: Mapping[str, object]) -> None:
    """Hands the record of one row to the collector; the names of columns may be written in any case."""
    cells = {name.lower(): cell for name, cell in row.items()}
    if cells.get(_WHOLE):
        collector.take_value(cells[_WHOLE])
        return
    if "eventsource" not in cells or "eventname" not in cells:
        _take_text(collector, cells)
        return
    record: dict[str, object] = {_NAMES[name]: cells[name] or None for name in cells if name in _NAMES}
    for name in _FLAGS.keys() & cells.keys():
        record[_FLAGS[name]] = _flag(cells[name])
    if "errorcode" not in cells:
        record[OUTCOME] = UNKNOWN
    if is_control(record["eventSource"], record["eventName"]):
        collector.take_fields(record | {name: _certain_part(record.get(name)) for name in _PARTS})
        return
    if not may_hold_calls(str(record["eventSource"]).encode("utf-8", "replace")):
        collector.take_fields({name: item for name, item in record.items() if name not in _PARTS} | _IDENTITY)
        return
    unclear = False
    rendered = is_rendered(record.get("requestParameters"))
    for name in _PARTS:
        try:
            record[name] = part(record.get(name))
        except (ValueError, RecursionError):
            unclear = unclear or name == "requestParameters"
            record[name] = None
    if rendered and is_unclear(record["requestParameters"]):
        unclear, record["requestParameters"] = True, certain(record["requestParameters"])
    record["responseElements"] = with_counts(record["responseElements"])
    record["userIdentity"] = _with_access_key(record["userIdentity"])
    loss = UNCLEAR if unclear else CUT if "requestparameters" not in cells else None
    collector.take_fields(record, loss)


def _take_text(collector: RecordCollector, cells: Mapping[str, object]) -> None:
    """The record that stands as JSON in one of the cells, whatever the column is called."""
    texts = (cell for cell in cells.values() if isinstance(cell, str) and cell.lstrip()[:1] == "{")
    record = next((text for text in texts if '"eventSource"' in text), None)
    if record is None:
        collector.refuse("a row without eventsource or eventname, and without a record as JSON")
    else:
        collector.take_value(record)


def _certain_part(cell: object) -> object:
    """What a cell says where that is certain: as JSON, or it is an object already; else an empty object."""
    try:
        return {} if is_rendered(cell) else part(cell)
    except (ValueError, RecursionError):
        return {}


_IDENTITY: Final[dict[str, object]] = {"userIdentity": {}}  # a record of another service is only counted


def part(cell: object) -> object:
    """What a cell with an object or a list says: it is one already, or JSON text, or a `{k=v}` rendering; else None.

    Raises:
        ValueError: it cannot be taken apart.
        RecursionError: it is nested too deeply.
    """
    if not isinstance(cell, str):
        return cell
    text = cell.strip()
    if text in ("", "null", "NULL", "-"):
        return None
    try:
        return decoded(text.encode("utf-8", "replace"))
    except ValueError:
        return _without_nulls(parse_map(text))


def opened(value: object) -> object:
    """What a text says that holds an object or a list; any other value, and what cannot be taken apart, as it is."""
    if not (isinstance(value, str) and value[:1] in ("{", "[")):
        return value
    try:
        return part(value)
    except (ValueError, RecursionError):
        return value


def is_rendered(cell: object) -> bool:
    """Whether a cell is a `{k=v}` rendering, and not JSON."""
    return isinstance(cell, str) and _RENDERED.match(cell) is not None


def with_counts(answer: object) -> object:
    """`answer` (responseElements), its counts as numbers: a map of texts prints them so."""
    if not isinstance(answer, dict):
        return answer
    return {name: _number(item) if name.lower() in _COUNTS else item for name, item in answer.items()}


def _with_access_key(identity: object) -> object:
    """`identity`, with the name of its access key as CloudTrail writes it: a struct prints it in lower case."""
    if not isinstance(identity, dict) or "accesskeyid" not in identity:
        return identity
    return {"accessKeyId" if name == "accesskeyid" else name: item for name, item in identity.items()}


def _number(item: object) -> object:
    return int(item) if isinstance(item, str) and _COUNT.fullmatch(item) else item


def _flag(cell: object) -> bool | None:
    return {"true": True, "false": False}.get(str(cell).lower())


def _without_nulls(value: object) -> object:
    """The object without the fields that a struct prints as `null`."""
    if isinstance(value, dict):
        return {name: _nested(item) for name, item in value.items() if item != "null"}
    return [_without_nulls(item) for item in value] if isinstance(value, list) else value


def _nested(item: object) -> object:
    """A map's value: JSON text where it was an object or a list."""
    if isinstance(item, str) and item[:1] in ("[", "{"):
        return decoded(item.encode("utf-8", "replace"))
    return item


def certain(parameters: object) -> object:
    """What can be kept of unclear parameters: the store and the ETag, which hold nothing that could mislead."""
    if not isinstance(parameters, dict):
        return None
    texts = {name: item for name, item in parameters.items() if isinstance(item, str)}
    return {name: item for name, item in texts.items() if name.lower() in ("kvsarn", "ifmatch")}


def is_unclear(parameters: object) -> bool:
    """Whether the parameters hold a name that no call on a store has: then a text may have been cut in two."""
    if not isinstance(parameters, dict):
        return parameters is not None
    names = {name.lower() for name in parameters}
    texts = [
        item for name, item in parameters.items() if name.lower() in ("key", "value", "kvsarn", "ifmatch")
    ]
    return not names <= _PARAMETERS or not all(isinstance(text, str) for text in texts)
