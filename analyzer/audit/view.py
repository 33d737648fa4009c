"""The catalogue → the report: what is published, narrowed to what was asked for, and followed across deploys."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.audit.catalogue.publish import rows_of
from analyzer.audit.catalogue.units import HELD, UNIT
from analyzer.audit.follow import follow
from analyzer.audit.report import AuditReport
from analyzer.gate.exit_code import exit_code
from analyzer.gate.terms import Terms
from analyzer.reports.report import Background, Report
from analyzer.rules.registry import in_order
from analyzer.tables import CALLS, CHAIN, EVENTS, FINDINGS, WRITES, conform, empty

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from analyzer.audit.catalogue.folder import Folder
    from analyzer.audit.catalogue.layout import Partition
    from analyzer.audit.catalogue.manifest import Manifest

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

    def near(self, name: str, partitions: Collection[tuple[str, str]], where: pl.Expr) -> pl.DataFrame:
        """The same of some stores and months alone."""
        mine = [at for at in self.manifest.partitions(name) if (at.store_id, at.month) in partitions]
        return self._rows(name, mine, where)

    def _rows(self, name: str, partitions: Collection[Partition], where: pl.Expr | None) -> pl.DataFrame:
        tables = [empty(HELD[name])]
        for partition in partitions:
            rows = rows_of(self.folder, partition)
            tables.append(rows if where is None else rows.filter(where))
        return pl.concat(tables).drop(UNIT)


def report_of(view: View, asked: Asked, terms: Terms, unread: tuple[tuple[str, str], ...]) -> AuditReport:
    """The report of an audit.

    Args:
        view: what is published.
        asked: which deploys it is about.
        terms: what counts for the exit code.
        unread: inputs that were named and gave nothing, and why.
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
    findings = found.filter(of_run | pl.col("deploy").is_in(deploys["id"].implode()) | pl.col("deploy").is_null())
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
        first=None,
        reach=None,
        exit_code=exit_code(findings, mine, terms, unread=bool(unread)),
        catalogue=view.folder.root,
        report_of=partial(report_of_deploy, view),
        followed=followed,
        unread=unread,
    )


def report_of_deploy(view: View, deploy: str) -> Report:
    """The report of one deploy, as `check` gives it, of what the catalogue has near it.

    Raises:
        KeyError: there is no such deploy.
    """
    deploys = view.table("deploys", pl.col("id") == deploy)
    if deploys.is_empty():
        raise KeyError(deploy)
    writes = view.table("writes", pl.col("deploy") == deploy).sort(_number())
    of_write = pl.col("write").str.replace(r":[^:]*$", "") == deploy
    findings = view.table("findings", (pl.col("deploy") == deploy) | of_write)
    stores = writes["place"].drop_nulls().unique()
    calls = view.table("calls", pl.col("store").is_in(stores.implode()))
    return Report(
        deploys=deploys,
        writes=writes.with_columns(pl.lit(None, WRITES[name]).alias(name) for name in ("value", "was")),
        evidence=view.table("evidence", of_write).sort("write", "order"),
        findings=in_order([conform(findings, FINDINGS)]),
        stores=view.table("stores", pl.col("arn").is_in(stores.implode())),
        inputs=view.table("inputs", pl.col("source").is_in(deploys["sources"].explode().implode())),
        exit_code=0,
        alignments=view.table("alignments", pl.col("deploy") == deploy),
        settle=view.table("settle", of_write).sort("write", "order"),
        background=Background(
            conform(view.table("events", pl.col("deploy") == deploy).sort("source", "line"), EVENTS),
            conform(calls, CALLS),
            conform(view.table("chains", pl.col("store").is_in(stores.implode())), CHAIN),
        ),
    )


def _number() -> pl.Expr:
    """The place of a write in its deploy, by its id."""
    return pl.col("id").str.extract(r":(\d+)$").cast(pl.Int64).alias("number")


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
