"""The library: what the commands do, without printing (`from analyzer import check`)."""

from __future__ import annotations

from dataclasses import replace
from itertools import filterfalse
from typing import TYPE_CHECKING

import polars as pl

from analyzer.audit.by_content import ByContent
from analyzer.audit.case import Material, concluded, coverage, report_of
from analyzer.bundled import Bundled
from analyzer.gate.exit_code import UNREAD
from analyzer.gate.passing import passed
from analyzer.gate.suppressions import require_rules
from analyzer.gate.terms import Suppression, Terms
from analyzer.logs.read import Logs, LogScan, read_logs
from analyzer.moments import clamped
from analyzer.reports.given import given_window
from analyzer.reports.registry import render
from analyzer.reports.report import Report
from analyzer.sources.contain import contents
from analyzer.sources.find import find
from analyzer.sources.inputs import inputs_table
from analyzer.sources.s3.ahead import held
from analyzer.sources.s3.client import Connection
from analyzer.sources.unread import require_usable, unread
from analyzer.store.fit import fitted, trail_misfit
from analyzer.store.lister import OPTION, LiveListings, list_stores
from analyzer.store.listing import read_listings, word_of
from analyzer.tables import EVENTS, conform, empty
from analyzer.trail.calls.chain import chain as chain_of
from analyzer.trail.read import Reading, read_trail
from analyzer.trail.report import TrailReport
from analyzer.trail.report import trail_report as report_of_trail
from analyzer.trail.trail import Trail
from analyzer.trail.usable import is_blank, require_records, unfit_trail
from analyzer.verdicts.alignment.window import Given
from analyzer.writes.deleted import deleted_stores
from analyzer.writes.intended import intended_writes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date, datetime
    from pathlib import Path

    from analyzer.audit.audit import audit
    from analyzer.severities import Confidence, Severity
    from analyzer.sources.s3.settings import S3Settings
    from analyzer.sources.source import Source
    from analyzer.store.lister import Lister

_NO_STORE = "the deploy logs name no store that could be listed: give it with --store ARN"

__all__ = [
    "LogScan",
    "Report",
    "Suppression",
    "Trail",
    "TrailReport",
    "audit",
    "check",
    "parse_log",
    "render",
    "scan_logs",
    "scan_trail",
    "trail_report",
]


def __getattr__(name: str) -> object:
    """`audit`, when it is asked for: a check need not load it (PEP 562)."""
    if name != "audit":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from analyzer.audit.audit import audit

    return audit


def check(  # noqa: PLR0913 - the options of the command
    logs: Sequence[str | Path],
    *,
    trail: Sequence[str | Path] = (),
    keys: Sequence[str | Path] = (),
    keys_at: datetime | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    fail_on: Severity = "error",
    stdin: Callable[[], bytes] | None = None,
    selectors: Sequence[str | Path] = (),
    selectors_since: datetime | None = None,
    public_keys: str | Path | None = None,
    jobs: int = 1,
    progress: Callable[[int, int], None] | None = None,
    kind: str | None = None,
    follow_links: bool = False,
    keep_table: Callable[[str, pl.DataFrame], object] | None = None,
    live: Lister | None = None,
    stores: Sequence[str] = (),
    min_confidence: Confidence = "low",
    fail_on_doubt: bool = False,
    suppressions: Sequence[Suppression] = (),
    baseline: str | Path | None = None,
    today: date | None = None,
    s3: S3Settings | None = None,
) -> Report:
    """Whether every write that the deploys intended really landed.

    Args:
        logs: deploy logs: files, globs, directories, `s3://BUCKET/PREFIX`, archives of these; and bundles of evidence
            (docs/bundle.md), which bring their trail and listings along. CloudTrail files among them are used as the
            trail, as a shell leaves them there when it expands `--trail *.json.gz`, and key listings for `keys`.
        trail: CloudTrail log files, in the same forms, and digests. Without one nothing can be proven.
        keys: listings of the stores' keys, as `aws cloudfront-keyvaluestore list-keys` and `lostwrite keys` give
            them; `ARN=FILE` says of which store a file is that does not say it.
        keys_at: when they were made, for files that do not say it; else the time of a file's last change counts.
        since: when the deploys began, for logs that hold no times; and for one of which several runs fit.
        until: when they ended, for the same.
        fail_on: the least severity that makes `Report.exit_code` 1.
        stdin: reads standard input, for a log named `-`.
        selectors: what the trails record: output of `aws cloudtrail get-event-selectors`.
        selectors_since: since when they have been so; else only what the available digests show counts.
        public_keys: output of `aws cloudtrail list-public-keys`, to check the signatures of digests.
        jobs: processes that read the trail; 0 for as many as are worth it.
        progress: is called again and again with the numbers of files and bytes of the trail that were read.
        kind: what all `logs` are taken for (docs/formats.md); None: each as its content shows.
        follow_links: whether symbolic links that lead out of a folder are followed.
        keep_table: gets each table of the judgement with its name (`tables.py` in `verdicts/`), to explain a verdict.
        live: lists a live store; every store that the logs name is listed after they were read.
        stores: ARNs of more stores that are listed, for logs that name none.
        min_confidence: the least confidence of a finding that makes `Report.exit_code` 1.
        fail_on_doubt: whether a write that is `unverifiable` does, whatever its findings are.
        suppressions: findings that were accepted; they are marked, and do not count (docs/configuration.md).
        baseline: a file of findings that were there before (`analyzer.gate.baseline`), the same.
        today: the day by which suppressions expire; None: none does.
        s3: how the buckets of words that are addresses in S3 are reached; None: as the environment says. Of a trail in
            a bucket, days that cannot matter to the deploys are left out, and reported in `inputs`.

    An input that was named and is missing, or could not be used, is in `Report.unread`, and makes the exit code 3;
    the report is of the others.

    Raises:
        InputError: no log could be used.
        UsageError: there is no such kind, or no such rule as a suppression names.
    """
    terms = Terms(fail_on, min_confidence, fail_on_doubt, tuple(suppressions), baseline, today)
    require_rules(terms.suppressions)
    zoneless = any(time is not None and time.tzinfo is None for time in (since, until))
    since, until, keys_at, selectors_since = map(clamped, (since, until, keys_at, selectors_since))
    connection = Connection(s3)
    bundled = Bundled(logs, trail, keys)
    log_words, missing = find(bundled.logs, stdin, follow_links=follow_links, s3=connection)
    log_sources, refused = contents(
        held(log_words.and_more([*bundled.log_sources, *bundled.context_sources]))
    )
    missing += [*bundled.log_notes, *refused]
    found = ByContent()
    found.take([] if kind else log_sources)
    read = read_logs(
        log_sources if kind else [source for source, _ in found.logs],
        missing,
        kind,
        identities=[identity for _, identity in found.logs],
        context=[source.name for source in bundled.context_sources],
    )
    require_usable(read.inputs, logs, "deploy log")
    trail_sources, missing_trails = find(
        bundled.trail,
        stdin,
        follow_links=follow_links,
        s3=connection,
        spans=_spans_of_all(read.deploys, since, until),
    )
    signing, selector_files, unfit = bundled.user_files(public_keys, selectors, selectors_since)
    how = Reading(
        around=_spans(read.deploys, since, until),
        keys=signing,
        selector_files=selector_files,
        jobs=jobs,
        progress=progress,
    )
    missing_trails += bundled.trail_notes
    trail_sources = trail_sources.and_more([*found.trail, *bundled.trail_sources])
    recorded = read_trail(trail_sources, missing_trails, how)
    intended = intended_writes(read.events, read.deploys, since=since, until=until)
    listed_now = _live(live, stores, read, intended)
    listing_files = read_listings(
        bundled.keys,
        at=keys_at,
        stdin=stdin,
        more=[*found.listings, *bundled.listing_sources],
        live=listed_now,
        follow_links=follow_links,
        s3=connection,
    )
    key_inputs = pl.concat([listing_files.inputs, inputs_table(bundled.key_notes)])
    listings, strange = fitted(listing_files.table, listing_files.keys, intended, recorded.calls)
    misfits = pl.concat([strange, _strange_trail(intended, recorded)])
    wrong_trail = bool((misfits["kind"] == "trail").any())
    material = Material(
        read,
        intended,
        recorded,
        has_trail=not (is_blank(recorded.inputs) or wrong_trail),
        wrong_trail=wrong_trail,
        listings=listings,
        keys=listing_files.keys,
        given=Given.of(since, until),
        context=_only_of(read.deploys, bundled.context_sources),
    )
    result = concluded(
        material,
        inputs=pl.concat([read.inputs, recorded.inputs, key_inputs, inputs_table([*unfit, *bundled.rows])]),
        misfits=misfits,
        window=given_window(since, until, zoneless=zoneless),
        keep=keep_table,
    )
    case = result.case
    unread_inputs = (
        *unread(logs, case.inputs),
        *(unread(trail, recorded.inputs) or unfit_trail(recorded.inputs, misfits, trail)),
        *unread([word_of(word) for word in keys], key_inputs),
        *((stats.source, stats.problems[0]) for stats in unfit),
        *_unlisted(listed_now, listing_files.inputs, misfits),
    )
    gate = passed(case, terms, unread=bool(unread_inputs))
    return replace(
        report_of(result, gate.findings, listings, recorded.reach),
        exit_code=gate.exit_code,
        unread=(*unread_inputs, *gate.unread),
        baseline=gate.baseline,
    )


def parse_log(path: str | Path, kind: str | None = None) -> pl.DataFrame:
    """EVENTS of one deploy log, all of them, in its order.

    Raises:
        InputError: the log is missing or of no known form.
        UsageError: there is no such kind.
    """
    scan = scan_logs([path], kind=kind)
    batches = list(scan)
    require_usable(scan.inputs, [path], "deploy log")
    return conform(pl.concat(batches), EVENTS) if batches else empty(EVENTS)


def scan_logs(  # noqa: PLR0913 - the options of the command
    logs: Sequence[str | Path],
    stdin: Callable[[], bytes] | None = None,
    kind: str | None = None,
    left_out: Callable[[Source], bool] | None = None,
    *,
    follow_links: bool = False,
    s3: S3Settings | None = None,
) -> LogScan:
    """EVENTS of deploy logs in batches, for logs of any size; `inputs` of the scan shows what was read.

    Args:
        logs: as for `check`, like the two that follow.
        stdin: see there.
        kind: see there.
        left_out: whether a source that was found is not read: where it is the file that the events go to.
        follow_links: whether symbolic links that lead out of a folder are followed.
        s3: as for `check`.

    Raises:
        UsageError: there is no such kind.
    """
    bundled = Bundled(logs)
    found, missing = find(bundled.logs, stdin, follow_links=follow_links, s3=Connection(s3))
    sources = found.and_more(bundled.log_sources)
    plain, refused = contents(held(filterfalse(left_out, sources) if left_out else sources))
    return LogScan(plain, [*missing, *bundled.log_notes, *bundled.told(), *refused], kind)


def scan_trail(paths: Sequence[str | Path], jobs: int = 1, s3: S3Settings | None = None) -> Trail:
    """The calls on key-value stores that CloudTrail recorded, and how far the trail reaches.

    Args:
        paths: CloudTrail files: files, globs, directories, `s3://BUCKET/PREFIX`.
        jobs: processes that read them; 0 for as many as are worth it.
        s3: as for `check`, but that all days are read.

    Raises:
        InputError: none of the files could be used.
    """
    bundled = Bundled(trail=paths)
    sources, missing = find(bundled.trail, s3=Connection(s3))
    missing += [*bundled.trail_notes, *bundled.told()]
    recorded = read_trail(sources.and_more(bundled.trail_sources), missing, Reading(jobs=jobs))
    require_records(recorded.inputs, paths)
    return recorded


def trail_report(  # noqa: PLR0913 - the options of the command
    paths: Sequence[str | Path],
    *,
    store: str | None = None,
    key: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    at: datetime | None = None,
    stdin: Callable[[], bytes] | None = None,
    selectors: Sequence[str | Path] = (),
    selectors_since: datetime | None = None,
    public_keys: str | Path | None = None,
    jobs: int = 1,
    progress: Callable[[int, int], None] | None = None,
    follow_links: bool = False,
    s3: S3Settings | None = None,
) -> TrailReport:
    """What a trail holds and what it can prove, narrowed to a store, a key and a time.

    Args:
        paths: CloudTrail files: files, globs, directories.
        store: only this store: its ARN, or a part of it.
        key: only the calls that name this key.
        since: only calls since then.
        until: only calls until then.
        at: for which time the calls are replayed, to show which keys the store held.
        stdin: reads standard input, for a path named `-`.
        selectors: as for `check`, like those that follow.
        selectors_since: see there.
        public_keys: see there.
        jobs: see there.
        progress: see there.
        follow_links: see there.
        s3: see there; all days are read.

    Raises:
        InputError: none of the files could be used.
    """
    since, until, at, selectors_since = map(clamped, (since, until, at, selectors_since))
    bundled = Bundled(trail=paths)
    signing, selector_files, unfit = bundled.user_files(public_keys, selectors, selectors_since)
    how = Reading(thorough=True, keys=signing, selector_files=selector_files, jobs=jobs, progress=progress)
    sources, missing = find(bundled.trail, stdin, follow_links=follow_links, s3=Connection(s3))
    missing += [*bundled.trail_notes, *bundled.told(), *unfit]
    recorded = read_trail(sources.and_more(bundled.trail_sources), missing, how)
    require_records(recorded.inputs, paths)
    unread_inputs = (
        *unread(paths, recorded.inputs),
        *((stats.source, stats.problems[0]) for stats in unfit),
    )
    covered = coverage(recorded, chain_of(recorded.calls))
    report = report_of_trail(recorded, covered, store=store, key=key, since=since, until=until, at=at)
    return replace(report, exit_code=UNREAD if unread_inputs else 0, unread=unread_inputs)


def _live(lister: Lister | None, stores: Sequence[str], read: Logs, writes: pl.DataFrame) -> LiveListings:
    """The listings of `stores` and of those that WRITES name; nothing without a lister, or without a write."""
    if lister is None or writes.is_empty():
        return LiveListings()
    arns = [*writes["store"].drop_nulls().unique(maintain_order=True), *stores]
    if not arns:
        return LiveListings(failures=((OPTION, _NO_STORE),))
    return list_stores(lister, arns, deleted_stores(read.events, read.deploys, writes))


def _unlisted(live: LiveListings, inputs: pl.DataFrame, misfits: pl.DataFrame) -> list[tuple[str, str]]:
    """The live stores whose listing was not used, and why: such a store was not checked."""
    names = [source.name for source in live.sources]
    unfit = misfits.filter((pl.col("kind") == "keys") & pl.col("source").is_in(names))
    broken = inputs.filter((pl.col("kind") == "unusable") & pl.col("source").is_in(names))
    problems = broken.select("source", pl.col("problems").list.first()).iter_rows()
    return list(dict.fromkeys([*live.failures, *problems, *unfit.select("source", "reason").iter_rows()]))


def _only_of(deploys: pl.DataFrame, sources: Sequence[Source]) -> frozenset[str]:
    """The ids of deploys of which no other source tells."""
    names = [source.name for source in sources]
    other = pl.col("sources").list.set_difference(names).list.len() > 0
    return frozenset(deploys.filter(~other)["id"] if names else ())


def _spans(
    deploys: pl.DataFrame, since: datetime | None, until: datetime | None
) -> list[tuple[datetime, datetime]]:
    """When the deploys ran, as far as that is known."""
    times = deploys.select("started_at", "ended_at").drop_nulls().rows()
    return times + ([(since, until)] if since and until else [])


def _spans_of_all(
    deploys: pl.DataFrame, since: datetime | None, until: datetime | None
) -> list[tuple[datetime, datetime]]:
    """When the deploys ran; nothing where one of them has no time, so that no day of a trail may be left out."""
    ends = pl.coalesce("ended_at", "started_at")
    known = deploys.select(
        start=pl.coalesce("started_at", "ended_at"), end=pl.max_horizontal("started_at", ends)
    )
    times = known.drop_nulls().rows()
    given = [(since, until)] if since and until else []
    return times + given if given or len(times) == deploys.height else []


def _strange_trail(writes: pl.DataFrame, trail: Trail) -> pl.DataFrame:
    """MISFITS: the trail, where it is of another account or Region than the stores."""
    files = trail.inputs.filter(pl.col("kind") != "unusable")["source"]
    first = "" if files.is_empty() else str(files.first())
    return trail_misfit(writes, trail.calls, trail.accounts, trail.regions, first)
