"""The parts of the Markdown report about what is not in place: what happened, what proves it, what repairs it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.commands.words import fenced
from analyzer.reports.bounded import Part
from analyzer.reports.defects import cure, defect
from analyzer.reports.effect import effect
from analyzer.reports.markup import code, prose
from analyzer.reports.mending import does
from analyzer.reports.story import grouped, story, title

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from analyzer.reports.report import Report
    from analyzer.reports.story import Story

_MOST: Final = 10
_FEW: Final = 5  # keys of a note


def story_parts(report: Report, bad: pl.DataFrame) -> Iterator[Part]:
    """What happened to the writes of `bad`, rows of `report.writes`, and the commands that repair them."""
    groups: list[list[str]] = grouped(bad, report.evidence)["ids"].to_list()
    told = [
        _told(report, number, story(bad.filter(pl.col("id").is_in(ids)), report.evidence))
        for number, ids in enumerate(groups[:_MOST], start=1)
    ]
    unseen = [""] * (len(groups) - len(told))  # are counted alone
    yield Part("stories", [*told, *unseen], "\n### What happened\n", most=_MOST)
    yield Part("commands", list(_commands(report, bad)), "\n### To put it right\n", most=_MOST)
    yield Part("notes", list(_notes(bad)), "\nOn the commands, or why there is none:\n\n", most=20)


def _notes(bad: pl.DataFrame) -> Iterator[str]:
    """Each note once, with the keys that it is about."""
    keys: dict[str, dict[str, None]] = {}
    for key, note in bad.drop_nulls("remedy_note").select("key", "remedy_note").iter_rows():
        keys.setdefault(note, {})[key or "unknown"] = None
    for note, about in keys.items():
        more = f" and {len(about) - _FEW} more" if len(about) > _FEW else ""
        yield f"- {', '.join(map(code, list(about)[:_FEW]))}{more}: {prose(note)}"


def _told(report: Report, number: int, told: Story) -> str:
    first = told.first
    findings = report.findings.filter(pl.col("write") == first["id"])
    sentence = findings["message"][0] if findings.height else title(first)
    others = f" The same holds for {told.others}." if told.others else ""
    lines = [f"\n**{number}.** {prose(f'{sentence}{others}')}\n"]
    lines += [f"- {name}: {prose(text)}" for name, text in _about(report, told)]
    lines += [
        f"- {line.label}: {prose(line.text)}{f' {code(line.place)}' if line.place else ''}"
        for line in told.lines
    ]
    return "\n".join(lines)


def _about(report: Report, told: Story) -> Iterator[tuple[str, str]]:
    write = told.first
    versions = report.deploys.filter(pl.col("id") == write["deploy"])["tool_version"]
    ran = versions[0] if len(versions) else None
    if write["status"] == "healed":
        yield "since repaired", str(write["healed_by"] or "by a later deploy")
    else:
        yield "effect", effect(told.writes)
    known = defect(write, ran)
    if known is not None:
        yield "known defect", known
    prevention = cure(write, [line.text for line in told.lines], ran)
    if prevention is not None:
        yield "prevent", prevention
    if write["redeploy"] is not None:
        yield "redeploy", str(write["redeploy"])


def _commands(report: Report, bad: pl.DataFrame) -> Iterator[str]:
    """One command for each store; for a write of its own where its store has none."""
    stores = report.stores.filter(pl.col("remedy").is_not_null())
    covered = pl.col("store").is_in(stores["arn"].implode()) | pl.col("remedy").is_in(
        stores["remedy"].implode()
    )
    alone = bad.filter(pl.col("remedy").is_not_null() & ~covered.fill_null(value=False))
    for row in stores.iter_rows(named=True):
        same = bad.filter(pl.col("remedy") == row["remedy"])
        yield _command(f"Store {code(row['arn'])}", same.row(0, named=True) if same.height else row)
    for row in alone.unique("remedy", maintain_order=True).iter_rows(named=True):
        yield _command(f"Key {code(row['key'] or 'unknown')}", row)


def _command(what: str, row: Mapping[str, object]) -> str:
    needs = row["remedy_needs"]
    needed = f" It needs: {prose('; '.join(needs))}." if isinstance(needs, list) else ""
    return f"\n{what}: {prose(does(row))}{needed}\n\n{fenced(str(row['remedy']))}"
