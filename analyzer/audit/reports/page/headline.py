"""The facts below the headline, and what was looked at: the answer, before anything else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import polars as pl

from analyzer.audit.reports.page.words import date, minute, number, share
from analyzer.audit.reports.words import length, several

if TYPE_CHECKING:
    from datetime import datetime

    from analyzer.audit.report import AuditReport


class Fact(NamedTuple):
    """A number and what it counts; `look` is bad, doubt or empty, `link` a place on the page with its words."""

    value: str
    text: str
    look: str = ""
    link: str = ""
    link_text: str = ""


def facts(counts: dict[str, Any], rows: pl.DataFrame, now: datetime | None) -> list[Fact]:
    """What stands in the line below: lost, healed, open, in doubt; those of nothing but 0 are left out."""
    if not counts["judged"]:
        return _doubt(counts)
    judged = several(counts["judged"], "deploy")
    of = f"of {judged} that could be judged" if counts["judged"] < counts["deploys"] else f"of {judged}"
    rate = f" ({share(100 * counts['lost'] / counts['judged'])} in 100)" if counts["lost"] else ""
    told = [Fact(number(counts["lost"]), f"{of} lost a write{rate}")]
    if counts["lost"]:
        told.append(Fact(number(counts["healed"]), f"of them healed{_half(rows)}"))
    if counts["maybe"]:
        told.append(Fact(number(counts["maybe"]), "perhaps put right", "doubt"))
    if counts["open"]:
        told.append(Fact(number(counts["open"]), f"still open{_oldest(rows, counts['open'], now)}", "bad"))
    return [*told, *_doubt(counts)]


def _doubt(counts: dict[str, Any]) -> list[Fact]:
    if not counts["doubt"]:
        return []
    return [Fact(number(counts["doubt"]), "in doubt", "doubt", "#decide", "what would decide")]


def _half(rows: pl.DataFrame) -> str:
    """How soon half of the healed ones were: of those of which that is known."""
    known = (
        rows.filter(pl.col("state") == "healed")
        .select(pl.col("until") - pl.col("since"))
        .to_series()
        .drop_nulls()
    )
    if known.is_empty():
        return ""
    middle = known.sort()[(known.len() - 1) // 2]
    return f", half within {length(middle)}" if known.len() > 1 else f", after {length(middle)}"


def _oldest(rows: pl.DataFrame, count: int, now: datetime | None) -> str:
    oldest: Any = rows.filter(pl.col("state") == "open")["since"].drop_nulls().min()
    if now is None or oldest is None:
        return ""
    return f", {'the oldest ' if count > 1 else ''}for {length(now - oldest)}"


def looked_at(report: AuditReport) -> str:
    """Which deploys of when were looked at, and how far the trail reaches."""
    told = [several(report.deploys.height, "deploy")]
    apps = report.deploys["app"].drop_nulls().n_unique()
    if apps:
        told[0] += f" of {several(apps, 'app')}"
    accounts = report.stores["arn"].str.extract(r"^arn:[^:]*:[^:]*:[^:]*:(\d{12}):").drop_nulls().n_unique()
    if accounts > 1:
        told[0] += f" in {number(accounts)} accounts"
    first, last = (getattr(report.deploys["started_at"].drop_nulls(), end)() for end in ("min", "max"))
    if first is not None:
        told[0] += f", {date(first)}" + (f" to {date(last)}" if last.date() != first.date() else "")
    told.append(f"trail read until {minute(report.reach)} UTC" if report.reach else "no trail was read")
    return " · ".join(told)
