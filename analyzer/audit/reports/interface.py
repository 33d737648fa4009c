"""What an output format of an audit is: one file in this folder that satisfies `TextFormat` or `FolderFormat`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.audit.report import AuditReport
    from analyzer.audit.trends import Trends


@runtime_checkable
class TextFormat(Protocol):
    """A module that writes an audit as one text."""

    NAME: str

    def render(
        self, report: AuditReport, trends: Trends, *, width: int, color: bool, verbosity: int = 0
    ) -> str:
        """The whole audit, with a final newline. The same audit gives the same text.

        Args:
            report: the audit.
            trends: those of the report.
            width: columns to fill, where the format fills columns.
            color: whether to colour the text with ANSI sequences, where the format can.
            verbosity: of text: -1 for what is open alone, 1 for lists without a limit.
        """
        ...


@runtime_checkable
class FolderFormat(Protocol):
    """A module that writes an audit as the files of a folder."""

    NAME: str

    def files(self, report: AuditReport, trends: Trends) -> Iterator[tuple[str, bytes]]:
        """The files by their names in the folder, one after the other."""
        ...

    def count(self, report: AuditReport) -> int:
        """How many files there will be: pages take their time, and somebody waits."""
        ...
