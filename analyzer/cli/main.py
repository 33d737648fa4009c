"""The program `lostwrite`: its commands, and what becomes of each error.

Exit codes: 0 no finding counts (`--fail-on` and its like); 1 findings; 2 wrong usage, or an output that cannot be
written; 3 an input that was named is missing or unusable; 4 an internal error; 130 interrupted by Ctrl-C, 143 by
SIGTERM (docs/configuration.md).
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from analyzer.cli.commands import CODES, Commands
from analyzer.cli.debug import wants_traceback
from analyzer.errors import InputError, UsageError
from analyzer.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Sequence

USAGE, INPUT, INTERNAL, INTERRUPTED = 2, 3, 4, 130


app = typer.Typer(
    name="lostwrite",
    cls=Commands,
    help="Did every write that a deploy intended really land? Reads deploy logs and CloudTrail; changes nothing.",
    epilog=f"\b\nBegin with:  lostwrite check .sst/pulumi/*/eventlog.json --live\n\n{CODES}",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(*, wanted: bool) -> None:
    if wanted:
        typer.echo(f"lostwrite {VERSION}")
        raise typer.Exit


@app.callback()
def _program(
    version: Annotated[
        bool,
        typer.Option("--version", "-V", callback=_print_version, is_eager=True, help="Print the version."),
    ] = False,
) -> None:
    pass


def main() -> None:
    """Runs the program with the process's arguments and exits."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Runs the program and gives its exit code; every error becomes one sentence on standard error."""
    try:
        app(args=list(arguments), prog_name="lostwrite", obj=list(arguments))
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else int(stop.code is not None)
    except KeyboardInterrupt:
        return INTERRUPTED
    except UsageError as error:
        return _fail(str(error), USAGE)
    except InputError as error:
        return _fail(str(error), INPUT)
    except BaseException as error:  # noqa: BLE001 - a panic of polars is no Exception, and is a defect all the same
        return _internal(error)
    return 0


def _fail(message: str, code: int) -> int:
    from analyzer.redaction.redact import redacted_text
    from analyzer.reports.clean import clean

    typer.echo(f"lostwrite: {clean(redacted_text(message))}", err=True)
    return code


def _internal(error: BaseException) -> int:
    """Says that it is a defect, and where; the message itself may quote an input, so it waits for the debug mode."""
    import traceback

    if wants_traceback():
        traceback.print_exception(error)
    if type(error).__name__ == "ZoneInfoNotFoundError":  # polars names UTC, and Python looks it up
        return _fail("this system has no time zone data: install it (pip install tzdata)", INTERNAL)
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {os.path.basename(frames[-1].filename)}:{frames[-1].lineno}" if frames else ""  # noqa: PTH119
    sentence = (
        f"internal error ({type(error).__name__}{place}): this is a defect of lostwrite {VERSION}; please report it"
        " with the command and what it prints with LOSTWRITE_DEBUG=1, after you have checked both for secrets"
    )
    return _fail(sentence, INTERNAL)
