"""The catalogue → the report: what is published, narrowed to what was asked for, and followed across deploys."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.audit.catalogue.layout import FILE, store_id
from analyzer.audit.catalogue.remedies import with_own_remedies
from analyzer.audit.catalogue.units import HELD, NEEDED, UNIT
from analyzer.audit.catalogue.words import require_words
from analyzer.audit.follow import follow
from analyzer.audit.one import months_of, report_of_one
from analyzer.audit.overlaps import overlaps
from analyzer.audit.report import AuditReport
from analyzer.audit.tables import UNKNOWN
from analyzer.gate.exit_code import audit_exit_code
from analyzer.sources.walk import printable
from analyzer.tables import empty

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from analyzer.audit.catalogue.folder import Folder
    from analyzer.audit.catalogue.layout import Partition
    from analyzer.audit.catalogue.manifest import Manifest
    from analyzer.gate.terms import Terms
    from analyzer.reports.report import Report

_AT_ONCE: Final = 200  # partitions
_FINE: Final = ("landed",)
_COUNTS: Final = ("files", "bytes", "lines", "records")


@dataclass(frozen=True, slots=True)
class Asked:
    """Which deploys a report is about; None: all.

    Attributes:
        app: of this application or project.
        stage: of this stage.
        since: that began then or later; those of unknown time are left out.
        until: that began then or before.
    """

    app: str | None = None
    stage: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    def rows(self, time: str) -> pl.Expr:
        """Whether a row with `app`, `stage` and a column for the time is asked for."""
        asked = pl.lit(value=True)
        if self.app is not None:
            asked &= pl.col("app") == self.app
        if self.stage is not None:
            asked &= pl.col("stage") == self.stage
        if self.since is not None:
            asked &= pl.col(time) >= self.since
        if self.until is not None:
            asked &= pl.col(time) <= self.until
        return asked.fill_null(value=False)


@dataclass(frozen=True, slots=True)
class View:
    """What a catalogue holds, table by table."""

    folder: Folder
    manifest: Manifest

    def table(self, name: str, where: pl.Expr | None = None) -> pl.DataFrame:
        """The rows of a table, of those partitions that the manifest names: nothing else in the folder is looked at.

        Raises:
            InputError: a file of it is damaged.
        """
        return self._rows(name, self.manifest.partitions(name), where)

    def part(
        self,
        name: str,
        ids: Collection[str],
        months: Collection[str] | None = None,
        where: pl.Expr | None = None,
    ) -> pl.DataFrame:
        """The same of some stores and months alone, by the names of their folders; None: of all months."""
        partitions = [
            at
            for at in self.manifest.partitions(name)
            if at.store_id in ids and (months is None or at.month in months)
        ]
        return self._rows(name, partitions, where)

    def _rows(self, name: str, partitions: Collection[Partition], where: pl.Expr | None) -> pl.DataFrame:
        places = [(*partition.folder, FILE) for partition in partitions]
        tables = [empty(HELD[name])]
        for start in range(0, len(places), _AT_ONCE):
            some = places[start : start + _AT_ONCE]
            rows = pl.concat(self.folder.tables(HELD[name], some, (UNIT, *NEEDED.get(name, ()))))
            require_words(name, rows, printable(self.folder.path(name)))
            tables.append(rows if where is None else rows.filter(where))
        return with_own_remedies(name, pl.concat(tables).drop(UNIT))


def report_of(
    view: View,
    asked: Asked,
    terms: Terms,
    unread: tuple[tuple[str, str], ...],
    spoken: tuple[datetime | None, datetime | None] = (None, None),
) -> AuditReport:
    """The report of an audit.

    Args:
        view: what is published.
        asked: which deploys it is about.
        terms: what counts for the exit code.
        unread: inputs that were named and gave nothing, and why.
        spoken: the earliest and the latest time that the trail speaks for.
    """
    everything = view.table("deploys").sort("started_at", "id", nulls_last=True)
    deploys = everything.filter(asked.rows("started_at"))
    writes = view.table("writes").sort("deployed_at", "deploy", _number(), nulls_last=True)
    mine = writes.join(deploys, left_on="deploy", right_on="id", how="semi", maintain_order="left")
    counts = mine.group_by("deploy", "verdict", maintain_order=True).agg(writes=pl.len().cast(pl.Int64))
    followed = follow(writes, everything, view.table("lives"))
    followed = followed.join(deploys, left_on="deploy", right_on="id", how="semi", maintain_order="left")
    found = view.table("findings")
    of_run = pl.col("deploy").is_null() & pl.col("store").is_null()
    findings = found.filter(
        of_run | pl.col("deploy").is_in(deploys["id"].implode()) | pl.col("deploy").is_null()
    )
    healed = followed.filter(pl.col("state") == "healed").select("write")
    either = pl.any_horizontal(pl.col("deploy", "other").is_in(deploys["id"].implode()))
    inputs = view.table("inputs")
    troubled = mine.filter(~pl.col("verdict").is_in(_FINE))["deploy"].unique()
    return AuditReport(
        deploys=deploys,
        writes=mine.filter(pl.col("deploy").is_in(troubled.implode())),
        counts=counts,
        findings=findings.sort(_severity(), "code", "deployed_at", "write", nulls_last=True),
        stores=view.table("stores"),
        inputs=inputs.filter(pl.col("problems").list.len() > 0),
        read=_read(inputs),
        first=spoken[0],
        reach=spoken[1],
        exit_code=audit_exit_code(findings, mine, healed, terms, unread=bool(unread)),
        catalogue=view.folder.root,
        report_of=partial(report_of_deploy, view, terms, spoken[1], _homes(everything, writes, found)),
        followed=followed,
        overlaps=overlaps(everything, writes.select("deploy", store="place")).filter(either),
        unread=unread,
    )


def report_of_deploy(
    view: View, terms: Terms, reach: datetime | None, homes: pl.DataFrame, deploy: str
) -> Report:
    """The report of one deploy, as `check` gives it. Only the partitions that can have rows of it are read.

    Args:
        view: what is published.
        terms: what counts for the exit code.
        reach: the latest time that the trail speaks for.
        homes: `deploy, store, month`, of `_homes`.
        deploy: its id.

    Raises:
        KeyError: there is no such deploy.
    """
    home = homes.filter(pl.col("deploy") == deploy)
    if home.is_empty():
        raise KeyError(deploy)
    ids = {UNKNOWN, *(store_id(arn) for arn in home["store"].drop_nulls().unique())}
    of_write = pl.col("write").str.replace(r":[^:]*$", "") == deploy
    of_deploy = pl.col("deploy") == deploy
    own = partial(view.part, ids=ids, months={UNKNOWN, *home["month"].drop_nulls().unique()})
    deploys = own("deploys", where=pl.col("id") == deploy)
    evidence = own("evidence", where=of_write).sort(_number("write"), "order")
    alignments = own("alignments", where=of_deploy)
    months = {UNKNOWN, *months_of(deploys, alignments, evidence)}
    tables = {
        "deploys": deploys,
        "writes": own("writes", where=of_deploy).sort(_number()),
        "evidence": evidence,
        "findings": own("findings", where=of_deploy | of_write).sort(_severity(), "code", "write"),
        "settle": own("settle", where=of_write).sort(_number("write"), "order"),
        "alignments": alignments,
        "events": own("events", where=of_deploy).sort("source", "line", nulls_last=True),
        "inputs": view.table("inputs"),
        "stores": view.part("stores", ids),
        "calls": view.part("calls", ids, months),
        "chains": view.part("chains", ids, months),
    }
    return report_of_one(deploy, tables, reach=reach, fail_on=terms)


def _homes(deploys: pl.DataFrame, writes: pl.DataFrame, findings: pl.DataFrame) -> pl.DataFrame:
    """`deploy, store, month`: where rows of each deploy stand; a deploy without a store has one row."""
    when = deploys.select(deploy="id", month=pl.col("started_at").dt.strftime("%Y-%m"))
    stores = pl.concat(
        [
            deploys.select(deploy="id", store="stores").explode("store"),
            writes.select("deploy", store=pl.coalesce("store", "place")),
            findings.select("deploy", "store"),
        ]
    )
    return stores.unique().join(when, on="deploy")


def _number(name: str = "id") -> pl.Expr:
    """The place of a write in its deploy, by its id."""
    return pl.col(name).str.extract(r":(\d+)$").cast(pl.Int64).alias("number")


def _severity() -> pl.Expr:
    return pl.col("severity").replace_strict({"error": 0, "warning": 1, "note": 2}, default=3)


def _read(inputs: pl.DataFrame) -> pl.DataFrame:
    """What was read, by role and kind."""
    return (
        inputs.group_by("role", "kind")
        .agg(pl.col(_COUNTS).sum(), unusable=pl.col("files").filter(pl.col("kind") == "unusable").sum())
        .sort("role", "kind", nulls_last=True)
        .select("role", "kind", *_COUNTS, "unusable")
    )
