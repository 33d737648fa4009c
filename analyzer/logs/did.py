"""What each log shows that its deploy did: by this `same_deploy` tells which logs are of one deploy."""

from __future__ import annotations

from typing import Final

import polars as pl

from analyzer.resources.shown import is_of_any
from analyzer.tables import WRITING_OPS

_COARSE: Final = {"create-replacement": "create", "delete-replaced": "delete"}  # SST's terminal says no more
_STORE: Final = r'"store":\s*"(arn:[^"]*:key-value-store/[^"]*)"'


def steps_of(events: pl.DataFrame) -> pl.DataFrame:
    """The steps of EVENTS that do something, with `bare`, `row` and `doing`.

    `bare` is a step as its row shows it, `row` the same with its time, to the second: a copy may show fewer digits.
    `doing` is a step as SST's terminal shows it, which does not say what failed.
    """
    real = ~pl.col("planning").fill_null(False)
    unnamed = (pl.col("kind") == "failed") & pl.col("op").is_null()
    steps = events.filter(pl.col("name").is_not_null() & (pl.col("op").is_in(WRITING_OPS) | unnamed) & real)
    broken = (pl.col("kind") == "failed") & (pl.col("outcome") == "failed")
    coarse = pl.when(broken).then(pl.lit("failed")).otherwise(pl.col("op").replace(_COARSE))
    words = (
        pl.col("kind"),
        pl.col("op").fill_null(""),
        pl.coalesce("urn", "name"),
        pl.col("seconds").fill_null(-1),
    )
    bare = pl.format("{} {} {} {}", *words)
    second = pl.col("at").dt.epoch("s")
    return steps.sort("deploy", "line", maintain_order=True).with_columns(
        bare=bare,
        row=pl.format("{} {}", bare, second.cast(pl.String()).fill_null("-")),
        doing=pl.format("{} {}", coarse, "name"),
        is_broken=broken,
        of_keys=is_of_any(),
    )


def what_each_did(events: pl.DataFrame, steps: pl.DataFrame) -> pl.DataFrame:
    """A row per deploy of `events` that has a step or an error: its steps as texts, and what tells it from another.

    | column | what |
    |---|---|
    | `events` | how many steps there are |
    | `signature` | its key-value operations |
    | `doings` | those that ended well, as SST's terminal shows them; where none did, those that failed |
    | `bare`, `placed` | all steps; the same with the lines where they stand |
    | `durations` | how many different ones its steps have |
    | `stamped` | all steps with their times; null where none has one |
    | `moments` | when each key-value operation ended |
    | `stores` | the store that each event names |
    | `done`, `failed` | which key-value resources ended so |
    | `requests` | the AWS request ids of its errors |

    Args:
        events: EVENTS.
        steps: `steps_of` them.
    """
    operation = pl.format("{} {}", "op", "name")
    of_keys, ended, failed = pl.col("of_keys"), pl.col("kind") == "done", pl.col("is_broken")
    known = pl.coalesce(pl.col("new").str.extract(_STORE), pl.col("old").str.extract(_STORE))
    place = pl.format("{} {}", "line", "bare")
    did = steps.group_by("deploy", maintain_order=True).agg(
        signature=operation.filter(of_keys).drop_nulls().unique().sort().str.join("\n"),
        doings=pl.coalesce(
            *(_texts("doing", of_keys & which).replace("", None) for which in (ended, failed))
        ),
        bare=pl.col("bare").str.join("\n"),
        placed=place.str.join("\n"),
        stamped=pl.when(pl.col("at").is_not_null().any()).then(pl.col("row").str.join("\n")),
        events=pl.col("op").count(),
        durations=pl.col("seconds").filter(pl.col("seconds") > 0).n_unique(),
        moments=pl.struct("doing", "at").filter(of_keys & (ended | failed) & pl.col("at").is_not_null()),
        stores=pl.struct(step=pl.format("{} {}", "op", pl.coalesce("urn", "name")), store=known).filter(
            of_keys & known.is_not_null()
        ),
        done=pl.col("name").filter(of_keys & ended).unique(maintain_order=True),
        failed=pl.col("name").filter(of_keys & failed).unique(maintain_order=True),
    )
    errors = (
        events.drop_nulls("request_id").group_by("deploy", maintain_order=True).agg(requests="request_id")
    )
    return did.join(errors, on="deploy", how="full", coalesce=True, maintain_order="left_right")


def _texts(name: str, which: pl.Expr) -> pl.Expr:
    return pl.col(name).filter(which).drop_nulls().unique().sort().str.join("\n")


def contained(steps: pl.DataFrame, logs: pl.DataFrame) -> pl.DataFrame:
    """`part, whole`: the logs in which the first stamped step of another log of their stack and kind stands.

    Args:
        steps: `steps_of`.
        logs: `id, stack, kind` of the logs to look at, of which no two have the same steps.
    """
    rows = (
        steps.drop_nulls("at")
        .select("deploy", "row")
        .join(logs, left_on="deploy", right_on="id", maintain_order="left")
    )
    firsts = rows.filter(pl.col("deploy").is_first_distinct())
    pairs = firsts.join(rows, on=["stack", "kind", "row"], suffix="_whole", maintain_order="left_right")
    found = pairs.select(part="deploy", whole="deploy_whole").unique(maintain_order=True)
    return found.filter(pl.col("part") != pl.col("whole"))
