"""INPUTS of a trail: one row for each file. If there are very many files, one row for those of a folder."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from analyzer.sources.input_stats import InputStats

ROWS: Final = 10_000
"""From so many files on those that were read wholly, and have nothing to report, share a row."""

_SUMS: Final = ("files", "bytes", "lines", "recognised", "noise", "unrecognised", "records", "duplicates")


class InputRows:
    """Takes in stats, by the number of the file, which counts from 0.

    Each file has its own row up to `ROWS` files. Where there are more, files of one form in one folder share a row,
    with sums; but a file with a problem always has its own. Where even the folders are more than that, they share the
    row of the folder above. Rows stand where the first of their files would. So memory does not grow with the files.
    """

    def __init__(self) -> None:
        self.count = 0
        self._own: dict[int, InputStats] = {}
        self._open: set[int] = set()
        self._shared: dict[tuple[str, str], tuple[int, InputStats]] = {}
        self._depth = 1 << 20  # folders of a path by which files are distinguished

    def add(self, stats: InputStats, *, is_open: bool) -> None:
        """The stats of the next file; more may be added to it later only where it `is_open`."""
        number, self.count = self.count, self.count + 1
        self._own[number] = stats
        if is_open:
            self._open.add(number)
        if self.count == ROWS + 1:
            self._share(sorted(self._own.keys() - self._open))
        elif self.count > ROWS and not is_open:
            self._share([number])

    def of(self, number: int) -> InputStats:
        """That of an open file."""
        return self._own[number]

    def opened(self) -> Iterable[InputStats]:
        """Those of all open files."""
        return [self._own[number] for number in sorted(self._open)]

    def rows(self) -> list[InputStats]:
        """All, when nothing more is added."""
        if self.count > ROWS:
            self._share(sorted(self._open))
        self._open.clear()
        numbered = [*self._own.items(), *self._shared.values()]
        return [stats for _, stats in sorted(numbered, key=lambda row: row[0])]

    def _share(self, numbers: Iterable[int]) -> None:
        """Lets those that are clean share rows."""
        for number in numbers:
            if _is_clean(self._own[number]):
                stats = self._own.pop(number)
                self._put(number, stats, _folder(stats.source))

    def _put(self, number: int, stats: InputStats, folder: str) -> None:
        key = (_cut(folder, self._depth), stats.kind)
        if key in self._shared:
            first, row = self._shared[key]
            self._shared[key] = (min(first, number), _together(row, stats, key[0]))
        else:
            if stats.files > 1:
                stats.source = key[0] or "./"
            self._shared[key] = (number, stats)
        while len(self._shared) > ROWS:
            self._fold_up()

    def _fold_up(self) -> None:
        """Lets the deepest folders share the row of the one above."""
        shared = self._shared
        self._shared = {}
        self._depth = max(folder.count("/") for folder, _ in shared) - 1
        for (folder, _), (number, stats) in shared.items():
            self._put(number, stats, folder)


def _is_clean(stats: InputStats) -> bool:
    has_unread = stats.undecodable or stats.unrecognised
    return stats.usable and not has_unread and not stats.problems


def _folder(source: str) -> str:
    return source[: source.rfind("/") + 1]


def _cut(folder: str, depth: int) -> str:
    """The folder, or the one above it that is `depth` deep."""
    return "/".join([*folder.split("/")[:depth], ""]) if folder.count("/") > depth else folder


def _together(row: InputStats, stats: InputStats, folder: str) -> InputStats:
    """A row for the files of both; the stats of single files stay as they are."""
    both = replace(row) if row.files == 1 else row
    both.source = folder or "./"
    for name in _SUMS:
        more = getattr(stats, name)
        if more is not None:
            count = getattr(both, name)
            setattr(both, name, more if count is None else count + more)
    return both
