"""`lostwrite collect`: gathers the evidence about deploys from AWS into a bundle, which is judged offline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

import typer

from analyzer.cli.gathered import summary
from analyzer.cli.gathering import Asked, gather_into, store_lister
from analyzer.cli.options import time
from analyzer.cli.s3 import EndpointUrl, Profile, Region, S3Options

if TYPE_CHECKING:
    from collections.abc import Sequence

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
            help="The bundle: a folder of its own; one that is there is gone on with.",
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
    from analyzer.bundle.writer import Writer

    asked = Asked(home, log or [], update, since, until, store or [], bucket)
    request = asked.request()
    options = S3Options(endpoint_url, region, profile)
    with Writer.open(output, redact=redact) as bundle:
        bundle.ask(asked.words())
        gathered = gather_into(bundle, request, options, store_lister(options), quiet=quiet)
    _tell(gathered, bundle, output, quiet=quiet)
    raise typer.Exit(NOTHING if not bundle.files else MISSING if bundle.refused else 0)


def _tell(gathered: Gathered, bundle: Writer, place: str, *, quiet: bool) -> None:
    from analyzer.commands.words import quote
    from analyzer.redaction.redact import redacted_text
    from analyzer.reports.clean import clean

    lines: Sequence[str] = (
        [f"{one.what}: {one.why}" for one in bundle.refused]
        if quiet
        else [
            *summary(gathered, bundle, place),
            *([f"Next: lostwrite check {quote(place)}"] if bundle.files else []),
        ]
    )
    for line in lines:
        typer.echo(clean(redacted_text(line)), err=quiet)
