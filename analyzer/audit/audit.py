"""An audit as a whole: the words of the command → a catalogue that is up to date, and the report of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from analyzer.audit.catalogue.folder import Folder
from analyzer.audit.catalogue.lock import locked
from analyzer.audit.catalogue.manifest import read_manifest
from analyzer.audit.diff import changes, earlier_of, read_earlier
from analyzer.audit.executors.serial import Serial
from analyzer.audit.progress import silent
from analyzer.audit.run import How, run
from analyzer.audit.view import Asked, View, report_of
from analyzer.bundled import Bundled
from analyzer.gate.terms import Terms
from analyzer.moments import clamped
from analyzer.sources.paths import is_folder
from analyzer.sources.s3.client import Connection
from analyzer.sources.unread import unread
from analyzer.sources.walk import printable
from analyzer.store.listing import word_of
from analyzer.trail.reading import Reading

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from analyzer.audit.diff import Earlier
    from analyzer.audit.interface import Executor
    from analyzer.audit.inventory import Role
    from analyzer.audit.progress import Listener
    from analyzer.audit.report import AuditReport
    from analyzer.audit.run import Ran
    from analyzer.sources.s3.settings import S3Settings

CATALOGUE: Final = ".lostwrite"


def audit(  # noqa: PLR0913 - the options of the command
    words: Sequence[str | Path],
    *,
    trail: Sequence[str | Path] = (),
    keys: Sequence[str | Path] = (),
    app: str | None = None,
    stage: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    catalogue: str | Path = CATALOGUE,
    executor: Executor | None = None,
    rebuild: bool = False,
    verify: bool = False,
    diff: str | Path | None = None,
    selectors: Sequence[str | Path] = (),
    selectors_since: datetime | None = None,
    public_keys: str | Path | None = None,
    progress: Listener = silent,
    follow_links: bool = False,
    terms: Terms = Terms(),  # noqa: B008 - it is frozen
    s3: S3Settings | None = None,
) -> AuditReport:
    """What became of the writes of many deploys, with a catalogue that later audits go on with (docs/audit.md).

    Args:
        words: homes of SST, folders of deploy logs, files, globs, `s3://BUCKET/PREFIX`. CloudTrail files and listings
            among them are used as such.
        trail: CloudTrail log files and digests.
        keys: listings of the stores' keys, as for `check`.
        app: report only deploys of this application; all are judged.
        stage: the same of a stage.
        since: the same of deploys that began then or later.
        until: the same of deploys that began then or before.
        catalogue: the folder of the catalogue; it is made where it is not there.
        executor: does the work; None: this process.
        rebuild: read and judge anew everything that is there. What is gone by now stays as it was read.
        verify: compare the bytes of all sources with what was read, and not only of those with another size or time.
        diff: an earlier audit, with which this one is compared: its JSON report, or its catalogue. Where that is the
            one of this audit, as it was before.
        selectors: what the trails record: output of `aws cloudtrail get-event-selectors`.
        selectors_since: since when they have been so.
        public_keys: output of `aws cloudtrail list-public-keys`.
        progress: hears how far the audit is.
        follow_links: whether symbolic links that lead out of a folder are followed.
        terms: what counts for the exit code.
        s3: how buckets are reached.

    An input that was named and is missing, or could not be used, is in `AuditReport.unread`, and makes the exit code
    3; the report is of the others. So it is with what was read before and is gone: that still counts.

    Raises:
        InputError: the catalogue cannot be used: another audit writes it, it is of a newer version, or damaged; or
            `diff` is no report of an audit.
    """
    asked = Asked(app, stage, clamped(since), clamped(until))
    earlier = None if diff is None else _earlier(diff, asked)
    folder = Folder(Path(catalogue))
    bundled = Bundled(words, trail, keys)
    files = bundled.files()
    signing, selector_files, unfit = bundled.user_files(public_keys, selectors, clamped(selectors_since))
    reading = Reading(thorough=True, keys=signing, selector_files=selector_files)
    how = How(
        rebuild=rebuild,
        verify=verify,
        follow_links=follow_links,
        reading=reading,
        progress=progress,
        s3=Connection(s3),
        notes=[*bundled.log_notes, *bundled.trail_notes, *bundled.key_notes, *bundled.told()],
    )
    named: dict[Role, Sequence[str | Path]] = {"log": words, "trail": trail, "keys": keys}
    with locked(folder), executor or Serial() as working:
        ran = run(folder, files, working, how)
        view = View(folder, ran.manifest)
        unfit_files = [(stats.source, stats.problems[0]) for stats in unfit]
        missing = (*_unread(named, ran, view), *unfit_files)
        spoken = (ran.latest.first, ran.latest.reach)
        report = report_of(view, asked, terms, missing, spoken)
    return report if earlier is None else replace(report, changes=changes(report, earlier))


def _earlier(diff: str | Path, asked: Asked) -> Earlier:
    if not is_folder(diff):
        return read_earlier(diff)
    folder = Folder(Path(diff))
    with locked(folder):
        return earlier_of(report_of(View(folder, read_manifest(folder)), asked, Terms(), ()))


def _unread(named: dict[Role, Sequence[str | Path]], ran: Ran, view: View) -> tuple[tuple[str, str], ...]:
    """The words of which nothing could be used, and why."""
    inputs = view.table("inputs")
    missing = [
        (stats.source, stats.problems[0])
        for unusable in ran.seen.unread.values()
        for stats in unusable
        if stats.source in {printable(str(word)) for words in named.values() for word in words}
    ]
    found = [
        *unread(named["log"], inputs),
        *(unread(named["trail"], inputs) or (ran.latest.unfit if named["trail"] else ())),
        *unread([word_of(word) for word in named["keys"]], inputs),
    ]
    return tuple(dict.fromkeys([*missing, *found]))
