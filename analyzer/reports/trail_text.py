"""What is in hand of a trail, as text for a person: stores, chains, coverage, and a timeline if asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from analyzer.reports.canvas import Canvas
from analyzer.reports.reading import tell_inputs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analyzer.trail.calls.store_changes import StoreChange
    from analyzer.trail.report import TrailReport

_RUNS = 20  # of a chain; more would scroll the answer away
_ROWS = 200
_LINKS = 12  # writes of a run that are drawn one by one
_DIGESTS = 20


def render(report: TrailReport, *, width: int, color: bool) -> str:
    """The report in sections, each left out where it has nothing to say."""
    canvas = Canvas(width=width, color=color)
    _head(canvas, report)
    for store in report.stores.iter_rows(named=True):
        _store(canvas, report, store)
    _digests(canvas, report)
    _selectors(canvas, report)
    if report.narrowed:
        _timeline(canvas, report)
    if report.at is not None:
        _keys(canvas, report)
    _inputs(canvas, report)
    return canvas.text()


def _head(canvas: Canvas, report: TrailReport) -> None:
    records = report.calls["event_id"].n_unique()
    canvas.line(
        f"{records} {_plural('call', records)} on {report.stores.height}"
        f" {_plural('store', report.stores.height)}",
        "bold",
    )
    canvas.line()
    forms = ", ".join(
        f"{row['files']} {row['kind']}" + (f" ({_count(row['records'], 'record')})" if row["records"] else "")
        for row in report.forms().iter_rows(named=True)
    )
    lines = {
        "files": forms or "none",
        "accounts": ", ".join(report.accounts) or "unknown",
        "Regions": ", ".join(report.regions) or "unknown",
        "time": f"{_time(report.first)} to {_time(report.reach)}",
    }
    if report.reach is not None:
        lines["settled"] = f"until {_time(report.settled())}: records of later calls may not be delivered yet"
    for label, text in lines.items():
        canvas.labelled(label, [(text, "")], indent=0, width=8)


def _store(canvas: Canvas, report: TrailReport, store: Mapping[str, object]) -> None:
    arn = store["arn"]
    canvas.line()
    canvas.line(str(arn), "bold")
    times = f"{_time(store['first_at'])} to {_time(store['last_at'])}"
    canvas.labelled(
        "calls",
        [(f"{_count(store['writes'], 'write')}, {_count(store['reads'], 'read')}, {times}", "")],
        indent=2,
        width=8,
    )
    errors = [
        (f"{row['records']} x {row['api']}: {row['error_code'] or 'no error code'}", "")
        for row in report.errors().filter(pl.col("store") == arn).iter_rows(named=True)
    ]
    if errors:
        canvas.labelled("errors", errors, indent=2, width=8)
    changes = [(_store_change(change), "") for change in report.store_changes if change.store == arn]
    if changes:
        canvas.labelled("store", changes, indent=2, width=8)
    canvas.labelled("chain", [(f"{store['state']}: {store['reason']}", "")], indent=2, width=8)
    forked = report.forks().filter(pl.col("store") == arn)
    _picture(canvas, report.chain.filter(pl.col("store") == arn), set(forked["if_match"]))
    for etag, records in forked.select("if_match", "records").head(_RUNS).iter_rows():
        shown = ", ".join(records[:_RUNS])
        canvas.line(
            f"  a fork: {len(records)} writes claim to have replaced {etag}: {shown}", "yellow", indent=2
        )
    covered = report.covered.filter(pl.col("store") == arn)
    lines = [
        (f"{row['kind']} {_span(row['start'], row['end'])}: {row['why']}", "")
        for row in covered.iter_rows(named=True)
    ]
    canvas.labelled("coverage", lines or [(_UNCOVERED, "")], indent=2, width=8)


_UNCOVERED = (
    "only what lies within a run of the chain: no available digests and selectors show that all is logged"
)


def _store_change(change: StoreChange) -> str:
    what = "made" if change.kind == "created" else "deleted"
    keys = f", with keys from {change.imported}, which no call wrote" if change.imported else ""
    return f"{what} {_time(change.at)} by {change.caller or 'an unknown caller'}{keys}"


_UNKNOWN = "not available: the write that made the ETag with which the next run begins"


def _picture(canvas: Canvas, chain: pl.DataFrame, forked: set[str]) -> None:
    """Each run as a line of linked dots between the ETags at its ends, and why the next one is another run."""
    runs = chain.sort("run", "position").group_by("run", maintain_order=True)
    drawn = runs.agg(
        pl.len(),
        start=pl.col("at").first(),
        end=pl.col("at").last(),
        on=pl.col("if_match").first(),
        etag=pl.col("etag").last(),
    )
    for number, run in enumerate(drawn.head(_RUNS).iter_rows(named=True)):
        if number:
            why = "several writes claim to have replaced this ETag" if run["on"] in forked else _UNKNOWN
            canvas.line(f"  ?  {why}", "yellow", indent=4)
        canvas.line(_run(run), indent=4)
    if drawn.height > _RUNS:
        canvas.line(f"... and {drawn.height - _RUNS} more runs; --format json has all", indent=4)


def _run(run: Mapping[str, object]) -> str:
    count = int(str(run["len"]))
    dots = "──".join("●" * count) if count <= _LINKS else f"●──●──({count - 4} more)──●──●"
    times = f"{_time(run['start'])}" + (f" to {_time(run['end'])}" if count > 1 else "")
    return f"{run['on'] or '?'} ─{dots}─ {run['etag'] or '?'}  {times}"


def _digests(canvas: Canvas, report: TrailReport) -> None:
    if report.digests.is_empty():
        return
    canvas.line()
    canvas.line("Digests", "bold")
    for chain, digests in report.digests.group_by(
        "account", "region", "trail", "home", "backfill", maintain_order=True
    ):
        account, region, trail, _, backfill = chain
        what = "backfill digest" if backfill else "digest"
        span = _span(digests["start"].min(), digests["end"].max())
        canvas.line(f"{account} {region} {trail}: {_count(digests.height, what)}, {span}")
        states = digests.group_by("signature").len().sort("signature")
        canvas.line(
            "signatures: " + ", ".join(f"{count} {name}" for name, count in states.iter_rows()), indent=2
        )
        if digests["signature"].tail(1).item() == "unsigned":
            canvas.line("the signature of the newest is in the next one, which is not available", indent=2)
        problems = digests.explode("problems").drop_nulls("problems").select("start", "problems")
        for start, problem in problems.head(_DIGESTS).iter_rows():
            canvas.line(f"{_time(start)}: {problem}", "yellow", indent=2)
        if problems.height > _DIGESTS:
            canvas.line(f"... and {problems.height - _DIGESTS} more; --format json has all", indent=2)


def _selectors(canvas: Canvas, report: TrailReport) -> None:
    if report.selectors.is_empty():
        return
    canvas.line()
    canvas.line("Selectors", "bold")
    for row in report.selectors.iter_rows(named=True):
        canvas.line(f"{row['trail']}: {row['what']}, {_span(row['at'], row['until'])}: {row['state']}")


def _timeline(canvas: Canvas, report: TrailReport) -> None:
    canvas.line()
    canvas.line("Timeline", "bold")
    rows = report.timeline()
    cells = [
        (
            _time(row["at"]),
            str(row["api"]),
            f"{row['effect']} {row['key']}" if row["key"] is not None else "",
            f"{row['if_match'] or ''} → {row['etag'] or ''}" if row["if_match"] or row["etag"] else "",
            _result(row),
            str(row["caller"] or "unknown"),
        )
        for row in rows.head(_ROWS).iter_rows(named=True)
    ]
    canvas.table(("TIME", "CALL", "KEY", "ETAG", "RESULT", "CALLER"), cells, whole=2)
    if rows.height > _ROWS:
        canvas.line(f"... and {rows.height - _ROWS} more; --format ndjson has all")


def _result(call: Mapping[str, object]) -> str:
    """`ok`, the error, or that the record shows neither."""
    if call["ok"] is None:
        return "unknown"
    return "ok" if call["ok"] else str(call["error_code"] or "failed")


def _keys(canvas: Canvas, report: TrailReport) -> None:
    canvas.line()
    canvas.line(f"Keys at {_time(report.at)}, as far as the calls show", "bold")
    cells = [
        (
            str(row["state"]),
            str(row["key"]),
            _time(row["at"]) if row["at"] else "",
            str(row["why"] or f"{row['api']} by {row['caller'] or 'an unknown caller'}"),
        )
        for row in report.keys.head(_ROWS).iter_rows(named=True)
    ]
    canvas.table(("STATE", "KEY", "SINCE", "WHY"), cells, whole=1)
    if report.keys.height > _ROWS:
        canvas.line(f"... and {report.keys.height - _ROWS} more keys; --format json has all")


def _inputs(canvas: Canvas, report: TrailReport) -> None:
    others = report.inputs.filter(~pl.col("source").is_in(report.digests["source"].implode()))
    tell_inputs(canvas, report.inputs, others)


def _span(start: object, end: object) -> str:
    if start is None and end is None:
        return "always"
    if start is None:
        return f"until {_time(end)}"
    return f"since {_time(start)}" if end is None else f"{_time(start)} to {_time(end)}"


def _time(value: object) -> str:
    return "unknown" if value is None else f"{value:%Y-%m-%d %H:%M:%SZ}"


def _count(number: object, word: str) -> str:
    return f"{number} {word if number == 1 else f'{word}s'}"


def _plural(word: str, number: int) -> str:
    return word if number == 1 else f"{word}s"
