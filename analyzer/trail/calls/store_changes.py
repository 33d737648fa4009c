"""When stores were created and deleted, by the calls of CloudFront's control plane: where a chain can begin, and ends.

Source: CloudFront API reference (CreateKeyValueStore, DeleteKeyValueStore), recorded as management events of
`cloudfront.amazonaws.com`. A store that was imported from a file in S3 holds keys that no call wrote
(docs/facts/cloudtrail.md#34-semantics). The ETag of the control plane is another one than the chain's, so it links to
nothing.
"""

from __future__ import annotations

import re
from datetime import datetime  # noqa: TC003 - msgspec reads the types
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from analyzer.trail.calls.records import fields, text
from analyzer.trail.times import parse_time

if TYPE_CHECKING:
    from collections.abc import Iterable

    from analyzer.trail.calls.records import Record

SERVICE: Final = "cloudfront.amazonaws.com"
CALLS: Final = frozenset({"CreateKeyValueStore", "DeleteKeyValueStore"})
_ARN: Final = re.compile(r"arn:[a-z-]+:cloudfront::\d{12}:key-value-store/[\w-]+")


class StoreChange(NamedTuple):
    """A store was created, or deleted.

    Attributes:
        store: its ARN; None if the record does not say it (a deletion gives the name alone).
        name: its name, where the record says it.
        at: when.
        kind: what was done.
        imported: from where its first keys were read, if they were.
        caller: who called.
        event_id: of the record.
        source: the file that holds it.
    """

    store: str | None
    name: str | None
    at: datetime
    kind: Literal["created", "deleted"]
    imported: str | None
    caller: str | None
    event_id: str
    source: str


def with_stores(changes: Iterable[StoreChange]) -> tuple[StoreChange, ...]:
    """All of them in the order of time; a deletion gets the store that was last created under its name."""
    stores: dict[str | None, str | None] = {}
    ordered: list[StoreChange] = []
    for change in sorted(changes, key=lambda change: (change.at, change.event_id)):
        if change.kind == "created":
            stores[change.name] = change.store
        ordered.append(change if change.store else change._replace(store=stores.get(change.name)))
    return tuple(ordered)


def store_change_of(record: Record, source: str) -> StoreChange | None:
    """What a successful call of `CALLS` says; None of any other record."""
    at = parse_time(record.event_time)
    if record.event_source != SERVICE or record.event_name not in CALLS or at is None or record.failed:
        return None
    parameters, answer = fields(record.parameters), fields(fields(record.response).get("keyvaluestore"))
    resources = record.resources if isinstance(record.resources, list) else []
    arns = [answer.get("arn"), *(fields(resource).get("arn") for resource in resources)]
    store = next((arn for arn in arns if isinstance(arn, str) and _ARN.fullmatch(arn)), None)
    name = text(parameters.get("name")) or text(answer.get("name"))
    if store is None and name is None:
        return None
    is_created = record.event_name == "CreateKeyValueStore"
    import_source = fields(parameters.get("importsource")) if is_created else {}
    return StoreChange(
        store,
        name,
        at,
        "created" if is_created else "deleted",
        text(import_source.get("sourcearn")),
        text(fields(record.identity).get("arn")),
        text(record.event_id) or "unknown",
        source,
    )
