"""Where the reports of `check` go: standard output, files, and the summary of a job of GitHub Actions.

In come the options and the environment; out go `Output`s, each a format and a place. All that can be wrong with them is
told before anything is read.
"""

from __future__ import annotations

import errno
import os
import stat
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import typer

from analyzer.cli.place import descriptor, is_replaced
from analyzer.cli.streams import guard, staged, write
from analyzer.cli.terminal import colored, width
from analyzer.errors import UsageError
from analyzer.reports.registry import find_name
from analyzer.sources.paths import absolute_path, real_path

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from analyzer.cli.options import Color
    from analyzer.reports.report import Report

_STDOUT: Final = "-"
_SUMMARY: Final = (
    1 << 20
)  # bytes; GitHub refuses a larger summary whole (docs.github.com, "Workflow commands")
_NEAR: Final = frozenset({"text", "markdown", "github", "sarif", "gitlab", "junit"})
"""Formats that name files from where the user stands, which in a job is the repository. Others keep them as named."""
_IN_REPOSITORY: Final = frozenset({"github", "sarif", "gitlab", "junit"})
"""Of these the formats that a service reads: it looks for the files from the root of the repository."""
_ROOTS: Final = ("GITHUB_WORKSPACE", "CI_PROJECT_DIR")
"""Where a job of GitHub Actions or GitLab has the repository (their lists of variables)."""


@dataclass(frozen=True, slots=True)
class Output:
    """One report to write.

    Attributes:
        format: its format.
        file: where it goes; None for standard output.
        option: what asked for it, as it stands before the file; empty where nobody did.
        append: it is put behind what the file has: the summary of a step is everybody's.
    """

    format: str
    file: str | None
    option: str = "--output "
    append: bool = False

    @property
    def is_default(self) -> bool:
        """Nobody asked for it."""
        return self.option == ""


def outputs(
    format: str | None,  # noqa: A002 - the option's name
    reports: Sequence[str],
    output: str | None,
    environment: Mapping[str, str],
    known: Callable[[str], str] = find_name,
) -> list[Output]:
    """What `--format`, `--output` and `--report FORMAT=FILE` ask for; else, in GitHub Actions, what a job shows.

    Args:
        format: `--format`.
        reports: the words of `--report`.
        output: `--output`.
        environment: of the process.
        known: refuses the name of a format that there is not.

    Raises:
        UsageError: a format is unknown, or two reports would go to the same place.
    """
    if format is not None:
        known(format)
    summary = environment.get("GITHUB_STEP_SUMMARY") or None
    if environment.get("GITHUB_ACTIONS") == "true" and format is None and not reports and output is None:
        of_job = [Output("markdown", summary, "", append=True)] if summary else []
        return [Output("github", None), *of_job]
    more = [_report(word, summary, known) for word in reports]
    if any(report.file is None for report in more) and format is None and output is None:
        found = more
    else:
        found = [Output(format or "text", output), *more]
    _require_places(found)
    return found


def guard_all(found: Sequence[Output], inputs: Sequence[str]) -> None:
    """Sees to it, before any work, that each output can be written and is none of the inputs.

    Raises:
        UsageError: it is not so.
    """
    for output in found:
        if not output.is_default:
            guard(output.file, inputs, output.option)


def publish(report: Report, found: Sequence[Output], color: Color, *, verbosity: int = 0) -> None:
    """Writes every report, once all of them are made: all files or, where one cannot be written, none.

    What cannot be taken back (a pipe, a job's summary, and last standard output) is written when all files lie ready.

    Raises:
        UsageError: one cannot be written. That of a job's summary, which nobody asked for, is a sentence instead.
    """
    from analyzer import api
    from analyzer.reports.nearer import nearer

    near = nearer(report, absolute_path("."))
    in_repository = _in_repository(near, os.environ)
    made = []
    for output in found:
        to_file = output.file is not None
        seen = in_repository if output.format in _IN_REPOSITORY else near
        text = api.render(
            seen if output.format in _NEAR else report,
            output.format,
            width=width(to_file=to_file),
            color=colored(color, to_file=to_file),
            verbosity=verbosity,
        )
        made.append((output, text))
    deliver(made)


def _in_repository(near: Report, environment: Mapping[str, str]) -> Report:
    """The report as seen from the root of the repository in which the program runs, where a job says which it is."""
    from analyzer.reports.nearer import below, nearer

    here = real_path(".")
    for name in _ROOTS:
        root = real_path(environment.get(name) or here).rstrip("/")
        if here.startswith(f"{root}/"):
            return nearer(below(near, here[len(root) + 1 :]), root)
    return near


def deliver(made: Sequence[tuple[Output, str]]) -> None:
    """Writes texts to their places, in the order that `publish` describes.

    Raises:
        UsageError: one cannot be written.
    """
    with ExitStack() as files:
        for output, text in sorted(made, key=lambda each: _turn(each[0])):
            if output.file is None:
                write([text], None)
            elif output.append:
                _append(text, output.file, output)
            elif is_replaced(output.file):
                files.enter_context(staged(output.file, text, output.option))
            else:
                write([text], output.file, output.option)


def _turn(output: Output) -> int:
    """Files first, standard output last."""
    if output.file is None or descriptor(output.file) is not None:
        return 2
    return 0 if is_replaced(output.file) and not output.append else 1


def _report(word: str, summary: str | None, known: Callable[[str], str]) -> Output:
    """`FORMAT=FILE`; `-` is standard output."""
    name, equals, file = word.partition("=")
    if not equals:
        raise UsageError(f"--report {word}: write it as FORMAT=FILE")
    known(name)
    if file == _STDOUT:
        return Output(name, None, f"--report {name}=")
    return Output(
        name, file, f"--report {name}=", append=summary is not None and _place(file) == _place(summary)
    )


def _require_places(found: Sequence[Output]) -> None:
    places: set[str | tuple[int, int] | None] = set()
    for output in found:
        place = _place(output.file)
        if place in places:
            where = "standard output" if place is None else str(output.file)
            raise UsageError(f"two reports would go to {where}; give each a place of its own")
        places.add(place)


def _place(file: str | None) -> str | tuple[int, int] | None:
    """What tells a file from another; None for standard output. What cannot be a file is refused later, by `guard`.

    A file that is there may have several names: by a hard link, or where capitals do not matter.
    """
    if not file or "\0" in file:
        return file
    if descriptor(file) == 1:
        return None
    path = real_path(file)
    try:
        found = os.stat(path)  # noqa: PTH116 - of a text that need not be a path
    except OSError:
        return path
    return (found.st_dev, found.st_ino) if found.st_ino else path


def _append(text: str, file: str, output: Output) -> None:
    try:
        _append_to(text, file)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        named = f"{output.option or 'GITHUB_STEP_SUMMARY '}{file}"
        sentence = f"{named}: cannot be written: {reason[:1].lower()}{reason[1:]}"
        if not output.is_default:
            raise UsageError(sentence) from error
        from analyzer.reports.clean import clean

        typer.echo(f"lostwrite: {clean(sentence)}", err=True)


def _append_to(text: str, file: str) -> None:
    """Appends to a regular file that is there, or a new one; a link or a pipe is refused.

    Raises:
        OSError: it is something else, or cannot be written.
    """
    flags = (
        os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    )
    with os.fdopen(os.open(file, flags, 0o600), "ab") as target:
        found = os.fstat(target.fileno())
        if not stat.S_ISREG(found.st_mode):
            raise OSError(errno.EINVAL, "it is no regular file")
        more = (b"\n\n" if found.st_size else b"") + text.encode()
        if found.st_size + len(more) > _SUMMARY:
            raise OSError(errno.EFBIG, "it would be larger than the 1 MiB that GitHub shows")
        target.write(more)
