"""What became of each write that is not in place, in the deploys after it, and which rows are one loss.

In come AUDIT_WRITES (all deploys), AUDIT_DEPLOYS and STORE_LIVES. Out goes FOLLOWED. Most is in `status` already, which
`verdicts/status.py` decides within a group of deploys; here the ends of a write's life are added, of which a single
verdict says nothing:

- a later deploy of the same stack removed the resource, or this key of it, and said that it had done so;
- the same for a delete that was missed: a later deploy means the key to be there again;
- the store was deleted (but for `replaced_store`: there its successor lacks the key).

The writes of one key or entry that were missed one after the other, with nothing that healed them in between, are one
**loss**: users miss one thing.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

import polars as pl

from analyzer.audit.tables import FOLLOWED
from analyzer.tables import STORE_LIVES, TIME, conform, empty

BROKEN: Final = ("dropped", "lost", "errored", "mismatched", "unfinished")
LEANS: Final = ("dropped", "lost", "errored")
_WANTED: Final = {"put": True, "append": True, "delete": False, "remove": False}
_TARGET: Final = ("stack", "place", "key", "entry", "wanted", "type", "name")
_RESOURCE: Final = ("stack", "type", "name", "wanted")
_THING: Final = ("where", "key", "entry", "wanted", "who", "sure")
_NEVER: Final = pl.lit(datetime(9999, 1, 1, tzinfo=UTC), TIME)


def follow(writes: pl.DataFrame, deploys: pl.DataFrame, lives: pl.DataFrame | None = None) -> pl.DataFrame:
    """FOLLOWED: a row for each write that is not in place, by its verdict or its leaning, in the order of `writes`.

    Args:
        writes: AUDIT_WRITES of all deploys: also those that are in place, for they end the life of others.
        deploys: AUDIT_DEPLOYS, or DEPLOYS.
        lives: STORE_LIVES; None where nothing is known of them.
    """
    meant = _meant(writes, deploys)
    likely = ((pl.col("verdict") == "unverifiable") & pl.col("leaning").is_in(LEANS)).fill_null(value=False)
    missed = meant.filter(pl.col("verdict").is_in(BROKEN) | likely)
    if missed.is_empty():
        return empty(FOLLOWED)
    ends = pl.concat(
        [_undone(missed, meant), _store_gone(missed, empty(STORE_LIVES) if lives is None else lives)]
    ).sort("ended_at", nulls_last=True, maintain_order=True)
    first = ends.unique("id", keep="first", maintain_order=True)
    return conform(
        _with_losses(_stated(missed.join(first, on="id", how="left", maintain_order="left"))), FOLLOWED
    )


def _meant(writes: pl.DataFrame, deploys: pl.DataFrame) -> pl.DataFrame:
    """The writes with `stack`, `wanted` (whether the key or entry was to be there) and `begun`, by the log's clock."""
    return writes.join(
        deploys.select("stack", deploy="id"), on="deploy", how="left", maintain_order="left"
    ).with_columns(
        pl.col("entry").fill_null(""),
        pl.col("status").fill_null("open"),
        wanted=pl.col("action").replace_strict(_WANTED, default=None, return_dtype=pl.Boolean),
        begun=pl.coalesce("deployed_at", "start", "missing_since").cast(TIME),
    )


def _undone(missed: pl.DataFrame, meant: pl.DataFrame) -> pl.DataFrame:
    """`id, ended_at, ended_by, ended_how`: missed writes of which a later deploy of the stack means the opposite.

    Either of the same key by the same resource, or by the end of the whole resource. A deploy that means both, as a
    replacement does, undoes nothing; and what another resource deletes is no purpose of this one.
    """
    known = pl.col("stack").is_not_null() & pl.col("begun").is_not_null() & pl.col("name").is_not_null()
    asked = missed.filter(known, pl.col("wanted").is_not_null())
    done = meant.filter(known, pl.col("wanted").is_not_null(), pl.col("reported") == "succeeded")
    named = ~pl.col("pattern").fill_null(value=True)
    key, resource = _without_wanted(_TARGET), _without_wanted(_RESOURCE)
    of_key = asked.filter(named)
    by_key = done.filter(named).join(of_key.select(key).unique(), on=key, how="semi", nulls_equal=True)
    by_resource = done.filter(pl.col("op") == "delete")
    return pl.concat(
        [
            _first_after(of_key, _alone(by_key, meant, key), _TARGET),
            _first_after(asked.filter("wanted"), _alone(by_resource, meant, resource), _RESOURCE),
        ]
    )


def _alone(ends: pl.DataFrame, meant: pl.DataFrame, what: list[str]) -> pl.DataFrame:
    """Those of `ends` whose deploy does not also mean the opposite for `what`; `wanted` is that which they end.

    Also where it failed to make the other half: of a replacement whose create failed, the key is still wanted.
    """
    opposite = ends.with_columns(~pl.col("wanted"))
    on = ["deploy", "wanted", *what]
    both = opposite.join(meant.select(on), on=on, how="semi", nulls_equal=True)
    return opposite.join(both.select("id"), on="id", how="anti").with_columns(
        at=pl.coalesce("start", "begun")
    )


def _first_after(asked: pl.DataFrame, later: pl.DataFrame, on: tuple[str, ...]) -> pl.DataFrame:
    """Of each missed write the first row of `later` with the same values of `on`, of a deploy that began after it."""
    texts = [pl.col(name).fill_null("") for name in on if name != "wanted"]
    ends = later.select(*texts, "wanted", "begun", ended_at="at", ended_by="deploy").sort(
        "begun", maintain_order=True
    )
    found = (
        asked.select("id", *texts, "wanted", "begun")
        .sort("begun", maintain_order=True)
        .join_asof(
            ends,
            on="begun",
            by=list(on),
            strategy="forward",
            allow_exact_matches=False,
            check_sortedness=False,
        )
        .filter(pl.col("ended_by").is_not_null())
    )
    how = pl.when("wanted").then(pl.lit("removal")).otherwise(pl.lit("deploy"))
    return found.select("id", "ended_at", "ended_by", ended_how=how)


def _store_gone(missed: pl.DataFrame, lives: pl.DataFrame) -> pl.DataFrame:
    """The same columns of missed writes whose store was deleted after them."""
    gone = (
        lives.filter(pl.col("deleted_at").is_not_null())
        .group_by("store")
        .agg(ended_at=pl.col("deleted_at").max())
    )
    return (
        missed.filter(pl.col("cause").ne_missing("replaced_store"))
        .join(gone, left_on="place", right_on="store")
        .filter(pl.col("ended_at") > pl.coalesce("missing_since", "begun"))
        .select("id", "ended_at", ended_by=pl.lit(None, pl.String), ended_how=pl.lit("removal"))
    )


def _stated(missed: pl.DataFrame) -> pl.DataFrame:
    """The columns of FOLLOWED but `loss`: of a heal that is sure and the end of the write's life, what came first."""
    healed, ended = pl.col("status") == "healed", pl.col("ended_how").is_not_null()
    sure = healed & ~(ended & (pl.col("ended_at") < pl.col("healed_at"))).fill_null(value=False)
    until = pl.when(sure).then("healed_at").when(ended).then("ended_at")
    return missed.with_columns(
        write="id",
        state=pl.when(sure | ended)
        .then(pl.lit("healed"))
        .when(pl.col("verdict") == "unverifiable")
        .then(pl.lit("doubt"))
        .when(pl.col("status") == "maybe_repaired")
        .then("status")
        .otherwise(pl.lit("open")),
        missing_until=pl.max_horizontal(until, pl.when(until.is_not_null()).then("missing_since")).cast(TIME),
        healed_how=pl.when(ended & ~sure).then("ended_how").otherwise("healed_how"),
        healer=pl.when(ended & ~sure).then("ended_by").otherwise("healer"),
    )


def _with_losses(stated: pl.DataFrame) -> pl.DataFrame:
    """FOLLOWED: with the loss that each row belongs to, named by its first write.

    A row begins another loss where all earlier ones of the same thing were over when it was missed. Doubts are apart:
    they would join what has nothing to do with each other. Of a store that nobody knows, a thing is one of its stack;
    of a key that nobody knows, one of its resource.
    """
    healed_at = pl.when(pl.col("state") == "healed").then("missing_until")
    things = stated.with_row_index("row").with_columns(
        where=pl.coalesce("place", "stack", "deploy"),
        who=pl.when(pl.col("pattern").fill_null(value=True) | pl.col("key").is_null()).then(
            pl.concat_str(pl.col("type", "name").fill_null(""), separator="\n")
        ),
        over=healed_at.fill_null(_NEVER),
        moment=pl.coalesce("missing_since", "begun"),
        sure=pl.col("state") != "doubt",
    )
    numbers = things.select(_THING).unique().with_row_index("thing")
    ordered = (
        things.join(numbers, on=_THING, how="left", nulls_equal=True)
        .sort("thing", "moment", "row", nulls_last=True)
        .with_columns(before=pl.col("over").cum_max().shift(1).over("thing"))
    )
    fresh = pl.col("before").is_null() | (pl.col("moment") >= pl.col("before")).fill_null(value=False)
    return (
        ordered.with_columns(loss=pl.when(fresh).then("id").forward_fill())
        .sort("row")
        .select(FOLLOWED.names())
    )


def _without_wanted(names: tuple[str, ...]) -> list[str]:
    return [name for name in names if name != "wanted"]
