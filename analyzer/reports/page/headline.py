"""The headline: what became of the writes, in a clause for each kind of it, the worst first, two at most.

Then what became of the rest: a tired reader is to take no clause for one about the others.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.reports.page.moments import as_time, clock, day
from analyzer.reports.page.steps import done

if TYPE_CHECKING:
    from datetime import datetime

    from analyzer.reports.page.clocks import Clock
    from analyzer.reports.report import Report

_ONE: Final = {
    "dropped": "never reached the store",
    "lost": "was lost after it had landed",
    "swallowed": "was refused, and the deploy said “{done}”",
    "errored": "failed, as the deploy says",
    "mismatched": "is not what the store holds",
    "unfinished": "is not known to have landed",
    "unverifiable": "cannot be judged",
}
_MANY: Final = _ONE | {
    "lost": "were lost after they had landed",
    "swallowed": "were refused, and the deploy said “{done}”",
    "mismatched": "are not what the store holds",
    "unfinished": "are not known to have landed",
}
_OPEN: Final = ("unfinished", "unverifiable")
"""The verdicts of which nobody can say that the write is not in place."""
_CUT_OFF: Final = "The deploy was cut off: "


def headline(report: Report) -> str:
    """One sentence without a full stop, such as `1 of 4 writes never reached the store; the other 3 landed`."""
    total = report.writes.height
    if not total:
        return _nothing_meant(report)
    swallowed = (pl.col("verdict") == "errored") & (pl.col("reported") == "succeeded")
    kinds = report.writes.select(
        kind=pl.when(swallowed).then(pl.lit("swallowed")).otherwise("verdict"), status="status"
    )
    found = [(kind, kinds.filter(pl.col("kind") == kind)) for kind in _ONE]
    bad = [(kind, rows.height) for kind, rows in found if rows.height]
    if not bad:
        return _all_well(report, total)
    word = (
        done(report.writes.filter(swallowed).row(0, named=True))
        if any(k == "swallowed" for k, _ in bad)
        else ""
    )
    (kind, number), *others = bad
    told = (_ONE if number == 1 else _MANY)[kind].format(done=word)
    first = f"The only write {told}" if total == 1 else f"{number} of {total} writes {told}"
    if kind == "unverifiable" and number == total > 1:
        first = f"None of the {total} writes can be judged"
    if kind == "unfinished":
        first = f"{_CUT_OFF}{first[0].lower()}{first[1:]}"
    told = first
    named = number
    if others:
        second, more = others[0]
        also = (_ONE if more == 1 else _MANY)[second].format(done=word)
        told = f"{first}, and {more} more {also}"
        named += more
    in_doubt = sum(count for kind, count in bad[:2] if kind in _OPEN)
    return told + _healed(report) + _rest(report, total - named, in_doubt)


def _rest(report: Report, rest: int, in_doubt: int) -> str:
    """`; the other 3 landed`: what became of the writes of which no clause speaks; empty where there is none.

    Args:
        report: the report.
        rest: how many these are.
        in_doubt: how many writes in doubt the clauses spoke of.
    """
    if not rest:
        return ""
    landed = report.writes.filter(pl.col("verdict") == "landed")
    others = "the other one" if rest == 1 else f"the other {rest}"
    weak = int((landed["confidence"] == "low").sum())
    proof = f"{'' if weak == landed.height else f'{weak} '}without full proof" if weak else ""
    if landed.height == rest:
        return f"; {others} landed{proof and f', {proof}'}"
    doubtful = min(rest - landed.height, int(report.writes["verdict"].is_in(_OPEN).sum()) - in_doubt)
    missing = rest - landed.height - doubtful
    if rest in {doubtful, missing}:
        verb = "is" if rest == 1 else "are"
        return f"; {others} {verb} {'in doubt' if doubtful else 'not in place'}"
    parts = [
        (landed.height, f"landed{proof and f' ({proof})'}"),
        (doubtful, "in doubt"),
        (missing, "not in place"),
    ]
    *most, last = [f"{number} {what}" for number, what in parts if number]
    return f"; of {others}: {', '.join(most)} and {last}"


def _nothing_meant(report: Report) -> str:
    """That nothing was meant: only of a deploy that went to its end, by a log that was read whole."""
    broken = report.inputs["problems"].list.len().fill_null(0).sum()
    ended = not report.deploys.is_empty() and bool(
        (report.deploys["result"] == "succeeded").fill_null(value=False).all()
    )
    if not ended or broken or report.unread:
        return "No write to a key-value store is in what was read"
    deploys = "These deploys" if report.deploys.height > 1 else "This deploy"
    return f"{deploys} meant to write nothing"


def _healed(report: Report) -> str:
    """How many of the writes that are not in place were put right since."""
    bad = report.writes.filter(~pl.col("verdict").is_in(["landed", "unverifiable"]))
    healed = bad.filter(pl.col("status") == "healed").height
    if not healed:
        return ""
    if healed < bad.height:
        return f" ({healed} put right since)"
    if healed == 1:
        return ", and was put right since"
    return ", and were put right since" if bad["verdict"].n_unique() == 1 else " (all put right since)"


def _all_well(report: Report, total: int) -> str:
    weak = int((report.writes["confidence"] == "low").sum())
    told = "The only write landed" if total == 1 else f"All {total} writes landed"
    if not weak:
        return told
    return f"{told}, without full proof" if weak == total else f"{told}, {weak} without full proof"


def deploy_lines(report: Report, clocks: dict[str, Clock]) -> list[tuple[str, str]]:
    """Of each deploy its name and times by CloudTrail's clock, and how it says that it ended; the oldest first."""
    ordered = report.deploys.sort("started_at", nulls_last=True, maintain_order=True)
    lines = []
    for deploy in ordered.iter_rows(named=True):
        ahead = clocks[deploy["id"]].ahead
        start, end = (_shifted(deploy[column], ahead) for column in ("started_at", "ended_at"))
        parts = [name_of(deploy), *_when(start, end)]
        lines.append((" · ".join(parts), str(deploy["result"] or "nothing of how it ended")))
    return lines


def name_of(deploy: dict[str, object]) -> str:
    """`APP/STAGE`, or what is known of it."""
    return "/".join(str(part) for part in (deploy["app"], deploy["stage"]) if part) or str(deploy["id"])


def _when(start: datetime | None, end: datetime | None) -> list[str]:
    known = start or end
    if known is None:
        return ["at a time that the log does not say"]
    if start is None or end is None:
        return [f"{day(known)}, {'from' if end is None else 'until'} {clock(known)} UTC"]
    last = clock(end) if start.date() == end.date() else f"{day(end)}, {clock(end)}"
    return [f"{day(start)}, {clock(start)} to {last} UTC"]


def _shifted(at: object, ahead: int) -> datetime | None:
    when = as_time(at)
    return None if when is None else when - timedelta(seconds=ahead)
