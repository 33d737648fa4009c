"""`lostwrite parse`: the events of deploy logs, as a table, NDJSON or Parquet."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from analyzer.cli.streams import guard, read_stdin, write
from analyzer.cli.terminal import colored, width
from analyzer.errors import InputError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import polars as pl


def parse(
    log: Annotated[
        list[str],
        typer.Argument(metavar="LOG", help="Deploy logs: files, globs, directories, or - for stdin."),
    ],
    *,
    format: Annotated[  # noqa: A002 - the option's name
        Literal["table", "ndjson", "parquet"],
        typer.Option(help="A table to read, a line of JSON per event, or a Parquet file (needs --output)."),
    ] = "table",
    output: Annotated[str | None, typer.Option(metavar="FILE", help="Write to a file.")] = None,
    color: Annotated[Literal["auto", "always", "never"], typer.Option(help="Colours in the table.")] = "auto",
) -> None:
    """Print the events of deploy logs."""
    if format == "parquet" and output is None:
        raise UsageError("--format parquet needs --output FILE")
    guard(output, log)

    from analyzer import api
    from analyzer.reports.events import redacted_events

    scan = api.scan_logs(log, stdin=read_stdin)
    batches = map(redacted_events, scan)
    first = next(batches, None)
    if first is None:
        _require_usable(scan.inputs, log)
    events = batches if first is None else chain([first], batches)
    if format == "ndjson":
        _ndjson(events, output)
    elif format == "parquet":
        _parquet(events, str(output))
    else:
        _table(events, output, colored(color, to_file=output is not None))
    _tell_problems(scan.inputs)


def _ndjson(events: Iterator[pl.DataFrame], output: str | None) -> None:
    from analyzer.reports.events import ndjson

    write(chain.from_iterable(map(ndjson, events)), output)


def _parquet(events: Iterator[pl.DataFrame], output: str) -> None:
    from analyzer.reports.events import write_parquet

    try:
        write_parquet(events, output)
    except OSError as error:
        raise UsageError(f"--output {output}: cannot be written: {error}") from error


def _table(events: Iterator[pl.DataFrame], output: str | None, color: bool) -> None:
    from analyzer.reports.events import events_table

    write([events_table(events, width=width(to_file=output is not None), color=color)], output)


def _require_usable(inputs: pl.DataFrame, named: list[str]) -> None:
    """Raises InputError, with the first problem, where no input could be used."""
    if (inputs["kind"] != "unusable").any():
        return
    problems = inputs.explode("problems").drop_nulls("problems").select("source", "problems")
    if problems.is_empty():
        raise InputError(", ".join(named), "holds no deploy log")
    raise InputError(*problems.row(0))


def _tell_problems(inputs: pl.DataFrame) -> None:
    """A sentence on standard error for each problem: the events themselves have no place for it."""
    from analyzer.reports.clean import clean

    problems = inputs.explode("problems").drop_nulls("problems").select("source", "problems")
    for source, problem in problems.iter_rows():
        typer.echo(f"lostwrite: {clean(f'{source}: {problem}')}", err=True)
