"""Small builders of the tables that the core works on, so that a test says only what it is about."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from analyzer.logs.deploys import FORMS
from analyzer.tables import CALLS, DEPLOYS, WRITES, from_columns

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import polars as pl

STORE = "arn:aws:cloudfront::111122223333:key-value-store/0f1e2d3c-0000-4000-8000-000000000001"
CI = "arn:aws:sts::111122223333:assumed-role/ci/deploy"
NOON = datetime(2025, 3, 20, 12, 0, tzinfo=UTC)


def at(seconds: float) -> datetime:
    """Seconds after noon."""
    return NOON + timedelta(seconds=seconds)


class Tape:
    """Records calls as CloudTrail would, and keeps the store's ETag as the service does."""

    def __init__(self, store: str = STORE) -> None:
        self.store = store
        self.etag = "KV0"
        self._rows: list[dict[str, object]] = []
        self._events = 0

    def write(  # noqa: PLR0913 - what a record says
        self,
        second: float,
        *,
        puts: Sequence[str] = (),
        deletes: Sequence[str] = (),
        error: str | None = None,
        message: str | None = None,
        caller: str | None = CI,
        request: str | None = None,
        value: str | None = None,
        api: str = "UpdateKeys",
        recorded: bool = True,
    ) -> str:
        """One write; `recorded=False` happens, but no file in hand has it. Gives the event id."""
        before = self.etag
        if error is None:
            self.etag = f"KV{int(before[2:]) + 1}"
        common: dict[str, object] = {
            "api": api,
            "ok": error is None,
            "error_code": error,
            "error_message": message,
            "if_match": before,
            "etag": self.etag if error is None else None,
            "value": value,
            **({} if request is None else {"request_id": request}),
        }
        rows = [{"key": key, "effect": "put"} for key in puts] + [
            {"key": key, "effect": "delete"} for key in deletes
        ]
        return self._add(second, caller, [common | row for row in rows] if recorded else [])

    def read(self, second: float, key: str, *, error: str | None = None, caller: str | None = CI) -> str:
        """One GetKey."""
        row = {"api": "GetKey", "key": key, "effect": "read", "ok": error is None, "error_code": error}
        return self._add(second, caller, [row])

    def describe(self, second: float, *, caller: str = CI) -> str:
        """One DescribeKeyValueStore, which tells the ETag."""
        return self._add(second, caller, [{"api": "DescribeKeyValueStore", "effect": "read", "ok": True}])

    def _add(self, second: float, caller: str | None, rows: Sequence[dict[str, object]]) -> str:
        self._events += 1
        event = f"event-{self._events:03d}"
        common = {
            "store": self.store,
            "event_id": event,
            "request_id": f"request-{self._events:03d}",
            "at": at(second),
            "caller": caller,
            "source": "trail.json",
            "form": "s3-log",
        }
        self._rows.extend(common | row for row in rows)
        return event

    def calls(self) -> pl.DataFrame:
        """CALLS of what was recorded."""
        return from_columns({name: [row.get(name) for row in self._rows] for name in CALLS}, CALLS)


def write(key: str, start: float | None, end: float | None, **other: object) -> dict[str, object]:
    """A row for `writes`: a route appended by an operation that the log calls a success."""
    row: dict[str, object] = {
        "deploy": "d1",
        "type": "sst:aws:KvRoutesUpdate",
        "name": f"{other.get('id', key)}.sst.aws.KvRoutesUpdate",
        "op": "update",
        "action": "append",
        "store": STORE,
        "key": key,
        "pattern": False,
        "reported": "succeeded",
        "start": None if start is None else at(start),
        "end": None if end is None else at(end),
        "exact": True,
        "source": "eventlog.json",
        "line": 1,
    }
    return row | other


def writes(*rows: dict[str, object]) -> pl.DataFrame:
    """WRITES, each row an operation of its own where it does not say; ids w1, w2, …."""
    numbered = [{"id": f"w{n}", "operation": n} | row for n, row in enumerate(rows, start=1)]
    return from_columns({name: [row.get(name) for row in numbered] for name in WRITES}, WRITES)


def deploys(*ids: str) -> pl.DataFrame:
    """DEPLOYS, one per id, each of its own stack."""
    names = ids or ("d1",)
    columns = {
        "id": names,
        "app": ["shop"] * len(names),
        "stage": names,
        "stack": [f"shop-{name}" for name in names],
        "tool": ["sst"] * len(names),
        "result": ["succeeded"] * len(names),
        "form": ["exact"] * len(names),
        "sources": [["eventlog.json"]] * len(names),
    }
    return from_columns(columns, DEPLOYS)


def forms_of(kinds: Mapping[str, str]) -> pl.DataFrame:
    """FORMS: a log `ID.log` for each deploy, of the form or the kind that is given."""
    names = {"exact": "engine-events", "text": "pulumi-text"}
    rows = [
        {
            "id": deploy,
            "source": f"{deploy}.log",
            "form": {"engine-events": "exact", "sst-state": "state"}.get(names.get(kind, kind), "text"),
            "kind": names.get(kind, kind),
        }
        for deploy, kind in kinds.items()
    ]
    return from_columns({name: [row.get(name) for row in rows] for name in FORMS}, FORMS)
