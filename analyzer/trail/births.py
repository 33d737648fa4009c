"""When stores were made and deleted, by the calls of CloudFront's control plane: where a chain can begin, and ends.

Source: CloudFront API reference (CreateKeyValueStore, DeleteKeyValueStore), recorded as management events of
`cloudfront.amazonaws.com`. A store that was imported from a file in S3 holds keys that no call wrote
(docs/facts/cloudtrail.md#34-semantics). The ETag of the control plane is another one than the chain's, so it links to
nothing.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from analyzer.trail.records import fields, text
from analyzer.trail.times import parse_time

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from analyzer.trail.records import Record

SERVICE: Final = "cloudfront.amazonaws.com"
CALLS: Final = frozenset({"CreateKeyValueStore", "DeleteKeyValueStore"})
_ARN: Final = re.compile(r"arn:[a-z-]+:cloudfront::\d{12}:key-value-store/[\w-]+")


class Birth(NamedTuple):
    """A store was made, or deleted.

    Attributes:
        store: its ARN; None where the record does not say it (a deletion gives the name alone).
        name: its name, where the record says it.
        at: when.
        made: made; else deleted.
        imported: from where its first keys were read, if they were.
        caller: who called.
        event_id: of the record.
        source: the file that holds it.
    """

    store: str | None
    name: str | None
    at: datetime
    made: bool
    imported: str | None
    caller: str | None
    event_id: str
    source: str


def placed(births: Iterable[Birth]) -> tuple[Birth, ...]:
    """All of them in the order of time; a deletion gets the store that was last made under its name."""
    made: dict[str | None, str | None] = {}
    ordered: list[Birth] = []
    for birth in sorted(births, key=lambda birth: (birth.at, birth.event_id)):
        if birth.made:
            made[birth.name] = birth.store
        ordered.append(birth if birth.store else birth._replace(store=made.get(birth.name)))
    return tuple(ordered)


def birth_of(record: Record, source: str) -> Birth | None:
    """What a successful call of `CALLS` says; None of any other record."""
    at = parse_time(record.event_time)
    failed = record.error_code or record.error_message
    if record.event_source != SERVICE or record.event_name not in CALLS or at is None or failed:
        return None
    asked, answered = fields(record.parameters), fields(fields(record.response).get("keyvaluestore"))
    resources = record.resources if isinstance(record.resources, list) else []
    named = [answered.get("arn"), *(fields(resource).get("arn") for resource in resources)]
    store = next((arn for arn in named if isinstance(arn, str) and _ARN.fullmatch(arn)), None)
    name = text(asked.get("name")) or text(answered.get("name"))
    if store is None and name is None:
        return None
    made = record.event_name == "CreateKeyValueStore"
    read_from = fields(asked.get("importsource")) if made else {}
    return Birth(
        store,
        name,
        at,
        made,
        text(read_from.get("sourcearn")),
        text(fields(record.identity).get("arn")),
        text(record.event_id) or "unknown",
        source,
    )
