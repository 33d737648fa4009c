"""`lostwrite trail`: what a trail holds, what it can prove, and the timeline of a store or a key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from analyzer.cli.options import (
    Color,
    Colors,
    FollowLinks,
    Jobs,
    Output,
    PublicKeys,
    Selectors,
    SelectorsSince,
    time,
)
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
from analyzer.cli.streams import guard, read_stdin, tell_unread, write, write_file
from analyzer.cli.terminal import colored, width
from analyzer.cli.times import moment, window
from analyzer.errors import UsageError

if TYPE_CHECKING:
    from analyzer.trail.report import TrailReport

_Format = Literal["text", "json", "ndjson", "parquet"]


def trail(  # noqa: PLR0913 - a parameter for each option
    path: Annotated[
        list[str],
        typer.Argument(
            metavar="PATH...",
            help="CloudTrail files: files, globs, directories, s3://BUCKET/PREFIX, or - for stdin.",
        ),
    ],
    *,
    store: Annotated[
        str | None, typer.Option(metavar="ARN", help="Only this store: its ARN, or a part of it.")
    ] = None,
    key: Annotated[str | None, typer.Option(metavar="KEY", help="Only calls that name this key.")] = None,
    since: Annotated[str | None, time("Only calls since then (UTC).")] = None,
    until: Annotated[
        str | None, time("Only calls until then; a date alone means the end of that day.")
    ] = None,
    at: Annotated[str | None, time("Which keys the store held then, as far as the calls show.")] = None,
    selectors: Selectors = None,
    selectors_since: SelectorsSince = None,
    public_keys: PublicKeys = None,
    jobs: Jobs = None,
    follow_links: FollowLinks = False,
    format: Annotated[  # noqa: A002 - the option's name
        _Format,
        typer.Option(help="ndjson and parquet contain only the calls; parquet needs --output."),
    ] = "text",
    output: Output = None,
    color: Colors = "auto",
    endpoint_url: EndpointUrl = None,
    region: Region = None,
    profile: Profile = None,
    no_sign_request: NoSignRequest = False,
    request_payer: RequestPayer = False,
) -> None:
    """Show what a trail contains and proves. With --store or --key: the timeline of that store or key."""
    if format == "parquet" and output is None:
        raise UsageError("--format parquet needs --output FILE")
    start, end = window(since, until)
    replayed = None if at is None else moment(at, "--at", end_of_day=True)
    selected = None if selectors_since is None else moment(selectors_since, "--selectors-since")
    guard(output, [*path, *(selectors or []), *([public_keys] if public_keys else [])])
    s3 = s3_settings(path, S3Options(endpoint_url, region, profile, no_sign_request, request_payer))

    from analyzer import api

    with bar() as progress:
        report = api.trail_report(
            path,
            store=store,
            key=key,
            since=start,
            until=end,
            at=replayed,
            stdin=read_stdin,
            selectors=selectors or [],
            selectors_since=selected,
            public_keys=public_keys,
            jobs=jobs or 0,
            progress=progress,
            follow_links=follow_links,
            s3=s3,
        )
    _write(report, format, output, color)
    tell_unread(report.unread)
    raise typer.Exit(report.exit_code)


def _write(found: TrailReport, form: _Format, output: str | None, color: Color) -> None:
    from analyzer.reports import trail_json, trail_text
    from analyzer.reports.redacted import redacted_trail

    report = redacted_trail(found)
    if form == "text":
        to_file = output is not None
        painted = colored(color, to_file=to_file)
        write([trail_text.render(report, width=width(to_file=to_file), color=painted)], output)
    elif form == "json":
        write([trail_json.render(report)], output)
    elif form == "ndjson":
        write(trail_json.ndjson(report), output)
    else:
        write_file(str(output), lambda file: trail_json.write_parquet(report, file))
