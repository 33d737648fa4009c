"""`lostwrite audit`: what became of the writes of many deploys, and which of the lost ones still are."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from analyzer.audit.reports.registry import names
from analyzer.cli.audit_outputs import publish, publish_folders, wanted
from analyzer.cli.audit_progress import shown
from analyzer.cli.gating import ConfigFile, FailOn, FailOnDoubt, MinConfidence, NoConfig, gate
from analyzer.cli.made_by import made_by
from analyzer.cli.options import (
    Colors,
    FollowLinks,
    Output,
    PublicKeys,
    Selectors,
    SelectorsSince,
    file_of,
    time,
)
from analyzer.cli.s3 import (
    EndpointUrl,
    NoSignRequest,
    Profile,
    Region,
    RequestPayer,
    S3Options,
    s3_settings,
)
from analyzer.cli.streams import tell_unread
from analyzer.cli.times import moment, window
from analyzer.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

_FORMATS = names()
_CATALOGUE = ".lostwrite"


def audit(  # noqa: PLR0913 - a parameter for each option
    context: typer.Context,
    home: Annotated[
        list[str],
        typer.Argument(
            metavar="HOME...",
            help="SST homes, folders of deploy logs of any kind, files, quoted globs, s3:// addresses.",
        ),
    ],
    *,
    trail: Annotated[
        list[str] | None,
        typer.Option(
            metavar="PATH",
            help="CloudTrail's log files: a file, a directory or a quoted glob ('t/*.json.gz'); repeat.",
        ),
    ] = None,
    keys: Annotated[
        list[str] | None,
        typer.Option(
            metavar="[ARN=]FILE",
            help="Listings of the stores' keys: aws cloudfront-keyvaluestore list-keys, or lostwrite keys; repeat.",
        ),
    ] = None,
    app: Annotated[
        str | None, typer.Option(metavar="A", help="Report on the deploys of this application or project.")
    ] = None,
    stage: Annotated[
        str | None, typer.Option(metavar="S", help="Report on the deploys of this stage.")
    ] = None,
    since: Annotated[str | None, time("Report on the deploys that began then or later (UTC).")] = None,
    until: Annotated[
        str | None, time("Report on those that began then or before; a date alone means the end of that day.")
    ] = None,
    selectors: Selectors = None,
    selectors_since: SelectorsSince = None,
    public_keys: PublicKeys = None,
    follow_links: FollowLinks = False,
    catalogue: Annotated[
        str,
        typer.Option(
            metavar="DIR",
            help="Where what was read and judged is kept, so that the next audit reads only what is new.",
        ),
    ] = _CATALOGUE,
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="Read and judge everything anew, also what has not changed.")
    ] = False,
    verify: Annotated[
        bool,
        typer.Option("--verify", help="Compare the bytes of every file, not only its size and time."),
    ] = False,
    executor: Annotated[
        Literal["local", "dask"],
        typer.Option("--executor", help="What does the work: this machine's cores, or Dask."),
    ] = "local",
    scheduler: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS",
            help="A Dask scheduler that you trust, as tcp://HOST:PORT; default: a cluster on this machine.",
        ),
    ] = None,
    jobs: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Processes on this machine; default: one per CPU.")
    ] = None,
    diff: Annotated[
        str | None,
        typer.Option(
            metavar="EARLIER",
            help="Compare with an earlier audit: its catalogue or JSON report. This one's catalogue: as it was.",
        ),
    ] = None,
    format: Annotated[  # noqa: A002 - the option's name
        str | None,
        typer.Option(
            metavar="FORMAT",
            help=f"One of: {', '.join(_FORMATS)}; default: text.",
            autocompletion=lambda: list(_FORMATS),
        ),
    ] = None,
    output: Output = None,
    report: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FORMAT=FILE",
            help="Write one more report, or a folder of pages: html=DIR; - is standard output; repeat.",
        ),
    ] = None,
    fail_on: FailOn = None,
    min_confidence: MinConfidence = None,
    fail_on_doubt: FailOnDoubt = None,
    config: ConfigFile = None,
    no_config: NoConfig = False,
    exit_zero: Annotated[
        bool,
        typer.Option(
            "--exit-zero", help="Exit with 0 even if writes are open; an unusable input is still 3."
        ),
    ] = False,
    color: Colors = "auto",
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Text: what is open alone. No progress is shown.")
    ] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Text: lists without a limit.")] = False,
    endpoint_url: EndpointUrl = None,
    region: Region = None,
    profile: Profile = None,
    no_sign_request: NoSignRequest = False,
    request_payer: RequestPayer = False,
) -> None:
    """Show what became of the writes of many deploys: how often one was lost, and which still are."""
    if quiet and verbose:
        raise UsageError("--quiet and --verbose: give one of them")
    proofs = [*(selectors or []), *([public_keys] if public_keys else [])]
    inputs = [*home, *(trail or []), *map(file_of, keys or []), *proofs, *([diff] if diff else [])]
    if "-" in inputs:
        raise UsageError("an audit reads files, and no standard input: the next one must find them again")
    if not catalogue or "\0" in catalogue:
        raise UsageError(f"--catalogue {catalogue}: is not a name of a folder")
    given = {"fail-on": fail_on, "min-confidence": min_confidence, "fail-on-doubt": fail_on_doubt}
    gated = gate(given, config=config, no_config=no_config, no_suppress=True)
    found = wanted(format, report or [], output, inputs)
    start, end = window(since, until)
    selected = None if selectors_since is None else moment(selectors_since, "--selectors-since")

    s3 = s3_settings(inputs, S3Options(endpoint_url, region, profile, no_sign_request, request_payer))

    from analyzer.audit.audit import audit as made_of
    from analyzer.audit.executors.registry import made
    from analyzer.gate.terms import Terms

    doers = made(executor, jobs or 0, scheduler)
    with _resumable(catalogue), shown(hidden=quiet) as progress:
        made_report = made_of(
            home,
            trail=trail or [],
            keys=keys or [],
            app=app,
            stage=stage,
            since=start,
            until=end,
            catalogue=catalogue,
            executor=doers,
            rebuild=rebuild,
            verify=verify,
            diff=diff,
            selectors=selectors or [],
            selectors_since=selected,
            public_keys=public_keys,
            progress=progress,
            follow_links=follow_links,
            terms=Terms(gated.fail_on, gated.min_confidence, gated.fail_on_doubt),
            s3=s3,
        )
    told = replace(made_report, made_by=made_by(context))
    with shown(hidden=quiet) as progress:
        publish_folders(told, found, progress)
    publish(told, found, color, verbosity=verbose - quiet)
    tell_unread(made_report.unread)
    accepted = exit_zero and not made_report.unread
    raise typer.Exit(0 if accepted else made_report.exit_code)


@contextmanager
def _resumable(catalogue: str) -> Iterator[None]:
    """Says how to continue, where a signal ends the audit."""
    try:
        yield
    except (KeyboardInterrupt, SystemExit):
        from analyzer.redaction.redact import redacted_text
        from analyzer.reports.clean import clean

        kept = clean(redacted_text(catalogue))
        sentence = f"interrupted: the same command continues; what was done so far is in {kept}"
        typer.echo(f"lostwrite: {sentence}", err=True)
        raise
