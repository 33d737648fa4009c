"""LW209 known-defect: the version of SST has a defect that a later one has not, or shows one in this deploy.

## What it does
Warns once of a deploy whose version of SST has known defects that a later version has not, by their names
and with the version to go to. For each defect that this deploy shows, an error says where.

## Why it matters
SST has made writes go missing in several ways that no log shows. Most of them are fixed; a deploy by an
old version is a matter of luck as soon as two routes change at a time, or a store is new.

## How it is proven
The log, or SST's update object, says the version. `analyzer/advisories/advisories.toml` says from which
version to which a defect is there, what it does, and what a log and a trail then show; its sources are
commits of SST. A warning rests on the version alone, and counts only defects of resources that the deploy
changes, where the log shows that. An error needs the signature too: in the verdicts of the writes, in
the calls, or in lines of the log; one that shows no write as missing is milder. Where no log says the
version, the signature is a note.

## Example
    Log: shop/prod, SST 3.10.0
        15:40:30-32  create SiteKvKeys        50f6: metadata={}
        15:40:33-34  create SiteRoutesUpdate  7c62:routes + site,50f6,,/
    Finding:
        warning LW209: SST 3.10.0 has 6 known defects that SST 4.1.3 has not: first-route-never-written,
        batches-forgotten, lost-update, list-too-long, write-by-another-process, false-interrupted.
    Beside it: LW308, as there is no trail
    Not here, where the version has none that a later one has not:
      - Log: shop/prod, SST 3.10.0
      + Log: shop/prod, SST 4.17.0

## What to do
Update SST to the version that the message names, or a later one. Defects that no version fixes have no
warning; what they did in this deploy is told by LW201, LW202 and LW204.

## References
- Samples: `first-route-never-written`, `racing-routes`, `failed-read-taken-for-success`.
- Fixes: docs/facts/sst-output.md#44-fixes
- What is not fixed: docs/facts/sst-output.md#45-unfixed-defects, docs/facts/sst-resources.md#2-silent-drops
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.advisories.advisories import advisories
from analyzer.advisories.versions import version_of
from analyzer.rules.signatures import seen
from analyzer.tables import WRITING_OPS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from analyzer.advisories.advisories import Advisory
    from analyzer.rules.interface import Case
    from analyzer.severities import Severity

CODE = "LW209"
NAME = "known-defect"
SEVERITY: Severity = "warning"

NO_DEFECT: Final = ("unchanged-list-not-written",)
"""Advisories that the verdicts need, and nobody else: there is nothing wrong."""

MILDER: Final = {"event-lines-lost": "note", "killed-taken-for-success": "warning"}
"""Signatures that show no write, and no resource, that was not made."""

_CLASS: Final = r"\.sst\.[a-z]+\.(\w+)$"
_TYPE: Final = r"^sst:[a-z]+:(\w+)$"


def find(case: Case) -> pl.DataFrame:
    """A warning for each deploy by an old version; an error or a note for each defect that a deploy shows."""
    rows = [*_by_version(case), *_by_signature(case)]
    return pl.DataFrame(rows, schema=_FOUND)


_FOUND: Final = {
    "deploy": pl.String,
    "write": pl.String,
    "confidence": pl.String,
    "message": pl.String,
    "source": pl.String,
    "line": pl.Int64,
    "severity": pl.String,
    "about": pl.String,
}


def _by_version(case: Case) -> Iterator[dict[str, object]]:
    """There are few deploys, so Python compares their versions."""
    touched = _touched(case)
    for deploy, version, sources in _of_sst(case).select("id", "tool_version", "sources").iter_rows():
        classes = touched.get(deploy)
        known = [each for each in advisories().values() if _warns(each, version, classes)]
        if known:
            newest = max((str(each.fixed) for each in known), key=lambda fixed: version_of(fixed) or ())
            yield {
                "deploy": deploy,
                "confidence": "high",
                "message": f"SST {_plain(version)} has {_count(known)} that SST {newest} has not: {_names(known)}.",
                "source": sources[0] if sources else None,
            }


def _by_signature(case: Case) -> Iterator[dict[str, object]]:
    versions = dict(
        case.deploys.select("id", pl.when(pl.col("tool") == "sst").then("tool_version")).iter_rows()
    )
    for row in seen(case).iter_rows(named=True):
        advisory = advisories()[row["advisory"]]
        version = versions.get(row["deploy"])
        affects = advisory.affects(version)
        if affects is False:
            continue
        fixed = f"fixed in {advisory.fixed}" if advisory.fixed else "not fixed so far"
        place = f"{row['place']}, as the {row['shown_by']} shows"
        if affects:
            message = (
                f"SST {_plain(version)} has the defect {advisory.name} ({fixed}), and it struck: {place}."
            )
        else:
            since = f"since {advisory.introduced}, {fixed}"
            message = f"It looks like SST's defect {advisory.name} ({since}; no log says which version ran): {place}."
        yield {
            **{name: row[name] for name in ("deploy", "write", "source", "line")},
            "confidence": row["confidence"] if affects or row["confidence"] == "low" else "high",
            "message": message,
            "severity": MILDER.get(advisory.name, "error") if affects else "note",
            "about": advisory.name,
        }


def _of_sst(case: Case) -> pl.DataFrame:
    preview = pl.col("command").eq_missing(pl.lit("preview"))
    return case.deploys.filter((pl.col("tool") == "sst") & pl.col("tool_version").is_not_null() & ~preview)


def _warns(advisory: Advisory, version: str, classes: frozenset[str] | None) -> bool:
    """Whether a later version has not got it, and the deploy changes a resource that it is about."""
    if advisory.fixed is None or advisory.name in NO_DEFECT or not advisory.affects(version):
        return False
    return classes is None or not advisory.resources or not classes.isdisjoint(advisory.resources)


def _touched(case: Case) -> dict[str, frozenset[str]]:
    """The classes of the resources that each deploy changes; a deploy of which no step is known is left out."""
    of_name, of_type = pl.col("name").str.extract(_CLASS), pl.col("type").str.extract(_TYPE)
    steps = case.events.filter(pl.col("kind").is_in(["started", "done", "failed"])).select(
        "deploy",
        of=pl.when(pl.col("op").is_in(WRITING_OPS) | pl.col("op").is_null()).then(
            pl.coalesce(of_name, of_type)
        ),
    )
    writes = case.writes.select("deploy", of=of_type)
    known = pl.concat([steps, writes]).group_by("deploy").agg(pl.col("of").drop_nulls().unique())
    return {deploy: frozenset(classes) for deploy, classes in known.iter_rows()}


def _plain(version: str | None) -> str:
    return str(version).removeprefix("v")


def _count(known: Collection[Advisory]) -> str:
    return "a known defect" if len(known) == 1 else f"{len(known)} known defects"


def _names(known: Collection[Advisory]) -> str:
    return ", ".join(advisory.name for advisory in known)
