"""Exports of the trail that lose columns, and records whose keys are hidden or cut.

A query that does not select the error columns shows a refused call as it shows one that succeeded, but for the ETag
that only a success returns. Without the answers there is no chain. Without an identity nobody is the deploy's writer.
Source: docs/facts/cloudtrail.md#7-additions and docs/facts/cloudtrail.md#12-omission-and-redaction.
"""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.world.calls import READS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from random import Random

    from tests.world.service import Done

Record = dict[str, Any]
SHARE = 0.25
NO_ERRORS, NO_ANSWERS, NO_IDENTITY, NO_REQUEST = "no errors", "no answers", "no identity", "no request id"
HIDDEN, CUT = "keys hidden", "parameters cut"
KINDS = (NO_ERRORS,) * 3 + (NO_ANSWERS, NO_IDENTITY, NO_REQUEST, HIDDEN, CUT)
LOST = {
    NO_ERRORS: ("errorCode", "errorMessage"),
    NO_ANSWERS: ("responseElements",),
    NO_IDENTITY: ("userIdentity",),
    NO_REQUEST: ("requestID",),
}
WORD = "HIDDEN_DUE_TO_SECURITY_REASONS"
COLUMNS = (
    "eventVersion",
    "userIdentity",
    "eventTime",
    "eventSource",
    "eventName",
    "awsRegion",
    "sourceIPAddress",
    "userAgent",
    "errorCode",
    "errorMessage",
    "requestParameters",
    "responseElements",
    "requestID",
    "eventID",
    "readOnly",
    "resources",
    "eventType",
    "managementEvent",
    "recipientAccountId",
    "eventCategory",
)


@dataclass(frozen=True, slots=True)
class Export:
    """What the records have lost.

    Attributes:
        kind: one of `KINDS`; none: nothing, they are CloudTrail's own files.
        table: they come as the CSV of a query, else as JSON objects, one a line.
        keyless: the numbers of the write calls whose keys cannot be read.
    """

    kind: str = ""
    table: bool = False
    keyless: frozenset[int] = field(default=frozenset())

    @property
    def own_files(self) -> bool:
        """Whether they come as CloudTrail's own log files, which say when they were delivered."""
        return self.kind not in LOST

    def shown(self, record: Record, done: Done) -> Record:
        """The record as it comes."""
        if done.number not in self.keyless:
            return record
        if self.kind == CUT:
            size, reason = "149893", "requestParameters too large"
            return record | {"requestParameters": {"omitted": True, "originalSize": size, "reason": reason}}
        parameters = dict(record["requestParameters"])
        for name in ("puts", "deletes"):
            if name in parameters:
                parameters[name] = [dict.fromkeys(item, WORD) for item in parameters[name]]
        if "key" in parameters:
            parameters["key"] = WORD
        return record | {"requestParameters": parameters}

    def text(self, records: Iterable[Record]) -> str:
        """The one file of the export."""
        columns = [name for name in COLUMNS if name not in LOST.get(self.kind, ())]
        if not self.table:
            rows = ({name: record[name] for name in columns if name in record} for record in records)
            return "\n".join(map(json.dumps, rows)) + "\n"
        found = io.StringIO()
        writer = csv.writer(found, quoting=csv.QUOTE_ALL)
        writer.writerow([name.lower() for name in columns])
        writer.writerows([_cell(name, record.get(name)) for name in columns] for record in records)
        return found.getvalue()


NOTHING_LOST = Export()


def draw(history: Sequence[Done], chance: Random) -> Export:
    """What is lost of the records of a scenario."""
    if chance.random() >= SHARE:
        return NOTHING_LOST
    kind = chance.choice(KINDS)
    keyless = {done.number for done in history if done.call.api not in READS and chance.random() < 0.25}
    return Export(kind, chance.random() < 0.6, frozenset(keyless if kind in (HIDDEN, CUT) else ()))


def _cell(name: str, value: object) -> str:
    """As Athena prints it: parameters as JSON text, structs as `{k=v}`."""
    if value is None:
        return ""
    if name == "userIdentity" and isinstance(value, dict):
        return _struct(value)
    if name == "resources" and isinstance(value, list):
        return f"[{', '.join(map(_struct, value))}]"
    if isinstance(value, bool):
        return str(value).lower()
    return value if isinstance(value, str) else json.dumps(value)


def _struct(value: Record) -> str:
    return "{" + ", ".join(f"{name.lower()}={item}" for name, item in value.items()) + "}"
