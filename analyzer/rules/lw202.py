"""LW202 namespace-change-ignored: a resource got another namespace, and SST did not write its old entries there.

## What it does
Finds updates of a KvKeys resource whose namespace changed, and which have entries that did not change.

## Why it matters
SST's update compares the entries and not the namespace: what is as it was before is not written. The
router then looks for `metadata` under the new namespace, finds nothing, and the site is gone. The log
says `Updated`, and as the state holds the new namespace, no later deploy repairs it.

## How it is proven
By the log alone: engine events hold the namespace before and after, and the entries. Pulumi's text only
says that `namespace` is among the changed properties, and `store` is not (in another store all entries
are written); that is `low`. With a trail the writes themselves are judged: where all of them landed, this
rule is silent, and where they did not, LW101 has the error and this says why (a note). A refresh writes
nothing. An app or a stage with a new name has new URNs, so it does not come to this; a transform of the
component, or an alias, does.

## Example
    Log: shop/prod
        15:40:30-31  update SiteKvKeys  7c62: a=1 b=2 -> aa01: a=1 b=3
    Finding:
        warning LW202: SiteKvKeys has the namespace aa01 instead of 7c62, and SST's update ignores that:
        1 of its 2 entries is as before, and is not written under aa01.
    Beside it: LW308, as there is no trail
    Not here, where every entry changed, and so is written:
      - 15:40:30-31  update SiteKvKeys  7c62: a=1 b=2 -> aa01: a=1 b=3
      + 15:40:30-31  update SiteKvKeys  7c62: a=1 b=2 -> aa01: a=2 b=3

## What to do
Write the entries with the command in the report, or change each of them once and deploy. The keys under
the old namespace stay; delete them by hand where nothing else uses that namespace.

## References
- SST: pkg/server/resource/aws-kv-keys.go, docs/facts/sst-output.md#s2-namespace-change
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.grammar.nested import diff_keys
from analyzer.resources.state import read_state
from analyzer.rules.key_resources import KEYS
from analyzer.rules.phrase import resource

if TYPE_CHECKING:
    from analyzer.rules.interface import Case
    from analyzer.severities import Severity

CODE = "LW202"
NAME = "namespace-change-ignored"
SEVERITY: Severity = "warning"

_KEYS_NAME: Final = ".sst.aws.KvKeys"


def find(case: Case) -> pl.DataFrame:
    """A finding for each update of KvKeys with another namespace, unless all of its writes landed."""
    found = pl.concat([_by_states(case), _by_text(case)], how="diagonal")
    if found.is_empty():
        return found
    verdicts = case.writes.group_by("deploy", "name").agg(
        settled=(pl.col("verdict") == "landed").all(),
        explains=pl.col("verdict").is_in(["dropped"]).any(),
    )
    judged = found.join(verdicts, on=["deploy", "name"], how="left", maintain_order="left")
    note = pl.when(pl.col("explains").fill_null(value=False)).then(pl.lit("note"))
    return judged.filter(~pl.col("settled").fill_null(value=False)).select(
        "confidence", "deploy", "source", "line", "message", "store", severity=note, about="name"
    )


def moved(case: Case) -> pl.DataFrame:
    """Rows of KEY_RESOURCES: updates of KvKeys whose namespace changed, in the same store."""
    known = case.key_resources
    return known.filter(
        (pl.col("of_class") == KEYS)
        & (pl.col("op") == "update")
        & (pl.col("namespace") != pl.col("old_namespace"))
        & (pl.col("store") == pl.col("old_store"))
    )


def _by_states(case: Case) -> pl.DataFrame:
    """By what the engine's events hold; few resources change their namespace, so Python compares the entries."""
    rows = moved(case)
    counts = [_entries(new, old) for new, old in rows.select("new", "old").iter_rows()]
    counted = rows.with_columns(
        same=pl.Series([same for same, _ in counts], dtype=pl.Int64),
        of=pl.Series([of for _, of in counts], dtype=pl.Int64),
    ).filter(pl.col("same") > 0)
    entries = pl.when(pl.col("of") == 1).then(pl.lit("entry")).otherwise(pl.lit("entries"))
    verb = (
        pl.when(pl.col("same") == 1)
        .then(pl.lit("is as before, and is"))
        .otherwise(pl.lit("are as before, and are"))
    )
    message = pl.format(
        "{} has the namespace {} instead of {}, and SST's update ignores that: "
        "{} of its {} {} {} not written under {}.",
        resource(),
        "namespace",
        "old_namespace",
        "same",
        "of",
        entries,
        verb,
        "namespace",
    )
    return counted.select(
        "deploy", "name", "source", "line", "store", confidence=pl.lit("high"), message=message
    )


def _entries(new: str, old: str) -> tuple[int, int]:
    """How many entries are as they were before, of how many."""
    wanted = read_state(new).inputs.texts("entries") or {}
    had = read_state(old).outputs.texts("entries") or {}
    return sum(1 for key, value in wanted.items() if value is not None and had.get(key) == value), len(wanted)


def _by_text(case: Case) -> pl.DataFrame:
    """By the changed properties that Pulumi's text lists."""
    of_state = case.deploys.filter(pl.col("command") == "refresh")["id"]
    rows = case.events.filter(
        ~pl.col("deploy").is_in(of_state.implode())
        & pl.col("name").str.ends_with(_KEYS_NAME)
        & (pl.col("op") == "update")
        & (pl.col("kind") == "done")
        & ~pl.col("planning").fill_null(value=False)
        & pl.col("new").is_null()
    )
    if rows.is_empty():
        return pl.DataFrame()
    updated = pl.col("updated").list
    changed = rows.with_columns(diff_keys(rows["message"])["updated"]).filter(
        (updated.contains("namespace") & ~updated.contains("store")).fill_null(value=False)
    )
    message = pl.format(
        "{} has another namespace, and SST's update ignores that: its entries that are as before are not written "
        "under the new one.",
        resource(),
    )
    return changed.select("deploy", "name", "source", "line", confidence=pl.lit("low"), message=message)
