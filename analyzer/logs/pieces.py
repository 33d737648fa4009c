"""What a reader gives of one log at a time, and how such pieces become EVENTS.

polars costs by the call: a thousand short logs whose pieces each became a table would be several thousand calls. So a
piece of a kind that Python reads row by row stays a list of rows, and `joined` makes one table of many.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.grammar.nested import distinct_sdk_errors
from analyzer.logs.documents.rows import deploy_ids, joined_table
from analyzer.logs.languages.slog.events import KILLED
from analyzer.logs.text.language import LOST_EVENT
from analyzer.logs.text.planned import with_plans
from analyzer.moments import EARLIEST, LATEST
from analyzer.tables import EVENTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analyzer.logs.documents.rows import Row

_LOSSES: Final = {
    LOST_EVENT: "SST lost an event of Pulumi, so steps may be missing from its output; eventlog.json has them all",
    KILLED: "a signal ended Pulumi: steps may have made their writes without a word in the log",
}
_TELLING: Final = ("header", "started", "done", "failed", "diagnostic")
_MOST_LOST: Final = 5  # sentences for each piece
_OF_ERRORS: Final = ("request_id", "error_code", "error_api", "http_status")


@dataclass(frozen=True, slots=True)
class Piece:
    """Some of the events of one log.

    Attributes:
        deploy: the id of the log's first run.
        source: its name.
        events: what was read: rows, or EVENTS without `deploy`.
        size: how many there are.
        runs: the runs that they are of.
        told: whether any says something of a deploy.
        problems: why steps may be missing from the log, in words.
    """

    deploy: str
    source: str
    events: Sequence[Row] | pl.DataFrame
    size: int
    runs: frozenset[int]
    told: bool
    problems: Sequence[str]


def piece_of_rows(deploy: str, source: str, rows: Sequence[Row]) -> Piece:
    """The piece that has `rows`."""
    runs = frozenset(row.run or 1 for row in rows)
    lost = [
        (row.line, row.message)
        for row in rows
        if row.kind == "diagnostic" and row.message and row.message.startswith(tuple(_LOSSES))
    ]
    told = any(row.kind in _TELLING for row in rows)
    return Piece(deploy, source, rows, len(rows), runs, told, _said(lost[:_MOST_LOST]))


def piece_of_table(deploy: str, source: str, batch: pl.DataFrame) -> Piece:
    """The piece that has the EVENTS `batch`."""
    losses = pl.col("message").str.contains(f"^(?:{'|'.join(_LOSSES)})") & (pl.col("kind") == "diagnostic")
    lost = batch.filter(losses).select("line", "message").head(_MOST_LOST).rows()
    runs = frozenset(batch["run"].fill_null(1).unique())
    told = bool(batch["kind"].is_in(_TELLING).any())
    return Piece(deploy, source, batch, batch.height, runs, told, _said(lost))


def joined(pieces: Sequence[Piece]) -> pl.DataFrame:
    """EVENTS of all pieces, with their deploys, and what several rows together say. Neither may be empty."""
    tables: list[pl.DataFrame] = []
    waiting: list[tuple[str, str, Sequence[Row]]] = []
    for piece in pieces:
        if isinstance(piece.events, pl.DataFrame):
            tables += [joined_table(waiting)] if waiting else []
            waiting = []
            tables.append(_with_deploy(piece.events, piece.deploy))
        else:
            waiting.append((piece.source, piece.deploy, piece.events))
    tables += [joined_table(waiting)] if waiting else []
    return with_plans(_enriched(pl.concat(tables)))


def _with_deploy(batch: pl.DataFrame, deploy: str) -> pl.DataFrame:
    runs = batch["run"].fill_null(1)
    deploys = pl.Series("deploy", [deploy], EVENTS["deploy"]).new_from_index(0, len(runs))
    return batch.replace_column(batch.get_column_index("deploy"), deploy_ids(deploys, runs))


def _said(lost: Sequence[tuple[int, str | None]]) -> list[str]:
    """A sentence for each record of SST that says why steps may be missing from what it showed."""
    return [
        f"line {line}: {said}"
        for line, message in lost
        for begin, said in _LOSSES.items()
        if message and message.startswith(begin)
    ]


def _enriched(batch: pl.DataFrame) -> pl.DataFrame:
    """`batch` with the first AWS error in a message: request id, code, operation, status.

    A time that does not count (`analyzer.moments`) is null.
    """
    if not batch["at"].is_between(EARLIEST, LATEST).all():
        batch = batch.with_columns(pl.when(pl.col("at").is_between(EARLIEST, LATEST)).then(pl.col("at")))
    errors = distinct_sdk_errors(batch["message"]).select(
        "message",
        said_request_id="request_id",
        said_error_code="error_code",
        said_error_api="api",
        said_http_status="status",
    )
    if errors.is_empty():
        return batch
    found = batch.join(errors, on="message", how="left", maintain_order="left")
    return found.with_columns(pl.coalesce(name, f"said_{name}").alias(name) for name in _OF_ERRORS).select(
        EVENTS.names()
    )
