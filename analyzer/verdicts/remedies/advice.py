"""What a person should know beside the command of a write: a question to ask first, and the cause's own remedy.

In come FINAL_VERDICTS, STATUS and REMEDIES. Out goes REMEDIES, with that in `remedy_note`.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from analyzer.commands.kvs import is_store
from analyzer.tables import conform
from analyzer.verdicts.causes import cause_of
from analyzer.verdicts.deleters import with_terraform
from analyzer.verdicts.tables import REMEDIES

_API: Final = r"^[A-Za-z]{1,40}$"
_OF_CAUSE: Final = {
    "lost_update": "against the cause: SST 3.11.2 fixed that parallel writers of routes overwrite each other; upgrade",
    "read_failed": "against the cause: SST since 3.12.5 takes a failed read of the routes for success; see that the "
    "deploy's principal may call GetKey, and deploy when the service answers",
    "quota": "against the cause: a value may have 1 KB and a key 512 bytes; name fewer routes, or shorter ones",
    "throttled": "against the cause: deploy again when fewer others call the store",
}


_AGAIN: Final = (
    "first see to Terraform, which deleted this: "
    "its next run deletes again what its exclusive set of keys lacks"
)


def advised(
    remedies: pl.DataFrame, final: pl.DataFrame, status: pl.DataFrame, calls: pl.DataFrame
) -> pl.DataFrame:
    """REMEDIES with advice in `remedy_note`, behind the reason why there is no command.

    Args:
        remedies: REMEDIES.
        final: FINAL_VERDICTS.
        status: STATUS.
        calls: CALLS.
    """
    question = pl.when(pl.col("status") == "maybe_repaired").then(
        pl.format("look first: this may have made it right, {}", "healed_by")
    )
    cause = (
        pl.when("by_terraform")
        .then(pl.lit(_AGAIN))
        .when(_denied())
        .then(_permission())
        .when(pl.col("cause") == "namespace_collision")
        .then(
            pl.format(
                "against the cause: another component has the namespace {} too; rename one of the two",
                pl.col("key").str.split(":").list.first(),
            )
        )
        .otherwise(pl.col("cause").replace_strict(_OF_CAUSE, default=None, return_dtype=pl.String))
    )
    takers = (
        calls.filter(with_terraform())
        .select(loss_event_id="event_id", by_terraform=pl.lit(value=True))
        .unique()
    )
    broken = (
        final.join(remedies.select(id="write"), on="id", how="semi")
        .join(takers, on="loss_event_id", how="left")
        .with_columns(pl.col("by_terraform").fill_null(value=False))
    )
    advice = broken.join(status, on="id", how="left").select(
        write="id", advice=pl.concat_list(question, cause).list.drop_nulls().list.join("; ")
    )
    beside = remedies.join(advice, on="write", how="left", maintain_order="left").with_columns(
        advice=pl.when(pl.col("advice") != "").then("advice")
    )
    both = pl.concat_list("remedy_note", "advice").list.drop_nulls().list.join("; ")
    noted = beside.with_columns(remedy_note=pl.when(both != "").then(both))
    return conform(noted, REMEDIES)


def _denied() -> pl.Expr:
    by_read = cause_of(pl.col("read_failed_with"), pl.lit(None, dtype=pl.String)) == "access_denied"
    return (pl.col("cause") == "access_denied") | (
        (pl.col("cause") == "read_failed") & by_read.fill_null(False)
    )


def _permission() -> pl.Expr:
    """The action that must be allowed. What the log says is shown only in the form that it must have."""
    by_log = pl.when(pl.col("error_api").str.contains(_API)).then("error_api")
    api = pl.coalesce(
        pl.when(pl.col("cause") == "read_failed").then(pl.lit("GetKey")), by_log, pl.lit("UpdateKeys")
    )
    store = pl.coalesce("store", "inferred_store").map_elements(
        lambda arn: arn if is_store(arn) else "the store", return_dtype=pl.String
    )
    return pl.format(
        "against the cause: allow the deploy's principal cloudfront-keyvaluestore:{} on {}",
        api,
        store.fill_null("the store"),
    )
