"""What is listed: the worst stores, versions to leave, overlaps, what changed, and what was read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.audit.reports.page.places import place
from analyzer.audit.reports.page.section import Cell, Head, Section, cut
from analyzer.audit.reports.page.words import UNKNOWN, date, minute, number, short
from analyzer.audit.reports.words import length, role, several

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence, Set
    from datetime import datetime

    from analyzer.audit.report import AuditReport, Changes

_STORES: Final = 15
_LEAVE: Final = 30
_OVERLAPS: Final = 50
_CHANGED: Final = 100
_UNREAD: Final = 200


def stores(table: pl.DataFrame) -> Section:
    """The stores that lost most."""
    lines = [
        [
            Cell(short(row["store"])),
            Cell(number(row["open"]), look="number strong" if row["open"] else "number"),
            Cell(date(row["open_since"]), look="wide kept"),
            Cell(number(row["healed"] + row["maybe"]), look="number"),
            Cell(number(row["doubt"]), look="number wide"),
            Cell(number(row["deploys"]), look="number"),
        ]
        for row in table.iter_rows(named=True)
    ]
    shown, after = cut(lines, _STORES, "stores")
    heads = [
        Head("Store"),
        Head("Open", "number"),
        Head("Since", "wide"),
        Head("Healed", "number"),
        Head("In doubt", "number wide"),
        Head("Deploys", "number"),
    ]
    words = ["Losses of each store: keys or entries. “Healed” has those that were perhaps put right, too."]
    return Section(
        "stores", "Worst stores", words if lines else ["No store lost a write."], heads, shown, after
    )


def leave(table: pl.DataFrame) -> Section:
    """The versions to leave, and where to go."""
    lines = [
        [
            Cell(f"{row['tool'] or ''} {row['version'] or 'not known'}".strip(), look="strong"),
            Cell(number(row["deploys"]), look="number"),
            Cell(number(row["lost"]), look="number wide"),
            Cell(date(row["last"]), look="wide kept"),
            Cell(_why(row)),
            Cell(row["fixed"] or UNKNOWN, look="kept"),
        ]
        for row in table.iter_rows(named=True)
    ]
    shown, after = cut(lines, _LEAVE, "versions")
    heads = [
        Head("Version"),
        Head("Deploys", "number"),
        Head("With a loss", "number wide"),
        Head("Last used", "wide"),
        Head("Why"),
        Head("Go to", "kept"),
    ]
    none = ["None of the versions is known to be worse than the others, or to have a defect that is fixed."]
    return Section("leave", "Versions to leave", [] if lines else none, heads, shown, after)


def _why(row: Mapping[str, object]) -> str:
    defects = row["defects"]
    told = [str(name) for name in defects] if isinstance(defects, list) else []
    return ", ".join([*told, *(["more losses than with the others"] if row["worse"] else [])])


def overlaps(report: AuditReport, pages: Set[str]) -> Section | None:
    """Deploys that ran at the same time; None where none did."""
    table = report.overlaps
    if table.is_empty():
        return None
    named = names(report)
    same = int(table["same_stage"].fill_null(value=False).sum())
    ordered = table.sort(
        pl.col("same_stage").fill_null(value=False), "start", descending=True, nulls_last=True
    )
    lines = [
        [
            Cell(minute(row["start"])),
            _deploy(row["deploy"], named, pages),
            _deploy(row["other"], named, pages),
            Cell("the same stage" if row["same_stage"] else f"store {short(row['store'])}"),
            Cell(_span(row["start"], row["end"]), look="number wide"),
        ]
        for row in ordered.head(_OVERLAPS + 1).iter_rows(named=True)
    ][:_OVERLAPS]
    left = table.height - len(lines)
    heads = [Head("From (UTC)"), Head("Deploy"), Head("And"), Head("Both on"), Head("Time", "number wide")]
    words = [
        f"{several(table.height, 'pair')} of deploys ran at the same time on one stage or on one store; "
        f"{number(same)} of them on one stage, which SST's lock should have kept apart."
    ]
    after = [f"{number(left)} more are not shown; the catalogue has all."] if left else []
    return Section("overlaps", "Deploys that overlapped", words, heads, lines, after, folded=True)


def changes(report: AuditReport, pages: Set[str]) -> Section | None:
    """How the audit differs from an earlier one; None where none was named."""
    found = report.changes
    if found is None:
        return None
    since = f"the audit of {minute(found.since)} UTC" if found.since else "the earlier audit"
    named = names(report)
    of = dict(report.writes.select("id", "deploy").iter_rows())
    lines = [
        [
            Cell(label, look="strong"),
            Cell(number(len(writes)), look="number"),
            Cell(number(len({_deploy_of(write, of) for write in writes})), look="number"),
        ]
        for label, writes in _kinds(found)
    ]
    listed = [
        [Cell(label), _deploy(deploy, named, pages)]
        for label, writes in _kinds(found)[:2]
        for deploy in dict.fromkeys(_deploy_of(write, of) for write in writes)
    ]
    shown, after = cut(
        [*lines, *([cell, Cell("", look="number"), link] for cell, link in listed)], _CHANGED, "deploys"
    )
    heads = [Head("Change"), Head("Writes", "number"), Head("Deploys")]
    return Section("changes", f"Since {since}", [], heads, shown, after)


def _kinds(found: Changes) -> list[tuple[str, tuple[str, ...]]]:
    return [
        ("new: not in place now, and not known then", found.new),
        ("healed since", found.healed),
        ("unchanged: not in place then and now", found.unchanged),
        ("gone: not in place then, and its deploy was not read now", found.gone),
    ]


def unread(report: AuditReport) -> Section | None:
    """Inputs that could not be read wholly, each with why; None where all were."""
    lines: list[list[Cell]] = [[Cell(source), Cell(why)] for source, why in report.unread]
    known = {source for source, _ in report.unread}
    lines += [
        [Cell(source), Cell("; ".join(problems or ["not read wholly"]))]
        for source, problems in report.inputs.select("source", "problems").iter_rows()
        if source not in known
    ]
    if not lines:
        return None
    shown, after = cut(lines, _UNREAD, "inputs")
    words = [f"{several(len(lines), 'input')} could not be read, or only in part."]
    return Section(
        "unread", "Not read, or only in part", words, [Head("Input"), Head("Why")], shown, after, folded=True
    )


def names(report: AuditReport) -> dict[str, str]:
    """What each deploy is called: APP/STAGE and when it began."""
    columns = report.deploys.select("id", "app", "stage", "started_at")
    return {
        deploy: f"{'/'.join(filter(None, (app, stage))) or deploy}, {minute(at)}"
        for deploy, app, stage, at in columns.iter_rows()
    }


def _deploy(deploy: str, named: Mapping[str, str], pages: Set[str]) -> Cell:
    return Cell(named.get(deploy, deploy), link=place(deploy) if deploy in pages else "")


def _deploy_of(write: str, of: Mapping[str, str]) -> str:
    return of.get(write) or write.rpartition(":")[0] or write


def _span(start: datetime | None, end: datetime | None) -> str:
    return UNKNOWN if start is None or end is None else length(end - start)


def read_words(report: AuditReport) -> Sequence[str]:
    """What was read, in sentences: by kind, and how many deploys are known by how much."""
    told = [
        f"{several(row['files'], 'file')} of {row['kind']} ({role(row)}): {number(row['bytes'] or 0)} bytes"
        + "".join(f", {number(row[name])} {name}" for name in ("lines", "records") if row[name])
        + (f"; {number(row['unusable'])} unusable" if row["unusable"] else "")
        + "."
        for row in report.read.head(_UNREAD).iter_rows(named=True)
    ]
    kinds = dict(report.deploys.group_by("evidence_kind").len().sort("len", descending=True).iter_rows())
    if kinds.get("update"):
        told.append(
            f"Of {several(kinds['update'], 'deploy')} no log is left, only what SST noted of the update: "
            "what they wrote is not known, and they are not among those that could be judged."
        )
    if report.first or report.reach:
        told.append(f"The trail reaches from {minute(report.first)} to {minute(report.reach)} UTC.")
    else:
        told.append("No trail was read, so nothing can be said about what the stores received.")
    return told
