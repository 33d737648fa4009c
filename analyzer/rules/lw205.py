"""LW205 concurrent-writers: another deploy, or somebody else, wrote the same store at the same time.

## What it does
Finds deploys whose operations on one store overlap in time, and calls of other writers in the time of a
deploy: on a key that the deploy wrote too (a warning), or by which a call of the deploy was refused (a note).

## Why it matters
All routes of a router are one value. Writers that read it at the same time and write it back one after
the other lose an entry with SST before 3.11.2 (LW104); later versions are refused and try again (LW108),
as long as it takes, and other tools (the Pulumi and Terraform providers) give up at once (LW103).

## How it is proven
The deploys overlap by the times of their operations, each corrected by the offset of its clock where that
is known. Where every write of both on the store landed, the overlap did no harm, and it is a note. Other
writers are known by CloudTrail's records: their successful calls lie between the first and the last call of
the deploy, and bear another principal, session or access key.

## Example
    Log: shop/prod
        15:40:30-33  update DocsRoutesUpdate  7c62:routes + site,aa01,,/a -> 7c62:routes + site,aa01,,/b
        15:40:34-38  update SiteKvKeys        bb02: a=1 -> bb02: a=2
    Trail:
        15:20:00  UpdateKeys put other        E1 -> E2  by job
        15:40:31  GetKey 7c62:routes
        15:40:32  UpdateKeys put 7c62:routes  E2 -> E3
        15:40:34  GetKey 7c62:routes                    by blog
        15:40:35  UpdateKeys put 7c62:routes  E3 -> E4  by blog
        15:40:37  UpdateKeys put bb02:a       E4 -> E5
        17:00:00  UpdateKeys put other        E5 -> E6  by job
    Finding:
        warning LW205: blog/run wrote key 7c62:routes of store 5f1c0d2e while this deploy did.
    Not here, where the other writer comes after the deploy:
      - 15:40:34  GetKey 7c62:routes                    by blog
      - 15:40:35  UpdateKeys put 7c62:routes  E3 -> E4  by blog
      - 15:40:37  UpdateKeys put bb02:a       E4 -> E5
      + 15:40:37  UpdateKeys put bb02:a       E3 -> E4
      + 15:50:34  GetKey 7c62:routes                    by blog
      + 15:50:35  UpdateKeys put 7c62:routes  E4 -> E5  by blog

## What to do
Let one deploy at a time write a shared router: a concurrency group in CI, one for all stages that share
the router. Update SST to 3.11.2 or later. Keep scripts and other tools off the keys that SST writes.

## References
- Samples: `plain-pulumi-keys`, `precondition-recovered`.
- SST: commit d4c65da34, https://github.com/anomalyco/sst/issues/5604
- If-Match: https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_kvs_UpdateKeys.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.rules.phrase import store
from analyzer.rules.refused import of_group, own_writers

if TYPE_CHECKING:
    from analyzer.rules.interface import Case
    from analyzer.severities import Severity

CODE = "LW205"
NAME = "concurrent-writers"
SEVERITY: Severity = "warning"

_NOON: Final = "%Y-%m-%d %H:%M:%SZ"


def find(case: Case) -> pl.DataFrame:
    """A finding for each deploy that began before another on its store had ended, and for each other writer."""
    several = case.writes["deploy"].n_unique() > 1
    parts = [*([_deploys(case)] if several else []), *_others(case)]
    return pl.concat(parts, how="diagonal") if parts else pl.DataFrame()


def _deploys(case: Case) -> pl.DataFrame:
    """Deploys that overlap: each is told with the one before it that ended last."""
    offset = pl.when(pl.col("offsets").list.len() == 1).then(
        pl.col("offsets").list.first().struct["low"] + pl.col("offsets").list.first().struct["high"]
    )
    clocks = case.alignments.select("deploy", ahead=pl.duration(seconds=(offset // 2).fill_null(0)))
    stack = pl.concat_str("app", "stage", separator="/", ignore_nulls=True)
    stacks = case.deploys.select(deploy="id", who=pl.when(stack != "").then(stack).otherwise("id"))
    spans = (
        case.writes.drop_nulls(["store", "start", "end"])
        .group_by("deploy", "store", maintain_order=True)
        .agg(
            pl.col("start").min(),
            pl.col("end").max(),
            pl.col("source").first(),
            exact=pl.col("exact").all(),
            harmless=(pl.col("verdict") == "landed").all(),
        )
        .join(clocks, on="deploy", how="left", maintain_order="left")
        .join(stacks, on="deploy", how="left", maintain_order="left")
        .with_columns(
            pl.col("who").fill_null(pl.col("deploy")),
            pl.col("start", "end") - pl.col("ahead").fill_null(pl.duration(seconds=0)),
        )
        .sort("store", "start", "end", maintain_order=True)
        .with_row_index("row")
    )
    last = pl.when(pl.col("end") == pl.col("end").cum_max()).then("row").forward_fill().shift(1).over("store")
    before = spans.select(
        other_row="row",
        other="who",
        other_deploy="deploy",
        other_end="end",
        other_harmless="harmless",
    )
    pairs = (
        spans.with_columns(other_row=last)
        .join(before, on="other_row", maintain_order="left")
        .filter(pl.col("start") < pl.col("other_end"))
    )
    both = (
        pl.when(pl.col("who") == pl.col("other"))
        .then(pl.format("Two deploys of {}", "who"))
        .otherwise(pl.format("{} and {}", "other", "who"))
    )
    message = pl.format(
        "{} changed {} at the same time, from {} to {}.",
        both,
        store(),
        pl.col("start").dt.strftime(_NOON),
        pl.min_horizontal("end", "other_end").dt.strftime(_NOON),
    )
    confidence = pl.when("exact").then(pl.lit("high")).otherwise(pl.lit("low"))
    note = pl.when(pl.col("harmless") & pl.col("other_harmless")).then(pl.lit("note"))
    return pairs.select(
        "deploy", "store", "source", confidence=confidence, message=message, severity=note, about="other"
    )


def _others(case: Case) -> list[pl.DataFrame]:
    """Other writers between the first and the last call of a deploy, where there are any."""
    calls = _between(case)
    return [] if calls.is_empty() else [_told(case, calls)]


def _told(case: Case, calls: pl.DataFrame) -> pl.DataFrame:
    own_keys = (
        case.writes.filter(~pl.col("pattern"))
        .select("deploy", "store", "key", shared=pl.lit(value=True))
        .unique()
    )
    refused = (
        case.writes.filter((pl.col("recovered") > 0) | (pl.col("cause") == "precondition_failed"))
        .select("deploy", "store", refused=pl.lit(value=True))
        .unique()
    )
    told = (
        calls.join(own_keys, on=["deploy", "store", "key"], how="left", maintain_order="left")
        .join(refused, on=["deploy", "store"], how="left", maintain_order="left")
        .filter(pl.col("shared") | pl.col("refused"))
        .group_by("deploy", "store", "caller", maintain_order=True)
        .agg(
            key=pl.col("key").filter(pl.col("shared").fill_null(value=False)).first(),
            keys=pl.col("key").filter(pl.col("shared").fill_null(value=False)).n_unique(),
        )
        .join(
            case.writes.group_by("deploy").agg(pl.col("source").first()),
            on="deploy",
            how="left",
            maintain_order="left",
        )
    )
    more = (
        pl.when(pl.col("keys") > 1).then(pl.format(" and {} more", pl.col("keys") - 1)).otherwise(pl.lit(""))
    )
    who = pl.col("caller").str.extract(r"([^:/]+(?:/[^/]+)?)$").fill_null("An unknown writer")
    what = (
        pl.when(pl.col("key").is_not_null())
        .then(pl.format("wrote key {}{} of {} while this deploy did.", "key", more, store()))
        .otherwise(
            pl.format(
                "changed {} while this deploy did, and calls of the deploy were refused for that.", store()
            )
        )
    )
    return told.select(
        "deploy",
        "store",
        "source",
        message=pl.format("{} {}", who, what),
        confidence=pl.lit("high"),
        severity=pl.when(pl.col("key").is_null()).then(pl.lit("note")),
        about="caller",
    )


def _between(case: Case) -> pl.DataFrame:
    """`deploy, store, key, caller` of successful writes between the first and last call of a deploy, by no deploy.

    Without columns of its own where there are none.
    """
    stores = case.writes.drop_nulls("store").select("deploy", "store").unique(maintain_order=True)
    spans = (
        case.alignments.filter(pl.col("state") == "aligned")
        .drop_nulls(["at", "until"])
        .select("deploy", "until", begin="at")
        .join(stores, on="deploy", maintain_order="left")
        .sort("begin")
    )
    if spans.is_empty():
        return spans
    written = case.calls.filter(
        pl.col("ok")
        & pl.col("effect").is_in(["put", "delete"])
        & pl.col("at").is_between(spans["begin"].min(), spans["until"].max())
    )
    others = of_group(case, written).join(
        own_writers(case), on=["group", "caller", "access_key"], how="anti", nulls_equal=True
    )
    if others.is_empty():
        return others
    return (
        others.sort("at", maintain_order=True)
        .join_asof(
            spans, left_on="at", right_on="begin", by="store", strategy="backward", check_sortedness=False
        )
        .filter(pl.col("at") <= pl.col("until"))
        .select("deploy", "store", "key", "caller")
    )
