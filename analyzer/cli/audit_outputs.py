"""Where the reports of `audit` go: as those of `check` (`outputs.py`), and folders of pages (`--report html=DIR`)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from analyzer.audit.progress import Progress
from analyzer.audit.reports.registry import count, files, find, names, render
from analyzer.cli.apart import clash
from analyzer.cli.outputs import Output, deliver, guard_all, outputs
from analyzer.cli.terminal import colored, width
from analyzer.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from analyzer.audit.progress import Listener
    from analyzer.audit.report import AuditReport
    from analyzer.cli.options import Color


def wanted(
    format: str | None,  # noqa: A002 - the option's name
    reports: Sequence[str],
    output: str | None,
    inputs: Sequence[str],
) -> list[Output]:
    """What `--format`, `--output` and `--report FORMAT=FILE` ask for, once it is sure that it can be written.

    Raises:
        UsageError: a format is unknown, a place cannot be written or is an input, or two reports have one place.
    """
    found = outputs(format, reports, output, {}, _known)
    guard_all([each for each in found if not _is_folder(each)], inputs)
    for each in found:
        if _is_folder(each):
            _guard_folder(each, inputs)
    return found


def publish_folders(report: AuditReport, found: Sequence[Output], progress: Listener) -> None:
    """Writes every report that is a folder, and says how far it is.

    Raises:
        UsageError: one cannot be written.
    """
    from analyzer.audit.reports import folder

    for output in found:
        if _is_folder(output) and output.file is not None:
            try:
                folder.write(output.file, _told(report, output.format, progress))
            except OSError as error:
                reason = (error.strerror or str(error)).lower()
                raise UsageError(f"{output.option}{output.file}: cannot be written: {reason}") from error


def _told(
    report: AuditReport,
    format: str,  # noqa: A002 - the option's name
    progress: Listener,
) -> Iterator[tuple[str, bytes]]:
    """The files, and after each how many are made."""
    of = count(report, format)
    for done, file in enumerate(files(report, format)):
        progress(Progress("writing pages", done, of))
        yield file


def publish(report: AuditReport, found: Sequence[Output], color: Color, *, verbosity: int = 0) -> None:
    """Writes every report that is no folder, as `check` does.

    Raises:
        UsageError: one cannot be written.
    """
    made = []
    for output in found:
        if not _is_folder(output):
            to_file = output.file is not None
            text = render(
                report,
                output.format,
                width=width(to_file=to_file),
                color=colored(color, to_file=to_file),
                verbosity=verbosity,
            )
            made.append((output, text))
    deliver(made)


def _known(name: str) -> str:
    if name not in names():
        find(name)
    return name


def _is_folder(output: Output) -> bool:
    from analyzer.audit.reports.interface import FolderFormat

    return isinstance(find(output.format), FolderFormat)


def _guard_folder(output: Output, inputs: Sequence[str]) -> None:
    from analyzer.audit.reports import folder

    if output.file is None:
        raise UsageError(f"{output.format} is a folder: --report {output.format}=DIR")
    place = Path(output.file)
    problem = folder.problem_of(str(place)) or clash(str(place / "index.html"), inputs)
    if problem is not None:
        raise UsageError(f"{output.option}{output.file}: {problem}")
