"""LW105 deleted-after-landing: the write landed, and the key was taken away later.

## What it does
Finds writes that landed and whose key a later successful call deleted, whose store was replaced, or
whose key or entry a later listing does not contain:
verdict `lost` with any cause but `lost_update`.

## Why it matters
The deploy is right that it wrote the key, and the key is not there. The next deploy compares with
its own state, not with the store, and does not write it again.

## How it is proven
A successful UpdateKeys or DeleteKey that names the key among its deletes, after the write in the
chain of `ifMatch` and `eTag`. The cause says who did it:

- `namespace_collision`: the delete belongs to another KvKeys resource with the same namespace. SST
  deletes every key that begins with `<namespace>:`, by a listing of the store, when a KvKeys
  resource is deleted or purges. The namespace is four hex digits of an MD5, so two names can share
  one; and a component that moves to another parent keeps its namespace: `Created` under the new
  URN, then `Deleted` of the old one, which deletes the new keys too.
- `deleted`: any other delete; the report names its caller, or the resource that did it. A
  `KeyvaluestoreKeysExclusive` of plain Pulumi deletes every key of the store that it does not list:
  two of them on one store, or one beside a site of SST, delete each other's keys. Where the deploy's own
  principal deleted the whole namespace at once and nothing was put since, the report says so: a removal
  of the site (`sst remove`) whose log was not given looks like that, and then nothing is to be repaired.
- `missing`: a listing of the store (`--keys`), made after the write, no longer contains the key or
  the entry. The call that took it away is not available, or CloudTrail hides its value.

## Example
    Log: shop/prod
        15:40:30-32  create SiteKvKeys  7c62: metadata={}
    Trail:
        15:20:00  UpdateKeys put other             E1 -> E2  by job
        15:40:31  UpdateKeys put 7c62:metadata     E2 -> E3
        16:10:00  DeleteKey 7c62:metadata          E3 -> E4  by admin
        17:00:00  UpdateKeys put other             E4 -> E5  by job
    Finding:
        error LW105: Key 7c62:metadata (SiteKvKeys, store 5f1c0d2e) landed and is gone: a later call
        deleted it.
    Not here, where another key is deleted:
      - 16:10:00  DeleteKey 7c62:metadata          E3 -> E4  by admin
      + 16:10:00  DeleteKey 7c62:old               E3 -> E4  by admin

## What to do
Write the key again with the command in the report. For a collision, rename one of the two
components; after a moved component, deploy once more with a changed entry. For a delete by hand,
ask the caller. Of two exclusive sets of keys on one store, keep one, with all pairs; where Terraform has
one (`aws_cloudfrontkeyvaluestore_keys_exclusive`), its next run deletes again what is put back.

## References
- Samples: `purged-by-namespace-collision`, `missing-route-by-listing`,
  `exclusive-sets-erase-each-other`.
- SST: pkg/server/resource/aws-kv-keys.go (Delete lists the store and deletes by prefix).
- Exclusive sets:
  https://www.pulumi.com/registry/packages/aws/api-docs/cloudfront/keyvaluestorekeysexclusive/
- UpdateKeys: https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_kvs_UpdateKeys.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from analyzer.rules.phrase import about_writes, cause, one_of, write_or_another

if TYPE_CHECKING:
    from analyzer.rules.interface import Case
    from analyzer.severities import Severity

CODE = "LW105"
NAME = "deleted-after-landing"
SEVERITY: Severity = "error"

_DELETED = "a later call deleted it"
_FACTS = {
    "namespace_collision": "the delete or purge of another resource with the same namespace deleted it too",
    "missing": "a later listing of the store does not contain it",
}


def find(case: Case) -> pl.DataFrame:
    """A finding for each write that was deleted after it landed."""
    deleted = pl.col("cause").ne_missing(pl.lit("lost_update"))
    shared = one_of("deleted", "namespace_collision")
    gone = case.writes.filter(((pl.col("verdict") == "lost") & deleted) | shared)
    fact = "{} landed and is gone: {}{}."
    return about_writes(
        gone, pl.format(fact, write_or_another(shared), cause(_FACTS, _DELETED), _perhaps_meant())
    )


def _perhaps_meant() -> pl.Expr:
    """` (perhaps rightly: ...)` where a removal without its log, or a later call, may have made it right."""
    asked = pl.col("healed_by").is_not_null() & (pl.col("status") == "maybe_repaired")
    return pl.when(asked).then(pl.format(" (perhaps rightly: {})", "healed_by")).otherwise(pl.lit(""))
