"""Rows of deploys without times and of their calls, and the alignment of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analyzer.tables import CALLS, DEPLOYS, WRITES, from_columns
from analyzer.verdicts.alignment.untimed import Untimed, align_untimed
from tests.build import CI, at

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

Row = dict[str, Any]
STORE = "arn:aws:cloudfront::111122223333:key-value-store/aaaa"
OTHER_STORE = "arn:aws:cloudfront::444455556666:key-value-store/bbbb"


def step(namespace: str, start: int | None = None, end: int | None = None, **other: object) -> Row:
    """A row of WRITES: keys of a component that text names."""
    row: Row = {
        "type": "sst:aws:KvKeys",
        "action": "put",
        "op": "update",
        "key": f"{namespace}:*",
        "reported": "succeeded",
        "pattern": True,
        "exact": False,
        "tick_start": start,
        "tick_end": end,
    }
    return row | other


def route(start: int | None = None, end: int | None = None) -> Row:
    """A row of WRITES: an entry into a list of routes."""
    return step("*", start, end) | {"key": "*:routes", "action": "append", "op": "create"}


def put(second: float, key: str, **other: object) -> Row:
    """A row of CALLS: a successful put."""
    row: Row = {
        "store": STORE,
        "at": at(second),
        "api": "UpdateKeys",
        "effect": "put",
        "key": key,
        "ok": True,
        "caller": CI,
        "account": "111122223333",
        "event_id": f"{second}-{key}",
    }
    return row | other


def read(second: float, key: str) -> Row:
    """A row of CALLS: a read."""
    return put(second, key) | {"api": "GetKey", "effect": "read", "event_id": f"{second}-read"}


def aligned(
    steps: Sequence[Row],
    calls: Sequence[Row],
    window: tuple[datetime, datetime] | None = None,
    **deploy: object,
) -> Untimed:
    """The alignment of one deploy."""
    return aligned_all([("d1", steps)], calls, window, **deploy)


def aligned_all(
    logs: Sequence[tuple[str, Sequence[Row]]],
    calls: Sequence[Row],
    window: tuple[datetime, datetime] | None = None,
    **deploy: object,
) -> Untimed:
    """The alignment of several deploys."""
    since, until = window or (None, None)
    writes = [
        {"id": f"{name}-w{n}", "deploy": name, "operation": n, "line": n, "start": since, "end": until} | row
        for name, steps in logs
        for n, row in enumerate(steps)
    ]
    deploys: list[Row] = [{"id": name, "form": "text", "stack": "shop-prod"} | deploy for name, _ in logs]
    return align_untimed(
        from_columns({name: [row.get(name) for row in writes] for name in WRITES}, WRITES),
        from_columns({name: [row.get(name) for row in deploys] for name in DEPLOYS}, DEPLOYS),
        from_columns({name: [row.get(name) for row in calls] for name in CALLS}, CALLS),
    )


def one(found: Untimed) -> Row:
    """The one row of ALIGNMENTS."""
    return found.table.row(0, named=True)


BOTH = [step("aaaa"), step("bbbb")]
FIRST = [put(3, "aaaa:metadata"), put(9, "bbbb:metadata")]
SECOND = [put(4003, "aaaa:metadata"), put(4009, "bbbb:metadata")]
