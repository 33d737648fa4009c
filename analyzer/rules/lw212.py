"""LW212 deleted-after-create: one resource made something, and another's delete took it away in the same deploy.

## What it does
Finds things in the cloud that one resource created or updated and that a delete of another resource
removed later in the same deploy: keys of a store, an entry of a list of routes, objects of a bucket,
a DNS record, the settings of a bucket, a policy of a role, and some more.

## Why it matters
Both operations succeeded, and the thing is gone. The deploy tool's state says that it is there, so
the next deploy sees no change. This is what a renamed or moved component does without an alias: it
is created under its new URN, and then the old URN is deleted, which stands for the same thing.

## How it is proven
By the log alone, before any trail. Pulumi creates first and deletes at the end. An event log has
the inputs and outputs of both steps: two URNs are one thing where these name the same store and
namespace, bucket and key, zone, name and type. A resource that is replaced is one URN, and no case
of this; nor is a delete that keeps the thing (`retainOnDelete`), or one after which it was written
again. Where the delete was under way before the other ended, or never ended in the log, the
confidence is low, and it is a warning. Where a trail or a listing shows that a write of keys is gone,
LW105 has the error and this is a note; where it shows that all are there, this is silent.

Text names no store. There a pair of SST's own key-value resources of one name, of which one was
created and one deleted, in this order, is a warning of low confidence: they are one thing where
their store is the same. Of 10,000 names of one resource on, the others are not compared.

## Example
    Log: shop/prod
        15:40:30-31  create app:Docs$sst:aws:Router Docs.sst.aws.KvKeys  7c62: metadata={}
        15:40:40-41  delete sst:aws:Router Docs.sst.aws.KvKeys  7c62: metadata={}
    Finding:
        error LW212: The keys 7c62:* of store 5f1c0d2e were created by
          app:Docs$sst:aws:Router::Docs.sst.aws.KvKeys, and then deleted with
          sst:aws:Router::Docs.sst.aws.KvKeys.
    Beside it: LW308
    Not here, where the old keys are under another namespace:
      - 15:40:40-41  delete sst:aws:Router Docs.sst.aws.KvKeys  7c62: metadata={}
      + 15:40:40-41  delete sst:aws:Router Docs.sst.aws.KvKeys  9d01: metadata={}
    Not here, where they are kept:
      - 15:40:40-41  delete sst:aws:Router Docs.sst.aws.KvKeys  7c62: metadata={}
      + 15:40:40-41  delete sst:aws:Router Docs.sst.aws.KvKeys  7c62: metadata={} keeps
    Not here, where one resource is replaced:
      - 15:40:30-31  create app:Docs$sst:aws:Router Docs.sst.aws.KvKeys  7c62: metadata={}
      - 15:40:40-41  delete sst:aws:Router Docs.sst.aws.KvKeys  7c62: metadata={}
      + 15:40:30-31  create-replacement sst:aws:Router Docs.sst.aws.KvKeys  7c62: metadata={}
      + 15:40:40-41  delete-replaced sst:aws:Router Docs.sst.aws.KvKeys  7c62: metadata={}

## What to do
Change the resource that is left, and deploy: the write is then made again. Write keys by hand in
the meantime. Give a component that moves an alias (`aliases`), so that nothing is deleted.

## References
- docs/facts/sst-output.md#s3-delete-after-create; docs/facts/sst-resources.md#n5-bucketfiles.
- The general rule: docs/facts/sst-resources.md#3-other-intended-writes.
- Aliases: https://www.pulumi.com/docs/iac/concepts/options/aliases/
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.resources.shown import is_of_any
from analyzer.rules.by_deploy import resource

if TYPE_CHECKING:
    from analyzer.rules.interface import Case
    from analyzer.severities import Severity

CODE = "LW212"
NAME = "deleted-after-create"
SEVERITY: Severity = "error"

_MAKES: Final = ("create", "create-replacement", "update")
_DELETES: Final = ("delete", "delete-replaced")
_STEP: Final = ["deploy", "urn", "op"]
_STORE: Final = r"store arn:aws[a-z-]*:cloudfront:.*/(?P<short>[0-9a-f]+)-[0-9a-f-]+$"
_PLURAL: Final = r"^the (?:keys|notifications|CORS rules) "
_FOUND: Final = ("deploy", "source", "line", "about", "confidence", "severity", "message")


def find(case: Case) -> pl.DataFrame:
    """A finding for each pair of resources, one of which deleted what the other had made."""
    return pl.concat([_by_events(case), _by_text(case)])


def _by_events(case: Case) -> pl.DataFrame:
    """The pairs in event logs, as far as no trail and no listing says otherwise."""
    named = case.events.filter(pl.col("identity").is_not_null() & ~pl.col("planning").fill_null(value=False))
    if not named["op"].is_in(_DELETES).any():
        return pl.DataFrame(schema=_schema())
    deletes = _things(_deletes(named))
    if deletes.is_empty():
        return pl.DataFrame(schema=_schema())
    makes = _things(named.filter((pl.col("kind") == "done") & pl.col("op").is_in(_MAKES)))
    makes = makes.join(deletes, on=["deploy", "thing"], how="semi", maintain_order="left")
    pairs = makes.join(deletes, on=["deploy", "thing"], suffix="_gone", maintain_order="left").filter(
        pl.col("urn") != pl.col("urn_gone")
    )
    made_again = pairs.filter(pl.col("seq") > pl.col("ended")).select("deploy", "thing")
    lost = pairs.filter(pl.col("seq") < pl.col("ended").fill_null(pl.col("seq_gone"))).join(
        made_again, on=["deploy", "thing"], how="anti", maintain_order="left"
    )
    judged = case.writes.group_by("deploy", "urn").agg(
        kept=(pl.col("verdict") == "landed").all(), told=(pl.col("verdict") == "lost").any()
    )
    sure = (pl.col("seq") < pl.col("seq_gone")) & pl.col("ended").is_not_null()
    return (
        lost.group_by("deploy", "urn", "urn_gone", maintain_order=True)
        .agg(
            pl.col("op").last(),
            pl.col("thing").first(),
            count=pl.col("thing").n_unique(),
            source=pl.col("source_gone").first(),
            line=pl.col("line_gone").first(),
            sure=sure.any(),
        )
        .join(judged, on=["deploy", "urn"], how="left", maintain_order="left")
        .filter(~pl.col("kept").fill_null(value=False))
        .select(
            "deploy",
            "source",
            "line",
            about=_short("urn"),
            confidence=pl.when("sure").then(pl.lit("high")).otherwise(pl.lit("low")),
            severity=pl.when(pl.col("told").fill_null(value=False))
            .then(pl.lit("note"))
            .when("sure")
            .then(pl.lit("error"))
            .otherwise(pl.lit("warning")),
            message=_message(),
        )
    )


def _deletes(named: pl.DataFrame) -> pl.DataFrame:
    """A row for each delete that began: `ended` is null where the log does not show its end; none that failed."""
    of_delete = named.filter(pl.col("op").is_in(_DELETES))
    began = of_delete.filter(pl.col("kind") == "started").unique(_STEP, keep="first", maintain_order=True)
    ends = of_delete.filter(pl.col("kind").is_in(["done", "failed"])).unique(
        _STEP, keep="last", maintain_order=True
    )
    both = began.join(
        ends.select(*_STEP, ended="seq", end="kind", end_line="line"),
        on=_STEP,
        how="left",
        maintain_order="left",
    )
    return both.filter(pl.col("end").ne_missing(pl.lit("failed"))).with_columns(
        line=pl.coalesce("end_line", "line")
    )


def _things(steps: pl.DataFrame) -> pl.DataFrame:
    """`steps` with a row for each thing that they stand for."""
    things = pl.col("identity").str.json_decode(pl.List(pl.String))
    ended = ["ended"] if "ended" in steps.columns else []
    return (
        steps.select("deploy", "urn", "op", "seq", "source", "line", *ended, thing=things)
        .explode("thing", empty_as_null=True, keep_nulls=True)
        .drop_nulls("thing")
    )


def _message() -> pl.Expr:
    """What was made by which resource, and whose delete took it away."""
    count = pl.col("count")
    thing = pl.col("thing").str.replace(_STORE, "store $short")
    capital = pl.concat_str(thing.str.head(1).str.to_uppercase(), thing.str.slice(1))
    one = pl.when(thing.str.starts_with("s3:")).then(thing).otherwise(capital)
    several = pl.format("{} things, the first of them {},", count, thing)
    what = pl.when(count == 1).then(one).otherwise(several)
    many = (count > 1) | thing.str.contains(_PLURAL)
    were = pl.when(many).then(pl.lit("were")).otherwise(pl.lit("was"))
    did = pl.col("op").replace_strict({"update": "updated"}, default="created", return_dtype=pl.String)
    then = (
        pl.when("sure")
        .then(pl.lit("then deleted with"))
        .otherwise(pl.lit("a delete of the same was under way, of"))
    )
    return pl.format("{} {} {} by {}, and {} {}.", what, were, did, _short("urn"), then, _short("urn_gone"))


def _short(urn: str) -> pl.Expr:
    """A URN without the stack: the types of the parents tell two resources of one name apart."""
    return pl.col(urn).str.replace(r"^urn:pulumi:.*?::.*?::", "")


def _by_text(case: Case) -> pl.DataFrame:
    """Key-value resources of one name in text logs, of which one was created and another deleted after it."""
    texts = case.deploys.filter(pl.col("form") == "text").select(deploy="id")
    if texts.is_empty():
        return pl.DataFrame(schema=_schema())
    real = ~pl.col("planning").fill_null(value=False)
    of_sst = pl.col("name").str.contains(".sst.aws.Kv", literal=True).fill_null(value=False)
    steps = case.events.filter((pl.col("kind") == "done") & is_of_any() & real & of_sst).join(
        texts, on="deploy", how="semi", maintain_order="left"
    )
    place = ["deploy", "source", "name"]
    made = steps.filter(pl.col("op") == "create").unique(place, keep="first", maintain_order=True)
    gone = steps.filter(pl.col("op") == "delete").unique(place, keep="last", maintain_order=True)
    pairs = gone.join(made.select(*place, made="line"), on=place, maintain_order="left").filter(
        pl.col("made") < pl.col("line")
    )
    fact = (
        "{} was created, and then one of the same name was deleted: if their store is the same, what was written is "
        "gone."
    )
    return pairs.select(
        "deploy",
        "source",
        "line",
        about="name",
        confidence=pl.lit("low"),
        severity=pl.lit("warning"),
        message=pl.format(fact, resource()),
    )


def _schema() -> dict[str, pl.DataType]:
    return {name: pl.Int64() if name == "line" else pl.String() for name in _FOUND}
