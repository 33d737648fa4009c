"""`lostwrite parse`: the events of deploy logs, as a table, NDJSON, CSV or Parquet; and what each log is."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Annotated, Final, Literal, NoReturn

import typer

from analyzer.cli.options import Color, Colors, FollowLinks, Kind, Logs, Output
from analyzer.cli.s3 import (
    EndpointUrl,
    NoSignRequest,
    Profile,
    Region,
    RequestPayer,
    S3Options,
    s3_settings,
)
from analyzer.cli.streams import guard, own_output, read_stdin, write, write_file
from analyzer.cli.terminal import colored, width
from analyzer.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import polars as pl

    from analyzer.api import LogScan

_UNREAD: Final = 3
_Format = Literal["table", "ndjson", "csv", "parquet"]


def parse(  # noqa: PLR0913 - a parameter for each option
    log: Logs,
    *,
    format: Annotated[  # noqa: A002 - the option's name
        _Format,
        typer.Option(
            help="A table to read, a line of JSON per event, CSV, or a Parquet file (needs --output)."
        ),
    ] = "table",
    output: Output = None,
    color: Colors = "auto",
    kind: Kind = None,
    follow_links: FollowLinks = False,
    explain: Annotated[
        bool, typer.Option("--explain", help="Show what each LOG is taken for, and why.")
    ] = False,
    unrecognised: Annotated[
        bool,
        typer.Option("--unrecognised", help="List the lines of no known form, and what was expected."),
    ] = False,
    endpoint_url: EndpointUrl = None,
    region: Region = None,
    profile: Profile = None,
    no_sign_request: NoSignRequest = False,
    request_payer: RequestPayer = False,
) -> None:
    """Print the events of deploy logs."""
    if format == "parquet" and output is None:
        raise UsageError("--format parquet needs --output FILE")
    if explain and unrecognised:
        raise UsageError("give either --explain or --unrecognised, not both")
    if (explain or unrecognised) and format != "table":
        raise UsageError("--format cannot be combined with --explain or --unrecognised")
    guard(output, log)
    s3 = s3_settings(log, S3Options(endpoint_url, region, profile, no_sign_request, request_payer))

    from analyzer import api
    from analyzer.sources.unread import require_usable

    scan = api.scan_logs(
        log, stdin=read_stdin, kind=kind, left_out=own_output(), follow_links=follow_links, s3=s3
    )
    if explain:
        _explain(scan, output)
        _exit(scan.inputs, log)
    batches = iter(scan)
    first = next(batches, None)
    if first is None:
        require_usable(scan.inputs, log, "deploy log")
    events = batches if first is None else chain([first], batches)
    if unrecognised:
        _unrecognised(events, scan, output)
    else:
        _print(events, format, output, color)
    _exit(scan.inputs, log)


def _print(events: Iterator[pl.DataFrame], form: _Format, output: str | None, color: Color) -> None:
    from analyzer.reports.events import csv, events_table, ndjson
    from analyzer.reports.redacted import redacted_events

    shown = redacted_events(events)
    if form == "ndjson":
        write(chain.from_iterable(map(ndjson, shown)), output)
    elif form == "csv":
        write(csv(shown), output)
    elif form == "parquet":
        _parquet(shown, str(output))
    else:
        to_file = output is not None
        colors = colored(color, to_file=to_file)
        write([events_table(shown, width=width(to_file=to_file), color=colors)], output)


def _parquet(events: Iterator[pl.DataFrame], output: str) -> None:
    from analyzer.reports.events import write_parquet

    write_file(output, lambda file: write_parquet(events, file))


def _explain(scan: LogScan, output: str | None) -> None:
    """A line per source: its name, its kind, why; what gave no source is told on standard error."""
    from analyzer.redaction.redact import redacted_text
    from analyzer.reports.clean import clean

    told = ((source, identity.kind, identity.reason) for source, identity in scan.identities())
    write((clean(redacted_text("  ".join(parts))) + "\n" for parts in told), output)


def _unrecognised(events: Iterator[pl.DataFrame], scan: LogScan, output: str | None) -> None:
    """`SOURCE:LINE: TEXT`, and below it where the grammar stopped."""
    from analyzer.logs.unrecognised import unrecognised
    from analyzer.reports.events import unrecognised_lines
    from analyzer.reports.redacted import redacted_events

    # what was expected is told of the redacted line, which it quotes
    write(unrecognised_lines(unrecognised(redacted_events(events), scan)), output)


def _exit(inputs: pl.DataFrame, named: list[str]) -> NoReturn:
    """Ends with what was wrong on standard error, and with 3 where an input that was named could not be used."""
    from analyzer.sources.unread import unread

    _tell_problems(inputs)
    raise typer.Exit(_UNREAD if unread(named, inputs) else 0)


def _tell_problems(inputs: pl.DataFrame) -> None:
    """A sentence on standard error for each problem: the events themselves have no place for it."""
    from analyzer.redaction.table import redacted_table
    from analyzer.reports.clean import clean

    problems = redacted_table(inputs).explode("problems").drop_nulls("problems").select("source", "problems")
    for source, problem in problems.iter_rows():
        typer.echo(f"lostwrite: {clean(f'{source}: {problem}')}", err=True)
