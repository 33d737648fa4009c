"""`lostwrite check`: which writes of a deploy landed, which did not, and what proves it."""

from __future__ import annotations

import os
from contextlib import nullcontext
from dataclasses import replace
from typing import Annotated

import typer

from analyzer.cli.collecting import Bundle, Collect, Update, collecting
from analyzer.cli.debug import table_keeper
from analyzer.cli.gating import (
    Baseline,
    ConfigFile,
    FailOn,
    FailOnDoubt,
    MinConfidence,
    NoConfig,
    NoSuppress,
    WriteBaseline,
    gate,
    guard_baseline,
    keep_baseline,
    known_baseline,
)
from analyzer.cli.live import Live, Stores, Wait, lister
from analyzer.cli.made_by import made_by
from analyzer.cli.options import (
    Colors,
    FollowLinks,
    Jobs,
    Kind,
    Logs,
    Output,
    PublicKeys,
    Quiet,
    Selectors,
    SelectorsSince,
    Verbose,
    file_of,
    time,
)
from analyzer.cli.outputs import guard_all, outputs, publish
from analyzer.cli.progress import bar
from analyzer.cli.s3 import (
    EndpointUrl,
    NoSignRequest,
    Profile,
    Region,
    RequestPayer,
    S3Options,
    s3_settings,
)
from analyzer.cli.streams import read_stdin, tell_unread
from analyzer.cli.times import as_written, moment, window
from analyzer.cli.wait import patient
from analyzer.errors import UsageError
from analyzer.reports.registry import find_name, names

_FORMATS = names()


def check(  # noqa: PLR0913 - a parameter for each option
    context: typer.Context,
    log: Logs,
    *,
    trail: Annotated[
        list[str] | None,
        typer.Option(
            metavar="PATH",
            help="CloudTrail's log files: a file, a directory, s3://BUCKET/PREFIX or a quoted glob ('t/*.json.gz'); "
            "repeat.",
        ),
    ] = None,
    keys: Annotated[
        list[str] | None,
        typer.Option(
            metavar="[ARN=]FILE",
            help="Listings of the store's keys: aws cloudfront-keyvaluestore list-keys, or lostwrite keys; repeat.",
        ),
    ] = None,
    keys_at: Annotated[
        str | None,
        time("When the keys were listed (UTC); default: the time in the file, else the file's date."),
    ] = None,
    since: Annotated[
        str | None, time("When the deploy began, if the log has no times, or several runs fit it (UTC).")
    ] = None,
    until: Annotated[
        str | None, time("When the deploy ended (UTC); a date alone means the end of that day.")
    ] = None,
    selectors: Selectors = None,
    selectors_since: SelectorsSince = None,
    public_keys: PublicKeys = None,
    jobs: Jobs = None,
    follow_links: FollowLinks = False,
    format: Annotated[  # noqa: A002 - the option's name
        str | None,
        typer.Option(
            metavar="FORMAT",
            help=f"One of: {', '.join(_FORMATS)}; default: text, in GitHub Actions github and a summary.",
            autocompletion=lambda: list(_FORMATS),
        ),
    ] = None,
    output: Output = None,
    report: Annotated[
        list[str] | None,
        typer.Option(metavar="FORMAT=FILE", help="Write one more report; - is standard output; repeat."),
    ] = None,
    fail_on: FailOn = None,
    min_confidence: MinConfidence = None,
    fail_on_doubt: FailOnDoubt = None,
    baseline: Baseline = None,
    write_baseline: WriteBaseline = None,
    no_suppress: NoSuppress = False,
    config: ConfigFile = None,
    no_config: NoConfig = False,
    exit_zero: Annotated[
        bool,
        typer.Option(
            "--exit-zero", help="Exit with 0 even if there are findings; an unusable input is still 3."
        ),
    ] = False,
    color: Colors = "auto",
    kind: Kind = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
    live: Live = False,
    store: Stores = None,
    endpoint_url: EndpointUrl = None,
    region: Region = None,
    profile: Profile = None,
    no_sign_request: NoSignRequest = False,
    request_payer: RequestPayer = False,
    wait: Wait = None,
    collect: Collect = False,
    update: Update = None,
    bundle: Bundle = None,
) -> None:
    """Show which writes of a deploy landed, which did not, and why."""
    if quiet and verbose:
        raise UsageError("--quiet and --verbose: give one of them")
    trails, listings = trail or [], keys or []
    if format is not None:
        find_name(format)
    given = {
        "fail-on": fail_on,
        "min-confidence": min_confidence,
        "fail-on-doubt": fail_on_doubt,
        "baseline": baseline,
        "format": format,
        "jobs": jobs,
    }
    gated = gate(given, config=config, no_config=no_config, no_suppress=no_suppress)
    wanted = outputs(gated.format, report or [], output, os.environ)
    start, end = window(since, until)
    listed_at = None if keys_at is None else moment(keys_at, "--keys-at")
    selected = None if selectors_since is None else moment(selectors_since, "--selectors-since")
    proofs = [*(selectors or []), *([public_keys] if public_keys else [])]
    inputs = [*log, *trails, *map(file_of, listings), *proofs]
    inputs += [] if gated.config is None else [gated.config]
    guard_all(wanted, [*inputs, *([] if gated.baseline is None else [gated.baseline])])
    guard_baseline(write_baseline, inputs, [place.file for place in wanted])
    keep_table = table_keeper()
    stores = store or []
    options = S3Options(endpoint_url, region, profile, no_sign_request, request_payer)
    s3 = s3_settings([*log, *trails, *map(file_of, listings)], options, live=True, gathers=collect)
    gathered = collecting(
        log,
        collect=collect,
        update=update,
        bundle=bundle,
        stores=stores,
        since=since,
        until=until,
        options=options,
        live=live,
        quiet=quiet,
    )
    buckets = s3 is not None or collect
    live_lister = lister([] if collect else stores, endpoint_url, region, live=live, buckets=buckets)

    from analyzer import api

    judging = nullcontext(api.check) if gathered is None else gathered.judging(api.check)
    with bar(hidden=quiet or collect) as progress, judging as judge:
        found = patient(judge, wait, trails, quiet=quiet, gathers=collect)(
            log,
            trail=trails,
            keys=listings,
            keys_at=listed_at,
            since=as_written(start, since),
            until=as_written(end, until),
            fail_on=gated.fail_on,
            min_confidence=gated.min_confidence,
            fail_on_doubt=gated.fail_on_doubt,
            suppressions=gated.suppressions,
            baseline=known_baseline(gated.baseline, write_baseline),
            today=gated.today,
            stdin=read_stdin,
            selectors=selectors or [],
            selectors_since=selected,
            public_keys=public_keys,
            jobs=gated.jobs or 0,
            progress=progress,
            follow_links=follow_links,
            kind=kind,
            keep_table=keep_table,
            live=live_lister,
            stores=stores,
            s3=s3,
        )
    publish(replace(found, made_by=made_by(context)), wanted, color, verbosity=verbose - quiet)
    tell_unread(found.unread)
    if gathered is not None:
        gathered.tell(found, waited=wait is not None)
    keep_baseline(found, write_baseline)
    accepted = exit_zero or write_baseline is not None
    raise typer.Exit(found.exit_code if found.unread or not accepted else 0)
