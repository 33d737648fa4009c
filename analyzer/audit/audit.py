"""The whole of `lostwrite audit`: words → a catalogue brought up to date → the report of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from analyzer.audit.catalogue.folder import Folder
from analyzer.audit.catalogue.lock import locked
from analyzer.audit.catalogue.manifest import read_manifest
from analyzer.audit.diff import changes, earlier_of, read_earlier
from analyzer.audit.run import run
from analyzer.audit.view import View, report_of
from analyzer.gate.terms import Terms
from analyzer.sources.paths import is_folder

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from analyzer.audit.diff import Earlier
    from analyzer.audit.interface import Executor
    from analyzer.audit.inventory import Inventory, Role
    from analyzer.audit.report import AuditReport
    from analyzer.audit.run import How
    from analyzer.audit.view import Asked


def audit(  # noqa: PLR0913 - what a user may ask for
    words: Mapping[Role, Sequence[str]],
    catalogue: str | Path,
    executor: Executor,
    how: How,
    asked: Asked,
    *,
    terms: Terms = Terms(),
    diff: str | None = None,
) -> AuditReport:
    """Reads what is new, judges what it changes, and reports on all that the catalogue then has.

    Args:
        words: paths and globs, by what they were named for.
        catalogue: its folder, which is made where it is not there.
        executor: not yet started; it is ended here.
        how: how it is read.
        asked: which deploys the report is about.
        terms: what counts for the exit code.
        diff: an earlier audit to compare with: a catalogue (this one too: as it was), or a JSON report.

    Raises:
        InputError: the catalogue or the earlier audit cannot be used, or a cluster does not answer.
    """
    folder = Folder(Path(catalogue))
    with locked(folder):
        earlier = None if diff is None else _earlier(diff, asked)
        with executor as started:
            ran = run(folder, words, started, how)
        report = report_of(View(folder, ran.manifest), asked, terms, _unread(ran.seen))
    return report if earlier is None else replace(report, changes=changes(report, earlier))


def _earlier(diff: str, asked: Asked) -> Earlier:
    if not is_folder(diff):
        return read_earlier(diff)
    folder = Folder(Path(diff))
    return earlier_of(report_of(View(folder, read_manifest(folder)), asked, Terms(), ()))


def _unread(seen: Inventory) -> tuple[tuple[str, str], ...]:
    """The words that gave nothing, and why."""
    return tuple(
        (stats.source, stats.problems[0] if stats.problems else "cannot be used")
        for of_role in seen.unread.values()
        for stats in of_role
    )
