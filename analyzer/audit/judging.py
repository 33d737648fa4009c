"""One pack of units → its rows, as they are published: judged, redacted, and placed. Any process can do this work."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.audit.case import Material
from analyzer.audit.catalogue.layout import placed
from analyzer.audit.catalogue.manifest import Place, Unit
from analyzer.audit.catalogue.publish import files_of
from analyzer.audit.catalogue.units import UNIT
from analyzer.audit.unit import judged, named_writes
from analyzer.logs.part import assembled
from analyzer.redaction.table import redacted_tables
from analyzer.trail.calls.store_lives import store_lives
from analyzer.trail.redacted_part import as_shown
from analyzer.writes.deleted import with_deletions

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from analyzer.audit.catalogue.manifest import Rests
    from analyzer.audit.unit import Judged
    from analyzer.logs.part import LogPart
    from analyzer.trail.trail import Trail

_OF_STORE: Final = {"calls": "store", "chains": "store", "stores": "arn", "lives": "store"}
_COVERAGE: Final = "coverage"


@dataclass(frozen=True, slots=True)
class Pack:
    """What is judged in one call.

    Attributes:
        name: a hash of what it is judged by.
        rests: what each of its units rests on, by the unit's name.
        of_sources: the unit of each log.
        of_stores: the unit of each store; of the empty name: that of calls without a store.
        logs: its logs, by batch.
        trail: its calls, with what the whole trail speaks for.
        has_trail: whether there is a trail that is of use.
        wrong_trail: whether it is of another account or Region.
        listings: LISTINGS that fit.
        keys: KEYS of them.
        few_lists: whether the whole trail has few stores with lists.
        deploys: how many logs they are.
    """

    name: str
    rests: Mapping[str, Rests]
    of_sources: Mapping[str, str]
    of_stores: Mapping[str, str]
    logs: Sequence[LogPart]
    trail: Trail
    has_trail: bool
    wrong_trail: bool
    listings: pl.DataFrame
    keys: pl.DataFrame
    few_lists: bool
    deploys: int


@dataclass(frozen=True, slots=True)
class Rows:
    """A pack's rows.

    Attributes:
        units: by their names.
        files: Parquet of the rows of each partition.
    """

    units: Mapping[str, Unit]
    files: Mapping[Place, bytes]


def judge_pack(pack: Pack) -> Rows:
    """Judges a pack."""
    logs = assembled(pack.logs)
    writes = named_writes(logs)
    lives = store_lives(pack.trail.store_changes, pack.trail.calls)
    material = Material(
        logs,
        writes,
        replace(pack.trail, store_lives=lives),
        has_trail=pack.has_trail,
        wrong_trail=pack.wrong_trail,
        listings=pack.listings,
        keys=pack.keys,
        few_lists=pack.few_lists,
    )
    found = judged(material)
    ended = with_deletions(lives, logs.events, found.tables["deploys"], found.tables["writes"])
    tables = redacted_tables({**found.tables, "lives": ended})
    return _rows(pack, _with_keys_as_shown(tables), found)


def _with_keys_as_shown(tables: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """The tables, where access keys stand as `check` shows them: the hashes told the writers apart, and are done."""
    of_writer = pl.element().struct.with_fields(as_shown(pl.field("access_key")))
    return {
        **tables,
        "calls": tables["calls"].with_columns(as_shown(pl.col("access_key"))),
        "alignments": tables["alignments"].with_columns(pl.col("writers").list.eval(of_writer)),
    }


def _rows(pack: Pack, tables: Mapping[str, pl.DataFrame], found: Judged) -> Rows:
    """The rows with their units and places; those of stores that are of no unit here are of another pack.

    Args:
        pack: the pack.
        tables: redacted.
        found: the same before: names that are redacted still say which unit a row is of.
    """
    plain = found.tables
    deploys = plain["deploys"]
    source = pl.col("sources").list.first()
    of_deploys = dict(deploys.select("id", source.replace_strict(pack.of_sources)).iter_rows())
    places: dict[str, set[Place]] = {name: set() for name in pack.rests}
    files: dict[Place, bytes] = {}
    for table, frame in tables.items():
        raw = plain.get(table, frame)
        with_unit = placed(table, raw, deploys).select(
            _unit(table, raw, of_deploys, pack).alias(UNIT), "store_id", "month"
        )
        rows = pl.concat([frame, with_unit], how="horizontal").drop_nulls(UNIT)
        if rows.is_empty():
            continue
        for unit, store_id, month in rows.select(UNIT, "store_id", "month").unique().iter_rows():
            places[unit].add(Place(table, store_id, month))
        files |= files_of(table, rows)
    unsettled, needed = _unsettled(plain, of_deploys), _needed(found.needed, of_deploys)
    units = {
        name: Unit(
            rests=rests.of_rows(settled=name not in unsettled, needed=needed.get(name)),
            places=tuple(sorted(places[name], key=lambda at: (at.table, at.store_id, at.month))),
        )
        for name, rests in pack.rests.items()
    }
    return Rows(units, files)


def _unit(table: str, rows: pl.DataFrame, of_deploys: Mapping[str, str], pack: Pack) -> pl.Series:
    """The unit of each row; null of one that is another pack's. A finding about none of these is the first unit's."""
    if table in _OF_STORE:
        store = rows[_OF_STORE[table]].fill_null("")
        return store.replace_strict(pack.of_stores, default=None, return_dtype=pl.String)
    if table == "deploys":
        deploy = pl.col("id")
    elif "deploy" in rows.columns:
        deploy = pl.col("deploy")
    else:
        deploy = _deploy_of(pl.col("write"))
    unit = deploy.replace_strict(of_deploys, default=None, return_dtype=pl.String)
    if table == "findings":
        by_write = _deploy_of(pl.col("write")).replace_strict(
            of_deploys, default=None, return_dtype=pl.String
        )
        by_store = pl.col("store").replace_strict(pack.of_stores, default=None, return_dtype=pl.String)
        unit = pl.coalesce(unit, by_write, by_store, pl.lit(min(pack.rests)))
    return rows.select(unit.alias(UNIT)).to_series()


def _deploy_of(write: pl.Expr) -> pl.Expr:
    """The deploy in the id of a write (`DEPLOY:N`)."""
    return write.str.replace(r":[^:]*$", "")


def _needed(needed: pl.DataFrame, of_deploys: Mapping[str, str]) -> dict[str, datetime]:
    """How far the trail must reach, so that it says all that it can of each unit's writes."""
    unit = pl.col("deploy").replace_strict(of_deploys, return_dtype=pl.String)
    return dict(needed.group_by(unit.alias(UNIT)).agg(pl.col("needed").max()).iter_rows())


def _unsettled(tables: Mapping[str, pl.DataFrame], of_deploys: Mapping[str, str]) -> set[str]:
    """The units of which a row shows what digests and selectors prove, or could if they reached further."""
    doubtful = tables["writes"].filter(pl.col("verdict") == "unverifiable")["deploy"]
    shown = tables["evidence"].filter(pl.col("kind") == _COVERAGE).select(_deploy_of(pl.col("write")))
    deploys = {*doubtful, *shown.to_series()}
    return {of_deploys[deploy] for deploy in deploys}
