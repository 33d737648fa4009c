"""What an output format is: one file in this folder that satisfies `Format`; `registry` finds it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from analyzer.reports.report import Report


@runtime_checkable
class Format(Protocol):
    """A module that writes a report in one format."""

    NAME: str

    def render(self, report: Report, *, width: int, color: bool) -> str:
        """The whole report as text, with a final newline. The same report gives the same text."""
        ...


@runtime_checkable
class Verbose(Protocol):
    """A format that can say less or more than usual."""

    NAME: str
    VERBOSITIES: tuple[int, ...]
    """What `verbosity` may be: 0 is the usual report."""

    def render(self, report: Report, *, width: int, color: bool, verbosity: int = 0) -> str:
        """As for `Format`."""
        ...
