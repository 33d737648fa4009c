"""CloudTrail records of key-value stores, decoded.

Source of the fields: CloudTrail user guide, record contents. A field of an odd type is no reason to lose a record,
so each is taken as it is and judged where it is used.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec import UNSET

from analyzer.trail.calls.marker import SERVICES

if TYPE_CHECKING:
    from msgspec import Raw


SUCCESS: Final = "success"
FAILURE: Final = "failure"
UNKNOWN: Final = "unknown"
OUTCOME: Final = "_outcome"
"""The name of the field in which a form puts one of these."""


class Record(
    msgspec.Struct,
    rename={
        "event_source": "eventSource",
        "event_name": "eventName",
        "event_time": "eventTime",
        "event_id": "eventID",
        "shared_id": "sharedEventID",
        "request_id": "requestID",
        "error_code": "errorCode",
        "error_message": "errorMessage",
        "parameters": "requestParameters",
        "response": "responseElements",
        "identity": "userIdentity",
        "user_agent": "userAgent",
        "source_ip": "sourceIPAddress",
        "region": "awsRegion",
        "account": "recipientAccountId",
        "read_only": "readOnly",
        "version": "eventVersion",
        "category": "eventCategory",
        "kind": "eventType",
        "outcome": "_outcome",
    },
):
    """The fields of a record that this project reads; None if it lacks one.

    `error_code` is UNSET if it lacks that: an export that wrote null has the field. `outcome` is no field of
    CloudTrail's: a form that has its own way to say whether the call succeeded, or none, puts SUCCESS, FAILURE or
    UNKNOWN there.
    """

    event_source: object = None
    event_name: object = None
    event_time: object = None
    event_id: object = None
    shared_id: object = None
    request_id: object = None
    error_code: object = UNSET
    error_message: object = None
    parameters: object = None
    response: object = None
    resources: object = None
    identity: object = None
    user_agent: object = None
    source_ip: object = None
    region: object = None
    account: object = None
    read_only: object = None
    addendum: object = None
    version: object = None
    category: object = None
    kind: object = None
    outcome: object = None

    @property
    def failed(self) -> bool:
        """Whether it says that the call failed."""
        return bool(self.error_code or self.error_message) or self.outcome == FAILURE

    @property
    def shows_errors(self) -> bool:
        """Whether it would show an error, if there had been one.

        CloudTrail leaves the field out where there was none. So a record without it is of a success only if it is
        CloudTrail's own, and not a part that a query or a filter chose. Then it has what CloudTrail always writes, and
        nobody asks for.
        """
        is_own = text(self.version) is not None and bool(text(self.category) or text(self.kind))
        known = is_own or self.error_code is not UNSET or self.outcome == SUCCESS
        return known and self.outcome != UNKNOWN

    @property
    def is_call(self) -> bool:
        """Whether it is of a key-value store's data plane (`cloudfront.amazonaws.com` is the control plane).

        Insights and aggregated events report many calls at once: they are no calls.
        """
        is_one = self.category not in ("Insight", "Aggregated")
        return is_one and isinstance(self.event_source, str) and self.event_source in SERVICES

    def digest(self) -> str:
        """The same for records that say the same, whatever the order of their fields."""
        return hashlib.sha256(msgspec.json.encode(self, order="sorted")).hexdigest()


_RECORD: Final = msgspec.json.Decoder(Record)


def decode(raw: bytes | Raw) -> tuple[Record, bool]:
    """A record, and whether text in it had to be repaired: invalid UTF-8, or half of a surrogate pair.

    CloudTrail cuts long texts, and may cut them within a character.

    Raises:
        ValueError: it is no JSON object.
        RecursionError: it is nested too deeply.
    """
    try:
        return _RECORD.decode(raw), False
    except ValueError:
        value = json.loads(bytes(raw).decode("utf-8", "replace"), strict=False)
        repaired = json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")
        return _RECORD.decode(repaired), True


def text(value: object) -> str | None:
    """`value` if it is a text that says something."""
    return value if isinstance(value, str) and value else None


def fields(value: object) -> dict[str, object]:
    """The fields of an object by their names in lower case; none if it is no object."""
    return {name.lower(): item for name, item in value.items()} if isinstance(value, dict) else {}


def items(value: object) -> list[dict[str, object]]:
    """The fields of each object in a list; none if it is no list."""
    return [fields(item) for item in value if isinstance(item, dict)] if isinstance(value, list) else []
