"""Finds the formats of this folder (modules named `as_FORMAT`) and writes a report in one of them."""

from __future__ import annotations

import pkgutil
from importlib import import_module
from typing import TYPE_CHECKING

from analyzer import reports as package
from analyzer.errors import UsageError
from analyzer.protocols import lacking

if TYPE_CHECKING:
    from analyzer.reports.interface import Format
    from analyzer.reports.report import Report

_PREFIX = "as_"


def names() -> tuple[str, ...]:
    """The names of the formats, sorted. Imports none of them: a command line asks early."""
    modules = (module.name for module in pkgutil.iter_modules(package.__path__))
    return tuple(sorted(name.removeprefix(_PREFIX) for name in modules if name.startswith(_PREFIX)))


def find_name(name: str) -> str:
    """The name itself, if there is such a format; loads nothing.

    Raises:
        UsageError: there is none.
    """
    if name not in names():
        raise UsageError(f"there is no format {name!r}; choose one of {', '.join(names())}")
    return name


def find(name: str) -> Format:
    """The format of this name.

    Raises:
        UsageError: there is none.
        TypeError: its module does not satisfy `Format` (a defect of this project).
    """
    from analyzer.reports.interface import Format

    module = import_module(f"{package.__name__}.{_PREFIX}{find_name(name)}")
    if not isinstance(module, Format):
        raise TypeError(lacking(module, Format))
    if name != module.NAME:
        raise TypeError(f"{module.__name__} has the NAME {module.NAME!r}, which is not that of its file")
    return module


def render(
    report: Report,
    format: str,  # noqa: A002 - its name in the API
    *,
    width: int = 100,
    color: bool = False,
    verbosity: int = 0,
) -> str:
    """The report as text with a final newline; what looks like a credential is redacted.

    Args:
        report: what `check` gave.
        format: one of `names()`.
        width: columns to fill, where the format fills columns.
        color: whether to colour the text with ANSI sequences, where the format can.
        verbosity: of text: -1 for what is wrong alone, 1 for all that is known.

    Raises:
        UsageError: there is no such format.
    """
    from analyzer.reports.interface import Verbose
    from analyzer.reports.redacted import redacted_report

    found = find(format)
    redacted = redacted_report(report)
    if isinstance(found, Verbose):
        return found.render(redacted, width=width, color=color, verbosity=verbosity)
    return found.render(redacted, width=width, color=color)
