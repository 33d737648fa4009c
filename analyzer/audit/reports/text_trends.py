"""The tables over all deploys, as text: months, versions, causes, apps, stages, stores, and how long losses lasted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import polars as pl

from analyzer.audit.reports.words import HOW, between, percent, rate, several, short_store, spaced, time
from analyzer.audit.trends import BUCKETS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analyzer.audit.trends import Trends
    from analyzer.reports.canvas import Canvas

_MONTHS: Final = 12
_ROWS: Final = 10
_LEGEND: Final = (
    "Deploys. SHARE: of the judged ones, those that lost a write. IN 7 DAYS: of these, those healed by then."
)
_COLUMNS: Final = 80  # a narrower page has a line a row: a block a row would be screens of numbers


def tell_trends(canvas: Canvas, trends: Trends) -> None:
    """All of them; one that has nothing to compare is left out."""
    months = trends.trend.filter(pl.col("by") == "month")
    left = 0 if months.height <= canvas.most(_MONTHS) else months.height - _MONTHS
    _trend(canvas, "By month of the deploy", "MONTH", months.slice(left), left)
    if not months.is_empty():
        canvas.line(_LEGEND, "dim")
    _versions(canvas, trends)
    for by, title in (("cause", "By cause"), ("app", "By app"), ("stage", "By stage")):
        found = trends.trend.filter((pl.col("by") == by) & (pl.col("lost") > 0))
        if found.height > (by != "cause"):
            over = found.height - canvas.most(_ROWS)
            _trend(canvas, title, by.upper(), found.head(canvas.most(_ROWS)), max(over, 0))
    _lasted(canvas, trends)
    _stores(canvas, trends)
    _leave(canvas, trends)


def _section(canvas: Canvas, title: str, headers: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    if not rows:
        return
    canvas.line()
    canvas.line(title, "bold")
    if canvas.width >= _COLUMNS:
        canvas.table(headers, rows)
        return
    for row in rows:
        numbers = ", ".join(
            f"{header.lower()} {cell}" for header, cell in zip(headers[1:], row[1:], strict=True)
        )
        canvas.line(f"{row[0]}: {numbers}")


def _trend(canvas: Canvas, title: str, header: str, table: pl.DataFrame, left: int) -> None:
    headers = [header, "JUDGED", "LOST", "OPEN", "PERHAPS", "HEALED", "DOUBT", "SHARE", "IN 7 DAYS"]
    rows = [
        [
            spaced(row["name"]) if header == "CAUSE" else str(row["name"] or "unknown"),
            *(f"{row[name]:,}" for name in ("judged", "lost", "open", "maybe", "healed", "doubt")),
            rate(row["in_1000"]),
            percent(row["week_share"]),
        ]
        for row in table.iter_rows(named=True)
    ]
    _section(canvas, title, headers, rows)
    if left:
        canvas.line(f"... and {left:,} more; -v shows all")


def _versions(canvas: Canvas, trends: Trends) -> None:
    rows = [
        [
            f"{row['tool'] or 'unknown tool'} {row['name'] or 'of an unknown version'}",
            *(f"{row[name]:,}" for name in ("judged", "lost", "open")),
            rate(row["in_1000"]),
            between(row["low"], row["high"]),
        ]
        for row in trends.versions.iter_rows(named=True)
    ]
    _section(canvas, "By version", ["VERSION", "JUDGED", "LOST", "OPEN", "SHARE", "95 % SURE"], rows)


def _lasted(canvas: Canvas, trends: Trends) -> None:
    """A row a bucket, a column for what ended the losses."""
    ways = trends.healing.filter(pl.col("state") == "healed")["how"].unique(maintain_order=True).to_list()
    cells = {
        (row["bucket"], row["state"], row["how"]): row["losses"]
        for row in trends.healing.iter_rows(named=True)
    }
    rows = []
    for bucket in BUCKETS:
        mine = {key: losses for key, losses in cells.items() if key[0] == bucket}
        if mine:
            told = ", ".join(_ended(state, how, losses) for (_, state, how), losses in mine.items())
            rows.append([bucket, f"{sum(mine.values()):,}", told])
    _section(canvas, "How long it was missing", ["TIME", "LOSSES", "ENDED"] if ways or rows else [], rows)


def _ended(state: str, how: str | None, losses: int) -> str:
    if state == "open":
        return f"{losses:,} open"
    word = HOW.get(str(how), "nobody knows how")
    return f"{losses:,} perhaps {word}" if state == "maybe_repaired" else f"{losses:,} {word}"


def _stores(canvas: Canvas, trends: Trends) -> None:
    rows = [
        [
            short_store(row["store"]),
            *(f"{row[name]:,}" for name in ("deploys", "losses", "open", "maybe", "healed")),
            "-" if row["open_since"] is None else time(row["open_since"]),
        ]
        for row in trends.stores.head(canvas.most(_ROWS)).iter_rows(named=True)
    ]
    headers = ["STORE", "DEPLOYS", "LOSSES", "OPEN", "PERHAPS", "HEALED", "OPEN SINCE"]
    _section(canvas, "Worst stores", headers, rows)
    if trends.stores.height > canvas.most(_ROWS):
        canvas.line(f"... and {several(trends.stores.height - _ROWS, 'store')} more; -v shows all")


def _leave(canvas: Canvas, trends: Trends) -> None:
    if trends.leave.is_empty():
        return
    canvas.line()
    canvas.line("Versions to leave", "bold")
    for row in trends.leave.head(canvas.most(_ROWS)).iter_rows(named=True):
        canvas.line(to_leave(row))
    if trends.leave.height > canvas.most(_ROWS):
        canvas.line(f"... and {several(trends.leave.height - _ROWS, 'version')} more; -v shows all")


def to_leave(row: dict[str, Any]) -> str:
    """Why a version is one to leave, and for which: a sentence."""
    reasons = [f"known: {', '.join(row['defects'])}"] if row["defects"] else []
    reasons += ["more of its deploys lost writes than of all others"] if row["worse"] else []
    to = f" Update to {row['fixed']} or later." if row["fixed"] else ""
    counts = f"{several(row['deploys'], 'deploy')}, {row['lost']:,} lost a write, {row['open']:,} open"
    last = f", last used {time(row['last'])}" if row["last"] is not None else ""
    return f"{row['tool'] or 'unknown tool'} {row['version']} ({counts}{last}): {'; '.join(reasons)}.{to}"
