"""The sections below the picture: the commands, what would decide, every write, the evidence, what was read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.commands.words import plain
from analyzer.reports.answer import NOT_IN_PLACE
from analyzer.reports.mending import does
from analyzer.reports.names import listed, short_name
from analyzer.reports.page.items import ORDER
from analyzer.reports.page.moments import as_time, clock, moment
from analyzer.reports.reading import reading
from analyzer.reports.settling import alike, together

if TYPE_CHECKING:
    from datetime import datetime

    from analyzer.reports.report import Report

_EACH: Final = 1_000  # writes with a row of their own
_KEYS: Final = 50  # of a step, where it has one row
_COMMANDS: Final = 10
_PROBLEMS: Final = 50
_CURES: Final = 5


@dataclass(frozen=True, slots=True)
class Command:
    """A command to copy.

    Attributes:
        title: what it is for.
        notes: what it does, needs and leaves out.
        text: it; empty where there is none.
    """

    title: str
    notes: list[str]
    text: str


@dataclass(frozen=True, slots=True)
class Cell:
    """A row of the table of writes."""

    verdict: str
    step: str
    key: str
    entry: str
    began: str
    recorded: str
    sure: str
    more: str = ""


def commands(report: Report, homes: pl.DataFrame, tails: dict[str, tuple[datetime, str]]) -> list[Command]:
    """One command for each store that holds all lost writes of it.

    Args:
        report: it.
        homes: writes as `with_home` gives them.
        tails: of each store the time and the ETag of its last known state.
    """
    found = []
    for row in report.stores.filter(pl.col("remedy").is_not_null()).head(_COMMANDS).iter_rows(named=True):
        notes = [does(row)]
        tail = tails.get(str(row["arn"]))
        if tail is not None:
            notes.append(f"Made for the state of {moment(tail[0], None)} UTC, ETag {tail[1]}.")
        if isinstance(row["remedy_needs"], list):
            notes.append(f"It needs: {'; '.join(row['remedy_needs'])}.")
        if row["remedy_note"] is not None:
            notes.append(f"{row['remedy_note']}.")
        found.append(Command(f"Store {short_store(row['arn'])}", notes, plain(str(row["remedy"]))))
    whole = report.stores.filter(pl.col("remedy").is_not_null()).select(home="arn", all_of_it="remedy")
    singles = (
        homes.filter(pl.col("remedy").is_not_null())
        .join(whole, on="home", how="left", maintain_order="left")
        .filter(
            pl.col("all_of_it").is_null()
            | (
                pl.col("store").is_null()
                & ~pl.col("all_of_it").str.contains(pl.coalesce("entry", "key"), literal=True)
            )
        )
        .unique("remedy", keep="first", maintain_order=True)
    )
    for write in singles.head(_COMMANDS - len(found)).iter_rows(named=True):
        notes = [does(write)]
        if isinstance(write["remedy_needs"], list):
            notes.append(f"It needs: {'; '.join(write['remedy_needs'])}.")
        found.append(Command(str(write["entry"] or write["key"] or ""), notes, plain(str(write["remedy"]))))
    left = whole.height + singles.height - len(found)
    if left:
        found.append(Command(f"{left} more", ["The JSON report has these commands."], ""))
    return found


def cures(report: Report) -> list[str]:
    """What is said beside the commands: why there is none, and what to do against the cause."""
    bad = report.writes.filter(pl.col("verdict").is_in(NOT_IN_PLACE))
    notes = bad.select("remedy", "remedy_note").drop_nulls("remedy_note").unique(maintain_order=True)
    told = [note if remedy is not None else f"no command: {note}" for remedy, note in notes.iter_rows()]
    notes_of_all = [f"{text[0].upper()}{text[1:]}" for text in dict.fromkeys(told) if text]
    left = len(notes_of_all) - _CURES
    return notes_of_all[:_CURES] + ([f"… and {left} more; the JSON report has all."] if left > 0 else [])


def short_store(arn: object) -> str:
    """The beginning of a store's id."""
    return str(arn).rpartition("/")[2].partition("-")[0]


@dataclass(frozen=True, slots=True)
class Way:
    """What would decide some writes: for which, and the steps with the times from which on they help."""

    which: str
    steps: list[Command]


def ways(report: Report) -> tuple[list[Way], int]:
    """What would decide the doubts, and how many groups of writes are left out."""
    groups = alike(report)
    found = []
    for ids in groups[:_COMMANDS]:
        mine = report.writes.filter(pl.col("id").is_in(ids))
        names = [
            str(row["entry"] or row["key"] or short_name(row["name"])) for row in mine.iter_rows(named=True)
        ]
        steps = []
        for step in together(report.settle.filter(pl.col("write").is_in(ids))).iter_rows(named=True):
            when = [] if step["when"] is None else [f"From {moment(step['when'], None)} UTC on."]
            text = "" if step["command"] is None else plain(str(step["command"]))
            steps.append(Command(f"{step['what'][0].upper()}{step['what'][1:]}.", when, text))
        found.append(Way(listed(list(dict.fromkeys(names))), steps))
    return found, max(len(groups) - _COMMANDS, 0)


def table(writes: pl.DataFrame, calls: pl.DataFrame) -> tuple[list[Cell], str]:
    """The rows of `Every write`, what is not in place first, and what is left out of it.

    Args:
        writes: as `timed` gives them.
        calls: CALLS.
    """
    ordered = writes.sort(
        pl.col("verdict").cast(pl.Enum(ORDER)),
        pl.coalesce("begin", "start"),
        nulls_last=True,
        maintain_order=True,
    )
    answered = calls.filter(pl.col("event_id").is_in(ordered["event_id"].drop_nulls().unique().implode()))
    times = dict(answered.group_by("event_id").agg(pl.col("at").first()).iter_rows())
    whole = len({at.date() for at in (*times.values(), *ordered["begin"].drop_nulls()) if at is not None}) > 1
    if ordered.height <= _EACH:
        return [_cell(row, times, whole=whole) for row in ordered.iter_rows(named=True)], ""
    parts = ordered.group_by("operation", "verdict", maintain_order=True).agg(
        pl.exclude("operation", "verdict").first(),
        pl.len().alias("count"),
        pl.coalesce("entry", "key").drop_nulls().head(_KEYS).alias("names"),
    )
    shown = parts.head(_EACH)
    cells = [_cell(row, times, whole=whole) for row in shown.iter_rows(named=True)]
    left = f"A row stands for one step, with up to {_KEYS} of its keys; the rest is in the JSON report."
    if parts.height > _EACH:
        left += f" {parts.height - _EACH} more steps are not shown."
    return cells, left


def _cell(row: dict[str, object], times: dict[str, datetime], *, whole: bool) -> Cell:
    def told(at: datetime | None) -> str:
        return "" if at is None else moment(at, None) if whole else clock(at)

    names, count = row.get("names"), int(str(row.get("count", 1)))
    many = isinstance(names, list) and count > 1
    key = ", ".join(map(str, names)) if many and isinstance(names, list) else str(row["key"] or "unknown")
    beyond = count - len(names) if many and isinstance(names, list) else 0
    return Cell(
        verdict=str(row["verdict"]),
        step=short_name(row["name"]),
        key=key,
        entry="" if many else str(row["entry"] or ""),
        began=told(as_time(row["begin"])),
        recorded=told(times.get(str(row["event_id"]))),
        sure="" if row["verdict"] == "unverifiable" else str(row["confidence"] or ""),
        more=f"and {beyond} more" if beyond > 0 else "",
    )


@dataclass(frozen=True, slots=True)
class Inputs:
    """What was read."""

    sentences: list[str]
    files: list[str]
    problems: list[tuple[str, str]]
    left: int
    ends: str


def inputs(report: Report) -> Inputs:
    """What was read, what could not be, and where the trail ends."""
    problems = report.inputs.explode("problems").drop_nulls("problems").select("source", "problems").rows()
    unread = [(name, why) for name, why in report.unread if (name, why) not in problems]
    told = [*problems, *unread]
    files = report.inputs.select("source", "kind").rows()
    end = as_time(report.background.calls["at"].max())
    window = [] if report.window is None else [f"{str(report.window).capitalize()}."]
    return Inputs(
        sentences=[*reading(report.inputs), *window],
        files=[f"{source} ({kind})" for source, kind in files[:_PROBLEMS]],
        problems=told[:_PROBLEMS],
        left=max(len(files) - _PROBLEMS, 0) + max(len(told) - _PROBLEMS, 0),
        ends="" if end is None else f"The last record of a key-value store is of {moment(end, None)} UTC.",
    )
