"""`lostwrite collect`: gathers the evidence about deploys from AWS into a bundle, which is judged offline."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Final

import typer

from analyzer.cli.gathered import summary
from analyzer.cli.gathering import Asked, gather_into, store_lister
from analyzer.cli.options import time
from analyzer.cli.s3 import EndpointUrl, Profile, Region, S3Options
from analyzer.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from analyzer.bundle.writer import Writer
    from analyzer.collect.gather import Gathered

NOTHING: Final = 3
MISSING: Final = 1


def collect(  # noqa: PLR0913 - a parameter for each option
    home: Annotated[
        str | None,
        typer.Argument(
            metavar="[APP/STAGE]", help="The app and the stage of SST whose deploys are looked at."
        ),
    ] = None,
    *,
    output: Annotated[
        str,
        typer.Option(
            "--output",
            "-o",
            metavar="DIR",
            help="The bundle: a folder (what one has already is not fetched again), or FILE.tar.zst.",
        ),
    ],
    update: Annotated[
        str | None,
        typer.Option(
            metavar="ID|latest|last:N",
            help="The newest, the last N, or one by its id or the end of its permalink; default: latest.",
        ),
    ] = None,
    since: Annotated[
        str | None,
        time("Only updates that began then or later; of a --log without times: when its deploy began (UTC)."),
    ] = None,
    until: Annotated[
        str | None,
        time(
            "Only updates that began then or earlier; of a --log without times: when its deploy ended (UTC)."
        ),
    ] = None,
    log: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FILE", help="A deploy log that you have, instead of APP/STAGE or beside it; repeat."
        ),
    ] = None,
    store: Annotated[
        list[str] | None,
        typer.Option(metavar="ARN", help="A store that the deploys wrote to, where no log names it; repeat."),
    ] = None,
    bucket: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="SST's state bucket; default: as the parameter /sst/bootstrap says."
        ),
    ] = None,
    redact: Annotated[
        bool, typer.Option("--redact", help="Leave out values and inputs that no verdict needs.")
    ] = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Say only what was refused, and nothing of the progress.")
    ] = False,
    profile: Profile = None,
    region: Region = None,
    endpoint_url: EndpointUrl = None,
) -> None:
    """Gather the evidence about deploys from AWS into a bundle, for check; reads only."""
    asked = Asked(home, log or [], update, since, until, store or [], bucket)
    request = asked.request()
    options = S3Options(endpoint_url, region, profile)
    with _bundle(output, redact=redact) as made:
        made.ask(asked.words())
        gathered = gather_into(made, request, options, store_lister(options), quiet=quiet)
    _tell(gathered, made, output, quiet=quiet)
    raise typer.Exit(NOTHING if not made.files else MISSING if made.refused else 0)


@contextmanager
def _bundle(output: str, *, redact: bool) -> Iterator[Writer]:
    """The bundle; at the end it is in its place, with all that was gathered, also where the work was interrupted."""
    from analyzer.bundle.pack import is_packed_name, pack
    from analyzer.bundle.writer import Writer

    if output in {"", "-"}:
        raise UsageError("--output names a folder, or one file: FILE.tar.zst")
    with ExitStack() as stack:
        folder = output
        if is_packed_name(output):
            beside = Path(output).parent
            if not beside.is_dir():
                raise UsageError(f"--output {output}: there is no folder {beside}")
            if Path(output).is_dir():
                raise UsageError(f"--output {output}: is a folder: a packed bundle is one file")
            folder = stack.enter_context(TemporaryDirectory(prefix=".lostwrite-", dir=beside))
        try:
            with Writer.open(folder, redact=redact) as writer:
                if folder != output:
                    stack.callback(pack, folder, output)
                yield writer
        except (KeyboardInterrupt, SystemExit):
            goes_on = "; the same command goes on" if folder == output else ""
            typer.echo(f"lostwrite: {output} has what was gathered by now{goes_on}", err=True)
            raise


def _tell(gathered: Gathered, bundle: Writer, place: str, *, quiet: bool) -> None:
    from analyzer.redaction.redact import redacted_text
    from analyzer.reports.clean import clean, no_command

    lines: Sequence[str] = (
        [f"{one.what}: {one.why}" for one in bundle.refused]
        if quiet
        else [
            *summary(gathered, bundle, place),
            *([_next(place)] if bundle.files else []),
        ]
    )
    for line in lines:
        typer.echo(no_command(clean(redacted_text(line))), err=quiet)


def _next(place: str) -> str:
    """What to do with the bundle: a command, where one can be shown that a shell surely reads as it is meant."""
    from analyzer.commands.words import quote

    try:
        return f"Next: lostwrite check {quote(f'./{place}' if place.startswith('-') else place)}"
    except ValueError:
        return (
            "Next: lostwrite check, with the name of this bundle: its name has characters that no shell reads safely:"
            " rename it first"
        )
