"""How each step of a deploy ended: the last that a log says of it, in one form for all kinds of log.

A text repeats a row for each message, and a resource can be named twice; event streams name types as programs do
(`aws:s3/bucket:Bucket`), rows as people read them (`aws:s3:Bucket`). Here a step has one row, and its type the form
that rows print, so that a text and the event stream of the same run can be laid side by side.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.tables import conform

if TYPE_CHECKING:
    from collections.abc import Sequence

STEPS: Final = pl.Schema(
    {
        "source": pl.String(),
        "run": pl.Int64(),
        "type": pl.String(),  # as rows print it
        "name": pl.String(),
        "op": pl.String(),
        "outcome": pl.String(),
        "planning": pl.Boolean(),
        "line": pl.Int64(),  # that tells the outcome
    }
)

_KINDS: Final[Sequence[str]] = ("started", "done", "failed")
_STACK: Final = "pulumi:pulumi:Stack"
_TOTALS: Final = "Resources:"
_KEY: Final = ("source", "run", "type", "name", "op")
_WITH_FILE: Final = r"^(?P<package>[^:]*):(?P<module>[^:]*)/(?P<file>[^:/]*):(?P<kind>[^:]*)$"


def final_steps(events: pl.DataFrame) -> pl.DataFrame:
    """STEPS of EVENTS, in the order in which the steps first appear.

    What the forms of text leave open, they leave open here (Pulumi's display code):

    - a component that registered its outputs prints no last row, so it stays `started`; one that did not is `done`
      by the rows that are printed at the end, where its event stream has no end for it;
    - the stack's row is printed even if the stream has no step of it;
    - `(interrupted)` is `interrupted`; its stream has only the beginning;
    - a tree has one step per resource, and one `replace` for the three steps of a replacement, unless anything failed;
    - what stays as it is and says something prints no bare row: it is over where nothing else is said of it until the
      display ends, which prints again each row that was not;
    - an error that is said of a step after its end prints `failed` once more: what was done stays done;
    - a step of a diff is `done` or `failed` where the totals prove it, else `started`; a refresh that changed nothing
      is not printed while a stack is updated.
    """
    ended = pl.col("outcome") != "started"
    line = pl.when(ended).then("line")
    taken_back = (pl.col("outcome").last() == "failed") & (pl.col("outcome").tail(2).first() == "done")
    steps = events.filter(pl.col("kind").is_in(_KINDS)).with_columns(
        display_name(pl.col("type")).alias("type"), pl.col("run").fill_null(1)
    )
    found = steps.group_by(_KEY, maintain_order=True).agg(
        outcome=pl.when(taken_back)
        .then(pl.lit("done"))
        .otherwise(pl.coalesce(pl.col("outcome").filter(ended).last(), pl.col("outcome").last())),
        said=pl.col("message").is_not_null().all(),
        planning=pl.col("planning").last(),
        line=pl.coalesce(line.drop_nulls().last(), pl.col("line").last()),
    )
    return conform(_over(found, events), STEPS)


def _over(steps: pl.DataFrame, events: pl.DataFrame) -> pl.DataFrame:
    """`steps` in which `same` is `done` where its rows have messages alone, and the display has come to its end."""
    ended = events.filter((pl.col("kind") == "summary") & (pl.col("message") == _TOTALS))
    runs = ended.select("source", pl.col("run").fill_null(1), shown=pl.lit(value=True)).unique()
    others = ~pl.col("op").is_in(["same", "refresh"])  # a refresh may end as `same`
    alone = ~others.any().over("source", "run", "type", "name")
    open_ = (pl.col("op") == "same") & (pl.col("outcome") == "started") & (pl.col("type") != _STACK)
    over = open_ & pl.col("said") & alone & pl.col("shown").fill_null(value=False)
    found = steps.join(runs, on=["source", "run"], how="left", nulls_equal=True, maintain_order="left")
    return found.with_columns(outcome=pl.when(over).then(pl.lit("done")).otherwise("outcome"))


def display_name(token: pl.Expr) -> pl.Expr:
    """A type as rows print it: `pkg:mod/file:Name` as `pkg:mod:Name` where `file` is `Name`, its first letter small.

    Source: pulumi/pulumi sdk/go/common/tokens/tokens.go, Type.DisplayName.
    """
    parts = token.str.extract_groups(_WITH_FILE).struct
    kind = parts.field("kind")
    same = parts.field("file") == pl.concat_str(kind.str.slice(0, 1).str.to_lowercase(), kind.str.slice(1))
    short = pl.concat_str(parts.field("package"), parts.field("module"), kind, separator=":")
    return pl.when(same).then(short).otherwise(token)
