"""LW213 invalidation-not-planned: a site's files or keys changed, and the CDN was not told.

## What it does
Finds sites of SST whose files, keys or server code an update changed in a deploy in which the site's
invalidation stayed the same.

## Why it matters
CloudFront goes on with what it has in its cache: visitors see the old pages until these expire, a
day by default. A new server may be asked for files that are gone.

## How it is proven
By the event log alone: the step of `<site>Invalidation` is `same`, so that no CreateInvalidation
was made, and an update of the same site changed something. SST makes the version of an invalidation
from a build id, which may be pinned, or from the content of the files without their names: renamed
files do not change it. Until 4.12.2 a change of the server alone did not, either.

Changed files (another key, or another hash under a key) are of high confidence, and a warning. The
keys or the code alone are a note of low confidence: they need not change what is cached. A site that
has no invalidation, or whose invalidation was made or removed in the deploy, is left out, and so are
text logs: they do not show what stayed the same.

## Example
    Log: shop/prod
        15:40:30-31  update sst:aws:Astro$a:b:C SiteAssetFiles.sst.aws.BucketFiles
          {"files": [{"key": "a.html", "hash": "1"}]} -> {"files": [{"key": "b.html", "hash": "1"}]}
        15:40:32-33  same sst:aws:Astro$a:b:C SiteInvalidation.sst.aws.DistributionInvalidation
    Finding:
        warning LW213: The files of Site changed, and its invalidation stayed the same: CloudFront may serve
          what it has cached.
    Not here, where the invalidation is made:
      - 15:40:32-33  same sst:aws:Astro$a:b:C SiteInvalidation.sst.aws.DistributionInvalidation
      + 15:40:32-33  update sst:aws:Astro$a:b:C SiteInvalidation.sst.aws.DistributionInvalidation
    Not here, where the site has none:
      - 15:40:32-33  same sst:aws:Astro$a:b:C SiteInvalidation.sst.aws.DistributionInvalidation

## What to do
Tell the CDN by hand:

    aws cloudfront create-invalidation --distribution-id ID --paths '/*'

Then let the build id follow the content, or set `invalidation: { paths: "all" }` where the framework
allows it.

## References
- docs/facts/sst-resources.md#n3-invalidation-that-is-never-planned.
- SST: commit 9714f2245 (4.12.3); platform/src/components/aws/static-site.ts, ssr-site.ts.
- https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/Invalidation.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.logs.documents.told_state import INVALIDATION

if TYPE_CHECKING:
    from analyzer.rules.interface import Case
    from analyzer.severities import Severity

CODE = "LW213"
NAME = "invalidation-not-planned"
SEVERITY: Severity = "warning"

_OWN_NAME: Final = r"Invalidation\.sst\.aws\.DistributionInvalidation$"
_PARTS: Final = {
    "files": r"AssetFiles\.sst\.aws\.BucketFiles$",
    "entries": r"KvKeys\.sst\.aws\.KvKeys$",
    "code": r"Server[A-Za-z0-9]*$",
}
"""What is a site's, by what follows the site's name in its own."""
_WORDS: Final = {"files": "files", "entries": "keys", "code": "server code"}


def find(case: Case) -> pl.DataFrame:
    """A finding for each site that changed behind its invalidation."""
    real = case.events.filter(~pl.col("planning").fill_null(value=False))
    changed = _changed(real)
    kept = _kept(real)
    if changed.is_empty() or kept.is_empty():
        return pl.DataFrame()
    both = changed.join(kept, on=["deploy", "site", "parent"], how="inner", maintain_order="left")
    order = list(_PARTS)
    sites = both.group_by("deploy", "site", maintain_order=True).agg(
        pl.col("source", "line")
        .sort_by(pl.col("changed").replace_strict(_RANK, return_dtype=pl.Int64))
        .first(),
        parts=pl.col("changed").unique(maintain_order=True),
    )
    words = [_listed([_WORDS[part] for part in order if part in parts]) for parts in sites["parts"]]
    files = pl.col("parts").list.contains("files")
    fact = (
        "The {} of {} changed, and its invalidation stayed the same: CloudFront may serve what it has cached."
    )
    return sites.select(
        "deploy",
        "source",
        "line",
        about="site",
        confidence=pl.when(files).then(pl.lit("high")).otherwise(pl.lit("low")),
        severity=pl.when(files).then(pl.lit("warning")).otherwise(pl.lit("note")),
        message=pl.format(fact, pl.Series("words", words, pl.String), "site"),
    )


_RANK: Final = {part: rank for rank, part in enumerate(_PARTS)}


def _changed(events: pl.DataFrame) -> pl.DataFrame:
    """`deploy, site, parent, changed, source, line` of what was changed, by an update that is done."""
    done = events.filter(pl.col("changed").is_not_null() & (pl.col("kind") == "done"))
    site = pl.coalesce(
        pl.when(pl.col("changed") == part).then(pl.col("name").str.extract(f"^(.+){rest}"))
        for part, rest in _PARTS.items()
    )
    return done.select("deploy", "source", "line", "changed", site=site, parent=_parent()).drop_nulls("site")


def _kept(events: pl.DataFrame) -> pl.DataFrame:
    """`deploy, site, parent` of the invalidations of which nothing but `same` is told."""
    mine = events.filter(pl.col("name").str.ends_with(INVALIDATION).fill_null(value=False))
    named = mine.with_columns(site=pl.col("name").str.replace(_OWN_NAME, ""), parent=_parent())
    return (
        named.group_by("deploy", "site", "parent")
        .agg(same=(pl.col("op") == "same").all())
        .filter("same")
        .drop("same")
    )


def _parent() -> pl.Expr:
    """The stack and the site's own type: the part of a URN up to the first child's type."""
    return pl.col("urn").str.extract(r"^(urn:pulumi:.*?::.*?::[^$]+)\$")


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " and " + words[-1]
