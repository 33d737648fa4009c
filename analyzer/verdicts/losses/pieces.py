"""Lists that are broken through their pieces: who deletes or overwrites one of them takes the whole list away.

Source: docs/facts/sst-output.md#42-calls-per-operation. SST cuts a list of over 1,000 bytes into `KEY:0`, `KEY:1`, ...
and writes all of them in one call with `KEY` itself, which says how many there are. So a call on a piece that does not
write `KEY` is not SST's own. Without one of its pieces the list can be read no more, and each of its entries is gone.
What was put into a piece is hidden, so a put is a doubt only.

In come the writes of lists, the history of their keys and all calls. Out go rows of LOSSES.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.tables import empty
from analyzer.verdicts.columns import COUNT
from analyzer.verdicts.losses.order import came_later, distance, order_confidence
from analyzer.verdicts.losses.tables import LOSSES

if TYPE_CHECKING:
    from collections.abc import Callable

_KEY: Final = ["store", "key"]
_DIGITS: Final = "0123456789"

PIECE_THREAT: Final = (
    "wrote a piece of the list later, without the list itself: what it wrote is hidden, and this entry may not be in "
    "it"
)


def head_of_piece() -> pl.Expr:
    """The key of the list, and a colon, where `key` may be one of its pieces; else something that is no list's."""
    return pl.col("key").str.strip_chars_end(_DIGITS)


def broken(
    of_lists: pl.DataFrame,
    history: pl.DataFrame,
    calls: pl.DataFrame,
    superseded: Callable[[pl.DataFrame], pl.DataFrame],
) -> pl.DataFrame:
    """Rows of LOSSES: entries of a list of which somebody deleted a piece later, or may have overwritten it.

    Args:
        of_lists: writes of lists with their place in the history of the key.
        history: KEY_HISTORY.
        calls: ORDERED_CALLS.
        superseded: of writes with `next_turn`, those that their own resource made again before that.
    """
    strikes = empty(LOSSES) if of_lists.is_empty() else _strikes(of_lists, history, calls)
    if strikes.is_empty():
        return empty(LOSSES)
    rows = []
    for effect in ("delete", "put"):
        later = strikes.filter(pl.col("by_effect") == effect).sort("turn")
        struck = (
            of_lists.filter(pl.col("action") == "append")
            .sort("turn")
            .join_asof(later, on="turn", by=_KEY, strategy="forward", coalesce=False, check_sortedness=False)
            .filter(pl.col("by_event").is_not_null() & came_later("by_run", "by_at"))
            .with_columns(next_turn=pl.col("turn_right") + 1)
        )
        rows.append(struck.join(superseded(struck), on=["write", *_KEY], how="anti"))
    gone, doubtful = rows
    lost = gone.select(
        "write",
        loss_cause=pl.lit("deleted"),
        loss_confidence=order_confidence("run", "by_run"),
        loss_event_id="by_event",
        loss_distance=distance("by_run", "by_position"),
        loss_detail=pl.format(
            "then broken by {}, which deleted its piece {}",
            pl.col("by_caller").fill_null("an unknown caller"),
            "piece",
        ),
    )
    threats = doubtful.select("write", threat="by_event", threat_detail=pl.lit(PIECE_THREAT))
    return (
        pl.concat([lost, threats], how="diagonal")
        .sort("write", "loss_event_id", nulls_last=True)
        .unique("write", keep="first", maintain_order=True)
    )


def _strikes(of_lists: pl.DataFrame, history: pl.DataFrame, calls: pl.DataFrame) -> pl.DataFrame:
    """`store, key, turn, piece, by_…`: calls on a piece alone, with the write of the list whose piece it then was."""
    lists = of_lists.select(_KEY).unique().with_columns(head=pl.col("key") + ":")
    named = lists["head"].unique().implode()
    whole = history.select("event_id", *_KEY, "turn", "run", "position", "effect")
    of_pieces = (
        calls.filter(head_of_piece().is_in(named) & pl.col("ok") & (pl.col("effect") != "read"))
        .with_columns(head=head_of_piece())
        .rename({"key": "piece"})
        .join(lists, on=["store", "head"])
        .filter(pl.col("piece").str.len_bytes() > pl.col("head").str.len_bytes())
    )
    alone = of_pieces.join(whole, on=["event_id", *_KEY], how="anti")
    if alone.is_empty():
        return alone
    turned = pl.concat(
        [
            whole.select(*_KEY, "run", "position", "turn", "effect", held_by="event_id"),
            alone.select(*_KEY, "run", "position", "piece", "at", "caller", "effect", event_id="event_id"),
        ],
        how="diagonal",
    ).sort(*_KEY, "run", "position", maintain_order=True)
    before = turned.with_columns(
        pl.col("turn").forward_fill().over(_KEY).cast(COUNT),
        pl.col("held_by").forward_fill().over(_KEY),
    )
    parts = of_pieces.filter(pl.col("effect") == "put").select(*_KEY, "piece", held_by="event_id").unique()
    return (
        before.filter(pl.col("piece").is_not_null() & pl.col("turn").is_not_null())
        .join(parts, on=[*_KEY, "piece", "held_by"], how="semi")
        .select(
            *_KEY,
            "turn",
            "piece",
            by_event="event_id",
            by_run="run",
            by_position="position",
            by_at="at",
            by_caller="caller",
            by_effect="effect",
        )
    )
