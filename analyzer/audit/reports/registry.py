"""Finds the formats of this folder (modules named `as_FORMAT`) and writes an audit in one of them."""

from __future__ import annotations

import pkgutil
from importlib import import_module
from typing import TYPE_CHECKING

from analyzer.audit import reports as package
from analyzer.errors import UsageError
from analyzer.protocols import lacking

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from analyzer.audit.report import AuditReport
    from analyzer.audit.reports.interface import FolderFormat, TextFormat

_PREFIX = "as_"


def names() -> tuple[str, ...]:
    """The names of the formats, sorted. Imports none of them: a command line asks early."""
    modules = (module.name for module in pkgutil.iter_modules(package.__path__))
    return tuple(sorted(name.removeprefix(_PREFIX) for name in modules if name.startswith(_PREFIX)))


def find(name: str) -> TextFormat | FolderFormat:
    """The format of this name.

    Raises:
        UsageError: there is none.
        TypeError: its module satisfies neither Protocol (a defect of this project).
    """
    from analyzer.audit.reports.interface import FolderFormat, TextFormat

    if name not in names():
        raise UsageError(f"an audit has no format {name!r}; choose one of {', '.join(names())}")
    module = import_module(f"{package.__name__}.{_PREFIX}{name}")
    if not isinstance(module, TextFormat | FolderFormat):
        raise TypeError(lacking(module, TextFormat))
    if name != module.NAME:
        raise TypeError(f"{module.__name__} has the NAME {module.NAME!r}, which is not that of its file")
    return module


def render(  # noqa: PLR0913 - what a person may choose
    report: AuditReport,
    format: str,  # noqa: A002 - its name in the API
    *,
    now: datetime | None = None,
    width: int = 100,
    color: bool = False,
    verbosity: int = 0,
) -> str:
    """The audit as text with a final newline.

    Args:
        report: the audit.
        format: one of `names()` that is one text.
        now: where the audit's time ends; None for its reach.
        width: columns to fill, where the format fills columns.
        color: whether to colour the text with ANSI sequences, where the format can.
        verbosity: of text: -1 for what is open alone, 1 for lists without a limit.

    Raises:
        UsageError: there is no such format, or it is a folder.
    """
    from analyzer.audit.reports.interface import TextFormat
    from analyzer.audit.trends import trends

    found = find(format)
    if not isinstance(found, TextFormat):
        raise UsageError(f"{format} is a folder: name one")
    return found.render(report, trends(report, now), width=width, color=color, verbosity=verbosity)


def files(
    report: AuditReport,
    format: str,  # noqa: A002 - its name in the API
    *,
    now: datetime | None = None,
) -> Iterator[tuple[str, bytes]]:
    """The files of a format that is a folder, by their names in it.

    Raises:
        UsageError: there is no such format, or it is one text.
    """
    from analyzer.audit.trends import trends

    yield from _folder(format).files(report, trends(report, now))


def count(report: AuditReport, format: str) -> int:  # noqa: A002 - its name in the API
    """How many files `files` gives.

    Raises:
        UsageError: there is no such format, or it is one text.
    """
    return _folder(format).count(report)


def _folder(name: str) -> FolderFormat:
    from analyzer.audit.reports.interface import FolderFormat

    found = find(name)
    if not isinstance(found, FolderFormat):
        raise UsageError(f"{name} is one file, and no folder")
    return found
