"""The options that several commands share, each once: its type, its name, and what `--help` says of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from typer.models import OptionInfo

Color = Literal["auto", "always", "never"]

Logs = Annotated[
    list[str],
    typer.Argument(
        metavar="LOG...",
        help="Deploy logs: files, globs, directories, bundles, s3://BUCKET/PREFIX, archives, or - for stdin.",
    ),
]
Kind = Annotated[
    str | None,
    typer.Option(
        "--as", metavar="KIND", help="Read every LOG as this kind; default: detected by its content."
    ),
]
Selectors = Annotated[
    list[str] | None,
    typer.Option(
        metavar="FILE", help="What a trail records: output of aws cloudtrail get-event-selectors; repeat."
    ),
]
SelectorsSince = Annotated[
    str | None,
    typer.Option(
        metavar="TIME", help="Since when these selectors are in force; default: what the trail shows."
    ),
]
PublicKeys = Annotated[
    str | None,
    typer.Option(metavar="FILE", help="Output of aws cloudtrail list-public-keys, to check digests."),
]
Jobs = Annotated[
    int | None,
    typer.Option(
        min=1, metavar="N", help="Processes that read the trail; default: one per CPU for large trails."
    ),
]
FollowLinks = Annotated[
    bool, typer.Option("--follow-links", help="Follow links in a folder that lead out of it.")
]
Output = Annotated[
    str | None,
    typer.Option(
        "--output",
        "-o",
        metavar="FILE",
        help="Write to this file, not to standard output.",
        callback=lambda file: None if file == "-" else file,  # standard output, as everywhere
    ),
]
Quiet = Annotated[
    bool, typer.Option("--quiet", "-q", help="Text: what is wrong, a line each; nothing where all is well.")
]
Verbose = Annotated[
    bool, typer.Option("--verbose", "-v", help="Text: all that is known, also of the writes that landed.")
]
Colors = Annotated[Color, typer.Option("--color", help="Colours in text.")]


def time(about: str) -> OptionInfo:
    """An option that takes a time; what the time means differs from command to command."""
    option: OptionInfo = typer.Option(metavar="TIME", help=about)
    return option


def file_of(word: str) -> str:
    """The file in `ARN=FILE`, as `--keys` takes it."""
    return word.partition("=")[2] if word.startswith("arn:") else word
