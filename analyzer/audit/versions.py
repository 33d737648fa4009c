"""By version of the tool: where surely more deploys lost writes than elsewhere, and which versions to leave.

In come the rows of `counted.per_deploy`; out go VERSIONS and LEAVE. What is known of the versions is in
`analyzer/advisories`.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.advisories.advisories import advisories
from analyzer.advisories.versions import version_of
from analyzer.audit.counted import numbers, rated, version_places, wilson
from analyzer.audit.trend_tables import LEAVE, VERSIONS
from analyzer.tables import conform

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from analyzer.advisories.advisories import Advisory

FEW: Final = 200
"""Deploys under which a version alone says little."""

_OF_KEYS: Final = frozenset({"KvKeys", "KvRoutesUpdate"})
_ALSO: Final = "promise-leak"
"""About no resource alone, but keys are never written by it."""
_NO_DEFECT: Final = "unchanged-list-not-written"
"""By its own words: a reason to doubt, and none to leave a version."""


def joined(deploys: pl.DataFrame) -> pl.DataFrame:
    """VERSIONS: neighbours with fewer than `FEW` deploys are joined until they have as many together.

    A version that has `FEW` stands alone, so that no other hides in its numbers, or it in theirs. What is no version,
    and the unknown one, is a row without a name.
    """
    groups = _groups(deploys)
    rows = deploys.join(groups, on=["tool", "version"], how="left", nulls_equal=True)
    made = rows.group_by("tool", "group").agg(**numbers(), name=pl.col("name").first())
    members = (
        groups.sort("place")
        .group_by("tool", "group", maintain_order=True)
        .agg(versions=pl.col("version").drop_nulls())
    )
    table = rated(made.join(members, on=["tool", "group"], how="left", nulls_equal=True))
    return conform(_worse(table).sort("tool", "group", descending=[True, False], nulls_last=True), VERSIONS)


def _groups(deploys: pl.DataFrame) -> pl.DataFrame:
    """`tool, version, place, group, name`: which row of VERSIONS each version is in, and what that is called."""
    sizes = deploys.group_by("tool", "version").agg(size=pl.len())
    places = version_places(sizes["version"]).rename({"name": "version"})
    table = sizes.join(places, on="version", how="left", nulls_equal=True).sort(
        "tool", "place", nulls_last=True
    )
    groups = _numbered(table.select("tool", "version", "size").iter_rows())
    named = table.with_columns(group=pl.Series(groups, dtype=pl.Int64))
    first, last = (
        pl.col("version").first().over("tool", "group"),
        pl.col("version").last().over("tool", "group"),
    )
    is_version = pl.Series(
        [version_of(version) is not None for version in table["version"]], dtype=pl.Boolean
    )
    name = pl.when(first == last).then(first).otherwise(pl.format("{} to {}", first, last))
    return named.with_columns(name=pl.when(is_version).then(name))


def _numbered(sizes: Iterable[tuple[str | None, str | None, int]]) -> list[int]:
    """A number for each version, the same for those that are joined: `tool, version, deploys` in their order."""
    groups: list[int] = []
    group, together = 0, 0
    before: tuple[str | None, bool] | None = None
    for tool, version, size in sizes:
        kind = (tool, version_of(version) is not None)
        alone = kind[1] and (size >= FEW or together >= FEW)
        fresh = kind != before or alone
        group, together = (group + 1, size) if fresh else (group, together + size)
        groups.append(group)
        before = kind
    return groups


def _worse(table: pl.DataFrame) -> pl.DataFrame:
    """VERSIONS with `worse`: the lower end of its interval is above the upper end of that of all other deploys."""
    lost, judged = (pl.col(name).sum() - pl.col(name) for name in ("lost", "judged"))
    _, high = wilson(lost, judged)
    worse = pl.when(judged > 0).then(pl.col("low") > 1000 * high)
    return table.with_columns(worse=worse.fill_null(value=False))


def to_leave(deploys: pl.DataFrame, versions: pl.DataFrame) -> pl.DataFrame:
    """LEAVE.

    Args:
        deploys: what `counted.per_deploy` gives.
        versions: VERSIONS of these.
    """
    worse = (
        versions.filter("worse")
        .select("tool", "worse", version="versions")
        .explode("version")
        .drop_nulls("version")
    )
    found = (
        deploys.filter(pl.col("version").is_not_null())
        .group_by("tool", "version")
        .agg(**{name: numbers()[name] for name in ("deploys", "lost", "open")}, last=pl.col("at").max())
        .join(worse, on=["tool", "version"], how="left", nulls_equal=True)
        .with_columns(pl.col("worse").fill_null(value=False))
    )
    known = _known(found.filter(pl.col("tool") == "sst")["version"].to_list())
    table = (
        found.join(known, on=["tool", "version"], how="left")
        .with_columns(pl.col("defects").fill_null([]))
        .filter((pl.col("defects").list.len() > 0) | pl.col("worse"))
    )
    return conform(table.sort("last", "version", descending=True, nulls_last=True), LEAVE)


def _known(versions: Sequence[str]) -> pl.DataFrame:
    """`tool, version, defects, fixed` of versions of SST."""
    rows = [("sst", version, _defects(version), _without_any(version)) for version in versions]
    schema = {
        "tool": pl.String(),
        "version": pl.String(),
        "defects": pl.List(pl.String()),
        "fixed": pl.String(),
    }
    return pl.DataFrame(rows, schema, orient="row")


@cache
def _fixable() -> tuple[Advisory, ...]:
    """The defects by which keys are lost, and which a version has fixed."""
    return tuple(
        each
        for each in advisories().values()
        if each.fixed is not None
        and each.name != _NO_DEFECT
        and (each.name == _ALSO or not _OF_KEYS.isdisjoint(each.resources))
    )


def _defects(version: str) -> list[str]:
    return [each.name for each in _fixable() if each.affects(version)]


def _without_any(version: str) -> str | None:
    """The first version after it without a defect that any version has fixed; None: it has none itself."""
    at: str | None = None
    while having := [each for each in _fixable() if each.affects(at or version)]:
        at = max((each.fixed for each in having if each.fixed), key=lambda text: version_of(text) or ())
    return at
