"""The whole page as values, from a report: nothing of HTML, and nothing left to compute for the templates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.redaction.table import redacted_tables
from analyzer.reports.page.answer import Answer, answer
from analyzer.reports.page.cited import cited, with_home
from analyzer.reports.page.clocks import Clock, clocks, timed
from analyzer.reports.page.frame import Frame, framed
from analyzer.reports.page.headline import deploy_lines, headline, name_of
from analyzer.reports.page.items import ORDER, Item, items
from analyzer.reports.page.moments import clock as time_of_day
from analyzer.reports.page.picture import Picture, Scene, picture
from analyzer.reports.page.proofs import Proofs, proofs
from analyzer.reports.page.said import Sentence, say
from analyzer.reports.page.sections import Cell, Command, Inputs, Way, commands, cures, inputs, table, ways
from analyzer.reports.page.tracks import draw
from analyzer.version import VERSION

if TYPE_CHECKING:
    from datetime import datetime

    from analyzer.reports.report import Report

_STORES: Final = 12  # that are drawn
_DEPLOYS: Final = 20  # that have a line, or a note on their clock


@dataclass(frozen=True, slots=True)
class Page:
    """Everything that is on the page.

    Attributes:
        title: of the window.
        headline: one sentence.
        deploys: a line and the result of each.
        more_deploys: how many more there are.
        answer: what the reader must know first.
        clocks: notes on clocks that are wrong or could not be tied to the trail.
        frames: the pictures, with what stands around each.
        nothing: why there is no picture; empty where there is one.
        commands: to put it right.
        cures: what is said beside them.
        ways: what would decide the doubts.
        more_ways: how many groups of writes are left out there.
        cells: rows of the table of writes.
        cells_left: what is left out of it.
        total: of the writes.
        proofs: the evidence and the other findings.
        inputs: what was read.
        permalinks: pages of the deploys, https only.
        version: of the program.
        made_by: the command line; None where there was none.
    """

    title: str
    headline: str
    deploys: list[tuple[str, str]]
    more_deploys: int
    answer: Answer
    clocks: list[Sentence]
    frames: list[Frame]
    nothing: str
    commands: list[Command]
    cures: list[str]
    ways: list[Way]
    more_ways: int
    cells: list[Cell]
    cells_left: str
    total: int
    proofs: Proofs
    inputs: Inputs
    permalinks: list[str]
    version: str
    made_by: str | None


def build(report: Report) -> Page:
    """The page of a report that is redacted; its `background` is redacted here, as far as it is shown."""
    known = clocks(report)
    named = cited(report)
    writes = with_home(timed(report, known), named, report.background.calls)
    found = items(writes, named, report.evidence)
    pictures, homeless = _pictures(report, writes, named, found, known)
    frames = [
        framed(drawn, first=number == 0, alone=len(pictures) == 1) for number, drawn in enumerate(pictures)
    ]
    made = commands(report, writes, _tails(report))
    decisive, more_ways = ways(report)
    sections = frozenset(({"fix"} if made else set()) | ({"decide"} if decisive else set()))
    head = headline(report)
    cells, cells_left = table(writes, report.background.calls)
    ahead = {name: timedelta(seconds=of.ahead) if of.ahead else None for name, of in known.items()}
    return Page(
        title=_title(report, head),
        headline=head,
        deploys=deploy_lines(report, known)[:_DEPLOYS],
        more_deploys=max(report.deploys.height - _DEPLOYS, 0),
        answer=answer(report, found, sections),
        clocks=_clock_notes(report, known)[:_DEPLOYS],
        frames=frames,
        nothing=_nothing(report, frames, homeless),
        commands=made,
        cures=cures(report),
        ways=decisive,
        more_ways=more_ways,
        cells=cells,
        cells_left=cells_left,
        total=report.writes.height,
        proofs=proofs(report, known, ahead),
        inputs=inputs(report),
        permalinks=[link for link in report.deploys["permalink"].drop_nulls() if link.startswith("https://")][
            :20
        ],
        version=VERSION,
        made_by=report.made_by,
    )


def _pictures(
    report: Report, writes: pl.DataFrame, named: pl.DataFrame, found: list[Item], known: dict[str, Clock]
) -> tuple[list[Picture], int]:
    """The pictures, the worst store first, with their items numbered through; and the writes that are in none."""
    if report.background.calls.is_empty() and report.background.listings.is_empty():
        return [], writes.height
    scene = Scene(
        report,
        writes,
        named,
        dict(report.deploys.select("id", pl.coalesce("stack", "stage", "id")).iter_rows()),
        _callers(report),
    )
    stores = (
        writes.drop_nulls("home")
        .group_by("home", maintain_order=True)
        .agg(worst=pl.col("verdict").cast(pl.Enum(ORDER)).min(), of=pl.len())
        .sort("worst", maintain_order=True)
        .head(_STORES)
    )
    pictures: list[Picture] = []
    for store in stores["home"]:
        numbered = max((item.number for item in found), default=0)
        drawn = picture(scene, store, [item for item in found if item.first["home"] == store], numbered)
        why = {known[step.deploy].why: None for step in drawn.steps.values()}
        drawn.why += [sentence for sentence in why if sentence is not None]
        draw(drawn)
        pictures.append(drawn)
    return pictures, writes.height - int(stores["of"].sum())


def _callers(report: Report) -> dict[str, frozenset[str]]:
    """Who made each deploy's calls, by the deploy's id."""
    found: dict[str, frozenset[str]] = {}
    for deploy, writers in report.alignments.select("deploy", "writers").iter_rows():
        names = {
            "/".join(filter(None, (w["principal"], w["session"]))) for w in writers or () if w["principal"]
        }
        found[deploy] = frozenset(names)
    return found


def _tails(report: Report) -> dict[str, tuple[datetime, str]]:
    """Of each store that has a command the time and ETag of the last change that was read."""
    mended = report.stores.filter(pl.col("remedy").is_not_null())["arn"]
    last = (
        report.background.chain.filter(pl.col("store").is_in(mended.implode()))
        .group_by("store", maintain_order=True)
        .agg(pl.col("at", "etag").last())
        .drop_nulls()
    )
    safe = redacted_tables({"tails": last})["tails"]
    return {store: (at, etag) for store, at, etag in safe.select("store", "at", "etag").iter_rows()}


def _title(report: Report, head: str) -> str:
    if report.deploys.is_empty():
        return head
    deploy = report.deploys.row(0, named=True)
    date = "" if deploy["started_at"] is None else f" {deploy['started_at']:%Y-%m-%d}"
    return f"{head} · {name_of(deploy)}{date}"


def _clock_notes(report: Report, known: dict[str, Clock]) -> list[Sentence]:
    """A note for each clock that is off, and for each that could not be tied to the trail."""
    notes: list[Sentence] = []
    for deploy in report.deploys.iter_rows(named=True):
        of = known[deploy["id"]]
        if of.ahead and deploy["started_at"] is not None:
            size, fast = abs(of.ahead), of.ahead > 0
            there = deploy["started_at"]
            here = there - timedelta(seconds=of.ahead)
            notes.append(
                say(
                    "The log's clock was {size} s {how}. All times on this page are CloudTrail's; the log's own are "
                    "{size} s {side} (its {there} is {here} here). Found by: {note}",
                    size=str(size),
                    how="fast" if fast else "slow",
                    side="later" if fast else "earlier",
                    there=time_of_day(there),
                    here=time_of_day(here),
                    note=of.note or "the calls of the deploy",
                )
            )
        elif of.note is not None:
            notes.append(say("{note}", note=of.note))
    return notes


def _nothing(report: Report, frames: list[Frame], homeless: int) -> str:
    if report.writes.is_empty():
        return "There is nothing to draw: no write to a key-value store is in what was read."
    if not frames and report.background.calls.is_empty():
        read = report.inputs["kind"].str.starts_with("cloudtrail").any()
        what = "The trail that was read holds no call on a key-value store" if read else "No trail was read"
        return f"{what}, so nothing can be said about what the store received."
    if not frames:
        return "Nothing shows which store the writes were for, so there is nothing to draw."
    if homeless:
        count = "1 write is" if homeless == 1 else f"{homeless} writes are"
        return f"{count} not in the picture: nothing shows which store they were for, or there are too many stores."
    return ""
