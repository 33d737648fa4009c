"""`lostwrite check`: which writes of a deploy landed, which did not, and what proves it."""

from __future__ import annotations

from typing import Annotated

import typer

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
from analyzer.cli.options import (
    Colors,
    FollowLinks,
    Jobs,
    Kind,
    Logs,
    Output,
    PublicKeys,
    Selectors,
    SelectorsSince,
    time,
)
from analyzer.cli.progress import bar
from analyzer.cli.streams import guard, read_stdin, tell_unread, write
from analyzer.cli.terminal import colored, width
from analyzer.cli.times import as_written, moment, window
from analyzer.reports.registry import find_name, names
from analyzer.sources.paths import absolute_path

_FORMATS = names()


def check(  # noqa: PLR0913 - a parameter for each option
    log: Logs,
    *,
    trail: Annotated[
        list[str] | None,
        typer.Option(
            metavar="PATH",
            help="CloudTrail log files: a file, a directory or a quoted glob ('t/*.json.gz'); repeat.",
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
    until: Annotated[str | None, time("When it ended; a date alone means the end of that day.")] = None,
    selectors: Selectors = None,
    selectors_since: SelectorsSince = None,
    public_keys: PublicKeys = None,
    jobs: Jobs = None,
    follow_links: FollowLinks = False,
    format: Annotated[  # noqa: A002 - the option's name
        str | None,
        typer.Option(
            metavar="FORMAT",
            help=f"One of: {', '.join(_FORMATS)}; default: text.",
            autocompletion=lambda: list(_FORMATS),
        ),
    ] = None,
    output: Output = None,
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
) -> None:
    """Show which writes landed, and prove it."""
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
    start, end = window(since, until)
    listed_at = None if keys_at is None else moment(keys_at, "--keys-at")
    selected = None if selectors_since is None else moment(selectors_since, "--selectors-since")
    proofs = [*(selectors or []), *([public_keys] if public_keys else [])]
    inputs = [*log, *trails, *map(_file_of, listings), *proofs]
    guard(output, [*inputs, *([] if gated.baseline is None else [gated.baseline])])
    guard_baseline(write_baseline, inputs, [output])
    keep_table = table_keeper()

    from analyzer import api
    from analyzer.reports.nearer import nearer

    with bar() as progress:
        report = api.check(
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
        )
    to_file = output is not None
    if gated.format == "text":
        report = nearer(report, absolute_path("."))
    text = api.render(
        report, gated.format, width=width(to_file=to_file), color=colored(color, to_file=to_file)
    )
    write([text], output)
    tell_unread(report.unread)
    keep_baseline(report, write_baseline)
    accepted = exit_zero or write_baseline is not None
    raise typer.Exit(report.exit_code if report.unread or not accepted else 0)


def _file_of(word: str) -> str:
    """The file in `ARN=FILE`."""
    return word.partition("=")[2] if word.startswith("arn:") else word
