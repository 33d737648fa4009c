"""What the tests of listings share: writes, a listing ten minutes after them, and what is judged of both."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import polars as pl

from analyzer.tables import KEYS, LISTINGS, from_columns
from analyzer.trail.calls.chain import chain
from analyzer.verdicts.judge import Judgement, judge
from tests.build import STORE, Tape, at, deploys, write, writes

if TYPE_CHECKING:
    from collections.abc import Mapping

ROUTES, KEY = "7c62:routes", "7c62:metadata"
A, B = "site,50f6,,/a", "site,50f6,,/b"
LISTED = 600
Verdict = tuple[str, str | None, str]
UNKNOWN: Verdict = ("unverifiable", "no_trail", "low")


def put(
    start: float = 10, end: float = 12, value: str | None = "meant", **other: object
) -> dict[str, object]:
    return (
        write(KEY, start, end, action="put", op="create", value=value, name="SiteKvKeys.sst.aws.KvKeys")
        | other
    )


def delete(start: float = 10, end: float = 12, **other: object) -> dict[str, object]:
    return put(start, end, None, action="delete", op="delete") | other


def append(entry: str = A, start: float = 10, end: float = 12, **other: object) -> dict[str, object]:
    return write(ROUTES, start, end, entry=entry) | other


def remove(entry: str = A, start: float = 10, end: float = 12, **other: object) -> dict[str, object]:
    return append(entry, start, end, action="remove", op="delete") | other


def routes(*entries: str) -> dict[str, str]:
    return {ROUTES: json.dumps(entries, separators=(",", ":"))}


def judged(  # noqa: PLR0913 - what a case is about
    rows: list[dict[str, object]],
    held: Mapping[str, str | None],
    tape: Tape | None = None,
    *,
    second: float = LISTED,
    at_by: str = "file",
    store_by: str = "file",
    store: str = STORE,
    stack: str | None = None,
    etag: str | None = None,
    live: str | None = None,
) -> Judgement:
    """The judgement on writes, with a listing of `held`; without a tape there is no trail.

    Each deploy is of a stack of its own, unless `stack` says otherwise.
    """
    listing: dict[str, list[object]] = {
        "listing": [1],
        "source": ["keys.json"],
        "pages": [1],
        "store": [store],
        "store_by": [store_by],
        "at": [at(second)],
        "at_by": [at_by],
        "items": [len(held)],
        "etag": [etag],
        "live": [live],
    }
    keys: dict[str, list[object]] = {
        "listing": [1] * len(held),
        "key": list(held),
        "value": list(held.values()),
    }
    calls = (tape or Tape()).calls()
    known = deploys(*sorted({str(row["deploy"]) for row in rows}))
    return judge(
        writes(*rows),
        known if stack is None else known.with_columns(stack=pl.lit(stack)),
        calls,
        chain(calls),
        reach=None if tape is None else at(3600),
        has_trail=tape is not None,
        listings=from_columns(listing, LISTINGS),
        keys=from_columns(keys, KEYS),
    )


def verdicts(judgement: Judgement) -> list[Verdict]:
    return judgement.verdicts.select("verdict", "cause", "confidence").rows()


def shown(judgement: Judgement, number: int = 1) -> str | None:
    """What the listing is said to show of a write."""
    rows = judgement.evidence.filter(write=f"w{number}", kind="keys")
    assert rows.height <= 1
    return rows["detail"].item() if rows.height else None


def landed_tape() -> Tape:
    tape = Tape()
    tape.write(1, puts=["x"])
    tape.write(11, puts=[KEY])
    return tape
