"""The one-line answer of a report: how many writes landed, and what became of the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from analyzer.tables import CONFIDENCES, LEANINGS, VERDICTS_OF

if TYPE_CHECKING:
    from analyzer.reports.report import Report

NOT_IN_PLACE = ("lost", "mismatched", "errored", "dropped", "unfinished")
"""The verdicts that say, or must be taken to say, that a write is not there."""

_NEVER = {"errored", "dropped"}
_DOUBTS = {
    "data_events_off": "the trail records no data events of the store",
    "trail_gap": "the trail has a gap",
    "trail_too_early": "the trail ends too early",
    "chain_not_closed": "no later write closes the chain",
    "no_window": "the time of the deploy is not known",
    "clocks_differ": "nothing shows which calls in the trail are the deploy's",
    "rivals": "several runs in the trail fit the deploy",
    "other_writer": "calls that fit are another writer's",
    "contested": "there are fewer calls than operations",
    "maybe_nothing": "there may have been nothing to write",
    "form_lost": "the form of the log or trail lacks what is needed",
    "degraded_form": "the form of the log or trail lacks what is needed",
    "outcome_unknown": "the records do not show whether calls succeeded",
    "no_trail": "no trail was given",
    "wrong_trail": "the trail is of another account or Region",
    "not_covered": "the trail does not reach the time of the deploy",
    "lost_update": "one of several was overwritten, and nothing shows which",
    "deleted": "one of several was deleted, and nothing shows which",
    "namespace_collision": "another stack deleted one of several, and nothing shows which",
    "never_attempted": "one of several was never made, and nothing shows which",
    "interrupted": "the deploy stopped, and nothing shows which of several landed",
}


def answer(report: Report) -> str:
    """One line, such as `1 of 4 writes never landed: dropped (proven)`; with the time of a live listing."""
    return _by_writes(report) + _listed_live(report)


def _by_writes(report: Report) -> str:
    verdicts = report.writes["verdict"]
    total = verdicts.len()
    bad = int(verdicts.is_in(NOT_IN_PLACE).sum())
    unsure = int((verdicts == "unverifiable").sum())
    if total == 0:
        return "The inputs contain no write to a key-value store"
    if bad == 0 and unsure == 0:
        return _all_landed(report, total)
    likely = _likely(report, unsure)
    if bad == 0:
        return f"{unsure} of {_writes(total)} cannot be judged{likely}: {_doubts(report)}"
    told = f"{bad} of {_writes(total)} {_verb(report, bad)}: {_breakdown(report)}{_healed(report, bad)}"
    return f"{told}; {unsure} cannot be judged{likely}" if unsure else told


def _all_landed(report: Report, total: int) -> str:
    told = ("The only write landed" if total == 1 else f"All {total} writes landed") + _weakness(report)
    live = not _live_listings(report).is_empty()
    if not live or not (report.writes["listed"] == "there").fill_null(value=False).all():
        return told
    return f"{_in_place(report.writes)}: {told[0].lower()}{told[1:]}"


def _in_place(writes: pl.DataFrame) -> str:
    """What a listing shows where it shows all that was meant. A text log names namespaces, and not the keys in them."""
    goes = writes["action"].is_in(["delete", "remove"])
    if goes.all():
        return "Everything that was to go is gone"
    keys_named = writes.filter(pl.col("pattern") & pl.col("entry").is_null()).is_empty()
    there = f"Every route and {'key' if keys_named else 'namespace'} is there"
    return there + (", and what was to go is gone" if goes.any() else "")


def _live_listings(report: Report) -> pl.DataFrame:
    return report.background.listings.filter(pl.col("live").is_not_null() & pl.col("at").is_not_null())


def _listed_live(report: Report) -> str:
    """`; the store was listed at 2025-03-21 15:41:02Z (the server's clock)`; empty where no live store was listed."""
    listings = _live_listings(report)
    if listings.is_empty():
        return ""
    first, live = listings.sort("at").select("at", "live").row(0)
    clock = "the server's clock" if live == "server" else "the clock of this computer"
    stores = "the store was" if listings.height == 1 else f"{listings.height} stores were"
    since = "at" if listings.height == 1 else "from"
    return f"; {stores} listed {since} {first:%Y-%m-%d %H:%M:%S}Z ({clock})"


def _writes(count: int) -> str:
    return "1 write" if count == 1 else f"{count} writes"


def _weakness(report: Report) -> str:
    """How many of the verdicts are of low confidence, in parentheses; empty where none is."""
    weak = int((report.writes["confidence"] == "low").sum())
    return f" ({weak} with low confidence)" if weak else ""


def _likely(report: Report, unsure: int) -> str:
    """` (1 of them probably dropped)`: what is likely of the writes in doubt; empty where nothing is."""
    leanings = report.writes.filter(pl.col("verdict") == "unverifiable")["leaning"]
    found = [(int((leanings == leaning).sum()), leaning) for leaning in LEANINGS]
    parts = [f"{number} of them probably {leaning}" for number, leaning in found if number]
    if unsure == 1 and parts:
        return f" (probably {parts[0].rpartition(' ')[2]})"
    return f" ({', '.join(parts)})" if parts else ""


def _healed(report: Report, bad: int) -> str:
    """`, 1 of them since repaired`; empty where none is."""
    healed = int((report.writes["status"] == "healed").sum())
    if not healed:
        return ""
    return ", since repaired" if bad == 1 else f", {healed} of them since repaired"


def _verb(report: Report, bad: int) -> str:
    found = set(report.writes["verdict"].unique()) & set(NOT_IN_PLACE)
    if found <= _NEVER:
        return "never landed"
    if found == {"unfinished"}:
        return "did not finish"
    return "is not in place" if bad == 1 else "are not in place"


def _breakdown(report: Report) -> str:
    """`2 dropped (proven), 1 lost (high)`; without the number where there is one write."""
    counts = (
        report.writes.filter(pl.col("verdict").is_in(NOT_IN_PLACE))
        .group_by("verdict", "confidence")
        .len()
        .sort(pl.col("verdict").cast(pl.Enum(VERDICTS_OF)), pl.col("confidence").cast(pl.Enum(CONFIDENCES)))
    )
    alone = counts["len"].sum() == 1
    parts = counts.iter_rows()
    return ", ".join(f"{'' if alone else f'{number} '}{verdict} ({sure})" for verdict, sure, number in parts)


def _doubts(report: Report) -> str:
    causes = report.writes.filter(pl.col("verdict") == "unverifiable")["cause"].unique(maintain_order=True)
    return ", ".join((_not_read(report) if cause == "no_trail" else None) or doubt(cause) for cause in causes)


def _not_read(report: Report) -> str | None:
    """What was given in vain, where writes are in doubt for lack of a trail: "no trail was given" would mislead."""
    words = [word for word, _ in report.unread]
    stores = sum(word.startswith("arn:") and "=" not in word for word in words)
    if stores:
        return f"{'the store' if stores == 1 else f'{stores} stores'} could not be listed"
    if "--live" in words:
        return "no store could be listed"
    return "no trail could be read" if report.unread else None


def doubt(cause: str | None) -> str:
    """Why a write with this cause cannot be judged, as a clause."""
    return _DOUBTS.get(cause or "", "the evidence is not sufficient")
