"""When stores were created and deleted, by the calls of CloudFront's control plane: where a chain can begin, and ends.

Source: CloudFront API reference (CreateKeyValueStore, DeleteKeyValueStore), recorded as management events of
`cloudfront.amazonaws.com`. A store that was imported from a file in S3 holds keys that no call wrote
(docs/facts/cloudtrail.md#34-semantics). The ETag of the control plane is another one than the chain's, so it links to
nothing.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

import polars as pl

from analyzer.tables import STORE_LIVES, conform
from analyzer.trail.calls.records import fields, text
from analyzer.trail.times import parse_time

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

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


def store_lives(changes: Iterable[StoreChange], calls: pl.DataFrame) -> pl.DataFrame:
    """STORE_LIVES: a row per store that a change or a call names, ordered by ARN. An ARN is never used twice.

    Args:
        changes: as `with_stores` gives them.
        calls: CALLS.
    """
    columns = ("store", "name", "at", "kind", "imported")
    rows = [[getattr(change, name) for name in columns] for change in changes if change.store]
    schema = pl.Schema({name: STORE_LIVES["created_at"] if name == "at" else pl.String() for name in columns})
    changed = pl.DataFrame(rows, schema=schema, orient="row")
    created, deleted = pl.col("kind") == "created", pl.col("kind") == "deleted"
    made = changed.group_by("store").agg(
        name=pl.col("name").drop_nulls().first(),
        created_at=pl.col("at").filter(created).min(),
        deleted_at=pl.col("at").filter(deleted).max(),
        imported=pl.col("imported").filter(created).is_not_null().any(),
    )
    used = (
        calls.filter(pl.col("store").is_not_null())
        .group_by("store")
        .agg(first_at=pl.col("at").min(), last_at=pl.col("at").max())
    )
    return conform(
        made.join(used, on="store", how="full", coalesce=True)
        .with_columns(
            account=pl.col("store").str.extract(r"^arn:[a-z-]+:cloudfront::(\d{12}):", 1),
            imported=pl.when(pl.col("created_at").is_not_null()).then("imported"),
        )
        .sort("store"),
        STORE_LIVES,
    )


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
